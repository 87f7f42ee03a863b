"""What is stored of flows, for those who only look: help and completion make no folder and load no value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from nbflow.client.chosen import workspace_at
from nbflow.frontends.choosing import under_way
from nbflow.metadata.port import Known
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: runs that are offered
_MOST = 50


class Records:
    """The facts of one store, each read when asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._metadata = workspace.metadata
        self.root = workspace.root

    @classmethod
    def at(cls, root: Path | None) -> Self | None:
        """Return those of the store in folder `root`; None where nothing has run yet."""
        there = root is not None and (root / "format").exists() and (root / "metadata.db").exists()
        workspace = workspace_at(root) if there and root else None
        return cls(workspace) if workspace else None

    @classmethod
    def of(cls, face: Face) -> Self | None:
        """Return those of the store that the kernel's runs are kept in; None where nothing has run yet."""
        return cls.at(Workspace.nearest(face.folder))

    def flows(self) -> tuple[str, ...]:
        """Return the flows that have runs."""
        return self._metadata.flows()

    def runs(self, flow: str, *, limit: int = _MOST, drafts: bool = False) -> tuple[RunRecord, ...]:
        """Return the latest runs of a flow, newest first."""
        return self._metadata.runs(flow, limit=limit, drafts=drafts)

    def under_way(self, flow: str) -> tuple[RunRecord, ...]:
        """Return the runs of a flow that go on, newest first."""
        return under_way(self._workspace, flow)

    def steps(self, flow: str, run: str) -> tuple[str, ...]:
        """Return the steps of a run."""
        found = self._metadata.run(flow, run)
        return tuple(step.name for step in found.steps) if found else ()

    def tasks(self, flow: str, run: str, step: str | None = None) -> tuple[TaskRecord, ...]:
        """Return the tasks of a run, or of one of its steps."""
        return self._metadata.tasks(flow, run, step)

    def known(self, what: Known, flow: str) -> tuple[str, ...]:
        """Return the users, parameters or metrics that runs of a flow have."""
        return self._metadata.known(what, (flow,))

    def schedules(self) -> list[str]:
        """Return the names of the schedules."""
        # a kernel without schedules needs no time zones
        from nbflow.schedules.register import Register

        return Register(self._workspace).names()
