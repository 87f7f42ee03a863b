"""A store with a few runs, written as the engine writes them, and the command that looks at it."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nbflow.frontends.cli.main import main
from nbflow.model.artifact import Manifest
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import AttemptRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

#: no process has this number
NOBODY = 2**22 + 1


class Shell:
    """Types commands, in a folder whose store it fills."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.workspace = Workspace.open(folder / ".nbflow")
        self._capsys = capsys
        self.error = ""
        self.code = 0

    def type(self, *words: str) -> str:
        """Run a command and return what it printed; its error stream and exit code are kept beside."""
        self._capsys.readouterr()
        try:
            self.code = main(words)
        except SystemExit as left:
            self.code = int(left.code or 0)
        out, self.error = self._capsys.readouterr()
        return out

    def write(self, name: str, *cells: str) -> None:
        """Write a notebook."""
        made = [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []} for text in cells]
        text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
        (self.folder / name).write_text(text)

    def run(
        self, status: str = "succeeded", flow: str = "quick", kind: Any = "run", *, gone: bool = False, **changes: Any
    ) -> str:
        """Record a run and return its id. `gone`: its owner is."""
        now = time.time()
        fields: dict[str, Any] = {
            "user": "ada",
            "created_at": now,
            "started_at": now,
            "heartbeat_at": now + 12,
            "finished_at": now + 4 if RunStatus(status).ended else None,
            "steps": tuple(StepSummary(StepName(name), (), ()) for name in ("load", "train")),
            "owner": f"{socket.gethostname()}:{NOBODY if gone else os.getpid()}",
            **changes,
        }
        record = RunRecord(FlowName(flow), RunId(""), kind, RunStatus("running" if kind == "run" else status), **fields)
        made = self.workspace.metadata.create_run(record).id
        self._status = (flow, made, status)
        return made

    def end(self) -> None:
        """Give the last run its status: one that has ended takes no more tasks."""
        flow, run, status = self._status
        self.workspace.metadata.update_run(flow, run, status=RunStatus(status))

    def task(
        self,
        run: str,
        step: str,
        path: tuple[int, ...] = (),
        left: Mapping[str, Any] | None = None,
        *,
        status: str = "succeeded",
        stdout: str = "",
        dropped: Mapping[str, str] | None = None,
        flow: str = "quick",
        **changes: Any,
    ) -> None:
        """Record a task of a run, with what it left and printed."""
        writer = self.workspace.store.writer()
        for name, value in (left or {}).items():
            writer.add(name, value)
        task = "-".join(map(str, path)) or "0"
        file = self.workspace.log_path(flow, run, step, task, 0, "stdout")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(stdout)
        manifest = Manifest(writer.close(), dropped or {}) if left is not None else None
        record = TaskRecord(StepName(step), task, path, TaskStatus(status), 0, manifest, **changes)
        tried = AttemptRecord(
            StepName(step), task, 0, TaskStatus(status), stdout=file.relative_to(self.workspace.root).as_posix()
        )
        self.workspace.metadata.write(flow, run, [record], [tried])


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / ".nbflow"))
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)
