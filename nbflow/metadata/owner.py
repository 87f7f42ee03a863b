"""Whether the process that runs a run is still there."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import replace
from pathlib import Path

from nbflow.model.record import AttemptRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus

#: seconds without a sign of life after which an owner on another machine counts as gone
_STALE = 90.0
#: seconds by which the clock of the process table and ours may differ
_SLACK = 5.0


def owner_here() -> str:
    """Return this process as the owner of a run: `host:pid`."""
    return f"{socket.gethostname()}:{os.getpid()}"


def as_it_stands(run: RunRecord) -> RunRecord:
    """Return the run as lost when it is under way and its owner is gone."""
    if run.status.ended or run.status is RunStatus.PENDING or not run.owner:
        return run
    return replace(run, status=RunStatus.LOST) if _is_gone(run) else run


def task_as_it_stands(task: TaskRecord, run: RunRecord) -> TaskRecord:
    """Return a task of a run that is lost as lost, unless it had ended."""
    if run.status is not RunStatus.LOST or task.status.ended:
        return task
    return replace(task, status=TaskStatus.LOST)


def attempt_as_it_stands(attempt: AttemptRecord, run: RunRecord) -> AttemptRecord:
    """Return an attempt of a run that is lost as lost, unless it had ended."""
    if run.status is not RunStatus.LOST or attempt.status.ended:
        return attempt
    return replace(attempt, status=TaskStatus.LOST)


class Owners:
    """Says of runs whether their owner is gone, and asks the system once for each process."""

    def __init__(self) -> None:
        self._started: dict[int, float | None] = {}
        self._host = socket.gethostname()

    def is_gone(self, owner: str, last: float, kind: str) -> bool:
        """Say whether `owner`, last heard of at `last`, is gone from a run of this kind."""
        host, _, pid = owner.rpartition(":")
        if host == self._host and pid.isdigit():
            started = self._start_of(int(pid))
            # a process that started after the run's last sign of life only has the number of its owner
            return started is None or started > last + _SLACK
        # a draft is silent between its cells
        return kind == "run" and time.time() - last > _STALE

    def _start_of(self, pid: int) -> float | None:
        if pid not in self._started:
            self._started[pid] = _started_at(pid)
        return self._started[pid]


def _is_gone(run: RunRecord) -> bool:
    last = max(run.created_at, run.started_at or 0.0, run.heartbeat_at or 0.0)
    return Owners().is_gone(run.owner, last, run.kind)


def _started_at(pid: int) -> float | None:
    """Return when a process of this machine started (0: long ago, or nobody tells), or None when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return None if Path("/proc/self").exists() or not _answers(pid) else 0.0
    except ProcessLookupError:
        # it ended between the opening and the reading
        return None
    except OSError:
        return 0.0
    state, *fields = stat.rpartition(")")[2].split()
    if state in {"Z", "X"}:
        return None
    ticks = int(fields[18]) / os.sysconf("SC_CLK_TCK")
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + ticks


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
