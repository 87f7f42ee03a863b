"""The definitions a step needs, by source, seen from where the step stands."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cells.slice import Meaning, take_slice
from nbflow.errors import Problem
from nbflow.frozen import frozen
from nbflow.graph.fates import statement_of
from nbflow.graph.givers import (
    Blocked,
    FromContext,
    FromDefinition,
    FromParameter,
    Giver,
    Hidden,
    Refused,
    sources_of,
)
from nbflow.graph.resolved import Read
from nbflow.graph.search import Search, Surroundings
from nbflow.model.ids import ScopeName
from nbflow.model.step import Statement, StepDraft


@frozen
class Sliced:
    """What a step takes from the definitions."""

    #: names its code reads directly
    roots: tuple[str, ...]
    #: all it needs, in the order they must be executed
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]


def slice_of(
    step: StepDraft, reads: Sequence[Read], search: Search, around: Surroundings, base: tuple[ScopeName, ...]
) -> Sliced:
    """Return the definitions `step`, which stands in `base`, takes for what it reads."""
    roots = [read.name for read in reads if isinstance(read.giver, FromDefinition)]
    # annotations are no reads, yet Python evaluates them
    bound = step.body.names.bindings.keys()
    noted = sorted(step.body.names.annotations - bound)
    roots += [name for name in noted if isinstance(search.visible(name), FromDefinition)]
    setup = [name for cell in around.draft.setup for name in cell.body.names.reads]
    asked = [*roots, *(name for name in setup if around.draft.definitions.of(name))]

    def resolve(name: str) -> Meaning:
        root = name.removeprefix(_ROOT)
        return _meaning(step, name, search, base) if root == name else _as_meaning(search.visible(root))

    # the body's own definitions come last: a function of a plain cell sees them once the body has made them
    statements = (*search.statements_above(), *step.statements)
    found = take_slice([_ROOT + name for name in asked], around.draft.definitions, statements, resolve)
    return Sliced(tuple(dict.fromkeys(roots)), found.statements, found.problems)


#: sets a name that the body reads apart from the same name read by a function: the body may bind it in between
_ROOT = "root "


def _meaning(step: StepDraft, name: str, search: Search, base: tuple[ScopeName, ...]) -> Meaning:
    """Return what `name` is to a function that the step calls: what the notebook's own namespace would show."""
    binding = step.body.names.bindings.get(name)
    own = statement_of(step, name) if binding else None
    if binding and binding.kind == "definition" and binding.certain and own:
        return Meaning("definition", own)
    if binding and name not in step.body.names.deleted:
        return Meaning("artifact", giver=step.name)
    return _as_meaning(search.shown(name, base))


def _as_meaning(giver: Giver) -> Meaning:
    if isinstance(giver, FromDefinition):
        return Meaning("definition", giver.statement)
    if isinstance(giver, FromParameter):
        return Meaning("parameter")
    if isinstance(giver, Hidden):
        return Meaning("computed", giver=giver.computed.how)
    if sources := sources_of(giver):
        return Meaning("artifact", giver=sources[0].step)
    if isinstance(giver, FromContext):
        return Meaning("artifact", giver=giver.scope)
    if isinstance(giver, Blocked):
        return Meaning("artifact", giver=giver.step)
    return Meaning("unknown" if isinstance(giver, Refused) else "provided")
