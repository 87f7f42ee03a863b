"""What a run would run and what it would take over, task by task, and why: the scheduler's rules without a worker.

A task whose result is found is *reused*; one of which none is found *runs*. Whatever reads from a task that runs is
*perhaps*: it runs too, unless the new result equals the old one. Nothing is executed to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from nbflow.graph.view import chains
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Graph, Node, Use
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.changes import asked_for, changes, last_try, static, why_not_reused, words
from nbflow.plan.fingerprint import Fingerprints, counted
from nbflow.plan.foreseen import Fate, Forecast, StepForecast, TaskForecast, summed
from nbflow.plan.gather import Given, gather, join
from nbflow.plan.guard import Guard
from nbflow.plan.judge import WAIT, Go, Skip, Verdict, judge, shared
from nbflow.plan.ledger import Ledger
from nbflow.plan.lists import UNLISTED, Lists
from nbflow.plan.reuse import EmptyShelf, Reuse, Shelf

__all__ = ["Asked", "Forecast", "forecast"]

Items = Mapping[tuple[StepName, Path], ItemList]


class Asked(Protocol):
    """What of a run's request decides what it runs (see nbflow.runtime.request.RunRequest)."""

    @property
    def graph(self) -> Graph: ...
    @property
    def parameters(self) -> Mapping[str, tuple[str, Any, str]]: ...
    @property
    def environment(self) -> Mapping[StepName, str]: ...
    @property
    def captured(self) -> Mapping[StepName, Mapping[str, ArtifactRef]]: ...
    @property
    def targets(self) -> frozenset[StepName] | None: ...
    @property
    def given(self) -> Mapping[TaskKey, TaskRecord]: ...
    @property
    def given_items(self) -> Items: ...
    @property
    def sample(self) -> Mapping[StepName, int]: ...
    @property
    def reuse(self) -> Reuse: ...


def forecast(asked: Asked, before: Mapping[TaskKey, TaskRecord], items: Items, shelf: Shelf | None = None) -> Forecast:
    """Return what the run that is `asked` for would do.

    Args:
        asked: the run's request.
        before: the latest record of each task, of whatever run: what the reasons compare with.
        items: what each foreach listed then; a run lists them anew, so they are trusted only where nothing that the
            list is made of has changed.
        shelf: results of other runs.
    """
    walk = _Walk(asked, before, items, shelf or EmptyShelf())
    wanted = [node for node in asked.graph.nodes if asked.targets is None or node.name in asked.targets]
    return Forecast(tuple(walk.step(node) for node in wanted), walk.tasks, asked.parameters)


