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


def _group_limits() -> list[int]:
    """Return the limits of the control groups this process is in, inside out."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found: list[int] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in {"", "memory"}:
            continue
        root, name = (_GROUPS, "memory.max") if not controllers else (_GROUPS / "memory", "memory.limit_in_bytes")
        folder = root / path.lstrip("/")
        # in a container its own group may be shown as the root
        for group in (folder, *folder.parents):
            found.extend(_limit(group / name))
            if group == root:
                break
    return found


def _limit(file: Path) -> list[int]:
    try:
        text = file.read_text().strip()
    except OSError:
        return []
    return [int(text)] if text.isdigit() and int(text) > 0 else []
