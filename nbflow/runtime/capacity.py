"""What this process may use of the machine: its own cores, and memory within the limit of its control group."""

from __future__ import annotations

import os
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


def cores() -> int:
    """Return the number of processors that this process may run on."""
    return len(os.sched_getaffinity(0))


def memory() -> int:
    """Return the bytes of memory that all tasks may have together: a container's limit where that is less."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([whole, *_group_limits()])


def control_groups() -> list[Path]:
    """Return the folders of the control groups for memory that this process is in, inside out."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found: list[Path] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers in {"", "memory"}:
            root = _GROUPS / controllers
            folder = root / path.lstrip("/")
            # in a container its own group may be shown as the root
            found += [group for group in (folder, *folder.parents) if group.is_relative_to(root)]
    return found


def _group_limits() -> list[int]:
    """Return the limits of the control groups this process is in."""
    names = ("memory.max", "memory.limit_in_bytes")
    return [limit for group in control_groups() for name in names for limit in _limit(group / name)]


def _limit(file: Path) -> list[int]:
    try:
        text = file.read_text().strip()
    except OSError:
        return []
    return [int(text)] if text.isdigit() and int(text) > 0 else []
