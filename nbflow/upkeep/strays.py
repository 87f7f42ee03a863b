"""Processes of nbflow without an owner: what a kill left behind that nobody came to end.

Every process of a zygote has its word in the environment (nbflow.task.kin.BROOD), or, where that was cleaned, as a
brand in its resource limits. A brood is cared for while a zygote, or a worker forked from it, has a living owner: the
kernel or terminal that started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from nbflow.frozen import frozen
from nbflow.task.kin import BROOD, brand_in

_PROCESSES = Path("/proc")
_OWNER = "NBFLOW_PARENT"
#: what the command of a zygote, and of the workers forked from it, names
_ZYGOTE = "nbflow.task.zygote"
_ITS_OWN = "worker process"
#: seconds between two looks: what is about to end by itself is no stray
_MOMENT = 0.5


@frozen
class Stray:
    """A process that nobody owns."""

    pid: int
    #: as `sleep 60`; what nbflow itself started is called by what it is
    command: str
    #: clock ticks since the machine started; with the pid it names one process for good
    started: int
    #: the word of its zygote
    brood: str

    @property
    def age(self) -> float:
        """Seconds since it started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.started / os.sysconf("SC_CLK_TCK")


def strays() -> tuple[Stray, ...]:
    """Return the processes of nbflow, of this user, that have no owner."""
    first = _look()
    if not first:
        return ()
    time.sleep(_MOMENT)
    again = {(each.pid, each.started) for each in _look()}
    return tuple(each for each in first if (each.pid, each.started) in again)


def end(found: Iterable[Stray]) -> int:
    """Kill these processes and return how many there were still."""
    return sum(map(_kill, found))


def _kill(stray: Stray) -> bool:
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(stray.pid)
        try:
            # from here on the handle means one process, whoever has its number now
            if _started(stray.pid) == stray.started:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                return True
        finally:
            os.close(handle)
    return False


def _look() -> list[Stray]:
    cared: set[str] = set()
    found: list[Stray] = []
    for entry in _PROCESSES.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            # of processes that ended, and those of others, nothing can be read
            with contextlib.suppress(OSError):
                environment = _environment(entry)
                word = environment.get(BROOD) or brand_in((entry / "limits").read_bytes())
                started = _started(int(entry.name))
                if not word or started is None:
                    continue
                owner = environment.get(_OWNER, "")
                if owner.isdigit() and (born := _started(int(owner))) is not None and born <= started:
                    cared.add(word)
                found.append(Stray(int(entry.name), _command(entry), started, word))
    return [each for each in found if each.brood not in cared]


def _environment(process: Path) -> dict[str, str]:
    text = (process / "environ").read_bytes().decode(errors="replace")
    return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)


def _command(process: Path) -> str:
    words = (process / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    return _ITS_OWN if any(_ZYGOTE in word for word in words) else " ".join([Path(words[0]).name, *words[1:]])


def _started(pid: int) -> int | None:
    """Return when a process started, None when there is none or it has ended."""
    try:
        state, *fields = (_PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in {"Z", "X"} else int(fields[18])
