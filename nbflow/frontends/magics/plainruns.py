"""Which cells, by the front end's id, ran as plain cells: one that is a step now makes no claims as what it was."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbflow.model.ids import StepName


@dataclass(slots=True)
class _PlainRun:
    """What one cell ran as."""

    #: step whose cell ran last before its first run
    after: StepName | None
    #: how many steps had been defined by then
    order: int
    texts: set[str] = field(default_factory=set)


class PlainRuns:
    """Remembers the texts and the first run of each plain cell whose id is known.

    Responsibilities: says which texts only one cell ran, and where a step goes that was a plain cell first.
    """

    def __init__(self) -> None:
        self._runs: dict[str, _PlainRun] = {}

    def note(self, cell_id: str, text: str, after: StepName | None, order: int) -> None:
        """Note that the cell ran `text`."""
        if cell_id:
            self._runs.setdefault(cell_id, _PlainRun(after, order)).texts.add(text)

    def place(self, cell_id: str) -> tuple[StepName | None, int] | None:
        """Return the step run before the cell first ran, and its number; None: it never ran as a plain cell."""
        run = self._runs.get(cell_id)
        return None if run is None else (run.after, run.order)

    def forget(self, cell_id: str) -> set[str]:
        """Forget what the cell ran; return the texts that no other cell ran. Its place stays known."""
        run = self._runs.get(cell_id)
        if run is None:
            return set()
        texts, run.texts = run.texts, set()
        return texts.difference(*(each.texts for each in self._runs.values()))
