"""Finding what others wrote: by the news, about once a second; by a look through all journals, once a day."""

from __future__ import annotations

import sqlite3
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress

from nbflow.errors import NbflowError, problem
from nbflow.metadata.bucket import sql
from nbflow.metadata.bucket.beats import Beats
from nbflow.metadata.bucket.index import Index
from nbflow.metadata.bucket.journals import Journals
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.bucket.news import News
from nbflow.metadata.bucket.pace import Pace
from nbflow.metadata.forking import heed_forks


class Looker:
    """Keeps the index up with the bucket, for whoever reads."""

    def __init__(
        self, journals: Journals, index: Index, news: News, beats: Beats, clock: Callable[[], float], pace: Pace
    ) -> None:
        self._journals = journals
        self._index = index
        self._news = news
        self._beats = beats
        self._clock = clock
        self._pace = pace
        self._turn = threading.Lock()
        #: time.monotonic until which a bucket that did not answer is left alone
        self._resting = 0.0
        #: entries that were told of as unreadable
        self._told: set[str] = set()
        heed_forks(self)

    def forked(self) -> None:
        """Take a turn of its own: nobody in this process looks for it."""
        self._turn = threading.Lock()

    def look(self) -> None:
        """Take in what others wrote, unless that was done a moment ago.

        When the bucket does not answer, what is known has to do, and a warning says so (M021). Raises M020 when
        nothing is known yet.
        """
        if not self._is_due():
            return
        known = self._index.note("checked") is not None
        # who is about to look brings what the others need: they wait only if there is nothing to show
        if known and self._turn.locked():
            return
        try:
            # no acquire and release: an interrupt between two statements would leave it taken for good
            with self._turn:
                if self._is_due():
                    self._look()
                    self._tell()
        except NbflowError as error:
            if not known:
                raise
            self._resting = time.monotonic() + self._pace.rest
            told = problem("M021", message=error.problems[0].what if error.problems else error)
            warnings.warn(str(told), RuntimeWarning, stacklevel=3)

    def check(self) -> None:
        """Look through all journals: what no news told is found, too. Raises M020."""
        known = self._index.positions()
        now = self._clock()
        lengths = self._journals.lengths()
        for found in self._journals.read(lengths, known):
            self._index.take(found)
        if gone := known.keys() - lengths.keys():
            self._index.forget(gone)

        def note(database: sqlite3.Connection) -> None:
            database.executemany(sql.SET_NOTE, [("looked", now), ("checked", now)])

        self._index.take((), note)

    def follow(self, name: Name) -> None:
        """Take in what is new of one run. Raises M020."""
        if found := self._journals.tails({name: self._index.next(name)}):
            self._index.take(found)

    def look_for(self, name: Name) -> None:
        """Take in a run that nobody told of, if it is there and the bucket answers."""
        if time.monotonic() >= self._resting:
            with suppress(NbflowError):
                self.follow(name)

    def _tell(self) -> None:
        for key in self._journals.unread.keys() - self._told:
            self._told.add(key)
            warnings.warn(self._journals.unread[key], RuntimeWarning, stacklevel=4)

    def _look(self) -> None:
        now = self._clock()
        checked, looked = self._index.note("checked"), self._index.note("looked")
        # a clock that was set back says nothing of what happened since
        if checked is None or looked is None or not -self._pace.skew < now - checked < self._pace.check:
            self.check()
        else:
            names, note = self._news.fresh(min(looked, now), now)
            self._index.take(self._journals.tails({name: self._index.next(name) for name in names}), note)
        self._beats.listen(now)

    def _is_due(self) -> bool:
        if time.monotonic() < self._resting:
            return False
        looked = self._index.note("looked")
        return looked is None or not 0 <= self._clock() - looked < self._pace.look
