"""What `%flow restore` brought, and how it says so."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from nbflow.cards.figures import several, size, value
from nbflow.client.thing import Page
from nbflow.frontends.magics.recall import when
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: rows of the table
_MOST = 40


@frozen
class Name:
    """One variable."""

    name: str
    ref: ArtifactRef
    step: str
    #: run that computed it
    run: str
    finished_at: float
    #: the notebook gave it another value, which stays
    kept: bool = False

    @property
    def row(self) -> tuple[str, ...]:
        """Name, type, what it is in a few characters, size, step, run, time."""
        shown = self.ref.summary if isinstance(self.ref.scalar, Missing) else value(self.ref.scalar)
        return self.name, self.ref.type, shown, size(self.ref.size), self.step, self.origin, when(self.finished_at)

    @property
    def origin(self) -> str:
        """The run as a person says it: `draft-5`, `run 12`."""
        return self.run if self.run.rpartition("/")[2].startswith("draft-") else f"run {self.run}"


class Restored:
    """What came back. It shows itself in the cell that made it, and as the value of a later one."""

    def __init__(
        self, flow: str, names: tuple[Name, ...], definitions: tuple[str, ...], notes: tuple[tuple[str, str], ...]
    ) -> None:
        self.flow = flow
        #: variables that are back, by name
        self.names = {each.name: each for each in names if not each.kept}
        #: names of functions, classes, imports and constants that are back
        self.definitions = definitions
        self._kept = [each.name for each in names if each.kept]
        self._notes = notes
        self._shown_in: tuple[Face, int] | None = None

    def show(self, face: Face) -> None:
        """Show it under the running cell."""
        from IPython.display import display

        page = self._page()
        display({"text/html": page.html(), "text/plain": page.text()}, raw=True)
        self._shown_in = face, face.count

    def _ipython_display_(self) -> None:
        if self._shown_in is not None and self._shown_in[0].count == self._shown_in[1]:
            # it stands in this very cell
            return
        if self._shown_in is not None:
            self.show(self._shown_in[0])

    def __repr__(self) -> str:
        return self._page().text()

    def _title(self) -> str:
        by_run = sorted(self.names.values(), key=lambda each: (each.run, each.finished_at))
        parts: list[str] = []
        for _, group in groupby(by_run, key=lambda each: each.run):
            found = list(group)
            count = several(len(found), "name") if not parts else str(len(found))
            parts.append(f"{count} from {found[0].origin} ({when(found[-1].finished_at)})")
        said = [", ".join(parts)] if parts else []
        if self.definitions:
            said.append(several(len(self.definitions), "definition"))
        return f"{self.flow}: {'; '.join(said) or 'nothing new to restore'}"

    def _page(self) -> Page:
        rows = [each.row for each in self.names.values()]
        facts = [*self._notes]
        if self._kept:
            facts.append(("kept", f"{', '.join(self._kept)}: the notebook gave it another value"))
        if len(rows) > _MOST:
            facts.append(("", f"{len(rows) - _MOST} more names are not listed"))
        head = ("name", "type", "", "size", "step", "from", "when") if rows else ()
        return Page(self._title(), facts=facts, head=head, rows=rows[:_MOST], align="lllrlll")
