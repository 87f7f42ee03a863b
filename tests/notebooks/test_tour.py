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
    done = subprocess.run([BIN / program, *words, *NOTEBOOKS], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
