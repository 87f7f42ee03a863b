"""Who decides: one process at a time for each store.

    schedules/lease/000012      term 12: its holder, and a number that grows while it is there

A term is an object that is created only if nobody has created it. Its holder writes it anew every few seconds; who wants
to lead watches that, by a clock of its own that never jumps, and creates the next term when nothing was written for
SILENCE seconds, at once where the holder was a process of this machine that is gone, or has said that it leaves. A
holder that finds a later term leads no more. Should two lead for a moment, as when a machine was asleep, nothing fires
twice all the same: what fires is claimed, too (see `register`).
"""

from __future__ import annotations

import json
import secrets
import socket
import time
from contextlib import suppress
from typing import Any

from nbflow.metadata.owner import Owners, owner_here
from nbflow.schedules.clock import Clock
from nbflow.storage.base import Storage

_PREFIX = "schedules/lease/"
#: seconds without a word after which a holder counts as gone
SILENCE = 45.0
#: seconds between two words
_PACE = 10.0


class Lease:
    """This process's part in it."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        #: the term that is ours, 0 while none is
        self._term = 0
        self._said = 0.0
        self._beat = 0
        #: what was last heard of another holder, and when it was heard first
        self._heard: tuple[int, Any] = (0, None)
        self._heard_at = 0.0
        #: `host:pid` of who leads
        self.holder = ""

    def hold(self) -> bool:
        """Return whether this process leads now; it takes over where nobody does."""
        term, last = self._latest()
        if self._term and term == self._term:
            self._keep()
            return True
        self._term = 0
        if term and not self._is_free(term, last):
            self.holder = str(last.get("owner", "another process"))
            return False
        return self._take(term + 1)

    def leader(self) -> str:
        """Return `host:pid` of who leads, as far as that is known; empty: nobody does."""
        term, last = self._latest()
        return "" if not term or last.get("left") or self._is_gone(last) else str(last.get("owner", ""))

    def leave(self) -> None:
        """Let another one lead at once."""
        if self._term:
            self._write(left=True)
            self._term = 0

    def _latest(self) -> tuple[int, dict[str, Any]]:
        terms = sorted(self._storage.list(_PREFIX))
        if not terms:
            return 0, {}
        number = int(terms[-1].removeprefix(_PREFIX))
        try:
            return number, dict(json.loads(self._storage.get(terms[-1])))
        except (FileNotFoundError, ValueError):
            return number, {}

    def _is_free(self, term: int, last: dict[str, Any]) -> bool:
        if last.get("left") or self._is_gone(last):
            return True
        heard = (term, last.get("beat"))
        if heard != self._heard:
            self._heard, self._heard_at = heard, self._clock.monotonic()
        return self._clock.monotonic() - self._heard_at > SILENCE

    def _is_gone(self, last: dict[str, Any]) -> bool:
        """Say whether the holder was a process here that has ended; of another machine nothing is known."""
        owner = str(last.get("owner", ""))
        if owner.rpartition(":")[0] != socket.gethostname():
            return False
        return Owners().is_gone(owner, float(last.get("since", 0.0)), "run")

    def _take(self, term: int) -> bool:
        facts = self._facts(left=False)
        if not self._storage.put_new(f"{_PREFIX}{term:06}", [facts]):
            self.holder = "another process"
            return False
        self._term, self._said, self.holder = term, self._clock.monotonic(), owner_here()
        # of earlier ones nobody needs to know
        for key in sorted(self._storage.list(_PREFIX)):
            if key < f"{_PREFIX}{term:06}":
                self._storage.delete(key)
        return True

    def _keep(self) -> None:
        if self._clock.monotonic() - self._said >= _PACE:
            self._write(left=False)

    def _write(self, *, left: bool) -> None:
        self._beat += 1
        with suppress(FileNotFoundError):
            self._storage.put(f"{_PREFIX}{self._term:06}", [self._facts(left=left)])
        self._said = self._clock.monotonic()

    def _facts(self, *, left: bool) -> bytes:
        # the word makes each one's bytes its own
        facts = {
            "owner": owner_here(),
            # by the clock of the process table, whatever the one that is given says
            "since": time.time(),
            "beat": self._beat,
            "left": left,
            "word": secrets.token_hex(8),
        }
        return json.dumps(facts).encode()
