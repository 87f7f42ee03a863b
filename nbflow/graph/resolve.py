"""Resolution: each step, from top to bottom, meets the steps above it. Always ends, never raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from nbflow.graph.effects import effects, fates, merged_names
from nbflow.graph.givers import Giver, Undecided, sources_of
from nbflow.graph.outline import wanted
from nbflow.graph.resolved import Read, ResolvedFlow, ResolvedStep
from nbflow.graph.scopes import Return, fits, place, pulls_of, return_of
from nbflow.graph.search import Search, Surroundings
from nbflow.graph.slices import slice_of
from nbflow.graph.upstream import Upstream
from nbflow.model.ids import StepName
from nbflow.model.step import FlowDraft, StepDraft


def resolve(draft: FlowDraft) -> ResolvedFlow:
    """Return `draft` with every name and every foreach resolved."""
    # of two steps with one name the first counts; lint says the rest
    first: dict[StepName, StepDraft] = {}
    for step in draft.steps:
        first.setdefault(step.name, step)
    steps = tuple(first.values())
    around = Surroundings.of(draft, steps)
    upstream = Upstream()
    for step in steps:
        upstream.add(_resolved(step, around, upstream))
    errors = [each for each in draft.problems if each.severity == "error" and each.code != "C011"]
    broken = {StepName(each.place.step) for each in errors if each.place.step}
    return ResolvedFlow(
        draft,
        tuple(upstream.steps.values()),
        frozenset(broken - around.positions.keys()),
        bool(errors) or len(steps) < len(draft.steps),
        around.positions,
    )


def _resolved(step: StepDraft, around: Surroundings, upstream: Upstream) -> ResolvedStep:
    join, after, else_of = (
        tuple(name for name in dict.fromkeys(names) if name in upstream.steps)
        for names in (step.wiring.join, step.wiring.after, step.wiring.else_of)
    )
    joined = [upstream.steps[name] for name in join]
    search = Search(step, around, upstream, _filled_before(step, joined))
    returned = return_of(join, upstream)
    pulls_among = partial(pulls_of, else_of=else_of, upstream=upstream)
    base, givers = place(search, wanted(step), returned, pulls_among)
    found = effects(step, givers, joined)
    pulls = pulls_among([(read.name, read.giver) for read in found.reads])
    whole = _may_be_skipped(step, found.reads, join, returned, upstream)
    conditional = whole or bool(step.wiring.when or step.wiring.else_of)
    waits = {name for read in found.reads for name in _givers(read.giver)} | {*join, *after, *else_of}
    sliced = slice_of(step, found.reads, search, around, base)
    return ResolvedStep(
        draft=step,
        reads=found.reads,
        join=join,
        after=after,
        else_of=else_of,
        pulls=pulls,
        base=base,
        closes=returned.closes,
        placed=(
            returned.placed
            and len(join) == len(set(step.wiring.join))
            and all(upstream.steps[pull.step].placed and fits(pull, base, returned.closes) for pull in pulls)
        ),
        leaves=found.leaves,
        perhaps=found.perhaps,
        merged=found.merged,
        fates=fates(step, found, conditional=conditional),
        conditional=conditional,
        conditional_whole=whole,
        ancestors=frozenset(waits).union(*(upstream.steps[name].ancestors for name in waits)),
        roots=sliced.roots,
        slice=sliced.statements,
        slice_problems=sliced.problems,
    )


def _filled_before(step: StepDraft, joined: Sequence[ResolvedStep]) -> frozenset[str]:
    """Return the names that merge_artifacts fills before the body reads them."""
    names = step.body.names
    if names.merge is None:
        return frozenset()
    below = {name for name, line in {**names.changed, **names.reads}.items() if line > names.merge.line}
    out = below if step.wiring.out is None else step.wiring.out
    return merged_names(step, joined).intersection(below, out)


def _givers(giver: Giver) -> Iterator[StepName]:
    """Yield the steps `giver` stands for; of undecided ones all, so that steps below are not undecided again."""
    yield from (source.step for source in sources_of(giver))
    yield from giver.others if isinstance(giver, Undecided) else ()


def _may_be_skipped(
    step: StepDraft, reads: Iterable[Read], join: tuple[StepName, ...], returned: Return, upstream: Upstream
) -> bool:
    """Say whether the step may be skipped for want of what it reads or joins."""
    defaults = {name for name, _ in step.wiring.default}
    needed = (sources_of(read.giver) for read in reads if not read.soft and read.name not in defaults)
    if any(sources and all(upstream.steps[each.step].conditional for each in sources) for sources in needed):
        return True
    if returned.closes:
        # items skipped inside the foreach are left out of the join; only the foreach as a whole takes it along
        return upstream.steps[StepName(returned.closes)].conditional_whole
    skippable = [upstream.steps[name].conditional for name in join]
    return bool(skippable) and (all(skippable) if step.wiring.any else any(skippable))
