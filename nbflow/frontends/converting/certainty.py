"""Whether a name certainly has a value: at the end of a step that may bind it, and at the start of one that reads it."""

from __future__ import annotations

from nbflow.frontends.converting.original import reads_of
from nbflow.graph.givers import FromSteps, sources_of
from nbflow.graph.resolved import Read, ResolvedFlow, ResolvedStep


def is_given(flow: ResolvedFlow, step: ResolvedStep, read: Read) -> bool:
    """Say whether what `step` reads of steps above is certainly there when it runs."""
    sources = sources_of(read.giver)
    spared = read.soft or read.name in dict(step.draft.wiring.default)
    # a step that cannot do without runs only if one of them did
    one_ran = not spared or any(not flow[each.step].conditional for each in sources)
    return one_ran and all(is_left(flow, flow[each.step], each.name or read.name) for each in sources)


def is_left(flow: ResolvedFlow, step: ResolvedStep, name: str) -> bool:
    """Say whether `step` certainly leaves `name` when it runs."""
    if name not in step.perhaps:
        return True
    older = next((read for read in reads_of(step, "body") if read.name == name), None)
    if older is None:
        return False
    return not isinstance(older.giver, FromSteps) or is_given(flow, step, older)
