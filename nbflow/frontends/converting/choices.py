"""Steps that may be skipped, gathered into choices: of one choice at most one way is taken."""

from __future__ import annotations

from nbflow.frontends.converting.blocks import Alone, Block, Blocks, Choice
from nbflow.frontends.converting.skipping import excluded, lacking
from nbflow.graph.resolved import ResolvedFlow, ResolvedStep


def with_choices(flow: ResolvedFlow, blocks: Blocks) -> Blocks:
    """Return `blocks` with the steps that may be skipped as ways of choices; neighbours that exclude each other share one."""
    found: list[Block] = []
    for block in blocks:
        if not (isinstance(block, Alone) and block.step.conditional):
            found.append(block)
            continue
        last = found[-1] if found else None
        grown = _grown(flow, last, block.step) if isinstance(last, Choice) else None
        if grown:
            found[-1] = grown
        else:
            found.append(Choice(((block.step,),)))
    return tuple(found)


def _grown(flow: ResolvedFlow, choice: Choice, step: ResolvedStep) -> Choice | None:
    """Return `choice` with `step` in it, or None where that would mean something else."""
    if not (step.draft.wiring.when or step.else_of):
        return _followed(flow, choice, step)
    heads = [way[0] for way in choice.ways]
    judged = not any(list(lacking(flow, each)) for each in (*heads, step))
    if judged and excluded(flow, step) == {head.name for head in heads} and not heads[0].else_of:
        return Choice((*choice.ways, (step,)))
    return None


def _followed(flow: ResolvedFlow, choice: Choice, step: ResolvedStep) -> Choice | None:
    """Return `choice` with `step` at the end of the way without which it is skipped, and only then."""
    needs = list(lacking(flow, step))
    for number, way in enumerate(choice.ways):
        names = {each.name for each in way}
        if all(names.issuperset(source.step for source in sources) for sources in needs):
            return Choice((*choice.ways[:number], (*way, step), *choice.ways[number + 1 :]))
    return None
