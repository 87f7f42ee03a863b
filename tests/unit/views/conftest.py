"""A store with runs as the engine records them."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from nbflow.metadata.port import Metadata
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus

#: no process has this number
NOBODY = 2**22 + 1


class Runs:
    """Records runs."""

    def __init__(self, metadata: Metadata) -> None:
        self.metadata = metadata
        #: seconds since the epoch, of all of them
        self.now = time.time()

    def add(
        self,
        status: str = "succeeded",
        flow: str = "sales",
        *,
        ago: float = 0.0,
        metrics: Mapping[str, float] | None = None,
        gone: bool = False,
        **changes: Any,
    ) -> str:
        """Record a run that began `ago` seconds ago, and return its id."""
        began = self.now - ago
        given = {name: ("any", value, "given") for name, value in changes.pop("parameters", {}).items()}
        fields: dict[str, Any] = {
            "user": "ada",
            "created_at": began,
            "started_at": began,
            "owner": f"{socket.gethostname()}:{NOBODY if gone else os.getpid()}",
            "steps": (StepSummary(StepName("train"), (), ()),),
            "parameters": given,
            **{name: frozenset(value) if name == "tags" else value for name, value in changes.items()},
        }
        kind = fields.pop("kind", "run")
        made = self.metadata.create_run(RunRecord(FlowName(flow), RunId(""), kind, RunStatus.RUNNING, **fields))
        if metrics:
            refs = {
                name: ArtifactRef(Digest("ab" * 32), "scalar", "float", 8, scalar=each)
                for name, each in metrics.items()
            }
            task = TaskRecord(StepName("train"), "0", (), TaskStatus.SUCCEEDED, manifest=Manifest(refs))
            self.metadata.write(flow, made.id, [task])
        if status != "running":
            finished = began + 4 if RunStatus(status).ended else None
            self.metadata.update_run(flow, made.id, status=RunStatus(status), finished_at=finished)
        return made.id


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    made = SqliteMetadata(tmp_path / "metadata.db")
    yield Runs(made)
    made.close()
