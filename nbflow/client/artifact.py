"""One artifact of a task."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from nbflow.cards.figures import size, value
from nbflow.cards.html import Html, block
from nbflow.client.attempt import at_attempt
from nbflow.client.data import MissingArtifactError
from nbflow.client.facts import RunFacts
from nbflow.client.part import Part
from nbflow.client.thing import Page, moment, said
from nbflow.errors import did_you_mean, problem, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import MISSING, Missing
from nbflow.model.record import TaskRecord
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.client.preview import Preview


class DataArtifact(Part):
    """A named, immutable value: `DataArtifact("quickstart/3/train/0/model")`; with `attempt` that of an earlier try."""

    depth = 5

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
        self._attempt = attempt
        _, _, step, task, name = self.path_components
        owner = pathspec.rpartition("/")[0]
        self._task: TaskRecord = self._facts.task(step, task)
        if attempt is not None:
            self._task = at_attempt(self._task, attempt, self._facts.attempts(step, task), owner)
        left = self._task.manifest.artifacts if self._task.manifest else {}
        if name not in left:
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
        """How it is stored: scalar, bytes, ndarray, frame, series, index, arrow, file, directory, plain or pickle."""
        return self._ref.kind

    @property
    def summary(self) -> str:
        """Its shape or length in a few characters, or a scalar itself."""
        return self._ref.summary if isinstance(self._ref.scalar, Missing) else value(self._ref.scalar)

    @property
    def created_at(self) -> datetime | None:
        """When it was kept: as its task finished."""
        return moment(self._task.finished_at)

    @property
    def finished_at(self) -> datetime | None:
        """When its task finished."""
        return moment(self._task.finished_at)

    @property
    def origin_pathspec(self) -> str | None:
        """The artifact that this is, when its task took over the result of another."""
        return self._task.origin and f"{self._task.origin}/{self.id}"

    @property
    def _options(self) -> tuple[tuple[str, Any], ...]:
        return () if self._attempt is None else (("attempt", self._attempt),)

    def _page(self) -> Page:
        facts = [
            ("type", f"{self.type} {self.summary}".rstrip()),
            ("size", size(self.size)),
            ("stored as", self.kind),
            ("digest", self.digest),
            ("left at", said(self._task.finished_at)),
        ]
        return Page(self.pathspec, facts=facts)

    def _preview(self) -> Preview:
        # looking into values is not imported by those who only read
        from nbflow.client.preview import preview

        return preview(self._workspace.store, self._ref)

    def _repr_html_(self) -> str:
        from nbflow.client.preview_html import preview_html

        return block(Html(self._page().html()), block(preview_html(self._preview()), style="margin-top:6px"))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's protocol
        from nbflow.client.preview_text import preview_text

        printer.text(repr(self) if cycle else f"{self._page().text()}\n\n{preview_text(self._preview())}")


class Artifacts(tuple[DataArtifact, ...]):
    """The artifacts of a task, not loaded: one after the other, or by name, as in `task.artifacts.model`."""

    __slots__ = ()

    def __new__(cls, artifacts: Iterable[DataArtifact]) -> Self:
        return super().__new__(cls, artifacts)

    def __getattribute__(self, name: str) -> Any:
        # before the methods of a tuple: `count` and `index` are names people give
        for artifact in tuple.__iter__(self):
            if artifact.id == name:
                return artifact
        try:
            return super().__getattribute__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
            known = [artifact.id for artifact in tuple.__iter__(self)]
            hint = did_you_mean(name, known)
            found = problem("M005", owner="the task", name=name, hint=hint, known=", ".join(known) or "nothing")
        raise MissingArtifactError(found)

    def __dir__(self) -> list[str]:
        return [artifact.id for artifact in self]
