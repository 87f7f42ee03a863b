"""A store with runs, written as the engine writes them."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from nbflow.metadata.port import Metadata
from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace

#: no process has this number
NOBODY = 2**22 + 1


class Kept:
    """A store."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.metadata: Metadata = Workspace.open(root).metadata

    def run(self, status: str = "running", *, gone: bool = False, flow: str = "quick", **changes: Any) -> str:
        """Record a run and return its id. `gone`: its owner is."""
        fields: dict[str, Any] = {
            "kind": "run",
            "created_at": time.time(),
            "owner": f"{socket.gethostname()}:{NOBODY if gone else os.getpid()}",
            "user": "ada",
            **changes,
        }
        record = RunRecord(FlowName(flow), RunId(""), status=RunStatus(status), **fields)
        return self.metadata.create_run(record).id


@pytest.fixture
def kept_runs(tmp_path: Path) -> Kept:
    return Kept(tmp_path / ".nbflow")
