"""A flow file as a person runs it: `python flow.py …` in a real process, with a store of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import warm


class FlowTerminal:
    """A flow file and a store."""

    def __init__(self, folder: Path, file: Path, **environment: str) -> None:
        self.folder = folder
        self.file = file
        self.root = folder / ".nbflow"
        self._environment = {
            **os.environ,
            "NBFLOW_ROOT": str(self.root),
            "NBFLOW_USER": "tester",
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        }

    def start(self, *words: str, cwd: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.file), *words],
            cwd=cwd or self.folder,
            env={**self._environment, **environment},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**self._environment, **environment}
        if warm.fits(env):
            return warm.run(words, cwd=cwd or self.folder, env=env, timeout=150, file=self.file)
        process = self.start(*words, cwd=cwd, **environment)
        out, err = process.communicate(timeout=150)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def ok(self, *words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        done = self.run(*words, cwd=cwd, **environment)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done
