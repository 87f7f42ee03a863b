"""`%flow history`: the runs of this flow, of another one, or of all where the notebook has none."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, overload

from nbflow.cells.options import Table, parse_line
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.magics.flowline import HISTORY
from nbflow.model.ids import RunId
from nbflow.model.record import RunRecord
from nbflow.views import history as view
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.client import Run
    from nbflow.frontends.magics.face import Face

#: runs that are listed unless told otherwise
COUNT = 10


class History(Sequence["Run"]):
    """Runs, newest first, that show themselves as a table."""

    def __init__(self, workspace: Workspace, runs: Sequence[RunRecord]) -> None:
        self._workspace = workspace
        self._runs = tuple(runs)

    @overload
    def __getitem__(self, place: int) -> Run: ...
    @overload
    def __getitem__(self, place: slice) -> History: ...
    def __getitem__(self, place: int | slice) -> Run | History:
        if isinstance(place, slice):
            return History(self._workspace, self._runs[place])
        return self._run(self._runs[place])

    def __iter__(self) -> Iterator[Run]:
        return map(self._run, self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def __repr__(self) -> str:
        return view.text(self._shown(), now=time.time())

    def _repr_html_(self) -> str:
        return view.html(self._shown(), now=time.time())

    def _shown(self) -> Sequence[RunRecord]:
        """Return the records with ids that tell them apart: of several flows, with the flow's name."""
        if len({run.flow for run in self._runs}) < 2:
            return self._runs
        return [replace(run, id=RunId(f"{run.flow}/{run.id}")) for run in self._runs]

    def _run(self, record: RunRecord) -> Run:
        from nbflow.client import Run

        return Run(f"{record.flow}/{record.id}", workspace=self._workspace)


def line(face: Face, text: str) -> History:
    """Carry out the line."""
    parsed = parse_line(text, Table("%flow history", HISTORY, operands=2), face.place())
    words = [each.text for each in parsed.operands]
    # a flow may be called 3 only where the number of runs is said, too
    word = words.pop() if words and (len(words) == 2 or words[-1].isdecimal()) else str(COUNT)
    if not word.isdecimal() or int(word) < 1:
        fix = f"%flow history {COUNT}"
        raise_for("R004", face.place(), option=f"%flow history {word}", message="say how many runs", fix=fix)
    return history(face, int(word), flow=words[0] if words else None, drafts=parsed.value("drafts", False))


def history(face: Face, count: int, *, flow: str | None = None, drafts: bool = False) -> History:
    """Return the latest `count` runs of a flow; None: the notebook's own, or all flows where it has none.

    Raises:
        UsageError: R004, no flow of that name has run.
    """
    metadata = face.workspace.metadata
    known = metadata.flows()
    if flow is not None and flow not in known:
        message = f"'{flow}' is neither a flow that has run nor a number of runs.{did_you_mean(flow, known)}"
        fix = "or ".join(f"%flow history {each} " for each in (COUNT, *known[:1])).strip()
        raise_for("R004", face.place(), option=f"%flow history {flow}", message=message, fix=fix)
    found = metadata.runs(flow or face.flow, drafts=drafts, limit=count)
    if flow is None and not found and not face.session.slots:
        every = [run for each in known for run in metadata.runs(each, drafts=drafts, limit=count)]
        found = tuple(sorted(every, key=lambda run: run.created_at, reverse=True)[:count])
    return History(face.workspace, found)
