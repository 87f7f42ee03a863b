"""The first lines of a method: names of the body that something else gives."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from nbflow.frontends.converting.certainty import is_given
from nbflow.frontends.converting.guards import of_foreach
from nbflow.frontends.converting.naming import attribute
from nbflow.frontends.converting.original import Original, reads_of, refuse
from nbflow.frontends.converting.sketch import Sketch
from nbflow.frozen import frozen
from nbflow.graph.givers import Builtin, FromContext, FromDefinition, FromParameter, FromSetup, FromSteps
from nbflow.graph.resolved import Read, ResolvedStep


@frozen
class Taken:
    """A name that a body is given."""

    name: str
    #: what it stands for
    value: str
    #: it may be that there is nothing to take; then the name stays unbound
    when: str = ""

    @property
    def lines(self) -> list[str]:
        """The lines that take it."""
        line = f"{self.name} = {self.value}"
        return [f"if {self.when}:", f"    {line}"] if self.when else [line]


def taken(original: Original, sketch: Sketch) -> Iterator[Taken]:
    """Yield what the body of `sketch` takes, in the order of its text."""
    step = sketch.step
    assert step is not None
    bindings = step.draft.body.names.bindings
    read = {each.name for each in step.reads}
    for each in reads_of(step, "body"):
        if (value := _value(original, sketch, step, each)) is not None:
            when = "" if _is_there(original, step, each) else f'hasattr(self, "{sketch.reads[each.name]}")'
            yield Taken(each.name, value, when)
    # a function of the body reads it before, perhaps, the body hides it
    for name in sorted(step.draft.body.names.soft & bindings.keys() - read):
        if hasattr(builtins, name):
            if name in step.leaves & step.perhaps:
                why = "the step binds the name perhaps, and a function in it may read Python's own"
                refuse(step.draft.place, f"'{name}', which is Python's", why, "give the value another name")
            yield Taken(name, f"builtins.{name}")


def _value(original: Original, sketch: Sketch, step: ResolvedStep, read: Read) -> str | None:
    """Return what stands for a name; None: nothing needs to."""
    bindings = step.draft.body.names.bindings
    match read.giver:
        case FromSteps():
            name = sketch.reads[read.name]
            default = dict(step.draft.wiring.default).get(read.name)
            return f'getattr(self, "{name}", {default})' if default else f"self.{name}"
        case FromParameter():
            return f"self.{attribute(read.name)}"
        case FromContext(scope=scope, what=what):
            return of_foreach(scope, step.scope, what)
        # what the method binds is its own from its first line on
        case FromDefinition() | FromSetup() if read.name in bindings and not _is_moved(original, step, read.name):
            return f'globals()["{read.name}"]'
        case Builtin() if read.name in bindings:
            return f"builtins.{read.name}"
    return None


def _is_there(original: Original, step: ResolvedStep, read: Read) -> bool:
    has_default = read.name in dict(step.draft.wiring.default)
    return not isinstance(read.giver, FromSteps) or has_default or is_given(original.flow, step, read)


def _is_moved(original: Original, step: ResolvedStep, name: str) -> bool:
    """Whether the definition of `name` in the body of `step` stands outside the class, since others need it."""
    mine = [each for each in step.draft.statements if name in each.names]
    return any(each in other.code.slice for each in mine for other in original.graph.nodes if other.name != step.name)
