"""What this process may use of the machine: its own cores, and memory within the limit of its control group."""

from __future__ import annotations

import math
import os
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


def cores() -> int:
    """Return the number of processors that this process may keep busy: a container's quota where that is less."""
    return min([len(os.sched_getaffinity(0)), *_quotas()])


def memory() -> int:
    """Return the bytes of memory that all tasks may have together: a container's limit where that is less."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([whole, *_group_limits()])


def control_groups(controller: str = "memory") -> list[Path]:
    """Return the folders of the control groups for `controller` that this process is in, inside out."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found: list[Path] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "" or controller in controllers.split(","):
            root = _GROUPS / controllers
            folder = root / path.lstrip("/")
            # in a container its own group may be shown as the root
            found += [group for group in (folder, *folder.parents) if group.is_relative_to(root)]
    return found


def _quotas() -> list[int]:
    """Return how many processors the control groups allow, rounded up: half of one still runs a task."""
    found = []
    for group in control_groups("cpu"):
        try:
            # version 2: `150000 100000`, or `max 100000`
            time, period = (group / "cpu.max").read_text().split()
        except (OSError, ValueError):
            quota, each = _limit(group / "cpu.cfs_quota_us"), _limit(group / "cpu.cfs_period_us")
            time, period = (str(quota[0]), str(each[0])) if quota and each else ("max", "")
        if time.isdigit() and period.isdigit():
            found.append(max(1, math.ceil(int(time) / int(period))))
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
