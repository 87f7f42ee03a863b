"""Python as ruff would format it, where ruff is installed; else as it was written."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys

#: longest line of a converted file
LENGTH = 100


def formatted(source: str) -> str:
    """Return `source`, formatted."""
    command = _ruff()
    if command is None:
        return source
    options = ["format", "--isolated", "--line-length", str(LENGTH), "--stdin-filename", "flow.py", "-"]
    ended = subprocess.run([*command, *options], input=source, capture_output=True, text=True, check=False)  # noqa: S603 - ruff as it is installed, no shell
    return ended.stdout if ended.returncode == 0 and ended.stdout else source


def _ruff() -> list[str] | None:
    if importlib.util.find_spec("ruff") is not None:
        return [sys.executable, "-m", "ruff"]
    found = shutil.which("ruff")
    return [found] if found else None
