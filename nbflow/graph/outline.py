"""What a step reads and binds by its own text, before it meets the steps above it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from nbflow.frozen import frozen
from nbflow.model.graph import Use
from nbflow.model.step import StepDraft

#: read: it must be given · tried: the body reads it where it has perhaps bound it itself · function: a function of the body reads it, and the body binds it later or perhaps ·
#: older: the body binds it perhaps, so an older value is handed on
Why = Literal["read", "tried", "function", "older"]


#: those that come before all others
_FIRST = ("read", "tried")


@frozen
class Wanted:
    """A name that one use of a step asks for."""

    name: str
    use: Use
    line: int | None = None
    why: Why = "read"


def assigned(step: StepDraft) -> frozenset[str]:
    """Return the names `step` leaves because its body assigns them."""
    names, out = step.body.names, step.wiring.out
    kinds = {"assign"} if out is None else {"assign", "header"}
    return frozenset(
        name
        for name, binding in names.bindings.items()
        if binding.kind in kinds
        and name not in names.deleted
        and not name.startswith("_")
        and (out is None or name in out)
    )


def uncertain(step: StepDraft) -> frozenset[str]:
    """Return those of `assigned` that stay unbound on some way through the body."""
    bindings = step.body.names.bindings
    return frozenset(name for name in assigned(step) if step.options.catch or not bindings[name].certain)


def handed(step: StepDraft) -> frozenset[str]:
    """Return the names `step` leaves because its header says so: the foreach item and the caught error."""
    found = {step.wiring.item} if step.wiring.foreach and step.wiring.item_named else set()
    if step.options.catch and step.options.catch.name:
        found.add(step.options.catch.name)
    return frozenset(found)


def binds_for_others(step: StepDraft, name: str) -> bool:
    """Say whether steps below `step` could read its `name`."""
    binding = step.body.names.bindings.get(name)
    defines = binding is not None and binding.kind == "definition"
    return defines or name in assigned(step) or name in handed(step)


def out_only(step: StepDraft) -> tuple[str, ...]:
    """Return the names of --out that neither body nor header binds: artifacts that calls change."""
    names, out = step.body.names, step.wiring.out or ()
    bound = handed(step) | {name for name in names.bindings if name not in names.deleted}
    if names.merge is not None:
        # merge_artifacts fills them
        bound |= set(out if names.merge.include is None else names.merge.include)
    return tuple(name for name in out if name not in bound and not name.startswith("_"))


def wanted(step: StepDraft) -> tuple[Wanted, ...]:
    """Return every name `step` asks for, the certain ones first, each once per use."""
    found = {(each.name, each.use): each for each in reversed(list(_wanted(step)))}
    return tuple(sorted(found.values(), key=lambda each: (each.why not in _FIRST, each.use != "items", each.name)))


def _wanted(step: StepDraft) -> Iterator[Wanted]:
    """Yield the names asked for; of two with one name and use the first counts."""
    wiring, names = step.wiring, step.body.names
    said = {*(take.name for take in wiring.take), *wiring.capture, *out_only(step)}
    for name, line in {**names.changed, **names.reads}.items():
        yield Wanted(name, "body", line, "tried" if name in names.tried - said else "read")
    for name, line in wiring.foreach.names.reads.items() if wiring.foreach else ():
        yield Wanted(name, "items", line)
    for name, line in wiring.when.names.reads.items() if wiring.when else ():
        yield Wanted(name, "when", line)
    expressions = {name for each in (wiring.foreach, wiring.when) if each for name in each.names.reads}
    for take in wiring.take:
        if take.name not in expressions:
            yield Wanted(take.name, "body")
    for name in (*wiring.capture, *out_only(step)):
        yield Wanted(name, "body")
    for name in sorted(names.soft):
        yield Wanted(name, "body", names.bindings[name].line if name in names.bindings else None, "function")
    for name in sorted(uncertain(step)):
        yield Wanted(name, "body", names.bindings[name].line, "older")
