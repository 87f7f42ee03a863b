"""Rules about files that steps read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nbflow.errors import Place, Problem, problem
from nbflow.graph.givers import FromDefinition, FromSteps
from nbflow.graph.lint.registry import rule
from nbflow.graph.local_paths import LocalPath, local_paths
from nbflow.graph.resolved import ResolvedFlow
from nbflow.model.ids import StepName
from nbflow.model.step import Body, Statement


@rule
def files_of_this_machine_are_read_here(flow: ResolvedFlow) -> Iterator[Problem]:
    """N021: a step that runs elsewhere reads no file of this machine by its path."""
    for step in flow.steps:
        if step.draft.options.elsewhere:
            own_open = isinstance(step.giver("open"), FromDefinition | FromSteps)
            yield from read_here(step.name, step.draft.body, step.slice, step.draft.place, own_open=own_open)


def read_here(
    step: StepName, body: Body, definitions: Sequence[Statement], place: Place, *, own_open: bool
) -> Iterator[Problem]:
    """Yield N021 for each file of this machine that a step reads by its path; `own_open`: `open` is not Python's in it."""
    found = local_paths(body.source, own_open=own_open or "open" in body.names.bindings)
    yield from _problems(step, found, place, body.cell, body.line)
    for each in definitions:
        if each.step is None:
            yield from _problems(step, local_paths(each.source), each.place, each.cell, each.line)


def _problems(step: StepName, found: Sequence[LocalPath], place: Place, cell: str, first: int) -> Iterator[Problem]:
    lines = cell.splitlines()
    for each in found:
        number = first + each.line - 1
        where = place.at(number, text=lines[number - 1]) if 0 < number <= len(lines) else place
        yield problem("N021", where, step=step, reader=each.reader, path=each.path)
