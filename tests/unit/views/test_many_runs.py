"""Ten thousand runs are looked through as a hundred are: as many records are read, and the database's work stays in bounds.

Nothing here looks at a clock: SQLite counts the steps of its machine itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from many_runs import copy_run

from nbflow.metadata import finding
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.views.dashboard.summary import READ, Reader
from nbflow.views.dashboard.view import DashboardView
from nbflow.views.history.asked import asked_for
from nbflow.views.history.view import HistoryView
from tests.unit.views.conftest import Runs

FEW, MANY = 100, 10_000
HOUR = 3600.0
#: steps for each run that is not on the page: twice what a page sorted by a metric takes
PASSED = 250
#: steps of SQLite's machine after which it tells of them
_UNIT = 100


class Work:
    """Counts what looks cost: records that are read, and steps of the database's machine."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.records = self.steps = 0
        read = finding.run_record

        def counted(row: sqlite3.Row) -> Any:
            self.records += 1
            return read(row)

        patch.setattr(finding, "run_record", counted)

    def watch(self, metadata: SqliteMetadata) -> None:
        with metadata._finder._open() as database:
            database.set_progress_handler(self._heard, _UNIT)

    def of(self, look: Callable[[], object]) -> tuple[int, int]:
        """Return the records and steps of a look."""
        self.records = self.steps = 0
        look()
        return self.records, self.steps

    def _heard(self) -> int:
        self.steps += _UNIT
        return 0


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runs, Runs]]:
    """Two stores: with a few runs, and with many. The newest began an hour ago."""
    made = []
    for count in (FEW, MANY):
        folder: Path = tmp_path_factory.mktemp("runs")
        runs = Runs(SqliteMetadata(folder / "metadata.db"))
        first = runs.add(ago=count * HOUR, parameters={"alpha": 0.0}, metrics={"rmse": 0.5}, tags=("first",))
        copy_run(runs.metadata, "sales", first, count - 1)
        made.append(runs)
    yield made[0], made[1]
    for runs in made:
        runs.metadata.close()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"flows": ("sales",)},
        {"status": "failed"},
        {"tag": "weekly"},
        {"where": "alpha>5"},
        {"text": "no number"},
        {"sort": "-took"},
        {"sort": "rmse"},
        {"sort": "alpha"},
    ],
    ids=str,
)
def test_a_page_of_the_history_reads_its_own_records_and_passes_over_the_rest(
    stores: tuple[Runs, Runs], monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    work = Work(monkeypatch)

    def looks(store: Runs) -> Iterator[tuple[int, int]]:
        metadata: Any = store.metadata
        found = asked_for(metadata, now=store.now, **asked)
        view = HistoryView(metadata, found, size=10, clock=lambda: store.now)
        work.watch(metadata)
        yield work.of(view.regions)
        # nothing was written since: what is on the page is known
        yield work.of(view.regions)
        view.act("page", "20", {})
        yield work.of(view.regions)

    (few, *_), (many, again, turned) = (list(looks(store)) for store in stores)
    assert few[0] == many[0] == turned[0] == 10
    # the database counts a few steps on from one question to the next
    assert again[0] == 0 and again[1] <= _UNIT
    assert many[1] < PASSED * MANY and turned[1] < PASSED * MANY


def test_the_dashboard_counts_in_the_database_and_reads_few_records(
    stores: tuple[Runs, Runs], monkeypatch: pytest.MonkeyPatch
) -> None:
    work, (_, store) = Work(monkeypatch), stores
    metadata: Any = store.metadata
    work.watch(metadata)
    reader = Reader(metadata)
    records, steps = work.of(DashboardView(reader, clock=lambda: store.now).regions)
    assert records <= 100 and steps < PASSED * MANY
    days: list[Any] = []
    records, steps = work.of(lambda: days.extend(reader.by_day(store.now)))
    assert records == 0 and steps < 40 * len(days) * MANY
    assert sum(sum(counts.values()) for *_, counts in days) == MANY
    assert work.of(lambda: reader.records(store.now))[0] == READ
