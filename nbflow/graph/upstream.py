"""What the steps above have done to names, grown step by step in flow order; and the search for a name's last writer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbflow.graph.fates import Binder, Defined, Withheld
from nbflow.graph.givers import Blocked, FromContext, FromDefinition, FromSteps, Mixed, Undecided
from nbflow.graph.resolved import ResolvedStep
from nbflow.model.graph import Source
from nbflow.model.ids import StepName

#: what the steps above alone say of a name
Bound = FromSteps | FromDefinition | Blocked | Mixed | Undecided


class Upstream:
    """The steps resolved so far and, per name, which of them bind it.

    Responsibilities: remember; find the last writer of a name. It knows nothing of parameters or plain cells.
    """

    def __init__(self) -> None:
        self.steps: dict[StepName, ResolvedStep] = {}
        self._binders: dict[str, list[Binder]] = {}

    def add(self, step: ResolvedStep) -> None:
        """Put `step` below the others."""
        self.steps[step.name] = step
        for name, fate in step.fates.items():
            self._binders.setdefault(name, []).append(Binder(step.name, fate))

    def binders(self, name: str) -> Sequence[Binder]:
        """Return who binds `name`, in flow order."""
        return self._binders.get(name, ())

    def last(self, name: str, binders: Sequence[Binder], other: FromDefinition | FromContext | None) -> Bound | None:
        """Return what the last of `binders` gives, or None when there is none.

        A writer that may be skipped does not hide those above it. When all may be, `other` is what the name
        means without them.
        """
        candidates: list[Source] = []
        settled = False
        for binder in reversed(binders):
            if isinstance(binder.fate, Withheld):
                return Blocked(binder.step, binder.fate, _nearest_left(binders))
            if isinstance(binder.fate, Defined):
                defined = FromDefinition(binder.fate.statement)
                if not candidates:
                    return defined
                other = defined
                break
            candidates.append(Source(binder.step, name))
            if not self.steps[binder.step].conditional:
                settled = True
                break
        if not candidates:
            return None
        sources = tuple(candidates)
        if not settled and other is not None:
            return Mixed(sources, other)
        others = self._undecided(sources, binders)
        return Undecided(sources, others) if others else FromSteps(sources)

    def _undecided(self, sources: tuple[Source, ...], binders: Iterable[Binder]) -> tuple[StepName, ...]:
        """Return the writers whose value could be meant as well: the last candidate does not depend on them."""
        known = {source.step for source in sources}
        before = self.steps[sources[-1].step].ancestors
        return tuple(
            binder.step
            for binder in binders
            if not isinstance(binder.fate, Withheld | Defined) and binder.step not in known | before
        )


def _nearest_left(binders: Sequence[Binder]) -> StepName | None:
    return next((each.step for each in reversed(binders) if not isinstance(each.fate, Withheld | Defined)), None)