class _Walk:
    """One walk down the flow.

    Responsibilities: judge each task as the scheduler would; settle what is known; tell apart what waits for a task
    that runs. Steps stand in flow order, so that givers have been judged before those that read them.
    """

    def __init__(self, asked: Asked, before: Mapping[TaskKey, TaskRecord], items: Items, shelf: Shelf) -> None:
        self.tasks: dict[TaskKey, TaskForecast] = {}
        self._asked = asked
        self._before = before
        self._shelf = shelf
        self._ledger = Ledger(asked.graph)
        self._ledger.items.update(asked.given_items)
        for record in asked.given.values():
            self._ledger.settle(record)
        self._lists = Lists(self._ledger, before, items, asked.sample)
        self._prints = Fingerprints(asked.graph, asked.parameters, asked.environment)
        self._guard = Guard(asked.graph, {name: value for name, (_, value, _) in asked.parameters.items()})
        self._chain = chains(asked.graph)
        #: step → its static parts now
        self._parts: dict[StepName, dict[str, str]] = {}
        #: step → static parts of the results that may be taken over
        self._known: dict[StepName, list[dict[str, str]]] = {node.name: [] for node in asked.graph.nodes}
        for _, record in asked.reuse.known.values():
            self._known.setdefault(record.step, []).append(static(record.parts))
        #: step → whether one of them is as the step is now
        self._fits: dict[StepName, bool] = {}

    def step(self, node: Node) -> StepForecast:
        """Judge all tasks of the step."""
        for path in self._lists.paths(node.base):
            if not node.opens:
                self._task(node, path)
            elif self._opened(node, path):
                for index in range(self._lists.count(node.name, path) or 0):
                    self._task(node, (*path, index))
        certain = self._ledger.expected(node.name, ()) is not None
        mine = [task for key, task in self.tasks.items() if key.step == node.name]
        return summed(node, mine, certain=certain, empty=self._why_none(node))

    def _opened(self, node: Node, path: Path) -> bool:
        """Foresee the items; False: the foreach is skipped as a whole."""
        verdict = self._verdict(node, path)
        if isinstance(verdict, Skip):
            self._skip(node, path, verdict.reason)
            return False
        self._lists.foresee(node, path, lambda: self._static(node))
        return True

    def _verdict(self, node: Node, path: Path) -> Verdict:
        return judge(self._ledger, node, path) if self._lists.certain(node.scope, path) else WAIT

    def _why_none(self, node: Node) -> str:
        """Return why the step has no tasks, where it has none."""
        expected = self._ledger.expected(node.name, ())
        if expected is None:
            return "its items are not known yet" if node.opens else f"the items of {node.scope[-1]} are not known yet"
        return "no items" if (node.scope and (node.scope[0], ()) in self._ledger.items) else "its foreach does not run"

    # ---- tasks

    def _task(self, node: Node, path: Path) -> None:
        verdict = self._verdict(node, path)
        if isinstance(verdict, Skip):
            self._skip(node, path, verdict.reason)
        elif isinstance(verdict, Go):
            self._go(node, path, verdict)
        else:
            self._blocked(node, path)

    def _go(self, node: Node, path: Path, go: Go) -> None:
        """All it needs is known: look up its result, as the scheduler would."""
        read, given = self._given(node, path, go, "when"), self._given(node, path, go, "body")
        if UNLISTED in (*read.inputs.values(), *given.inputs.values()):
            self._note(node, path, "perhaps" if node.conditional else "runs", last_try(None))
            return
        passed, reason, failure = self._guard.judge(self._ledger, node, path, read)
        if failure is not None:
            self._note(node, path, "runs", f"its condition fails: {failure.message.splitlines()[0]}")
            return
        if reason:
            self._skip(node, path, reason, condition=passed)
            return
        made = self._prints.of(node, given, join(self._ledger, node, path, self._chain))
        kept = self._asked.reuse.of(node, made.digest, self._shelf)
        key = TaskKey(node.name, path)
        if kept is None:
            why = why_not_reused(node, self._before.get(key), made, self._asked.reuse, self._shelf)
            self._note(node, path, "runs", why, parts=made.parts)
            return
        origin, record = kept
        origin = record.origin or origin
        result = replace(record, id=key.id, path=path, status=TaskStatus.REUSED, condition=passed, origin=origin)
        self._ledger.settle(result)
        self._note(node, path, "reused", parts=made.parts, result=result, origin=origin)

    def _given(self, node: Node, path: Path, go: Go, use: Use) -> Given:
        given = gather(self._ledger, node, path, go, use)
        captured = self._asked.captured.get(node.name)
        return replace(given, inputs={**captured, **given.inputs}) if captured else given

    def _skip(self, node: Node, path: Path, reason: str, *, condition: bool | None = None) -> None:
        task = TaskKey(node.name, path).id
        self._ledger.settle(TaskRecord(node.name, task, path, TaskStatus.SKIPPED, reason=reason, condition=condition))
        self._note(node, path, "skipped", reason)

    def _blocked(self, node: Node, path: Path) -> None:
        """It waits for a task that runs: what is known of it all the same."""
        old = self._before.get(TaskKey(node.name, path))
        now = self._static(node)
        after = self._waits_for(node, path)
        certain = not node.conditional and not self._may_be_known(node, now)
        guesses = self._lists.guesses(node.scope, path)
        anew = node.name in guesses and not after and not certain
        # of an item that may not be on the list again it is no matter how its task ended
        said = asked_for(node, self._asked.reuse) or ("" if anew else last_try(old))
        if not said and old is not None and old.parts:
            said = words(changes(static(old.parts), now), node)
        if node.name in guesses and not after:
            said = said or words(self._lists.differing(node.name, path[:-1]), node)
            said = f"its items are listed anew: {said}" if said and anew else said or "its items are listed anew"
        fate: Fate = "runs" if certain else "perhaps"
        others = any(self._lists.differing(each, path[: node.scope.index(each)]) for each in guesses)
        said = said or _hanging(after, certain=certain, others=others)
        self._note(node, path, fate, said, parts=now, after=after, guessed=bool(guesses))

    def _may_be_known(self, node: Node, now: Mapping[str, str]) -> bool:
        """Whether a result that the run may take over could fit, whatever the steps above leave."""
        reuse = self._asked.reuse
        if reuse.fresh or node.name in reuse.again:
            return False
        if reuse.may_search(node):
            return True
        if node.name not in self._fits:
            self._fits[node.name] = any(
                _fits(counted(then, node), counted(now, node)) for then in self._known[node.name]
            )
        return self._fits[node.name]

    def _waits_for(self, node: Node, path: Path) -> tuple[StepName, ...]:
        """Return the steps whose tasks or items decide."""
        found = dict.fromkeys(self._lists.guesses(node.scope, path))
        for giver in node.givers:
            scope = self._ledger.nodes[giver].scope
            if not self._ledger.complete(giver, path[: shared(scope, node.scope, len(path))]):
                found[giver] = None
        return tuple(name for name in found if name != node.name)

    def _static(self, node: Node) -> dict[str, str]:
        if node.name not in self._parts:
            self._parts[node.name] = static(self._prints.of(node, Given(), None).parts)
        return self._parts[node.name]

    def _note(self, node: Node, path: Path, fate: Fate, reason: str = "", **more: Any) -> None:
        key = TaskKey(node.name, path)
        self.tasks[key] = TaskForecast(key, fate, reason, self._before.get(key), **more)


def _fits(then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether a result that was made of `then` may be one of a task made of `now`: nothing is known of one of nothing."""
    # a parameter that only the header read then is no matter; one that the body read would show in its code, too
    return not then or {k: part for k, part in then.items() if k in now or not k.startswith("parameter ")} == now


def _hanging(after: tuple[StepName, ...], *, certain: bool, others: bool) -> str:
    names = " and ".join(after)
    if certain:
        return f"after {names}"
    if others:
        # it may be another item's task, of which a result is known all the same
        return f"after {names}: runs unless its result is known"
    return f"after {names}: runs unless {names} {'leave' if len(after) > 1 else 'leaves'} the same"
