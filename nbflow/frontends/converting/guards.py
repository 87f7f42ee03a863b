"""The header's expressions where a class evaluates them: at the end of the step before."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.frontends.converting.expressions import on_self
from nbflow.frontends.converting.following import Follower
from nbflow.frontends.converting.naming import Names, attribute
from nbflow.frontends.converting.original import Original, reads_of, refuse
from nbflow.frontends.converting.sketch import Env, Sketch
from nbflow.frontends.converting.skipping import excluded, lacking
from nbflow.graph.givers import FromContext, FromParameter, FromSteps
from nbflow.graph.resolved import ResolvedStep
from nbflow.model.ids import ScopeName, StepName


def of_foreach(scope: ScopeName, base: Sequence[ScopeName], what: str) -> str:
    """Return how a method in the foreach `base` reads the item or the index of `scope`."""
    if scope == base[-1]:
        return "self.input" if what == "item" else "self.index"
    return f"self.foreach_stack()[{base.index(scope)}][{2 if what == 'item' else 0}]"


class Guards:
    """Writes --foreach and --when as expressions of `self`.

    Responsibilities: remember by which text each step was chosen.
    """

    def __init__(self, original: Original, names: Names, follower: Follower) -> None:
        self._flow = original.flow
        self._names = names
        self._follower = follower
        #: step that may be skipped → the text that says so, and what it says when the step runs
        self._chosen: dict[StepName, tuple[str, str]] = {}

    def list_of(self, opens: ResolvedStep, at: Sketch, env: Env) -> str:
        """Return the artifact with the items of a foreach, set at the end of `at` unless it is there already."""
        foreach = opens.draft.wiring.foreach
        assert foreach is not None
        expression = self._on_self(opens, "items", foreach.source, at, env)
        name = expression.removeprefix("self.")
        if name.isidentifier() and expression != name:
            return name
        variable = self._names.new(f"{self._names.methods[opens.name]}_items")
        at.sets[variable] = expression
        return variable

    def choose(self, ways: Sequence[Sequence[ResolvedStep]], at: Sketch, variable: str, env: Env) -> dict[str, str]:
        """Return the conditions under which `at` chooses each of `ways`."""
        conditions: dict[str, str] = {}
        for way in ways:
            head = way[0]
            if conditions:
                when = head.draft.wiring.when
                condition = self._on_self(head, "when", when.source, at, env) if when else ""
            else:
                condition = self._condition(head, at, env)
            method = self._names.methods[head.name]
            conditions[method] = condition
            self._chosen |= {step.name: (variable, method) for step in way}
        return conditions

    def _condition(self, step: ResolvedStep, at: Sketch, env: Env) -> str:
        """Return when `step` runs."""
        parts = [self._ran(step, name, at, env, "!=") for name in sorted(excluded(self._flow, step))]
        for sources in lacking(self._flow, step):
            either = [self._ran(step, source.step, at, env, "==") for source in sources]
            parts.append(either[0] if len(either) == 1 else f"({' or '.join(either)})")
        if when := step.draft.wiring.when:
            own = self._on_self(step, "when", when.source, at, env)
            parts.append(f"({own})" if parts else own)
        return " and ".join(dict.fromkeys(parts))

    def _ran(self, step: ResolvedStep, other: StepName, at: Sketch, env: Env, compared: str) -> str:
        """Return a comparison that says whether `other` ran, `step` depending on it."""
        variable, method = self._chosen[other]
        if variable not in env or (compared == "!=" and list(lacking(self._flow, self._flow[other]))):
            why = f"whether {other} ran is not known where {step.name} comes"
            refuse(
                step.draft.place, f"{step.name}, which may be skipped", why, "write the whole condition into its --when"
            )
        at.uses.add(variable)
        return f'self.{variable} {compared} "{method}"'

    def _on_self(self, step: ResolvedStep, use: str, source: str, at: Sketch, env: Env) -> str:
        """Return an expression of a header as `at` evaluates it."""
        meanings: dict[str, str] = {}
        defaults = dict(step.draft.wiring.default)
        for read in reads_of(step, use):
            match read.giver:
                case FromSteps():
                    name = self._follower.attribute(step, read, env)
                    at.uses.add(name)
                    default = defaults.get(read.name)
                    meanings[read.name] = f"getattr(self, {name!r}, {default})" if default else f"self.{name}"
                case FromParameter():
                    meanings[read.name] = f"self.{attribute(read.name)}"
                case FromContext(scope=scope, what=what):
                    meanings[read.name] = of_foreach(scope, step.base, what)
        return on_self(source, meanings)
