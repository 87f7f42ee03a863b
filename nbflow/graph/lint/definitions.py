"""Rules about the definitions that steps use, and about plain cells that look as if steps used them."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.givers import FromSteps
from nbflow.graph.lint.registry import rule
from nbflow.graph.resolved import ResolvedFlow
from nbflow.graph.wording import read_of


@rule
def definitions_see_definitions_only(flow: ResolvedFlow) -> Iterator[Problem]:
    """G015, G016, G017, G001, N007, N002: what a step uses of plain cells is there, whole, and the same everywhere."""
    for step in flow.steps:
        for found in step.slice_problems:
            # what could not be read may define it
            if not (flow.incomplete and found.code in {"G001", "N007"}):
                yield found


@rule
def plain_cells_rebind_for_themselves(flow: ResolvedFlow) -> Iterator[Problem]:
    """N006: what a plain cell makes of an artifact is not what steps read."""
    said: set[str] = set()
    for step, read in flow.reads():
        computed = flow.draft.definitions.computed.get(read.name)
        if computed is None or read.name in said or not isinstance(read.giver, FromSteps):
            continue
        said.add(read.name)
        giver, cell = read.giver.sources[0].step, computed.place.cell or "a plain cell"
        yield problem("N006", read_of(step.draft, read), name=read.name, step=giver, cell=cell)
