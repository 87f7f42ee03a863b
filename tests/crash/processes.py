"""The processes of a run, seen from outside: all that a host started carry a word in their environment."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: environment variable that a host is started with
WORD = "NBFLOW_CRASH_WORD"
#: seconds for a signal to arrive in every thread of a process
_PATIENCE = 5.0


@dataclass(frozen=True)
class Process:
    """A process as it was a moment ago."""

    pid: int
    parent: int
    #: as top shows it
    name: str
    #: a zygote, or a fork of one
    is_ours: bool
    #: `run/step/task/attempt-stream` of the log its output goes to, "" when it goes elsewhere
    log: str

    @property
    def task(self) -> tuple[str, str] | None:
        """Step and id of the task, for a worker that has got its log."""
        parts = self.log.split("/")
        return (parts[1], parts[2]) if len(parts) == 4 else None


def processes(word: str) -> list[Process]:
    """Return the processes that carry `word` and have not ended."""
    mark = f"{WORD}={word}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        # what ends while it is looked at is none
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                process = _process(int(entry.name))
                if process is not None:
                    found.append(process)
    return found


def freeze(word: str) -> list[Process]:
    """Stop every process that carries `word`, parents first, and return them: nothing of them moves any more."""
    stopped: dict[int, Process] = {}
    while new := [each for each in processes(word) if each.pid not in stopped]:
        # the host first: what it records stays as it is; then the zygote, so that no worker is added
        pids = {each.pid for each in new}
        first = next((each for each in new if each.parent not in pids), new[0])
        _signal(first.pid, signal.SIGSTOP)
        _wait_until_stopped(first.pid)
        stopped[first.pid] = first
    # again: names and logs may have changed since
    return [each for pid in stopped if (each := _look(pid)) is not None]


def zygotes(among: Sequence[Process]) -> list[Process]:
    """Return the processes that workers are forked from."""
    ours = {each.pid for each in among if each.is_ours}
    return [each for each in among if each.is_ours and each.parent not in ours]


def workers(among: Sequence[Process]) -> list[Process]:
    """Return the processes of tasks."""
    ours = {each.pid for each in among if each.is_ours}
    return [each for each in among if each.is_ours and each.parent in ours]


def thaw(left: Iterable[Process]) -> None:
    """Let stopped processes go on."""
    for each in left:
        _signal(each.pid, signal.SIGCONT)


def kill(pid: int) -> None:
    """Kill one process; its workers and children are not touched."""
    _signal(pid, signal.SIGKILL)


def left_after(word: str, seconds: float) -> list[Process]:
    """Wait until no process that carries `word` is left, at most `seconds`, and return those that are."""
    deadline = time.monotonic() + seconds
    while (left := processes(word)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only waits to be waited for. One that is ending has lost its environment before."""
    return _look(pid) is None


def _look(pid: int) -> Process | None:
    try:
        return _process(pid)
    except OSError:
        return None


def _process(pid: int) -> Process | None:
    stat = Path(f"/proc/{pid}/stat").read_bytes()
    name = stat[stat.index(b"(") + 1 : stat.rindex(b")")].decode(errors="replace")
    state, parent = stat.rpartition(b")")[2].split()[:2]
    if state in b"ZX":
        return None
    log = ""
    with contextlib.suppress(OSError):
        target = str(Path(f"/proc/{pid}/fd/1").readlink()).removesuffix(" (deleted)")
        if "/logs/" in target:
            log = "/".join(target.split("/")[-4:])
    is_ours = b"nbflow.task.zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return Process(pid, int(parent), name, is_ours, log)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_until_stopped(pid: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _is_still(pid):
        assert time.monotonic() < deadline, f"process {pid} does not stop"
        time.sleep(0.0002)


def _is_still(pid: int) -> bool:
    """Whether every thread has stopped, or the process has ended."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return True
    for thread in threads:
        with contextlib.suppress(OSError):
            stat = (thread / "stat").read_bytes()
            if stat.rpartition(b")")[2].split()[0] not in b"TtZX":
                return False
    return True
