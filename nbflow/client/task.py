"""A task: one execution of a step in a run, with what it left, wrote and showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from nbflow.client.artifact import Artifacts, DataArtifact
from nbflow.client.attempt import at_attempt
from nbflow.client.data import Data, Held
from nbflow.client.facts import RunFacts
from nbflow.client.lineage import Lineage
from nbflow.client.logged import Logged
from nbflow.client.metadatum import Metadata, environment_of, metadata_of
from nbflow.client.thing import Page, by_key, moment
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import MISSING, Missing
from nbflow.model.record import Failure, TaskRecord
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.client.code import Code
    from nbflow.client.notebook import FilledNotebook


class Task(Logged):
    """One execution of a step: `Task("quickstart/3/train/0")`; with `attempt`, counted from 0, one of its tries."""

    depth = 4

    def __init__(
        self,
        pathspec: str,
        attempt: int | None = None,
        *,
        workspace: Workspace | None = None,
        namespace: str | Missing | None = MISSING,
        facts: RunFacts | None = None,
    ) -> None:
        super().__init__(pathspec, workspace=workspace, namespace=namespace, facts=facts)
        self._step = self.path_components[2]
        self._attempt = attempt
        self._kept = self._look()

    @property
    def _record(self) -> TaskRecord:
        if not self._kept.status.ended:
            self._kept = self._look()
        return self._kept

    def _look(self) -> TaskRecord:
        record = self._facts.task(self._step, self.id)
        if self._attempt is None:
            return record
        ran = self._origin(record) or self
        return at_attempt(record, self._attempt, ran._tries(), self.pathspec)  # noqa: SLF001 - of the same class

    @property
    def _options(self) -> tuple[tuple[str, Any], ...]:
        return () if self._attempt is None else (("attempt", self._attempt),)

    # ---- how it stands

    @property
    def status(self) -> str:
        """Where it is, as in `running`, `succeeded` or `skipped`."""
        return self._record.status.value

    @property
    def finished(self) -> bool:
        """It has come to an end, good or bad."""
        return self._record.status.ended

    @property
    def successful(self) -> bool:
        """It has a result: its own, or one reused from an earlier run. Of a class, one that @catch made is none."""
        return self._record.status.has_result and not self._was_caught

    @property
    def exception(self) -> Failure | None:
        """What its body failed with, as text; also when --catch made a success of it.

        Of a class it is None when @catch did: `task.data` has what was caught, under the name it was given.
        """
        return None if self._was_caught else self._record.failure

    @property
    def _was_caught(self) -> bool:
        # the flow went on, and Metaflow says both: finished, not successful
        return self._record.caught and bool(self._facts.require_step(self._step).kind)

    @property
    def reason(self) -> str:
        """Why it was skipped or reused."""
        return self._record.reason

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings and notices."""
        return self._record.notes

    @property
    def index(self) -> int | None:
        """Its place in the innermost foreach around it, from 0."""
        return self._record.path[-1] if self._record.path else None

    @property
    def item(self) -> Any:
        """The foreach item it ran on."""
        ref = self._record.item
        return None if ref is None else self._facts.load(ref, "item")

    @property
    def created_at(self) -> datetime | None:
        """When it started."""
        return moment(self._record.started_at)

    @property
    def started_at(self) -> datetime | None:
        """When it started."""
        return moment(self._record.started_at)

    @property
    def finished_at(self) -> datetime | None:
        """When it ended."""
        return moment(self._record.finished_at)

    @property
    def origin_pathspec(self) -> str | None:
        """The task whose result this is, when it was reused."""
        return self._record.origin

    # ---- what it ran with

    @property
    def metadata(self) -> list[Metadata]:
        """Facts about it, one by one, each with a name, a text and a time, under the names Metaflow has for them."""
        tries = [tried for tried in self._tries() if self._attempt in {None, tried.number}]
        return metadata_of(self, self._facts, self._record, tries, self._lineage.frames(self._record))

    @property
    def metadata_dict(self) -> dict[str, str]:
        """Those facts by name: of each name the latest."""
        return {fact.name: fact.value for fact in self.metadata}

    @property
    def runtime_name(self) -> str | None:
        """What ran it, as in `dev`."""
        return self.metadata_dict.get("runtime")

    @property
    def code(self) -> Code | None:
        """What it ran: see Run.code."""
        from nbflow.client.code import code_of

        return code_of(self._facts, self._record.code)

    @property
    def environment_info(self) -> dict[str, Any]:
        """What it ran with: who, which Python, and the versions of what the flow imports."""
        return environment_of(self._facts, self.code)

    # ---- where it stands

    @property
    def _lineage(self) -> Lineage:
        return Lineage(self._facts.steps(), self._facts.tasks())

    @property
    def parent_tasks(self) -> tuple[Task, ...]:
        """The tasks it began with what they left: of a join all it joined."""
        return tuple(self._relative(each) for each in self._lineage.parents(self._record))

    @property
    def child_tasks(self) -> tuple[Task, ...]:
        """The tasks that began with what it left."""
        return tuple(self._relative(each) for each in self._lineage.children(self._record))

    @property
    def parent_task_pathspecs(self) -> tuple[str, ...]:
        """The pathspecs of `parent_tasks`."""
        return tuple(task.pathspec for task in self.parent_tasks)

    @property
    def child_task_pathspecs(self) -> tuple[str, ...]:
        """The pathspecs of `child_tasks`."""
        return tuple(task.pathspec for task in self.child_tasks)

    def _relative(self, record: TaskRecord) -> Task:
        run = "/".join(self.path_components[:2])
        place = f"{run}/{record.step}/{record.id}"
        return Task(place, workspace=self._workspace, namespace=self._namespace, facts=self._facts)

    @property
    def notebook(self) -> FilledNotebook | None:
        """Its body's notebook, filled in, also where a cell failed; None: its body is none."""
        from nbflow.client.notebook import of_task

        return of_task(self.pathspec, self._record, self._facts)

    # ---- what it left

    @property
    def data(self) -> Data:
        """What it left, by name: `task.data.model`."""
        return Data(self.pathspec, self._held())

    @property
    def artifacts(self) -> Artifacts:
        """What it left, not loaded: `task.artifacts.model.size`."""
        return Artifacts(self[name] for name in self._left())

    def __iter__(self) -> Iterator[DataArtifact]:
        return iter(self.artifacts)

    def __getitem__(self, name: str) -> DataArtifact:
        with by_key():
            made: DataArtifact = self._child(DataArtifact, name, attempt=self._attempt)
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._left()

    def _keys(self) -> list[str]:
        return list(self._left())

    def ref(self, name: str) -> ArtifactRef | None:
        """Return what `name` means to a step directly below in the same item: its own, or the items around it."""
        record = self._record
        if name in self._left():
            return self._left()[name]
        for scope in reversed(range(len(record.path))):
            opener = self._facts.opener(record, scope)
            if opener and opener.manifest and name in opener.manifest.artifacts:
                return opener.manifest.artifacts[name]
        return record.item if name == "item" else None

    def _left(self) -> Mapping[str, ArtifactRef]:
        manifest = self._record.manifest
        return manifest.artifacts if manifest else {}

    def _held(self) -> dict[str, Held]:
        return {name: Held.of(ref, partial(self._facts.load, ref, name)) for name, ref in self._left().items()}

    # ---- how it looks

    def _page(self) -> Page:
        # drawing is not imported by those who only read
        from nbflow.client.task_page import task_page

        logs = {"stdout": self.stdout, "stderr": self.stderr}
        return task_page(self.pathspec, self._record, self._held(), self.outputs, logs)
