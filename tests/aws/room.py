"""Where jobs and people of the tests unpack what they fetch: thousands of files, which some disks make slowly."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH = 4 << 30


def fast() -> str:
    """Return a folder in memory where there is enough of it, else that of temporary files."""
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        return str(_MEMORY)
    return tempfile.gettempdir()
