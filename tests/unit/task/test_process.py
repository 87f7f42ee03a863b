"""A freshly forked process made the task's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("known", ["importlib.metadata", "sys"])
def test_a_module_written_since_a_folder_was_looked_into_is_found(tmp_path: Path, known: str) -> None:
    code = (
        "import importlib, os, pathlib, sys\n"
        f"import {known}\n"
        "from nbflow.task import process\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "sys.path.insert(0, str(folder))\n"
        "found = []\n"
        "for turn in range(3):\n"
        "    try:\n"
        "        found.append(importlib.import_module('late').x)\n"
        "    except ModuleNotFoundError:\n"
        "        found.append(None)\n"
        "    if turn == 0:\n"
        "        before = os.stat(folder)\n"
        "        (folder / 'late.py').write_text('x = 1')\n"
        "        os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))\n"
        "    if turn == 1:\n"
        "        process._find_anew()\n"
        "print(found, 'importlib.metadata' in sys.modules)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"[None, None, 1] {known == 'importlib.metadata'}\n"
