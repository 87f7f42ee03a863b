"""How large the text of a drawing is, without a font at hand: on the wide side, since fonts differ."""

from __future__ import annotations

from dataclasses import replace

from nbflow.cards.printable import one_line
from nbflow.graph.draw.state import StepState
from nbflow.model.record import StepSummary

#: font sizes of a step's name and of the line below it, and the space beside them, in pixels
NAME_SIZE, SMALL_SIZE, PAD = 12.5, 10.5, 10.0
#: a step's box at its narrowest and widest
_NARROW, _WIDE = 76.0, 190.0
#: widths of letters, in parts of the font's size
_THIN, _FAT = frozenset("iljtfr.,:;'|![]() "), frozenset("mwMW@%")


def second_line(step: StepSummary, state: StepState | None) -> str:
    """Return what stands below a step's name: its count and what it opens or closes."""
    count = state.count if state else ""
    return " · ".join(part for part in (count, one_line(step.label)) if part)


def box_height(*, two_lines: bool) -> float:
    """Return how high all boxes of a drawing are."""
    return 42.0 if two_lines else 30.0


def box_width(step: StepSummary, state: StepState | None) -> float:
    """Return how wide a step's box is."""
    # room for the mark, and for the count at its longest, so that a picture keeps still while a run goes on
    at_end = replace(state, done=state.total) if state else None
    name, second = length(f"✓ {one_line(step.name)}", NAME_SIZE), length(second_line(step, at_end), SMALL_SIZE)
    wanted = max(name, second) + 2 * PAD
    return min(_WIDE, max(_NARROW, wanted))


def length(text: str, size: float) -> float:
    """Return about how many pixels `text` takes; names are bold."""
    return (
        size
        * sum(0.36 if c in _THIN else 0.95 if c in _FAT or ord(c) > 0x2E80 else 0.62 for c in text)
        * (1.07 if size == NAME_SIZE else 1.0)
    )


def fitted(text: str, width: float, size: float) -> str:
    """Return `text`, cut with `…` where it is wider than `width` pixels."""
    if length(text, size) <= width + 0.01:
        return text
    while text and length(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
