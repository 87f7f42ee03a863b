"""The last lines of a method: names of the body that the step leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nbflow.cells.syntax import parse_module
from nbflow.frontends.converting.naming import Names, attribute
from nbflow.frontends.converting.original import Original
from nbflow.frontends.converting.scratch import unstorable
from nbflow.graph.resolved import ResolvedStep


def left(original: Original, names: Names, step: ResolvedStep, taken: Collection[str]) -> Iterator[str]:
    """Yield the lines that leave what `step` leaves; names of `taken` are certainly bound before its body."""
    body = step.draft.body.names
    kept = names.kept_by(step.name)
    for name in _in_order(step, leaves(original, step)):
        if name not in body.bindings and name not in taken:
            # the item of a foreach that the body does not name
            yield from (f"self.{each} = self.input" for each in _attributes(name, kept))
            continue
        lines = [f"self.{each} = {name}" for each in _attributes(name, kept)]
        if name in step.perhaps and name not in taken:
            yield f'if "{name}" in locals():'
            lines = [f"    {line}" for line in lines]
        yield from lines
    yield from (f"self.{kept[name]} = self.{attribute(name)}" for name in sorted(step.merged & kept.keys()))


def _attributes(name: str, kept: dict[str, str]) -> list[str]:
    return [attribute(name), *([kept[name]] if name in kept else [])]


def leaves(original: Original, step: ResolvedStep) -> set[str]:
    """Return the names that the method of `step` sets at its end."""
    catch = step.draft.options.catch
    given = {catch.name} if catch and catch.name else set()
    return set(step.leaves - step.merged - given - not_left(original, step))


def not_left(original: Original, step: ResolvedStep) -> set[str]:
    """Return the names that the notebook would leave if they could be stored, and they cannot."""
    tree = parse_module(step.draft.body.source)
    return (unstorable(tree) & step.leaves) - original.required(step)


def _in_order(step: ResolvedStep, names: Collection[str]) -> list[str]:
    # bindings stand in the order of the text
    bindings = list(step.draft.body.names.bindings)
    return sorted(names, key=lambda name: (bindings.index(name) if name in bindings else -1, name))
