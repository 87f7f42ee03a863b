"""What looking through 10,000 runs takes, beside 100: both in one process, in turn."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

# runs are written as the tests write them
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from many_runs import copy_run

from benchmarks import timing
from benchmarks.timing import Figure, Took
from nbflow.frontends.seeing.dashboard import Dashboard
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary
from nbflow.model.status import RunStatus
from nbflow.views.dashboard.summary import Reader
from nbflow.views.dashboard.view import DashboardView
from nbflow.views.history.asked import asked_for
from nbflow.views.history.view import HistoryView
from nbflow.workspace import Workspace

FEW, MANY = 100, 10_000
_HOUR = 3600.0

Say = Callable[[str], None]


def figures(tries: int, say: Say) -> Iterator[Figure]:
    """Measure each look `tries` times in both stores."""
    with tempfile.TemporaryDirectory() as made:
        few, many = (_store(Path(made, str(count)), count) for count in (FEW, MANY))
        for name, look in _LOOKS.items():
            pair = [Figure(f"{name}, of {count:,}", "Python", "nbflow") for count in (FEW, MANY)]
            works = [
                (figure, lambda look=look, store=store: look(store))
                for figure, store in zip(pair, (few, many), strict=True)
            ]
            timing.in_turn(works, 3 * tries, say)
            pair[1].remark = f"{pair[1].median / pair[0].median:.1f} times that of {FEW}"
            yield from pair


def _store(root: Path, count: int) -> Workspace:
    """Return a store with `count` runs, an hour after one another, the last of which began an hour ago."""
    workspace = Workspace.open(root)
    began = time.time() - count * _HOUR
    record = RunRecord(
        FlowName("sales"),
        RunId(""),
        "run",
        RunStatus.SUCCEEDED,
        user="ada",
        created_at=began,
        started_at=began,
        finished_at=began + 60,
        parameters={"alpha": ("float", 0.1, "given"), "region": ("str", "eu", "default")},
        steps=(StepSummary(StepName("train"), (), ()),),
    )
    first = workspace.metadata.create_run(record).id
    copy_run(workspace.metadata, "sales", first, count - 1)
    return workspace


def _page(**asked: str) -> Callable[[Workspace], Took]:
    """Return a look at a page of the history, as it is read and drawn for the first time."""

    def look(workspace: Workspace) -> Took:
        began = time.perf_counter()
        found = asked_for(workspace.metadata, now=time.time(), **asked)
        HistoryView(workspace.metadata, found).regions()
        return Took((time.perf_counter() - began) * 1000)

    return look


def _head(workspace: Workspace) -> Took:
    began = time.perf_counter()
    DashboardView(Reader(workspace.metadata)).regions()
    return Took((time.perf_counter() - began) * 1000)


def _charts(workspace: Workspace) -> Took:
    began = time.perf_counter()
    board = Dashboard(workspace)
    board.days(), board.durations(), board.metrics()
    return Took((time.perf_counter() - began) * 1000)


_LOOKS = {
    "a page of the history": _page(),
    "that with words searched": _page(text="no number"),
    "that sorted by a parameter": _page(sort="-alpha"),
    "the dashboard's head": _head,
    "its three charts": _charts,
}
