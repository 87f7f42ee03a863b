"""Where the client's objects get their facts: one run's records, read when asked for, kept once they are final."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nbflow.client.chosen import workspace_here
from nbflow.errors import did_you_mean, near_or_all, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import TaskKey
from nbflow.model.record import AttemptRecord, RunRecord, StepSummary, TaskRecord
from nbflow.workspace import Workspace

__all__ = ["NO_TASKS", "RunFacts", "by_step", "require_flow", "workspace_here"]

#: of a step without tasks, why
NO_TASKS = " The step has not run, its foreach had no items, or no switch chose it."


class RunFacts:
    """The records of one run."""

    def __init__(self, workspace: Workspace, flow: str, run: str, *, record: RunRecord | None = None) -> None:
        self.workspace = workspace
        self.flow = flow
        self.id = run
        self._record = record
        self._tasks: dict[str | None, tuple[TaskRecord, ...]] = {}

    @property
    def record(self) -> RunRecord:
        """The run as it stands now. Raises M001, M002."""
        if self._record is not None and self._record.status.ended:
            return self._record
        metadata = self.workspace.metadata
        self._record = metadata.run(self.flow, self.id)
        if self._record is None:
            require_flow(self.workspace, self.flow)
            known = [run.id for run in metadata.runs(self.flow, drafts=True, spins=True, limit=1000)]
            raise_for("M002", flow=self.flow, run=self.id, hint=near_or_all(self.id, known, "Its runs are"))
        return self._record

    def forget(self) -> None:
        """The record changed: read it again."""
        self._record = None

    @property
    def of_class(self) -> bool:
        """It ran a flow written as a class."""
        return any(summary.kind for summary in self.record.steps)

    def tasks(self, step: str | None = None) -> tuple[TaskRecord, ...]:
        """Return the run's tasks, or those of one step, as they stand now."""
        if step in self._tasks:
            return self._tasks[step]
        ended = self.record.status.ended
        found = self.workspace.metadata.tasks(self.flow, self.id, step)
        if ended:
            self._tasks[step] = found
        return found

    def task(self, step: str, task: str) -> TaskRecord:
        """Return one task. Raises M003, M004."""
        tasks = self.tasks(step)
        found = next((record for record in tasks if record.id == task), None)
        if found is not None:
            return found
        self.require_step(step)
        known = [record.id for record in tasks]
        hint = NO_TASKS if not known else f" Its only task is {known[0]}." if len(known) == 1 else ""
        return raise_for(
            "M004",
            step=f"{self.flow}/{self.id}/{step}",
            task=task,
            hint=hint or near_or_all(task, known, "Its tasks are"),
        )

    def load(self, ref: ArtifactRef, name: str) -> Any:
        """Return the value of an artifact of this run."""
        if ref.uses:
            # only objects of the flow's own classes need its code
            from nbflow.client.definitions import make_importable

            file = self.record.source if self.of_class else None
            make_importable(self.workspace, self.record.code, ref, file)
        return self.workspace.store.get(ref, name=name)

    def attempts(self, step: str, task: str) -> tuple[AttemptRecord, ...]:
        """Return the tries of a task, the first one first."""
        return self.workspace.metadata.attempts(self.flow, self.id, step, task)

    def steps(self) -> tuple[StepSummary, ...]:
        """Return the run's steps in flow order; those that only tasks know come last."""
        known = {summary.name: summary for summary in self.record.steps}
        for task in self.tasks():
            known.setdefault(task.step, StepSummary(task.step, (), ()))
        return tuple(known.values())

    def listed(self) -> dict[str, int]:
        """Return how many items each foreach has listed by now, by the step that opens it; of a run that goes on."""
        found: dict[str, int] = {}
        # of one that has ended its tasks tell
        if not self.record.status.ended:
            for (step, _), items in self.workspace.metadata.items(self.flow, self.id).items():
                found[step] = found.get(step, 0) + len(items.refs)
        return found

    def require_step(self, step: str) -> StepSummary:
        """Return the summary of a step. Raises M003."""
        steps = {summary.name: summary for summary in self.steps()}
        for name, summary in steps.items():
            if name == step:
                return summary
        return raise_for(
            "M003", run=f"{self.flow}/{self.id}", step=step, hint=near_or_all(step, steps, "Its steps are")
        )

    def opener(self, task: TaskRecord, scope: int) -> TaskRecord | None:
        """Return the task that opened the `scope`th foreach around `task`, outermost first."""
        scopes = self.require_step(task.step).scope
        if scope >= len(scopes):
            return None
        key = TaskKey(self.require_step(scopes[scope]).name, task.path[: scope + 1])
        return next((each for each in self.tasks(key.step) if each.path == key.path), None)


def by_step(tasks: Iterable[TaskRecord]) -> dict[str, list[TaskRecord]]:
    """Return tasks by the name of their step."""
    found: dict[str, list[TaskRecord]] = {}
    for task in tasks:
        found.setdefault(task.step, []).append(task)
    return found


def require_flow(workspace: Workspace, flow: str) -> None:
    """Do nothing if the flow has runs. Raises M001."""
    flows = workspace.metadata.flows()
    if flow not in flows:
        known = f"the flows here are: {', '.join(flows)}" if flows else "nothing has run in this store yet"
        raise_for("M001", name=flow, hint=did_you_mean(flow, flows), why=known)
