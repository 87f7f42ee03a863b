"""The run that `%flow run` returns: a client Run that does not show itself twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflow.client import Run

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


class ShownRun(Run):
    """A run whose panel already stands in this cell: as the cell's value it adds nothing, later it shows as any run."""

    def __repr__(self) -> str:
        return repr(Run(self.pathspec, workspace=self._workspace))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        face: Any = self.__dict__.get("_face")
        if face is not None and face.count == self.__dict__["_shown_in"]:
            return
        display(Run(self.pathspec, workspace=self._workspace))


def shown_run(face: Face, pathspec: str) -> Run:
    """Return the run of `pathspec`, whose panel the running cell shows."""
    run = ShownRun(pathspec, workspace=face.workspace)
    run.__dict__["_face"] = face
    run.__dict__["_shown_in"] = face.count
    return run
