"""Which step's value an artifact has at a method, against what the notebook says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from typing import NoReturn

from nbflow.frontends.converting.naming import Names, attribute
from nbflow.frontends.converting.original import Original, reads_of, refuse
from nbflow.frontends.converting.sketch import Env, Sketch
from nbflow.graph.givers import FromSteps, sources_of
from nbflow.graph.resolved import Read, ResolvedStep
from nbflow.model.ids import StepName


class Follower:
    """Follows artifacts from method to method.

    Responsibilities: find the attribute under which a method reads what the notebook gives it, or say that it is lost.
    """

    def __init__(self, original: Original, names: Names) -> None:
        self._flow = original.flow
        self._original = original
        self._names = names
        #: steps that certainly did not run where we are
        self._absent: Collection[StepName] = ()
        #: pairs of steps of which at most one runs
        self._exclusive: set[frozenset[StepName]] = set()
        #: what a step must keep under a further name
        self._lost: list[tuple[StepName, str]] = []

    def keep_more(self) -> bool:
        """Let steps keep what was found to be lost; say whether there was anything."""
        for step, artifact in self._lost:
            self._names.keep(step, artifact)
        found, self._lost = bool(self._lost), []
        return found

    @contextmanager
    def within(self, way: Sequence[ResolvedStep], ways: Sequence[Sequence[ResolvedStep]]) -> Iterator[None]:
        """Be in one of several ways: the steps of the others did not run."""
        before = self._absent
        others = [step.name for other in ways if other is not way for step in other]
        self._exclusive |= {frozenset(pair) for pair in product((step.name for step in way), others)}
        self._absent = {*before, *others}
        yield
        self._absent = before

    def entered(self, sketch: Sketch, env: Env) -> Env:
        """Note what `sketch` reads where artifacts are as in `env`; return how they are after it."""
        step = sketch.step
        if step is None:
            return env
        for read in reads_of(step, "body"):
            if isinstance(read.giver, FromSteps):
                sketch.reads[read.name] = self.attribute(step, read, env)
        self._check_older(step, env)
        after = dict(env)
        for name in map(attribute, step.leaves):
            after[name] = (step.name, *after.get(name, ())) if step.conditional else (step.name,)
        return after | dict.fromkeys(self._names.kept_by(step.name).values(), (step.name,))

    def attribute(self, step: ResolvedStep, read: Read, env: Env) -> str:
        """Return the attribute that has, where artifacts are as in `env`, what `step` reads."""
        artifact = next((each.name for each in sources_of(read.giver) if each.name), read.name)
        wanted = tuple(self._candidates(read))
        name = attribute(artifact)
        found = env.get(name, ())
        if not read.soft and read.name not in dict(step.draft.wiring.default) and self._may_all_be_skipped(wanted):
            # the step runs only if one of them did
            found = found[: len(wanted)]
        if self.same(wanted, found):
            return name
        if len(wanted) == 1 and not self._flow[wanted[0]].conditional:
            kept = self._names.kept.get((wanted[0], artifact))
            if kept is None:
                self._lost.append((wanted[0], artifact))
                return name
            if env.get(kept) == wanted:
                return kept
        return self._refuse(step, read.name)

    def _may_all_be_skipped(self, steps: tuple[StepName, ...]) -> bool:
        return bool(steps) and all(self._flow[step].conditional for step in steps)

    def _candidates(self, read: Read) -> Iterator[StepName]:
        """Yield the steps whose value it may be here, up to the first that always runs."""
        for each in sources_of(read.giver):
            if each.step not in self._absent:
                yield each.step
                if not self._flow[each.step].conditional:
                    return

    def same(self, wanted: tuple[StepName, ...], found: tuple[StepName, ...]) -> bool:
        """Say whether the last that ran is the same step in both, whichever ran."""
        if set(wanted) != set(found):
            return False
        pairs = [(one, other) for number, one in enumerate(wanted) for other in wanted[number + 1 :]]
        return all(
            found.index(one) < found.index(other)
            for one, other in pairs
            if frozenset((one, other)) not in self._exclusive
        )

    def _check_older(self, step: ResolvedStep, env: Env) -> None:
        """Refuse a name that `step` binds perhaps, if else another value would pass that the notebook does not see."""
        read = {each.name for each in step.reads if isinstance(each.giver, FromSteps)}
        for name in step.perhaps & self._original.required(step) - read:
            if env.get(attribute(name)):
                self._refuse(step, name)

    def _refuse(self, step: ResolvedStep, name: str) -> NoReturn:
        what = f"the '{name}' of step {step.name}"
        why = "in the class another step, which the notebook lets run beside it, would have overwritten it by then"
        refuse(step.draft.place, what, why, "give the two values different names")


def joined_loop(around: Env, inside: Env) -> dict[str, str]:
    """Return what a join of a foreach can take over: what no step inside has written."""
    return {name: "" for name, writers in around.items() if inside.get(name) == writers}


def joined_branches(around: Env, ends: Mapping[str, Env]) -> tuple[Env, dict[str, str]]:
    """Return the artifacts after a join of branches, and which branch each can be taken from; "": any."""
    env: dict[str, tuple[StepName, ...]] = {}
    offers: dict[str, str] = {}
    for name in dict.fromkeys(name for each in ends.values() for name in each):
        found = [each.get(name) for each in ends.values()]
        changed = [end for end, each in ends.items() if each.get(name) != around.get(name)]
        if all(each == found[0] for each in found):
            offers[name] = ""
        elif len(changed) == 1 and name in ends[changed[0]]:
            offers[name] = changed[0]
        else:
            continue
        env[name] = ends[offers[name] or next(iter(ends))][name]
    return env, offers
