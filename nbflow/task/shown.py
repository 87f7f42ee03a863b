"""What a body displays: told to whoever watches at once, and kept with the task up to a limit."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nbflow.task.report import Report

#: most bytes of displays a task keeps
LIMIT = 10 << 20

_MB = 1 << 20


@dataclass(slots=True)
class _Bundle:
    data: dict[str, Any]
    metadata: dict[str, Any]
    size: int
    display_id: str | None


class Shown:
    """The displays of one task, in order; one that is updated is kept as it was last."""

    def __init__(self, report: Report, masked: Callable[[str], str]) -> None:
        self._report = report
        #: takes secrets out of texts
        self._masked = masked
        self._bundles: list[_Bundle] = []
        self._room = LIMIT
        self._said_full = False

    def show(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        transient: Mapping[str, Any] | None = None,
        *,
        update: bool = False,
    ) -> None:
        """Display one MIME bundle, or show it in place of those with the same `display_id`."""
        clean, known = self._jsonable(data), self._jsonable(metadata or {})
        passing = self._jsonable(transient or {})
        size = len(json.dumps(clean)) + len(json.dumps(known))
        bundle = _Bundle(clean, known, size, passing.get("display_id"))
        if not self._keep(bundle, update=update):
            if self._said_full:
                return
            self._said_full = not update
            bundle = _note(size)
            self._bundles.append(bundle)
            passing, update = {}, False
        flush_streams()
        self._report.say(
            display=bundle.data,
            metadata=bundle.metadata,
            transient=passing,
            update=update,
            stdout_at=_size(1),
            stderr_at=_size(2),
        )

    def to_bytes(self) -> bytes:
        """Return all of it as it is stored: a JSON list of `{"data": …, "metadata": …}`; empty when there is none."""
        if not self._bundles:
            return b""
        return json.dumps([{"data": each.data, "metadata": each.metadata} for each in self._bundles]).encode()

    def _jsonable(self, value: Any) -> Any:
        """Return `value` with bytes in base64, as notebooks hold them, and anything else that JSON has no word for as text."""
        if isinstance(value, Mapping):
            return {str(key): self._jsonable(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._jsonable(each) for each in value]
        if isinstance(value, bytes):
            return base64.b64encode(value).decode("ascii")
        return value if value is None or isinstance(value, bool | int | float) else self._masked(str(value))

    def _keep(self, bundle: _Bundle, *, update: bool) -> bool:
        """Take the bundle in if there is room."""
        if not update:
            if bundle.size > self._room:
                return False
            self._bundles.append(bundle)
            self._room -= bundle.size
            return True
        places = [place for place, each in enumerate(self._bundles) if each.display_id == bundle.display_id]
        room = self._room + sum(self._bundles[place].size for place in places)
        if bundle.size * len(places) > room:
            return False
        self._room = room - bundle.size * len(places)
        for place in places:
            self._bundles[place] = bundle
        return True


def _size(fd: int) -> int:
    try:
        return os.fstat(fd).st_size
    except OSError:
        # the body closed it
        return 0


def flush_streams() -> None:
    """Write out what the body printed; it may have put anything in the place of its streams."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception, SystemExit, GeneratorExit):
            stream.flush()


def _note(size: int) -> _Bundle:
    text = f"(a display of {size / _MB:.1f} MB is left out: a task keeps {LIMIT // _MB} MB of displays)"
    return _Bundle({"text/plain": text}, {}, 0, None)
