"""What a run would run and what it would take over, task by task, and why: the scheduler's rules without a worker.

A task whose result is found is *reused*; one of which none is found *runs*. Whatever reads from a task that runs is
*perhaps*: it runs too, unless the new result equals the old one. Nothing is executed to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any, Literal, Protocol

from nbflow.frozen import frozen
from nbflow.graph.view import chains
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Graph, Node, Use
from nbflow.model.ids import Digest, Path, StepName, TaskKey
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.changes import asked_for, before, changes, static, why_not_reused, words
from nbflow.plan.fingerprint import Fingerprints
from nbflow.plan.gather import Given, gather, join
from nbflow.plan.guard import Guard
from nbflow.plan.judge import Go, Skip, judge, shared
from nbflow.plan.ledger import Ledger
from nbflow.plan.reuse import EmptyShelf, Reuse, Shelf

Fate = Literal["reused", "runs", "perhaps", "skipped"]
Items = Mapping[tuple[StepName, Path], ItemList]

#: stands for an item that no run has listed yet
UNLISTED = ArtifactRef(Digest(""), "scalar", "", 0)


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


@frozen
class TaskForecast:
    """What will become of one task."""

    key: TaskKey
    fate: Fate
    #: one line; empty for what is reused
    reason: str = ""
    #: what it left last time, or how that ended
    old: TaskRecord | None = None
    #: what it would be made of now, as far as it is known (see TaskRecord.parts)
    parts: Mapping[str, str] = field(default_factory=dict)
    #: steps that run first, whose results decide
    after: tuple[StepName, ...] = ()
    #: pathspec of the task whose result it takes over
    origin: str = ""

    @property
    def seconds(self) -> float | None:
        """How long it took when it last came to a good end."""
        old = self.old
        if old is None or not old.status.has_result or old.started_at is None or old.finished_at is None:
            return None
        return max(0.0, old.finished_at - old.started_at)


@frozen
class Reason:
    """Why some tasks of a step run, or do not."""

    text: str
    tasks: int


@frozen
class StepForecast:
    """What will become of one step's tasks."""

    step: StepName
    reused: int = 0
    runs: int = 0
    perhaps: int = 0
    skipped: int = 0
    #: tasks in all; None: not known before its items are listed, the other numbers are those of last time
    total: int | None = None
    reasons: tuple[Reason, ...] = ()
    #: what the tasks that will run took last time; None: not known of any
    seconds: float | None = None
    #: the same of tasks that perhaps run
    perhaps_seconds: float | None = None
    #: it stands in a foreach: one task per item
    many: bool = False


@frozen
class Forecast:
    """What a run will do, step by step in flow order."""

    steps: tuple[StepForecast, ...]
    tasks: Mapping[TaskKey, TaskForecast] = field(default_factory=dict)

    @property
    def seconds(self) -> float | None:
        """Seconds of work that the tasks that will run took last time, one after another."""
        return _total(step.seconds for step in self.steps)

    @property
    def perhaps_seconds(self) -> float | None:
        """The same of the tasks that perhaps run."""
        return _total(step.perhaps_seconds for step in self.steps)


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
    return Forecast(tuple(walk.step(node) for node in asked.graph.nodes if walk.wanted(node)), walk.tasks)


