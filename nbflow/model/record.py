"""Facts about runs, as metadata keeps them. Times are seconds since the epoch, UTC; None: not yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.card import CardRef
from nbflow.model.ids import Digest, FlowName, Path, RunId, StepName, TaskKey
from nbflow.model.status import RunStatus, TaskStatus

#: spin: one task, run again by itself
RunKind = Literal["run", "draft", "spin"]


#: classes of failures that nbflow itself raises: their code says more than their name
OURS = frozenset(
    {
        *(
            "CellError",
            "EngineError",
            "ParameterError",
            "NotebookError",
            "StoreError",
            "TaskError",
            "WorkerDied",
            "WorkerError",
        ),
        *("InvalidNextError", "MergeError", "MergeConflictError", "MergeMissingError"),
    }
)


@frozen
class Failure:
    """An error of a body as it is kept and shown: text only, never the exception object."""

    #: class name of the exception, as in `ZeroDivisionError`
    type: str
    message: str
    #: the user's own frames, rendered
    traceback: str = ""
    #: code of the problem when nbflow raised it, as in `T012`
    code: str | None = None
    #: line of the step's cell that raised, 1-based
    line: int | None = None

    @property
    def told(self) -> str:
        """The error as a person reads it: an exception by its class, a problem of ours by its code."""
        if self.code is None:
            return f"{self.type}: {self.message}" if self.message else self.type
        head, *rest = self.message.splitlines() or [""]
        first = f"NBF-{self.code}  {head}" if self.type in OURS else f"{self.type}: {head} (NBF-{self.code})"
        return "\n".join([first, *(f"  {line}" for line in rest)])

    @property
    def exception(self) -> str:
        """Its message, under the name Metaflow has for it."""
        return self.message

    @property
    def stacktrace(self) -> str:
        """Its traceback, under the name Metaflow has for it."""
        return self.traceback

    def to_json(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "message": self.message,
            "traceback": self.traceback,
            "code": self.code,
            "line": self.line,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Failure:
        return cls(raw["type"], raw["message"], raw.get("traceback", ""), raw.get("code"), raw.get("line"))


@frozen
class StepSummary:
    """A node of the run's graph, enough to draw it later without the code."""

    name: StepName
    givers: tuple[StepName, ...]
    scope: tuple[str, ...]
    #: what opens or closes: `foreach regions as region`, `join train`, `when rmse < 2.5`
    label: str = ""
    #: of a step of a class: how it goes on (see model.graph.StepKind); empty for a cell
    kind: str = ""
    #: its docstring
    doc: str = ""

    def to_json(self) -> list[Any]:
        return [self.name, list(self.givers), list(self.scope), self.label, self.kind, self.doc]

    @classmethod
    def from_json(cls, raw: list[Any]) -> StepSummary:
        name, givers, scope, *rest = raw
        return cls(name, tuple(givers), tuple(scope), *rest)


@frozen
class RunRecord:
    """One execution of a flow."""

    flow: FlowName
    id: RunId
    kind: RunKind
    status: RunStatus
    user: str
    created_at: float
    #: name → (type source, JSON value, where it came from: default, environment, cell, given)
    parameters: Mapping[str, tuple[str, Any, str]] = field(default_factory=dict)
    started_at: float | None = None
    finished_at: float | None = None
    #: last sign of life of the owner
    heartbeat_at: float | None = None
    tags: frozenset[str] = frozenset()
    system_tags: frozenset[str] = frozenset()
    #: blob of the code package
    code: Digest | None = None
    #: the notebook or file it was started from
    source: str = ""
    steps: tuple[StepSummary, ...] = ()
    origin_run: RunId | None = None
    #: `host:pid` of the scheduler
    owner: str = ""
    #: why it failed, one line
    reason: str = ""
    #: someone wants it to end: its owner looks
    cancel_asked_at: float | None = None
    #: `fresh`: it took over nothing of other runs. Beside this, what a run of a class knows of itself: project,
    #: configs, doc (see runtime.request.RunRequest.about)
    about: Mapping[str, Any] = field(default_factory=dict)


@frozen
class TaskRecord:
    """One execution of a step in a run: the state its attempts led to."""

    step: StepName
    id: str
    path: Path
    status: TaskStatus
    #: number of the attempt whose manifest counts, or of the last one
    attempt: int = 0
    manifest: Manifest | None = None
    failure: Failure | None = None
    #: the failure was caught by --catch: the task counts as succeeded
    caught: bool = False
    started_at: float | None = None
    finished_at: float | None = None
    fingerprint: str = ""
    #: what the fingerprint is made of, by label: `code`, `definition clean`, `parameter alpha`, `input df`
    parts: Mapping[str, str] = field(default_factory=dict)
    #: pathspec of the task whose result this is, for status reused
    origin: str | None = None
    #: why it was skipped or reused, one line
    reason: str = ""
    #: the foreach item it ran on
    item: ArtifactRef | None = None
    #: blob of what the body displayed: JSON list of MIME bundles
    displays: Digest | None = None
    #: the cards that its step asks for, in their order
    cards: tuple[CardRef, ...] = ()
    #: warnings and notices, rendered
    notes: tuple[str, ...] = ()
    #: joined a sample of a foreach: never reused
    sampled: bool = False
    #: what --when said, where it was evaluated
    condition: bool | None = None
    #: values that --capture took from the notebook
    captured: Mapping[str, ArtifactRef] = field(default_factory=dict)
    #: blob of the code package it ran; None: its run's. Cells of a draft run each have their own
    code: Digest | None = None
    #: in a draft: what the task left before, while its cell, run again, has left nothing
    before: TaskRecord | None = None
    #: classes: its round in a self-loop, from 0
    iteration: int = 0
    #: classes: the step that it chose, where it is a switch
    chose: StepName | None = None

    @property
    def key(self) -> TaskKey:
        """The task's place in its run."""
        return TaskKey(self.step, self.path, self.iteration)


@frozen
class ItemList:
    """The items of one foreach, stored one by one."""

    refs: tuple[ArtifactRef, ...]
    #: how many the expression gave; `refs` holds fewer in a sample
    total: int

    @property
    def sampled(self) -> bool:
        """Some of the items are left out."""
        return len(self.refs) < self.total


@frozen
class ItemsRecord:
    """What one foreach listed: the items of `step` at the path of the task that listed them."""

    step: StepName
    path: Path
    listed: ItemList


@frozen
class AttemptRecord:
    """One try of a task."""

    step: StepName
    task: str
    number: int
    status: TaskStatus
    started_at: float | None = None
    finished_at: float | None = None
    failure: Failure | None = None
    manifest: Manifest | None = None
    #: log files, relative to the store's root; None: it wrote nothing
    stdout: str | None = None
    stderr: str | None = None
    pid: int | None = None
    cards: tuple[CardRef, ...] = ()
    #: what runs it elsewhere, as in `batch:JOB-ID`; None: a process of the run's own machine
    job: str | None = None
