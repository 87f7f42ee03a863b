"""What can be done with chosen runs beyond their records: the port of whoever can do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nbflow.cards import html as h
from nbflow.cards.html import Html
from nbflow.frozen import frozen


@frozen
class Told:
    """What is said under the controls when something was asked for."""

    text: str = ""
    #: lines to be copied
    lines: tuple[str, ...] = ()
    #: what there is to see
    shown: Html | None = None

    def html(self) -> Html:
        """Return it as HTML."""
        parts: list[Html] = []
        if self.text:
            parts.append(h.block(self.text))
        if self.lines:
            parts.append(h.preformatted("\n".join(self.lines)))
        if self.shown is not None:
            parts.append(self.shown)
        return h.join(parts)


class Deeds(Protocol):
    """Does things with runs (`flow/run`), or says what to type. Called on the views' thread."""

    def look(self, run: str) -> Told:
        """Show a run."""
        ...

    def compare(self, runs: Sequence[str]) -> Told:
        """Show what differs between runs, the older ones first."""
        ...

    def resume(self, run: str) -> Told:
        """Go on from a run, or say how."""
        ...

    def restore(self, run: str) -> Told:
        """Bring back what a run left, or say how."""
        ...


class Said:
    """Says what to type, and does nothing: for a program without a notebook."""

    def look(self, run: str) -> Told:
        """Say how to see a run."""
        return Told(lines=(f'nbflow.view("{run}")',))

    def compare(self, runs: Sequence[str]) -> Told:
        """Say how to compare runs."""
        named = ", ".join(f'"{run}"' for run in runs)
        return Told(lines=(f"nbflow.compare({named})",))

    def resume(self, run: str) -> Told:
        """Say how to go on from a run in a terminal."""
        return Told("In a terminal, where the notebook of the flow is:", (f"nbflow resume {run}",))

    def restore(self, run: str) -> Told:
        """Say how to bring back what a run left."""
        return Told("In a cell of a notebook:", ("%load_ext nbflow", f"%flow restore {run}"))
