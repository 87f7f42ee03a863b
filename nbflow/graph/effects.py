"""What a step does to names, once it is known what gives the names it reads."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from nbflow.frozen import frozen
from nbflow.graph.fates import Defined, Fate, Left, Withheld, statement_of
from nbflow.graph.givers import (
    Below,
    Blocked,
    Builtin,
    FromContext,
    FromDefinition,
    FromKernel,
    FromSetup,
    FromSteps,
    Giver,
    Hidden,
    Mixed,
    Provided,
    Refused,
    Undecided,
    Unknown,
)
from nbflow.graph.outline import Wanted, assigned, handed, out_only, uncertain
from nbflow.graph.resolved import Read, ResolvedStep
from nbflow.graph.wording import definition_in_words
from nbflow.model.step import StepDraft

_REFUSED: tuple[type, ...] = get_args(Refused)


@frozen
class Effects:
    """The reads that count, and the names left."""

    reads: tuple[Read, ...]
    leaves: frozenset[str]
    perhaps: frozenset[str]
    merged: frozenset[str]
    #: artifacts whose change --out leaves out, and names whose older value cannot be handed on
    lost: Mapping[str, Withheld]


def effects(step: StepDraft, givers: Mapping[Wanted, Giver], joined: Sequence[ResolvedStep]) -> Effects:
    """Return what `step` reads and leaves, given what gives each name it wants."""
    reads = tuple(_reads(givers))
    touched = _touched(step, {read.name: read.giver for read in reads if read.use == "body"})
    changed = touched if step.wiring.out is None else touched & set(step.wiring.out)
    lost = {**dict.fromkeys(touched - changed, Withheld("excluded")), **dict(_lost(step, givers))}
    merged = filled = merged_names(step, joined)
    if step.wiring.out is not None:
        merged = filled & set(step.wiring.out)
        lost |= dict.fromkeys(filled - merged, Withheld("excluded"))
    leaves = (assigned(step) - lost.keys()) | changed | merged | handed(step)
    perhaps = uncertain(step) | (changed | merged if step.options.catch else frozenset())
    return Effects(reads, leaves, perhaps & leaves, merged, lost)


def fates(step: StepDraft, found: Effects, *, conditional: bool) -> dict[str, Fate]:
    """Return what became of every name `step` binds, as the steps below see it."""
    names = step.body.names
    bound = {*names.bindings, *names.deleted, *found.lost, *found.leaves}
    result: dict[str, Fate] = {}
    for name in sorted(bound):
        left = name in found.leaves
        result[name] = Left() if left else found.lost.get(name) or _fate(step, name, conditional=conditional)
    return result


def _fate(step: StepDraft, name: str, *, conditional: bool) -> Fate:
    """Return what became of a name that is no artifact."""
    names = step.body.names
    if name in names.deleted:
        return Withheld("deleted")
    binding = names.bindings[name]
    if binding.kind == "mixed":
        return Withheld("both")
    if binding.kind == "definition":
        statement = statement_of(step, name)
        if statement is not None and binding.certain and not conditional and not step.options.catch:
            return Defined(statement)
        return Withheld("conditional", _condition(step, name))
    if binding.kind == "header":
        return Withheld("header")
    return Withheld("private" if name.startswith("_") else "excluded")


def _condition(step: StepDraft, name: str) -> str:
    """Return under what a definition of the body is made, as in `only if 'x > 5'`."""
    under = step.body.names.bindings[name].under
    if under:
        return f"only under '{under}'"
    if step.wiring.when:
        return f"only if '{step.wiring.when.source}'"
    return "only if all goes well" if step.options.catch else "only if the step runs"


def _reads(givers: Mapping[Wanted, Giver]) -> Iterator[Read]:
    """Yield the reads that count: of names the step can do without, only those that something above binds."""
    for each, giver in givers.items():
        if each.why == "tried":
            if not _is_own(each.name, giver):
                yield Read(each.name, each.use, giver, each.line)
            continue
        if each.why == "read" or (each.why == "function" and isinstance(giver, Blocked | Mixed | Undecided)):
            yield Read(each.name, each.use, giver, each.line)
            continue
        counts = {
            "function": not isinstance(giver, (*_REFUSED, Builtin, Provided)),
            "older": _can_be_handed_on(giver),
        }
        if counts[each.why]:
            yield Read(each.name, each.use, giver, each.line, soft=True)


def _is_own(name: str, giver: Giver) -> bool:
    """Say whether `name`, which the body may have bound before it reads it, is its own: nothing above leaves it."""
    # unbound, it ends in Python's NameError; not so where a builtin would be seen in the place of what cells above bound
    return isinstance(giver, Below | Unknown) or (isinstance(giver, Blocked | Hidden) and not hasattr(builtins, name))


def _can_be_handed_on(giver: Giver) -> bool:
    if isinstance(giver, FromDefinition):
        return giver.statement.kind == "constant"
    return isinstance(giver, FromSteps | FromContext | FromKernel | FromSetup)


def _lost(step: StepDraft, givers: Mapping[Wanted, Giver]) -> Iterator[tuple[str, Withheld]]:
    """Yield the perhaps-bound names whose older value no step could hand on."""
    names = uncertain(step)
    for each, giver in givers.items():
        if each.use != "body" or each.name not in names:
            continue
        if isinstance(giver, FromDefinition) and not _can_be_handed_on(giver):
            yield each.name, Withheld("older", definition_in_words(giver.statement))
        elif each.why in ("tried", "older") and isinstance(giver, Blocked | Mixed | Hidden):
            yield each.name, Withheld("older", _refused_in_words(giver))


def _refused_in_words(giver: Blocked | Mixed | Hidden) -> str:
    if isinstance(giver, Blocked):
        return f"what step {giver.step} bound and did not leave"
    if isinstance(giver, Hidden):
        return f"a value {giver.computed.how}"
    return "sometimes a value and sometimes not"


def _touched(step: StepDraft, givers: Mapping[str, Giver]) -> frozenset[str]:
    """Return the artifacts the body changes in place, or by calls that --out owns up to."""
    names = step.body.names
    own = {name for name in names.bindings if name not in names.deleted}
    return frozenset(
        name
        for name in {*names.changed, *out_only(step)} - own
        if name not in names.deleted
        and not name.startswith("_")
        # a refused giver is said once; below, the name counts as left
        and isinstance(givers.get(name), (FromSteps, FromContext, FromKernel, *_REFUSED))
    )


def merged_names(step: StepDraft, joined: Sequence[ResolvedStep]) -> frozenset[str]:
    """Return the names merge_artifacts fills."""
    merge = step.body.names.merge
    if merge is None or not joined:
        return frozenset()
    own = {name for each in joined for name in each.leaves - (handed(each.draft) - assigned(each.draft))}
    chosen = own if merge.include is None else set(merge.include)
    return frozenset(chosen - set(merge.exclude) - set(step.body.names.bindings))
