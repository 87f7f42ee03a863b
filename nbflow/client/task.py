"""A task: one execution of a step in a run, with what it left, wrote and showed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from nbflow.cards.figures import duration
from nbflow.cards.html import Html, tag
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.client.artifact import DataArtifact
from nbflow.client.attempt import Attempt, Output, log_of
from nbflow.client.data import Data, Held
from nbflow.client.facts import RunFacts
from nbflow.client.thing import Page, Thing, between, moment, said
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Pathspec
from nbflow.model.record import Failure, TaskRecord
from nbflow.workspace import Workspace

_LINES = 20


class Task(Thing):
    """One execution of a step: `Task("quickstart/3/train/0")`."""

    depth = 4

    def __init__(self, pathspec: str, *, workspace: Workspace | None = None, facts: RunFacts | None = None) -> None:
        super().__init__(pathspec, workspace=workspace)
        _, run, self._step, task = self.path_components
        self._facts = facts or RunFacts(self._workspace, self._spec.flow, run)
        self._kept = self._facts.task(self._step, task)

    @property
    def _record(self) -> TaskRecord:
        if not self._kept.status.ended:
            self._kept = self._facts.task(self._step, self._kept.id)
        return self._kept

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
        """It has a result: its own, or one reused from an earlier run."""
        return self._record.status.has_result

    @property
    def exception(self) -> Failure | None:
        """What its body failed with, as text; also when --catch made a success of it."""
        return self._record.failure

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
    def attempt(self) -> int:
        """The number of the attempt whose result counts, or of the last one."""
        return self._record.attempt

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every try, the first one first."""
        records = self._facts.attempts(self._step, self.id)
        return tuple(Attempt(record, partial(log_of, self._workspace, self._spec, record)) for record in records)

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

    # ---- what it left

    @property
    def data(self) -> Data:
        """What it left, by name: `task.data.model`."""
        return Data(self.pathspec, {name: self._held(name, ref) for name, ref in self._left().items()})

    @property
    def artifacts(self) -> tuple[DataArtifact, ...]:
        """What it left, not loaded."""
        return tuple(self[name] for name in self._left())

    def __iter__(self) -> Iterator[DataArtifact]:
        return iter(self.artifacts)

    def __getitem__(self, name: str) -> DataArtifact:
        return DataArtifact(f"{self.pathspec}/{name}", workspace=self._workspace, facts=self._facts)

    def __contains__(self, name: object) -> bool:
        return name in self._left()

    def _ipython_key_completions_(self) -> list[str]:
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

    def _held(self, name: str, ref: ArtifactRef) -> Held:
        return Held.of(ref, lambda: self._facts.load(ref, name))

    # ---- what it wrote and showed

    @property
    def stdout(self) -> str:
        """What it printed, in the attempt that counts."""
        return self._log("stdout")

    @property
    def stderr(self) -> str:
        """What it wrote to the error stream, in the attempt that counts."""
        return self._log("stderr")

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What it displayed: pictures, tables, the last expression."""
        digest = self._record.displays
        if digest is None:
            origin = self._origin()
            return origin.outputs if origin else ()
        bundles = json.loads(self._workspace.store.get_bytes(digest))
        return tuple(Output(bundle["data"], bundle["metadata"]) for bundle in bundles)

    def _origin(self) -> Task | None:
        """Return the task that ran for this one."""
        origin = self._record.origin
        if origin is None or origin == self.pathspec:
            return None
        run = Pathspec.parse(origin).run or ""
        if self._workspace.metadata.run(self._spec.flow, run) is None:
            return None
        return Task(origin, workspace=self._workspace)

    def _log(self, stream: str) -> str:
        task = self._origin() or self
        return next((getattr(each, stream) for each in task.attempts if each.number == task.attempt), "")

    # ---- how it looks

    def _page(self) -> Page:
        record = self._record
        took = duration(between(record.started_at, record.finished_at, ended=record.status.ended))
        facts = [
            ("started", said(record.started_at)),
            ("took", took),
            ("attempt", str(record.attempt) if record.attempt else ""),
            ("reused from", record.origin or ""),
            ("why", record.reason),
            ("failed with", one_line(record.failure.told, 300) if record.failure else ""),
            *(("note", note) for note in record.notes),
        ]
        rows = [(name, *self._held(name, ref).row) for name, ref in self._left().items()]
        outputs = self.outputs
        logs = [(name, tail(log_text(self._log(name)), _LINES)) for name in ("stdout", "stderr")]
        return Page(
            self.pathspec,
            record.status.value,
            facts=[(name, value) for name, value in facts if value],
            head=("left", "type", "", "size"),
            rows=rows,
            align="lllr",
            texts=[*_texts(outputs), *((name, content) for name, content in logs if content)],
            pictures=_pictures(outputs),
        )


def _pictures(outputs: tuple[Output, ...]) -> list[Html]:
    # HTML of a display is someone's own and may hold scripts: it is shown only when the output itself is displayed
    found = [
        (mime, output.data[mime]) for output in outputs for mime in ("image/png", "image/jpeg") if mime in output.data
    ]
    return [tag("img", src=f"data:{mime};base64,{data.strip()}", style="max-width:100%") for mime, data in found]


def _texts(outputs: tuple[Output, ...]) -> list[tuple[str, str]]:
    shown = [output for output in outputs if not {"image/png", "image/jpeg"} & output.data.keys()]
    return [("displayed", tail(log_text(repr(output)), _LINES)) for output in shown]
