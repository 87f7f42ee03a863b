"""A step of a run, and its tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from nbflow.cards.figures import duration, several
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line
from nbflow.client.facts import NO_TASKS, RunFacts
from nbflow.client.part import Part
from nbflow.client.task import Task
from nbflow.client.thing import Page, between, by_key, moment
from nbflow.errors import did_you_mean, raise_for
from nbflow.model.caught import caught_in
from nbflow.model.graph import MISSING, Missing
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.workspace import Workspace

#: how the label begins of a step that opens a gang (see graph.summary)
_GANG = "side by side"
#: tasks that a page lists
_MOST = 100


class Step(Part):
    """One step in one run: `Step("quickstart/3/train")`. Iterating gives its tasks, in the order of their items.

    Where a switch of a class did not choose the step, there is no task to look at; its id finds one that says so.
    """

    depth = 3

    def __init__(
        self,
        pathspec: str,
        *,
        workspace: Workspace | None = None,
        namespace: str | Missing | None = MISSING,
        facts: RunFacts | None = None,
    ) -> None:
        super().__init__(pathspec, workspace=workspace, namespace=namespace, facts=facts)
        self._summary = self._facts.require_step(self.id)

    @property
    def task(self) -> Task:
        """Its task: in a foreach the first one, of a self-loop the last round. Raises M004 when it has none."""
        records = self._seen()
        if not records:
            raise_for("M004", step=self.pathspec, task="0", hint=NO_TASKS)
        rounds = [record for record in records if record.path == records[0].path]
        return self._task(max(rounds, key=lambda record: record.iteration).id)

    def tasks(self, *tags: str, **wanted: Any) -> tuple[Task, ...]:
        """Return its tasks, or those of certain items: `step.tasks(region="eu")`. No value is loaded.

        With `tags` there are none when the run has not all of these.
        """
        if not self.tags.issuperset(tags):
            return ()
        tasks = (self._task(record.id) for record in self._seen())
        return tuple(task for task in tasks if all(self._has(task, *each) for each in wanted.items()))

    def by(self, **wanted: Any) -> Task:
        """Return the one task of an item: `step.by(region="eu")`. Raises M004 when there is not exactly one."""
        found = self.tasks(**wanted)
        if len(found) != 1:
            spelled = ", ".join(f"{name}={value!r}" for name, value in wanted.items())
            hint = (
                f" {len(found)} tasks have these values: step.tasks({spelled}) gives all."
                if found
                else self._near(wanted)
            )
            raise_for("M004", step=self.pathspec, task=spelled, hint=hint)
        return found[0]

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks())

    def __len__(self) -> int:
        return len(self._seen())

    def __getitem__(self, item: int | str | tuple[int, ...]) -> Task:
        """Return a task by its index in the foreach: `step[3]`, `step[3, 1]` in a nested one, or by its id."""
        path = item if isinstance(item, tuple) else (item,)
        spelled = "-".join(map(str, path))
        with by_key():
            return self._task(spelled)

    def __contains__(self, task: object) -> bool:
        return any(record.id == str(task) for record in self._records())

    def _keys(self) -> list[Any]:
        paths = [record.path for record in self._seen()]
        return [path[0] if len(path) == 1 else path or 0 for path in paths]

    @property
    def created_at(self) -> datetime | None:
        """When the first of its tasks started; None while none has."""
        return moment(min((record.started_at for record in self._records() if record.started_at), default=None))

    @property
    def finished_at(self) -> datetime | None:
        """When the last of its tasks ended; None while one is under way."""
        records = self._records()
        if not records or not all(record.status.ended for record in records):
            return None
        return moment(max((record.finished_at for record in records if record.finished_at), default=None))

    @property
    def origin_pathspec(self) -> str | None:
        """The step of the run that its run was resumed from; None when it was not resumed."""
        origin = self._facts.record.origin_run
        return origin and f"{self._spec.flow}/{origin}/{self.id}"

    @property
    def environment_info(self) -> dict[str, Any] | None:
        """What its tasks ran with: see Task.environment_info."""
        return next((task.environment_info for task in self), None)

    @property
    def control_task(self) -> Task | None:
        """The task with index 0 of those that ran side by side (num_parallel); None for another step."""
        return next(iter(self.control_tasks()), None)

    def control_tasks(self, *tags: str) -> tuple[Task, ...]:
        """Return the tasks with index 0 of each group that ran side by side; none for another step."""
        if not self._summary.label.startswith(_GANG):
            return ()
        return tuple(task for task in self.tasks(*tags) if task.index == 0)

    @property
    def parent_steps(self) -> tuple[Step, ...]:
        """The steps it waited for."""
        return tuple(self._step(name) for name in self._summary.givers)

    @property
    def child_steps(self) -> tuple[Step, ...]:
        """The steps that waited for it."""
        return tuple(self._step(each.name) for each in self._facts.steps() if self.id in each.givers)

    def _instead(self, name: str) -> tuple[str, str]:
        if not hasattr(Task, name):
            return super()._instead(name)
        step = f'run["{self.id}"]'
        return (
            "a step has one task or more, and each has its own",
            f"{step}.task.{name},  or {step}[0].{name} of one item",
        )

    def _records(self) -> tuple[TaskRecord, ...]:
        return self._facts.tasks(self.id)

    def _seen(self) -> tuple[TaskRecord, ...]:
        """Return the tasks that are listed: in Metaflow there are none that were skipped."""
        records = self._records()
        if not self._summary.kind:
            return records
        return tuple(record for record in records if record.status is not TaskStatus.SKIPPED)

    def _task(self, task: str) -> Task:
        made: Task = self._child(Task, task)
        return made

    def _step(self, name: str) -> Step:
        made: Step = self.parent[name]
        return made

    def _has(self, task: Task, name: str, wanted: object) -> bool:
        if name == "index":
            return task.index == wanted
        ref = task.ref(name)
        if ref is None:
            return False
        if not isinstance(ref.scalar, Missing):
            return ref.scalar == wanted
        return ref.digest == self._workspace.store.digest(wanted)

    def _near(self, wanted: Mapping[str, Any]) -> str:
        """Return what there is in the place of values that no task has."""
        for name, value in wanted.items():
            refs = [ref for task in self.tasks() if (ref := task.ref(name)) is not None]
            known = [ref.scalar for ref in refs if not isinstance(ref.scalar, Missing)]
            if known and value not in known:
                told = ", ".join(dict.fromkeys(one_line(repr(each), 20) for each in known[:8]))
                return did_you_mean(str(value), map(str, known)) or f" {name} is one of {told}."
        return ""

    def _page(self) -> Page:
        records = self._records()
        counts = Counter(record.status.value for record in records)
        facts = [
            ("tasks", ", ".join(f"{count} {status}" for status, count in counts.items())),
            ("how", self._summary.label),
        ]
        if len(records) > _MOST:
            facts.append(("shown", f"the first {_MOST} of {several(len(records), 'task')}"))
        return Page(
            self.pathspec,
            facts=[(name, value) for name, value in facts if value],
            head=("task", "status", "took", "left"),
            rows=[_row(record) for record in records[:_MOST]],
            align="llrl",
        )


def _row(record: TaskRecord) -> tuple[str, str, str, str]:
    left = one_line(", ".join(record.manifest.artifacts), 60) if record.manifest else ""
    told = caught_in([record]) or (record.failure.told if record.failure else left)
    took = duration(between(record.started_at, record.finished_at, ended=record.status.ended))
    return record.id, f"{mark(record.status.value)} {record.status.value}", took, one_line(told, 80)
