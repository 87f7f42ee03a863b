"""The tries of a task, their logs, and what was displayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from nbflow.cards.figures import several
from nbflow.cards.printable import one_line
from nbflow.client.thing import moment
from nbflow.errors import raise_for
from nbflow.model.caught import told_as_caught
from nbflow.model.ids import Pathspec
from nbflow.model.record import AttemptRecord, Failure, TaskRecord
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


Stream = Literal["stdout", "stderr"]


class Attempt:
    """One try of a task."""

    def __init__(self, record: AttemptRecord, log: Callable[[Stream], Path]) -> None:
        self._record = record
        self._log = log

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
        """What its body failed with, as text; also when --catch made a success of it."""
        return self._record.failure

    @property
    def stdout(self) -> str:
        return self.log("stdout")

    @property
    def stderr(self) -> str:
        return self.log("stderr")

    def log(self, stream: Stream) -> str:
        """Return what it wrote; empty when it wrote nothing or the log is gone."""
        path = self._log(stream)
        return path.read_text(errors="replace") if path.exists() else ""

    def end_of_log(self, stream: Stream, most: int) -> str:
        """Return the last `most` bytes that it wrote, from where a line begins; what is before is not read."""
        path = self._log(stream)
        if not path.exists():
            return ""
        with path.open("rb") as file:
            left_out = file.seek(0, 2) - most
            file.seek(max(left_out, 0))
            if left_out > 0:
                file.readline()
            return file.read().decode(errors="replace")

    def log_size(self, stream: Stream) -> int:
        """Return the bytes it wrote, without reading them."""
        path = self._log(stream)
        return path.stat().st_size if path.exists() else 0

    def __repr__(self) -> str:
        said = self.status
        if self.exception and self._record.status.has_result:
            said += f", {one_line(told_as_caught(self.exception), 80)}"
        return f"<Attempt {self.number}: {said}>"


def at_attempt(task: TaskRecord, number: int, attempts: Iterable[AttemptRecord], pathspec: str) -> TaskRecord:
    """Return a task as one of its attempts left it. Raises M017."""
    known = {each.number: each for each in attempts}
    if number not in known:
        raise_for("M017", task=pathspec, attempt=number, count=several(len(known), "time"))
    tried = known[number]
    if number == task.attempt:
        # of the one that counts the task's own record says more, and a task may be running
        return task
    return replace(
        task,
        attempt=number,
        status=tried.status,
        manifest=tried.manifest,
        failure=tried.failure,
        started_at=tried.started_at,
        finished_at=tried.finished_at,
        caught=False,
        chose=None,
        displays=None,
        cards=tried.cards,
    )


def log_file(workspace: Workspace, task: Pathspec, record: AttemptRecord, stream: Stream) -> Path:
    """Return the file of what an attempt wrote to `stream`; it may be missing."""
    kept: str | None = getattr(record, stream)
    # while it runs, the file is not in its record yet
    live = workspace.log_path(task.flow, task.run or "", record.step, record.task, record.number, stream)
    # elsewhere it grows in the bucket
    grows = record.job is not None and not record.status.ended
    return workspace.fetched(workspace.root / kept if kept else live, again=grows)
