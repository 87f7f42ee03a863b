"""Going on from an earlier run: which one, what of it is taken over. Both doors use it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import reduce
from importlib import import_module
from typing import Any

from nbflow.errors import did_you_mean, near_or_all, raise_for
from nbflow.frozen import frozen
from nbflow.model.graph import Graph
from nbflow.model.ids import RUN_ID, Path, StepName, TaskKey
from nbflow.model.parameter import ParameterDef
from nbflow.model.record import AttemptRecord, ItemList, RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.model.task import Adopted
from nbflow.model.value import decode
from nbflow.plan.reuse import Kept, Reuse
from nbflow.workspace import Workspace

#: how the record of a run says that it was started with --fresh, or resumed from one that was
_FRESH = "fresh"


@frozen
class Origin:
    """A run to go on from."""

    run: RunRecord
    tasks: tuple[TaskRecord, ...]
    items: Mapping[tuple[StepName, Path], ItemList]
    attempts: tuple[AttemptRecord, ...] = ()

    @property
    def pathspec(self) -> str:
        """The run as a person names it."""
        return f"{self.run.flow}/{self.run.id}"

    @property
    def by_key(self) -> dict[TaskKey, TaskRecord]:
        """Its tasks by their place in the run."""
        return {task.key: task for task in self.tasks}

    @property
    def known(self) -> dict[str, Kept]:
        """Its committed tasks by fingerprint: whatever it had finished, but for what saw only a sample."""
        return {
            task.fingerprint: (task.origin or f"{self.pathspec}/{task.step}/{task.id}", task)
            for task in self.tasks
            if task.status.has_result and task.fingerprint and not task.sampled
        }

    @property
    def flying(self) -> dict[str, Adopted]:
        """By fingerprint, its attempts that were at work elsewhere when its scheduler was lost: they go on."""
        records = {(task.step, task.id): task for task in self.tasks if task.fingerprint}
        found: dict[str, Adopted] = {}
        for attempt in self.attempts:
            task = records.get((attempt.step, attempt.task))
            if attempt.job is not None and attempt.status is TaskStatus.LOST and task is not None:
                pathspec = f"{self.pathspec}/{task.step}/{task.id}"
                found[task.fingerprint] = Adopted(attempt.job, pathspec, attempt.number)
        return found

    @property
    def fresh(self) -> bool:
        """It was to ignore the results of other runs, and so are those that go on from it."""
        return bool(self.run.about.get(_FRESH))

    def reuse(self, graph: Graph, step: str | None = None) -> Reuse:
        """Return what a run of `graph` takes over; `step` and all below it run in any case. Raises R005."""
        again: frozenset[StepName] = frozenset()
        if step is not None:
            if step not in graph:
                names = [node.name for node in graph.nodes]
                raise_for("R005", name=step, hint=did_you_mean(step, names), known=", ".join(names))
            again = frozenset({StepName(step), *graph.below(step)})
        return Reuse(self.known, again=again, closed=self.fresh, flying=self.flying)


def kept_fresh(*, fresh: bool) -> dict[str, bool]:
    """Return what the record of a run notes of its `--fresh`, for those who resume it."""
    return {_FRESH: True} if fresh else {}


def origin_of(workspace: Workspace, flow: str, run: str | None = None) -> Origin:
    """Return run `run` of `flow`, or its latest run, itself perhaps a resumed one.

    A run whose owner is gone is marked lost for good, so that an owner that comes back cannot go on beside the new run.

    Raises:
        MetadataError: M001 or M002, there is no such run.
        RunError: R014, it is still under way.
    """
    metadata = workspace.metadata
    if run is None:
        latest = metadata.runs(flow, limit=1)
        if not latest:
            known = [name for name in metadata.flows() if metadata.runs(name, limit=1)]
            why = f"the flows with runs are: {', '.join(known)}" if known else "no flow has a run in this store yet"
            raise_for("M001", name=flow, hint=did_you_mean(flow, known), why=why)
        record = latest[0]
    else:
        record = named(workspace, flow, run).run
    if record.status is RunStatus.LOST and record.kind == "run":
        record = metadata.update_run(flow, record.id, status=RunStatus.LOST, finished_at=time.time())
    elif not record.status.ended and record.kind == "run":
        raise_for("R014", run=f"{flow}/{record.id}")
    return stored(workspace, record)


def named(workspace: Workspace, flow: str, run: str) -> Origin:
    """Return what the workspace holds of run `run`. Raises M002."""
    record = workspace.metadata.run(flow, run)
    if record is None:
        known = [each.id for each in workspace.metadata.runs(flow, drafts=True)]
        raise_for("M002", flow=flow, run=run, hint=near_or_all(run, known, "Its runs are"))
    return stored(workspace, record)


def stored(workspace: Workspace, record: RunRecord) -> Origin:
    """Return what the workspace holds of a run."""
    metadata = workspace.metadata
    tasks = metadata.tasks(record.flow, record.id)
    cut_short = any(task.status is TaskStatus.LOST for task in tasks)
    attempts = metadata.attempts(record.flow, record.id) if cut_short else ()
    return Origin(record, tasks, metadata.items(record.flow, record.id), attempts)


def carried_over(
    parameters: Mapping[str, tuple[str, Any, str]], definitions: Sequence[ParameterDef], namespace: Mapping[str, object]
) -> dict[str, object]:
    """Return the values that parameters had, as a run's record has them, as far as the flow still has them."""
    declared = {each.name for each in definitions}
    return {
        name: decode(raw, lambda path: _class(path, namespace))
        for name, (_, raw, _) in parameters.items()
        if name in declared
    }


def _class(path: str, namespace: Mapping[str, object]) -> Any:
    """Return the Enum that `module:qualified.name` stands for."""
    module, _, name = path.partition(":")
    first, *rest = name.split(".")
    start = namespace[first] if module.startswith("nbflow_defs.") else getattr(import_module(module), first)
    return reduce(getattr, rest, start)


def run_among(words: Sequence[str]) -> tuple[str | None, str | None]:
    """Return step and run of the words after a resume: `train`, `12`, `sales/12`, in any order. Raises R004."""
    runs = [last for word in words if RUN_ID.fullmatch(last := word.rpartition("/")[2])]
    steps = [word for word in words if not RUN_ID.fullmatch(word.rpartition("/")[2])]
    if len(runs) > 1 or len(steps) > 1:
        found = " and ".join(runs if len(runs) > 1 else steps)
        raise_for("R004", option=found, message="it goes on from one run, and repeats one step", fix="name one of them")
    return next(iter(steps), None), next(iter(runs), None)
