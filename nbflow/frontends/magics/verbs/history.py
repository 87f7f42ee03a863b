"""`%flow history`: the runs of this flow."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from nbflow.cells.options import Table, parse_line
from nbflow.errors import raise_for
from nbflow.frontends.magics.flowline import HISTORY
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
        return view.text(self._runs, now=time.time())

    def _repr_html_(self) -> str:
        return view.html(self._runs, now=time.time())

    def _run(self, record: RunRecord) -> Run:
        from nbflow.client import Run

        return Run(f"{record.flow}/{record.id}", workspace=self._workspace)


def line(face: Face, text: str) -> History:
    """Carry out the line."""
    parsed = parse_line(text, Table("%flow history", HISTORY, operands=1), face.place())
    word = parsed.operands[0].text if parsed.operands else str(COUNT)
    if not word.isdecimal() or int(word) < 1:
        fix = f"%flow history {COUNT}"
        raise_for("R004", face.place(), option=f"%flow history {word}", message="say how many runs", fix=fix)
    return history(face, int(word), drafts=parsed.value("drafts", False))


def history(face: Face, count: int, *, drafts: bool) -> History:
    """Return the latest `count` runs of the flow."""
    return History(face.workspace, face.workspace.metadata.runs(face.flow, drafts=drafts, limit=count))
