"""Kernels that other programs start choose their ports a moment before they bind them: another may come first."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

#: what a kernel says that found its port taken; it ran no cell
TAKEN = "Address already in use"


def with_free_ports(start: Callable[[], subprocess.CompletedProcess[str]]) -> subprocess.CompletedProcess[str]:
    """Return how `start` went; it is done again, three times at most, while its kernel found a port taken."""
    for _ in range(2):
        done = start()
        if done.returncode == 0 or TAKEN not in done.stderr:
            return done
    return start()
