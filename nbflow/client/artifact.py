"""One artifact of a task."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nbflow.cards.figures import size, value
from nbflow.client.facts import RunFacts
from nbflow.client.thing import Page, Thing, moment, said
from nbflow.errors import did_you_mean, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing
from nbflow.model.record import TaskRecord
from nbflow.workspace import Workspace


class DataArtifact(Thing):
    """A named, immutable value: `DataArtifact("quickstart/3/train/0/model")`."""

    depth = 5

    def __init__(self, pathspec: str, *, workspace: Workspace | None = None, facts: RunFacts | None = None) -> None:
        super().__init__(pathspec, workspace=workspace)
        _, run, step, task, name = self.path_components
        self._facts = facts or RunFacts(self._workspace, self._spec.flow, run)
        self._task: TaskRecord = self._facts.task(step, task)
        left = self._task.manifest.artifacts if self._task.manifest else {}
        if name not in left:
            owner = pathspec.rpartition("/")[0]
            raise_for("M005", owner=owner, name=name, hint=did_you_mean(name, left), known=", ".join(left) or "nothing")
        self._ref: ArtifactRef = left[name]

    @property
    def data(self) -> Any:
        """The value: a fresh one, which may be changed. This is what runs a pickle's code."""
        return self._facts.load(self._ref, self.id)

    @property
    def digest(self) -> str:
        """The digest of its content; equal for equal values."""
        return self._ref.digest

    @property
    def sha(self) -> str:
        """The digest, under the name Metaflow has for it."""
        return self._ref.digest

    @property
    def size(self) -> int:
        """Bytes as stored."""
        return self._ref.size

    @property
    def type(self) -> str:
        """The value's type, as in `DataFrame`."""
        return self._ref.type

    @property
    def kind(self) -> str:
        """How it is stored: scalar, bytes, ndarray, frame, series, index, arrow, plain or pickle."""
        return self._ref.kind

    @property
    def summary(self) -> str:
        """Its shape or length in a few characters, or a scalar itself."""
        return self._ref.summary if isinstance(self._ref.scalar, Missing) else value(self._ref.scalar)

    @property
    def finished_at(self) -> datetime | None:
        """When its task finished."""
        return moment(self._task.finished_at)

    def _page(self) -> Page:
        facts = [
            ("type", f"{self.type} {self.summary}".rstrip()),
            ("size", size(self.size)),
            ("stored as", self.kind),
            ("digest", self.digest),
            ("left at", said(self._task.finished_at)),
        ]
        return Page(self.pathspec, facts=facts)
