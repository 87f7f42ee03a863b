"""A flow as text: one line a step, in flow order, with the ways between them drawn in lanes on the left.

Steps that stand directly below each other in one lane wait for each other; where they do not, a gap says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line
from nbflow.graph.draw.edges import Edges, edges_of
from nbflow.graph.draw.state import States, StepState
from nbflow.model.record import StepSummary

_PLAIN = str.maketrans({
    "○": "o", "●": "*", "✓": "v", "✗": "x", "↺": "r", "–": "-", "◌": "~",
    "│": "|", "─": "-", "├": "|", "┬": "+", "┴": "+", "┼": "+", "╮": "\\", "╯": "/", "╭": "/", "…": "~", "·": "-",
})  # fmt: skip
#: longest name and label on a line
_NAME, _LABEL = 40, 60


def text(steps: Sequence[StepSummary], states: States | None = None, *, ascii_only: bool = False) -> str:
    """Return `steps` drawn for a terminal, with their states where given."""
    states = states or {}
    lanes = _Lanes(edges_of(steps))
    for step in steps:
        lanes.draw(step.name, mark(states[step.name].status) if step.name in states else "○")
    width = max((len(row) for row, _ in lanes.rows), default=0)
    names = max((len(one_line(step.name, _NAME)) for step in steps), default=0)
    known: dict[str, StepSummary] = {step.name: step for step in steps}
    lines = []
    for row, name in lanes.rows:
        said = _said(known[name], states.get(name), names) if name is not None else ""
        lines.append(f"{row:<{width}} {said}".rstrip())
    drawn = "\n".join(lines)
    return drawn.translate(_PLAIN) if ascii_only else drawn


def _said(step: StepSummary, state: StepState | None, width: int) -> str:
    parts = [one_line(step.label, _LABEL)]
    # the step that opens a foreach says so in its label
    if step.scope and step.scope[-1] != step.name:
        parts.append(f"per item of {one_line(step.scope[-1], _NAME)}")
    if state is not None:
        parts += [state.count, one_line(state.note, _LABEL)]
    rest = " · ".join(part for part in parts if part)
    return f"{one_line(step.name, _NAME):<{width}}  {rest}"


class _Lanes:
    """The ways that are open between rows: each lane leads to one step below."""

    def __init__(self, edges: Edges) -> None:
        self._consumers = edges.consumers()
        self._lanes: list[str | None] = []
        #: (drawing, step of the row or None between rows)
        self.rows: list[tuple[str, str | None]] = []
        #: lanes in which the last row left something that a new first step must not touch
        self._touched: set[int] = set()

    def draw(self, name: str, symbol: str) -> None:
        """Add the row of `name`, with the rows above and below it where ways meet and part."""
        arriving = [number for number, target in enumerate(self._lanes) if target == name]
        if arriving:
            column, *others = arriving
            self._meet(column, others)
            column = self._moved_left(column)
        else:
            if self._free(0) in self._touched:
                self._row({})
            column = self._free(0)
        self._lanes[column] = name
        self._row({column: symbol}, name)
        self._touched = {column}
        self._part(column, self._consumers[name])

    def _meet(self, column: int, others: list[int]) -> None:
        if others:
            ends = {column: "├", **dict.fromkeys(others, "┴"), others[-1]: "╯"}
            self._row(self._across(column, others[-1], ends))
        for number in others:
            self._lanes[number] = None

    def _moved_left(self, column: int) -> int:
        """Return the lane the step takes: the first one when all before its own are free."""
        if column == 0:
            return column
        if 0 in self._touched or any(self._lanes[number] is not None for number in range(column)):
            return column
        self._lanes[0], self._lanes[column] = self._lanes[column], None
        self._row(self._across(0, column, {0: "╭", column: "╯"}))
        return 0

    def _part(self, column: int, consumers: list[str]) -> None:
        self._lanes[column] = consumers[0] if consumers else None
        if len(consumers) < 2:
            self._trim()
            return
        opened = []
        for consumer in consumers[1:]:
            number = self._free(column + 1)
            self._lanes[number] = consumer
            opened.append(number)
        last = max(opened)
        self._row(self._across(column, last, {column: "├", **dict.fromkeys(opened, "┬"), last: "╮"}))
        self._touched = set()

    def _across(self, first: int, last: int, ends: dict[int, str]) -> dict[int, str]:
        """Return a row's symbols from lane `first` to `last`: `ends`, and crossings of the lanes between."""
        between = {n: "┼" if self._lanes[n] is not None else "─" for n in range(first, last + 1)}
        return {**between, **ends}

    def _free(self, start: int) -> int:
        for number in range(start, len(self._lanes)):
            if self._lanes[number] is None:
                return number
        self._lanes += [None] * max(1, start + 1 - len(self._lanes))
        return len(self._lanes) - 1

    def _trim(self) -> None:
        while self._lanes and self._lanes[-1] is None:
            self._lanes.pop()

    def _row(self, symbols: dict[int, str], name: str | None = None) -> None:
        drawn = ""
        for number, target in enumerate(self._lanes):
            symbol = symbols.get(number) or ("│" if target is not None else " ")
            joined = name is None and number in symbols and number + 1 in symbols
            drawn += symbol + ("─" if joined else " ")
        self.rows.append((drawn.rstrip(), name))
        self._trim()
