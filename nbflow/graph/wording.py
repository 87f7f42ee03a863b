"""Words for things of a flow, as its errors say them."""

from __future__ import annotations

from collections.abc import Iterable

from nbflow.errors import Place
from nbflow.graph.resolved import Read
from nbflow.model.ids import ScopeName
from nbflow.model.step import Statement, StepDraft

_KINDS = {"import": "import", "function": "function", "class": "class", "constant": "constant"}


def definition_in_words(statement: Statement) -> str:
    """Return as in `the function of cell 2` or `the import of step load`."""
    owner = f"step {statement.step}" if statement.step else statement.place.cell or "a plain cell"
    return f"the {_KINDS.get(statement.kind, 'definition')} of {owner}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return `a, b and c`."""
    *head, tail = names
    return f"{', '.join(head)} {last} {tail}" if head else tail


def how_often(scope: tuple[ScopeName, ...]) -> str:
    """Return as in `once` or `once per item of train`."""
    return f"once per item of {scope[-1]}" if scope else "once"


def line_of(step: StepDraft, line: int | None) -> Place:
    """Return the place of `line` of the step's cell, with its text."""
    lines = step.body.cell.splitlines()
    if line is None or not 1 <= line <= len(lines):
        return step.place
    return step.place.at(line, text=lines[line - 1])


def read_of(step: StepDraft, read: Read) -> Place:
    """Return the place at which the step reads a name: a line of its code, or the option that asks for it."""
    wiring = step.wiring
    if read.line is None and read.name in {take.name for take in wiring.take}:
        return option_of(step, "--in")
    if read.line is None and read.name in wiring.capture:
        return option_of(step, "--capture")
    return line_of(step, read.line) if read.line else option_of(step, "--out")


def option_of(step: StepDraft, option: str) -> Place:
    """Return the place of a header's `--option`, wherever it is spelled: in the header or on a `#|` line."""
    key = option.removeprefix("--")
    for number, line in enumerate(step.body.cell.splitlines()[: max(step.body.line - 1, 1)], 1):
        words = line.replace("_", "-").replace("=", " ").split()
        spelled = f"--{key}" in words or (line.startswith("#|") and line[2:].replace("_", "-").strip().startswith(key))
        if spelled:
            return line_of(step, number)
    return step.place
