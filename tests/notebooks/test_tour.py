"""Every notebook of the tour: no problem in its flow, and nothing for the linter and the formatter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
BIN = Path(sys.executable).parent


@pytest.mark.parametrize("command", ["nbflow check", "ruff check", "ruff format --check"])
def test_all_notebooks_pass(command: str) -> None:
    program, *words = command.split()
    # the dashboard shows flows, and is none
    checked = [path for path in NOTEBOOKS if program != "nbflow" or path.stem != "dashboard"]
    done = subprocess.run([BIN / program, *words, *checked], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
