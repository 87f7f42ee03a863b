"""One page of the runs that were asked for, read from the metadata; read again only when that has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from nbflow.frozen import frozen
from nbflow.metadata.port import Known, Metadata
from nbflow.metadata.query import RunQuery
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.views.history.asked import Asked
from nbflow.views.history.rows import Name

#: seconds after which a page with runs that go on is read again: an owner may be gone without a word
_STALE = 5.0
#: seconds for which the lists to choose from hold, whatever is written
_CHOICES = 10.0


@frozen
class Page:
    """Some of the runs that were asked for, and how many there are."""

    runs: tuple[RunRecord, ...] = ()
    metrics: Mapping[Name, Mapping[str, float]] = field(default_factory=dict)
    #: by status, whatever statuses were asked for
    counts: Mapping[RunStatus, int] = field(default_factory=dict)
    #: of the statuses asked for
    total: int = 0
    offset: int = 0
    flows: tuple[str, ...] = ()
    #: drafts there are, where no run is
    drafts: int = 0

    @property
    def going(self) -> bool:
        """Some of its runs have no end yet."""
        return any(not run.status.ended and run.kind == "run" for run in self.runs)


class Pages:
    """Reads pages.

    Responsibilities: one look gives one page; it looks again only when something was written, or what goes on may have
    ended without a word.
    """

    def __init__(self, metadata: Metadata, clock: Callable[[], float]) -> None:
        self.metadata = metadata
        self._clock = clock
        self._key: object = None
        self._version = -1
        self._read_at = 0.0
        self._page = Page()
        self._choices: tuple[tuple[str, ...], int, float, Choices] | None = None

    def page(self, asked: Asked, size: int, offset: int) -> Page:
        """Return the page from `offset` on, or the last one when there are not so many."""
        key = (asked, size, offset)
        # first, so that what is written meanwhile is seen the next time
        version = self.metadata.version()
        if key != self._key or version != self._version or self.is_old():
            self._page = self._read(asked, size, offset)
            self._key, self._version, self._read_at = key, version, self._clock()
        return self._page

    def choices(self, flows: tuple[str, ...]) -> Choices:
        """Return what the runs of these flows have, to choose from."""
        now, kept = self._clock(), self._choices
        if kept is not None and kept[0] == flows and (kept[1] == self._version or now - kept[2] < _CHOICES):
            return kept[3]
        found = Choices.of(self.metadata, flows)
        self._choices = (flows, self._version, now, found)
        return found

    def has_news(self) -> bool:
        """Say whether a page read now may be another one."""
        return self.metadata.version() != self._version or self.is_old()

    def is_old(self) -> bool:
        """Say whether what goes on may have ended without a word."""
        return self._page.going and self._clock() - self._read_at >= _STALE

    def _read(self, asked: Asked, size: int, offset: int) -> Page:
        metadata, query = self.metadata, asked.query(self._clock())
        counts = metadata.count(replace(query, statuses=()))
        total = sum(many for status, many in counts.items() if not query.statuses or status in query.statuses)
        start = min(offset, max(0, (total - 1) // size * size))
        runs = metadata.find(query, limit=size, offset=start)
        flows = metadata.flows()
        drafts = 0 if total or asked.drafts else sum(metadata.count(_drafts(query)).values())
        return Page(runs, metadata.metrics((r.flow, r.id) for r in runs), counts, total, start, flows, drafts)


def _drafts(query: RunQuery) -> RunQuery:
    return replace(query, kinds=("draft",))


@frozen
class Choices:
    """What runs have, to choose from."""

    users: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()

    @classmethod
    def of(cls, metadata: Metadata, flows: tuple[str, ...]) -> Choices:
        """Return what the runs of these flows have, or of all."""
        return cls(*(metadata.known(what, flows) for what in _KNOWN))


_KNOWN: tuple[Known, ...] = ("user", "tag", "parameter", "metric")
