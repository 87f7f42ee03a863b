"""What a history can do with runs in this process: show them, compare them, and have the notebook go on from them."""

from __future__ import annotations

import contextvars
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbflow.cards.html import Html
from nbflow.frontends.seeing.place import face_here
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.history.deeds import Deeds, Said, Told
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: the name of a flow whose notebook has none
_UNNAMED = "untitled"


def deeds_here(workspace: Workspace) -> Deeds:
    """Return what can be done in this process: more in a kernel with the extension than in a program."""
    return Here(workspace, face_here())


class Here(Said):
    """Shows and compares runs in place; lets the kernel's own thread resume and restore them, as a cell would."""

    def __init__(self, workspace: Workspace, face: Face | None) -> None:
        self._workspace = workspace
        self._face = face
        # what a deed shows belongs under the cell that made the list
        self._context = contextvars.copy_context()

    def look(self, run: str) -> Told:
        """Show a run's page."""
        from nbflow.client.run import Run
        from nbflow.frontends.seeing.view import view

        return self._shown(view(self._run(Run, run)), super().look(run))

    def compare(self, runs: Sequence[str]) -> Told:
        """Show what differs between runs."""
        from nbflow.client.run import Run
        from nbflow.frontends.seeing.compare import compare

        found = [self._run(Run, run) for run in runs]
        return self._shown(compare(*found), super().compare(runs))

    def resume(self, run: str) -> Told:
        """Go on from a run of this notebook's flow, with its code as it is here now, beside the cells."""
        flow, _, number = run.partition("/")
        if self._face is None or self._face.flow != flow:
            return super().resume(run)
        return self._typed(f"%flow resume {number} --background")

    def restore(self, run: str) -> Told:
        """Bring back what a run of this notebook's flow left."""
        flow, _, number = run.partition("/")
        if self._face is None or self._face.flow not in {flow, _UNNAMED}:
            return super().restore(run)
        return self._typed(f"%flow restore {number if self._face.flow == flow else run}")

    def _typed(self, line: str) -> Told:
        """Have the kernel's own thread run a line as soon as no cell runs: names are its alone."""
        shell = self._face.shell if self._face else None
        loop = getattr(getattr(shell, "kernel", None), "io_loop", None)
        if shell is None or loop is None:
            return Told("In a cell of this notebook:", (line,))
        loop.add_callback(self._context.copy().run, lambda: shell.run_cell(line, store_history=False))
        return Told("This runs as soon as no cell does, and shows itself below:", (line,))

    def _shown(self, made: Shown, said: Told) -> Told:
        """Return a view's picture, with the line that makes the view itself."""
        return Told("By itself, and to look further:", said.lines, Html(made._repr_html_()))

    def _run(self, kind: type, run: str) -> object:
        return kind(run, workspace=self._workspace, namespace=None)
