"""Whether the machine ran short of memory, as far as the kernel tells."""

from __future__ import annotations

from pathlib import Path

from nbflow.cards.figures import size
from nbflow.runtime.capacity import control_groups, memory


def kills() -> int:
    """Return how many processes the kernel has killed for want of memory: of our control group, else of the machine."""
    for group in control_groups():
        for name in ("memory.events", "memory.oom_control"):
            count = _counted(group / name)
            if count is not None:
                return count
    return _counted(Path("/proc/vmstat")) or 0


def why_killed(peak: int, *, counted: bool) -> str:
    """Return why a worker was killed that had taken at most `peak` bytes; `counted`: the kernel counted a kill since."""
    share = f"it had taken {size(peak)} of the {size(memory())} there are"
    if counted:
        return f"there was no memory left: {share}. Ask for less at once: --max-workers, or --memory on the step"
    return f"something outside nbflow killed it; {share}"


def _counted(file: Path) -> int | None:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), None)
