"""Kinship of processes on Linux: who dies with whom, whose orphans come to whom, and that none of them is left.

The zygote and every worker are *subreapers*: a daemonised descendant of a worker becomes the worker's child when its
own parents are gone, and the zygote's when the worker is gone too. So a child of the zygote that is no live worker
was left behind by a dead one, whatever session it is in and whatever its environment says.

When the zygote itself is killed, its orphans go elsewhere. They are known by a *brand*: a number in a resource limit
that Linux has stopped reading (RLIMIT_LOCKS, since 2.4.25), which every descendant has, through fork and exec, with a
clean environment, in any session, and which everyone may read of everyone. It takes a scheduler that lives to look for
it: when scheduler and zygote are killed in the same moment, workers die with the zygote, daemons of theirs stay. A third
process above the zygote would see to those, for 2 ms and 3 MB of every kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import time
from collections.abc import Container
from pathlib import Path

#: environment variable that all processes of a task inherit: `<pid of the zygote>.<number of the task>`
MARK = "NBFLOW_TASK"
#: environment variable of a zygote: a word of its own, the brand in hexadecimal
BROOD = "NBFLOW_BROOD"

_RLIMIT_LOCKS = 10
_LOCKS = b"Max file locks"
#: limits that are brands: nobody sets such a one for its own sake
_BRANDS = range(1 << 61, 1 << 62)
#: how much sooner than others the kernel, short of memory, kills a worker; 1000 is all of the memory
_EXPENDABLE = 500
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
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


def go_on_when_orphaned() -> None:
    """Have this process, should someone have stopped it, go on when its parent ends: it has something to do then."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGCONT, 0, 0, 0)


def brand(word: str) -> None:
    """Brand this process and all that will descend from it with `word`, a number below 2 ** 62 in hexadecimal."""
    # where it cannot be had there is still the environment to tell by
    with contextlib.suppress(ValueError, OverflowError, OSError):
        resource.setrlimit(_RLIMIT_LOCKS, (int(word, 16), resource.getrlimit(_RLIMIT_LOCKS)[1]))


def be_expendable() -> None:
    """Have a machine that runs out of memory end this process sooner than a kernel or another program of equal size."""
    with contextlib.suppress(OSError, ValueError):
        path = Path("/proc/self/oom_score_adj")
        path.write_text(str(min(1000, int(path.read_text()) + _EXPENDABLE)))


def show_as(name: str) -> None:
    """Show this process as `name`, of at most 15 characters, in top and the like. Called on its main thread."""
    _libc.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


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
        for thread in os.listdir("/proc/self/task"):  # noqa: PTH208 - names are all it needs, and it runs between fork and body
            found.update(map(int, Path(f"/proc/self/task/{thread}/children").read_bytes().split()))
    except FileNotFoundError:
        # a kernel without CONFIG_PROC_CHILDREN
        return _children_by_parent(os.getpid())
    return found


def end_children(keep: Container[int] = (), sparing: int | None = None) -> None:
    """Kill every child but those in `keep` and those of the group `sparing`, and what they leave, until none is left."""
    while strays := [pid for pid in children() if pid not in keep and not (sparing and _is_in(pid, sparing))]:
        for pid in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        # the orphans of a killed process are here once it was waited for
        stuck = [pid for pid in strays if not _wait_for(pid)]
        if stuck:
            return


def wait_for(pid: int) -> tuple[int, int]:
    """Return how a child that has ended did, its exit code or minus the signal, and the bytes of memory it had at most."""
    try:
        _, status, usage = os.wait4(pid, 0)
    except ChildProcessError:
        return 1, 0
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024


def end_group(group: int) -> None:
    """Kill every process of the group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def end_brood(zygote: int, word: str) -> None:
    """Kill every process of a zygote that was killed itself, by brand or environment, until none is left."""
    deadline = time.monotonic() + _PATIENCE
    while (left := brood(zygote, word)) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)


def brood(zygote: int, word: str) -> list[int]:
    """Return the processes, this one left out, that descend from the zygote `zygote` of `word` and have not ended."""
    marks = (f"{MARK}={zygote}.".encode(), f"{BROOD}={word}".encode())
    found: list[int] = []
    # without a word everybody would do
    for entry in os.listdir("/proc") if word else ():  # noqa: PTH208 - as above
        if entry.isdigit() and int(entry) != os.getpid():
            # of processes that ended nothing can be read
            with contextlib.suppress(OSError):
                if (brand_in(_read(f"/proc/{entry}/limits")) == word or _has_mark(entry, marks)) and not _ended(entry):
                    found.append(int(entry))
    return found


def _is_in(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group
    except ProcessLookupError:
        return False


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


def brand_in(limits: bytes) -> str:
    """Return the brand that a process bears, from the text of its `/proc/PID/limits`; empty: none."""
    at = limits.find(_LOCKS)
    if at < 0:
        return ""
    soft = limits[at + len(_LOCKS) :].split(None, 1)[0]
    return f"{int(soft):x}" if soft.isdigit() and int(soft) in _BRANDS else ""


def _has_mark(pid: str, marks: tuple[bytes, ...]) -> bool:
    """Whether the process, or the ancestor it was forked from, was started with one of `marks` in its environment."""
    try:
        return any(each.startswith(marks) for each in _read(f"/proc/{pid}/environ").split(b"\0"))
    except PermissionError:
        return False


def _ended(pid: str) -> bool:
    """Whether the process only waits to be waited for."""
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[0] in b"ZX"


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = b""
        while more := os.read(fd, 1 << 16):
            found += more
        return found
    finally:
        os.close(fd)


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
