"""The tries of a task, their logs, and what was displayed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from nbflow.client.thing import moment
from nbflow.model.ids import Pathspec
from nbflow.model.record import AttemptRecord, Failure
from nbflow.workspace import Workspace


class Output:
    """Something the body displayed, as it was stored."""

    def __init__(self, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
        #: MIME type → content; binary content is in base64
        self.data = dict(data)
        self.metadata = dict(metadata)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.data, self.metadata

    def __repr__(self) -> str:
        return str(self.data.get("text/plain", f"<Output {', '.join(self.data)}>"))


class Attempt:
    """One try of a task."""

    def __init__(self, record: AttemptRecord, read: Callable[[str], str]) -> None:
        self._record = record
        self._read = read

    @property
    def number(self) -> int:
        return self._record.number

    @property
    def status(self) -> str:
        return self._record.status.value

    @property
    def started_at(self) -> datetime | None:
        return moment(self._record.started_at)

    @property
    def finished_at(self) -> datetime | None:
        return moment(self._record.finished_at)

    @property
    def exception(self) -> Failure | None:
        """What it failed with, as text."""
        return self._record.failure

    @property
    def stdout(self) -> str:
        return self._read("stdout")

    @property
    def stderr(self) -> str:
        return self._read("stderr")

    def __repr__(self) -> str:
        return f"<Attempt {self.number}: {self.status}>"


def log_of(workspace: Workspace, task: Pathspec, record: AttemptRecord, stream: str) -> str:
    """Return what an attempt wrote to `stream`; empty when it wrote nothing or the log is gone."""
    kept: str | None = getattr(record, stream)
    # while it runs, the file is not in its record yet
    live = workspace.log_path(task.flow, task.run or "", record.step, record.task, record.number, stream)
    path = workspace.root / kept if kept else live
    return path.read_text(errors="replace") if path.exists() else ""
