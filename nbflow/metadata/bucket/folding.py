"""Folding: who writes to a run keeps, now and then, what its entries come to. And sweeps up old news."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from nbflow.errors import NbflowError
from nbflow.metadata.bucket.beats import Beats
from nbflow.metadata.bucket.index import Index
from nbflow.metadata.bucket.journals import Journals, reaching
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.bucket.news import News
from nbflow.metadata.bucket.pool import Pool
from nbflow.metadata.change import Change, Updated
from nbflow.model.status import RunStatus

#: entries behind the last fold that are worth another one, and the part of the entries that are in it
_LEAST, _PART = 32, 4


class Folding:
    """What a writer leaves for those who come later. Nobody waits for it, and nothing is lost without it."""

    def __init__(self, journals: Journals, index: Index, news: News, beats: Beats, pool: Pool) -> None:
        self._journals = journals
        self._index = index
        self._news = news
        self._beats = beats
        self._pool = pool

    def written(self, name: Name, count: int, changes: Iterable[Change]) -> None:
        """Hear that a run has `count` entries, the last of them with these changes."""
        folded = self._index.folded(name)
        ended = _ended(changes)
        if ended or count - folded >= max(_LEAST, folded // _PART):
            self._pool.aside(self._end if ended else self._fold, name)

    def _fold(self, name: Name) -> None:
        with suppress(NbflowError):
            before, fold = self._index.folded(name), self._index.fold(name)
            if fold is not None and fold.count > before:
                with reaching():
                    self._journals.keep(name, fold, before)
                self._index.set_folded(name, fold.count)
            self._news.sweep()

    def _end(self, name: Name) -> None:
        self._fold(name)
        with suppress(NbflowError):
            self._beats.end(name)


def _ended(changes: Iterable[Change]) -> bool:
    """Say whether an entry ends its run; a draft goes on."""
    found = (each.fields.get("status") for each in changes if isinstance(each, Updated))
    return any(isinstance(status, RunStatus) and status.ended for status in found)
