"""Writing: what is asked for is judged by what is known, becomes the run's next entry, and is known from then on.

The entry comes first and the index second. Who is killed in between finds the entry in the journal, like anybody else.
When another has written the next entry, that is read, and all is judged again.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from nbflow.errors import NbflowError
from nbflow.metadata.bucket.entry import Entry
from nbflow.metadata.bucket.folding import Folding
from nbflow.metadata.bucket.index import Index, Judge, Refused
from nbflow.metadata.bucket.journals import Found, Journals
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.bucket.looking import Looker
from nbflow.metadata.bucket.news import News
from nbflow.metadata.bucket.pace import Pace
from nbflow.metadata.change import Change, Created
from nbflow.metadata.forking import heed_forks
from nbflow.metadata.port import next_id
from nbflow.model.record import RunRecord


class Writer:
    """Writes entries of any run, from any thread; those of one run one after the other."""

    def __init__(
        self,
        journals: Journals,
        index: Index,
        news: News,
        looker: Looker,
        folding: Folding,
        clock: Callable[[], float],
        pace: Pace,
    ) -> None:
        self._journals = journals
        self._index = index
        self._news = news
        self._looker = looker
        self._folding = folding
        self._clock = clock
        self._pace = pace
        #: time.monotonic until which what waits goes on waiting
        self._resting = 0.0
        self.forked()
        heed_forks(self)

    def forked(self) -> None:
        """Have locks of its own, and nothing that waits: the parent writes that."""
        self._mutex = threading.Lock()
        self._locks: defaultdict[str | Name, threading.RLock] = defaultdict(threading.RLock)
        #: what may wait, of each run in its order
        self._waiting: dict[Name, list[Judge]] = {}
        self._timer: threading.Timer | None = None

    def create(self, record: RunRecord) -> RunRecord:
        """Record a run under the next free id. Raises M020."""
        with self._lock(record.flow):
            while True:
                number = self._index.free_number(record.flow, record.kind)
                made = replace(record, id=next_id(record.kind, number))
                if self._write((record.flow, made.id), 0, (Created(made),)):
                    return made

    def begin(self, record: RunRecord) -> RunRecord:
        """Record a run under its own id, unless it is there; return what is there. Raises M020."""
        name = (record.flow, record.id)
        with self._lock(name):
            # others may have gone on with it
            self._looker.follow(name)
            if not self._index.next(name):
                self._write(name, 0, (Created(record),))
            return self._index.record(name)

    def now(self, name: Name, judge: Judge) -> None:
        """Change a run, with all that waits; when this returns, everybody can see it. Raises M002, M008, M011, M020."""
        with self._lock(name):
            waiting = self._waiting.pop(name, [])
            try:
                self._send(name, [*waiting, judge])
            except Refused as refused:
                # one that waited is not asked for a second time; what was asked for just now is the caller's
                self._keep(name, [each for number, each in enumerate(waiting) if number != refused.number])
                raise refused.error from refused.error.__cause__
            except BaseException:
                self._keep(name, waiting)
                raise

    def later(self, name: Name, judge: Judge) -> Change | None:
        """Change a run soon: with what follows, or when somebody here reads. Return the change as judged now.

        Raises M002, and M008 and M011 if they are known of already.
        """
        with self._lock(name):
            if not self._index.next(name):
                self._looker.follow(name)
            try:
                _, changes = self._index.judged(name, [judge])
            except Refused as refused:
                raise refused.error from refused.error.__cause__
            if not changes:
                return None
            self._waiting.setdefault(name, []).append(judge)
        with self._mutex:
            if self._timer is None:
                timer = threading.Timer(self._pace.wait, self._time_out)
                timer.start()
                # only then: of one that could not start nobody would ever hear
                self._timer = timer
        return changes[0]

    def waits(self, name: Name) -> bool:
        """Say whether something of a run waits."""
        return name in self._waiting

    def flush(self, name: Name | None = None) -> None:
        """Write what waits, of one run or all. What is refused or cannot be written is told to the next who writes."""
        if not self._waiting or time.monotonic() < self._resting:
            return
        for each in list(self._waiting) if name is None else [name]:
            with self._lock(each):
                waiting = self._waiting.pop(each, [])
                try:
                    self._send(each, waiting)
                except Refused:
                    self._keep(each, waiting)
                except NbflowError:
                    self._keep(each, waiting)
                    self._resting = time.monotonic() + self._pace.rest

    # ---- entries

    def _send(self, name: Name, judges: Sequence[Judge]) -> None:
        if not self._index.next(name):
            self._looker.follow(name)
        while judges:
            number, changes = self._index.judged(name, judges)
            if not changes or self._write(name, number, changes):
                return
            # what came in between may have more behind it
            self._looker.follow(name)

    def _write(self, name: Name, number: int, changes: tuple[Change, ...]) -> bool:
        """Write the entry `number` of a run, unless another is there already; say whether it is ours."""
        entry = Entry(uuid4().hex, self._index.moment(self._clock()), changes)
        self._news.tell(name)
        held = self._journals.claim(name, number, entry)
        self._index.take([Found(name, None, ((number, held),))])
        if held.by != entry.by:
            return False
        # if that took until the next minute, those who look need news of it
        self._news.tell(name)
        self._folding.written(name, number + 1, changes)
        return True

    def _keep(self, name: Name, waiting: list[Judge]) -> None:
        if waiting:
            self._waiting[name] = waiting

    def _lock(self, name: str | Name) -> threading.RLock:
        with self._mutex:
            return self._locks[name]

    def _time_out(self) -> None:
        with self._mutex:
            self._timer = None
        # the interpreter may be ending: what cannot be written now is lost, and tells no result
        with suppress(Exception):
            self.flush()
