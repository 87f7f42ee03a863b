"""Kinship of processes on Linux: who dies with whom, whose orphans come to whom, and that none of them is left.

The zygote and every worker are *subreapers*: a daemonised descendant of a worker becomes the worker's child when its
own parents are gone, and the zygote's when the worker is gone too. So a child of the zygote that is no live worker
was left behind by a dead one, whatever session it is in and whatever its environment says.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Container
from pathlib import Path

#: environment variable that all processes of a task inherit: `<pid of the zygote>.<number of the task>`
MARK = "NBFLOW_TASK"
#: environment variable of a zygote: a word of its own. A process forked without exec has it too, in any session
BROOD = "NBFLOW_BROOD"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
#: of stdio.h
_IOLBF = 1
#: seconds to wait for a process that was killed and sits in the kernel
_PATIENCE = 5.0

_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Make this process the parent of its descendants whose own parents end."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent process `parent` ends, which may have happened already."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(9)


def buffer_c_output_by_lines() -> None:
    """Have C code's standard output written at the end of each line, to files too."""
    _libc.setvbuf(ctypes.c_void_p.in_dll(_libc, "stdout"), None, _IOLBF, 0)


def flush_c_output() -> None:
    """Write out what C code has buffered for its own standard streams."""
    _libc.fflush(None)


def children() -> set[int]:
    """Return the processes whose parent is this one, those that ended and were not waited for included."""
    found: set[int] = set()
    try:
        for thread in os.listdir("/proc/self/task"):  # noqa: PTH208
            found.update(map(int, Path(f"/proc/self/task/{thread}/children").read_bytes().split()))
    except FileNotFoundError:
        # a kernel without CONFIG_PROC_CHILDREN
        return _children_by_parent(os.getpid())
    return found


def end_children(keep: Container[int] = ()) -> None:
    """Kill every child but those in `keep`, and what they leave in turn, until none is left."""
    while strays := [pid for pid in children() if pid not in keep]:
        for pid in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        # the orphans of a killed process are here once it was waited for
        stuck = [pid for pid in strays if not _wait_for(pid)]
        if stuck:
            return


def end_group(group: int) -> None:
    """Kill every process of the group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def end_brood(zygote: int, word: str) -> None:
    """Kill every process of a zygote that was killed itself, by the marks in their environments, until none is left."""
    marks = (f"{MARK}={zygote}.".encode(), f"{BROOD}={word}".encode())
    deadline = time.monotonic() + _PATIENCE
    while (left := _with_environment(marks)) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)


def _wait_for(pid: int) -> bool:
    deadline = time.monotonic() + _PATIENCE
    pause = 0.0001
    while True:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return True
        except ChildProcessError:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 2, 0.02)


def _with_environment(marks: tuple[bytes, ...]) -> list[int]:
    """Return the processes that were started, or whose ancestor without exec was, with one of `marks`."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            # of processes that ended, and those of others, nothing can be read
            with contextlib.suppress(OSError):
                if any(each.startswith(marks) for each in (entry / "environ").read_bytes().split(b"\0")):
                    found.append(int(entry.name))
    return found


def _children_by_parent(parent: int) -> set[int]:
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # pid (name) state parent …, and the name may hold anything
                fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
                if int(fields[1]) == parent:
                    found.add(int(entry.name))
    return found
