"""The `nbflow` command as a person uses it: a real process in a folder with a notebook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import warm


class Terminal:
    """A folder with a notebook, and the command."""

    def __init__(self, folder: Path, modules: Sequence[str] = warm.COMMANDS) -> None:
        """Take the folder, and what the process has imported that commands are forked from."""
        self.folder = folder
        self._modules = modules

    def write(self, *cells: str, name: str = "nb.ipynb") -> None:
        made = [
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
            for text in cells
        ]
        text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
        (self.folder / name).write_text(text)

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "NBFLOW_ROOT": str(self.folder / ".nbflow"), "NBFLOW_USER": "tester"}

    def start(self, *words: str, **streams: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "nbflow.frontends.cli.main", *words]
        return subprocess.Popen(command, cwd=self.folder, env=self._environment, text=True, **streams)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        if warm.fits(self._environment):
            return warm.run(words, cwd=self.folder, env=self._environment, timeout=150, modules=self._modules)
        process = self.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=150)
        return subprocess.CompletedProcess(words, process.returncode, out, err)
