"""Where artifacts are looked for: a run, one of its steps, one task, or a single artifact."""

from __future__ import annotations

from nbflow.client.artifact import DataArtifact
from nbflow.client.facts import RunFacts
from nbflow.client.preview import LARGE, Limits, Preview, preview
from nbflow.client.run import Run
from nbflow.client.step import Step
from nbflow.client.task import Task
from nbflow.model.artifact import ArtifactRef
from nbflow.model.record import StepSummary, TaskRecord
from nbflow.store.peek.look import brief
from nbflow.workspace import Workspace


class Holdings:
    """The tasks whose artifacts are shown, as they stand now."""

    def __init__(self, thing: Run | Step | Task | DataArtifact) -> None:
        self.pathspec = thing.pathspec
        flow, run, *rest = self.pathspec.split("/")
        # of the same package: the client's objects are made from these
        self.workspace: Workspace = thing._workspace  # noqa: SLF001 - see above
        self.run = f"{flow}/{run}"
        self._facts = RunFacts(self.workspace, flow, run)
        self._step, self._task, self.artifact = (*rest, None, None, None)[:3]
        self._attempt: int | None = dict(thing._options).get("attempt")  # noqa: SLF001 - see above
        self._version = self.workspace.metadata.version()
        self._thing = thing
        self._facts.record  # noqa: B018 - a run that does not exist is told now

    @property
    def status(self) -> str:
        """How the run stands, or the task."""
        found = self.tasks() if self._task else ()
        return found[0].status.value if found else self._facts.record.status.value

    @property
    def ended(self) -> bool:
        """Nothing more will be left."""
        return self._facts.record.status.ended

    @property
    def of_run(self) -> bool:
        """It is a whole run."""
        return self._step is None

    def steps(self) -> tuple[StepSummary, ...]:
        """Return the steps in flow order."""
        found = self._facts.steps()
        return tuple(each for each in found if self._step in {None, each.name})

    def tasks(self) -> tuple[TaskRecord, ...]:
        """Return the tasks, as they stand now."""
        if self._attempt is not None:
            record = getattr(self._thing, "_record", None) or getattr(self._thing, "_task", None)
            return (record,) if isinstance(record, TaskRecord) else ()
        found = self._facts.tasks(self._step)
        return tuple(each for each in found if self._task in {None, each.id})

    def changed(self) -> bool:
        """Whether something may have been left since this was asked last."""
        if self.ended:
            return False
        version = self.workspace.metadata.version()
        before, self._version = self._version, version
        return version != before

    def look(self, ref: ArtifactRef, limits: Limits = LARGE) -> Preview:
        """Return what is seen of an artifact, unopened."""
        return preview(self.workspace.store, ref, limits)

    def brief(self, ref: ArtifactRef) -> str:
        """Return a small value on one line; empty for what that says nothing about."""
        return brief(self.workspace.store, ref)

    def place(self, step: str, task: str, name: str) -> str:
        """Return the pathspec of an artifact."""
        return f"{self.run}/{step}/{task}/{name}"
