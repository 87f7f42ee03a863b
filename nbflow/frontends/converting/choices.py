"""Steps that may be skipped, gathered into choices: of one choice at most one way is taken."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.frontends.converting.blocks import Alone, Block, Blocks, Choice
from nbflow.graph.givers import sources_of
from nbflow.graph.resolved import ResolvedFlow, ResolvedStep
from nbflow.model.graph import Source
from nbflow.model.ids import StepName


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


def lacking(flow: ResolvedFlow, step: ResolvedStep) -> Iterator[tuple[Source, ...]]:
    """Yield the givers of each name without which `step` is skipped, as far as all of them may be skipped themselves."""
    defaults = {name for name, _ in step.draft.wiring.default}
    for read in step.reads:
        sources = sources_of(read.giver)
        if (
            sources
            and not read.soft
            and read.name not in defaults
            and all(flow[each.step].conditional for each in sources)
        ):
            yield sources


def excluded(flow: ResolvedFlow, step: ResolvedStep) -> set[StepName]:
    """Return the steps that did not run when `step` does: those of its --else-of, and of theirs."""
    return set(step.else_of).union(*(excluded(flow, flow[name]) for name in step.else_of))
