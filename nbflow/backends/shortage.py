"""Whether the machine ran short of memory, as far as the kernel tells."""

from __future__ import annotations

import os
from pathlib import Path

from nbflow.cards.figures import size
from nbflow.runtime.capacity import control_groups, memory

_COUNTER = b"oom_kill "


class Kills:
    """How many processes the kernel has killed for want of memory: of our control group, else of the machine."""

    def __init__(self) -> None:
        groups = control_groups()
        files = [group / name for group in groups for name in ("memory.events", "memory.oom_control")]
        self._file = next((file for file in (*files, Path("/proc/vmstat")) if _counted(file) is not None), None)

    def count(self) -> int:
        """Return the number so far."""
        return (_counted(self._file) if self._file else None) or 0


def why_killed(peak: int, *, counted: bool) -> str:
    """Return why a worker was killed that had taken at most `peak` bytes; `counted`: the kernel counted a kill since."""
    share = f"it had taken {size(peak)} of the {size(memory())} there are"
    if counted:
        return f"there was no memory left: {share}. Ask for less at once: --max-workers, or --memory on the step"
    return f"something outside nbflow killed it; {share}"


def _counted(file: Path) -> int | None:
    try:
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        _, found, rest = os.read(fd, 1 << 16).partition(_COUNTER)
    except OSError:
        return None
    finally:
        os.close(fd)
    return int(rest.split(None, 1)[0]) if found else None