class _Walk:
    """One walk down the flow.

    Responsibilities: judge each task as the scheduler would; settle what is known; tell apart what waits for a task
    that runs. Steps stand in flow order, so that givers have been judged before those that read them.
    """

    def __init__(self, asked: Asked, before: Mapping[TaskKey, TaskRecord], items: Items, shelf: Shelf) -> None:
        self.tasks: dict[TaskKey, TaskForecast] = {}
        self._asked = asked
        self._before = before
        self._items = items
        self._shelf = shelf
        self._ledger = Ledger(asked.graph)
        self._ledger.items.update(asked.given_items)
        for record in asked.given.values():
            self._ledger.settle(record)
        self._prints = Fingerprints(asked.graph, asked.parameters, asked.environment)
        self._guard = Guard(asked.graph, {name: value for name, (_, value, _) in asked.parameters.items()})
        self._chain = chains(asked.graph)
        #: lists of which only the last one's length is known
        self._guessed: dict[tuple[StepName, Path], int] = {}
        self._parts: dict[StepName, dict[str, str]] = {}
        self._known: dict[StepName, list[dict[str, str]]] = {}
        for _, record in asked.reuse.known.values():
            self._known.setdefault(record.step, []).append(static(record.parts))

    def wanted(self, node: Node) -> bool:
        """Whether the run is to run the step."""
        return self._asked.targets is None or node.name in self._asked.targets

    def step(self, node: Node) -> StepForecast:
        """Judge all tasks of the step."""
        certain = True
        for path in self._paths(node.base):
            if not node.opens:
                self._task(node, path)
                continue
            if not self._list(node, path):
                continue
            for index in range(self._count(node.name, path) or 0):
                self._task(node, (*path, index))
            certain = certain and (node.name, path) in self._ledger.items
        certain = certain and self._ledger.expected(node.name, ()) is not None
        mine = [task for key, task in self.tasks.items() if key.step == node.name]
        return _summed(node, mine, certain=certain, note=self._note(node, mine))

    def _paths(self, scope: tuple[StepName, ...], prefix: Path = ()) -> Iterator[Path]:
        if len(prefix) >= len(scope):
            yield prefix
            return
        for index in range(self._count(scope[len(prefix)], prefix) or 0):
            yield from self._paths(scope, (*prefix, index))

    def _count(self, opener: StepName, path: Path) -> int | None:
        listed = self._ledger.items.get((opener, path))
        return len(listed.refs) if listed is not None else self._guessed.get((opener, path))

    # ---- the items of a foreach

    def _list(self, node: Node, path: Path) -> bool:
        """Say how many items there will be; False: the foreach is skipped as a whole."""
        where = (node.name, path)
        verdict = judge(self._ledger, node, path) if self._stands(node, path) else None
        if isinstance(verdict, Skip):
            self._skip(node, path, verdict.reason)
            return False
        listed = self._items.get(where)
        if where in self._ledger.items or listed is None:
            return True
        most = self._asked.sample.get(node.name, listed.total)
        count = min(most, listed.total)
        if not self._same_list(node, path):
            self._guessed[where] = count
            return True
        # of a list that was sampled only the first items are known
        refs = (*listed.refs, *(UNLISTED for _ in range(listed.total - len(listed.refs))))
        self._ledger.items[where] = ItemList(refs[:count], listed.total)
        return True

    def _same_list(self, node: Node, path: Path) -> bool:
        """Whether the expression would give what it gave last time: same code, same parameters, same inputs."""
        if not self._stands(node, path):
            return False
        of_then = [r for k, r in self._before.items() if k.step == node.name and k.path[: len(path)] == path]
        if any(each.parts and changes(static(each.parts), self._static(node)) for each in of_then):
            return False
        began = min((each.started_at for each in of_then if each.started_at is not None), default=None)
        for need in node.needs:
            if need.kind != "value" or "items" not in need.uses:
                continue
            found = next((r for s in need.branches[0] if (r := self._ledger.result(s.step, path)) is not None), None)
            if found is None or not self._as_then(found, began):
                return False
        return True

    def _as_then(self, found: TaskRecord, began: float | None) -> bool:
        """Whether a giver's result is the one that the list of last time was made from."""
        old = self._before.get(found.key)
        if old is None or old.manifest is None or found.manifest is None:
            return found.status is TaskStatus.SKIPPED and old is not None and old.status is found.status
        # a giver that ran again since then may have left something else
        later = began is not None and old.finished_at is not None and old.finished_at > began
        return old.manifest.artifacts == found.manifest.artifacts and not later

    def _stands(self, node: Node, path: Path) -> bool:
        """Whether every list that `path` goes through is certain."""
        return all((node.scope[depth], path[:depth]) in self._ledger.items for depth in range(len(path)))

    # ---- tasks

    def _task(self, node: Node, path: Path) -> None:
        verdict = judge(self._ledger, node, path) if self._stands(node, path) else None
        if isinstance(verdict, Skip):
            self._skip(node, path, verdict.reason)
        elif isinstance(verdict, Go):
            self._go(node, path, verdict)
        else:
            self._blocked(node, path)

    def _go(self, node: Node, path: Path, go: Go) -> None:
        read = self._given(node, path, go, "when")
        given = self._given(node, path, go, "body")
        if UNLISTED in (*read.inputs.values(), *given.inputs.values()):
            self._note_task(node, path, "perhaps" if node.conditional else "runs", before(None))
            return
        passed, reason, failure = self._guard.judge(self._ledger, node, path, read)
        if failure is not None:
            self._note_task(node, path, "runs", f"its condition cannot be judged: {failure.message.splitlines()[0]}")
            return
        if reason:
            self._skip(node, path, reason, condition=passed)
            return
        made = self._prints.of(node, given, join(self._ledger, node, path, self._chain))
        kept = self._asked.reuse.of(node, made.digest, self._shelf)
        old = self._before.get(TaskKey(node.name, path))
        if kept is None:
            why = why_not_reused(node, old, made, self._asked.reuse, self._shelf)
            self._note_task(node, path, "runs", why, parts=made.parts)
            return
        origin, record = kept
        key = TaskKey(node.name, path)
        self._ledger.settle(
            replace(record, id=key.id, path=path, status=TaskStatus.REUSED, condition=passed, origin=origin)
        )
        self._note_task(node, path, "reused", parts=made.parts, origin=record.origin or origin)

    def _given(self, node: Node, path: Path, go: Go, use: Use) -> Given:
        given = gather(self._ledger, node, path, go, use)
        captured = self._asked.captured.get(node.name)
        return replace(given, inputs={**captured, **given.inputs}) if captured else given

    def _skip(self, node: Node, path: Path, reason: str, *, condition: bool | None = None) -> None:
        key = TaskKey(node.name, path)
        self._ledger.settle(TaskRecord(node.name, key.id, path, TaskStatus.SKIPPED, reason=reason, condition=condition))
        self._note_task(node, path, "skipped", reason)

    def _blocked(self, node: Node, path: Path) -> None:
        """It waits for a task that runs: what is known of it all the same."""
        old = self._before.get(TaskKey(node.name, path))
        now = self._static(node)
        after = self._waits_for(node, path)
        certain = not node.conditional and not self._may_be_known(node, now)
        asked = asked_for(node, self._asked.reuse)
        said = before(old) or (words(changes(static(old.parts), now), node) if old and old.parts else "")
        reason = asked or said or _hanging(after, certain=certain)
        self._note_task(node, path, "runs" if certain else "perhaps", reason, parts=now, after=after)

    def _may_be_known(self, node: Node, now: Mapping[str, str]) -> bool:
        """Whether a result that the run may take over could fit, whatever the steps above leave."""
        reuse = self._asked.reuse
        if reuse.fresh or node.name in reuse.again:
            return False
        if reuse.everything or node.options.cache:
            return True
        return any(not parts or parts == now for parts in self._known.get(node.name, ()))

    def _waits_for(self, node: Node, path: Path) -> tuple[StepName, ...]:
        found: dict[StepName, None] = {}
        for depth in range(len(path)):
            if (node.scope[depth], path[:depth]) in self._guessed:
                found[node.scope[depth]] = None
        for giver in node.givers:
            scope = self._ledger.nodes[giver].scope
            if not self._ledger.complete(giver, path[: shared(scope, node.scope, len(path))]):
                found[giver] = None
        return tuple(name for name in found if name != node.name)

    def _static(self, node: Node) -> dict[str, str]:
        if node.name not in self._parts:
            self._parts[node.name] = static(self._prints.of(node, Given(), None).parts)
        return self._parts[node.name]

    def _note_task(self, node: Node, path: Path, fate: Fate, reason: str = "", **more: Any) -> None:
        key = TaskKey(node.name, path)
        self.tasks[key] = TaskForecast(key, fate, reason, self._before.get(key), **more)

    def _note(self, node: Node, tasks: list[TaskForecast]) -> str:
        """Return what there is to say of the step's items as such."""
        if tasks or not node.scope:
            guessed = any(opener == node.name for opener, _ in self._guessed)
            return "its items are listed anew" if guessed else ""
        if self._ledger.expected(node.name, ()) is None:
            return (
                f"the items of {node.scope[-1]} are not known yet" if not node.opens else "its items are not known yet"
            )
        return (
            "no items" if (node.scope[0], ()) in self._ledger.items else f"the foreach of {node.scope[0]} does not run"
        )


def _hanging(after: tuple[StepName, ...], *, certain: bool) -> str:
    names = " and ".join(after)
    if not names:
        return "its items are listed anew"
    return (
        f"after {names}"
        if certain
        else f"after {names}: runs unless {names} leave{'' if len(after) > 1 else 's'} the same"
    )


def _summed(node: Node, tasks: list[TaskForecast], *, certain: bool, note: str) -> StepForecast:
    counts = {fate: sum(task.fate == fate for task in tasks) for fate in ("reused", "runs", "perhaps", "skipped")}
    reasons: dict[str, int] = {note: len(tasks)} if note else {}
    for task in tasks:
        if task.reason:
            reasons[task.reason] = reasons.get(task.reason, 0) + 1
    return StepForecast(
        node.name,
        **counts,
        total=len(tasks) if certain else None,
        reasons=tuple(Reason(text, count) for text, count in reasons.items()),
        seconds=_total(task.seconds for task in tasks if task.fate == "runs"),
        perhaps_seconds=_total(task.seconds for task in tasks if task.fate == "perhaps"),
        many=bool(node.scope),
    )


def _total(seconds: Any) -> float | None:
    known = [each for each in seconds if each is not None]
    return sum(known) if known else None
