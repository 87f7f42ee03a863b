"""People who share a bucket: each has a machine of their own, that is a home, a cache and a folder for work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from aws.bench.started import Bench
from aws.room import fast


class Person:
    """One person's machine, set up for the team's bucket and queue."""

    def __init__(self, bench: Bench, home: Path, *, user: str = "ada", prefix: str | None = None, **more: str) -> None:
        self.bench = bench
        self.home = home
        self.folder = home / "work"
        self.folder.mkdir(parents=True)
        self.prefix = prefix or uuid.uuid4().hex[:12]
        self.url = f"s3://{bench.account.bucket}/{self.prefix}"
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("NBFLOW_", "AWS_"))}
        self.environment = {
            **outside,
            **bench.environment,
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "NBFLOW_ROOT": self.url,
            "NBFLOW_USER": user,
            "NBFLOW_BATCH_QUEUE": bench.account.queue,
            "NBFLOW_BATCH_IMAGE": f"python:{sys.version_info.major}.{sys.version_info.minor}",
            "NBFLOW_BATCH_JOB_ROLE": bench.account.job_role,
            "NBFLOW_BATCH_EXECUTION_ROLE": bench.account.execution_role,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONFAULTHANDLER": "1",
            "TMPDIR": fast(),
            # packages that were fetched for another person, or another day's tests
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv"),
            **more,
        }

    def notebook(self, *cells: str, name: str = "sales.ipynb") -> Path:
        made = [
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
            for text in cells
        ]
        path = self.folder / name
        path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
        return path

    def start(self, *words: str, python: bool = False, **environment: str) -> subprocess.Popen[str]:
        """Start `nbflow …`, or Python with these words."""
        command = [sys.executable, *([] if python else ["-m", "nbflow.frontends.cli.main"]), *words]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(
        self, *words: str, python: bool = False, within: float = 180, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(*words, python=python, **environment)
        try:
            out, err = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            # says where each of its threads is
            process.send_signal(signal.SIGABRT)
            out, err = process.communicate()
            raise AssertionError(f"{' '.join(words)} did not end\n{out}\n{err}") from None
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def ok(self, *words: str, python: bool = False, within: float = 180, **environment: str) -> str:
        done = self.run(*words, python=python, within=within, **environment)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def refused(self, *words: str, python: bool = False, **environment: str) -> str:
        done = self.run(*words, python=python, **environment)
        assert done.returncode != 0, f"{' '.join(words)} worked\n{done.stdout}\n{done.stderr}"
        return done.stderr

    def ask(self, code: str, **environment: str) -> Any:
        """Return what Python code prints, as JSON, `nbflow` and `json` imported."""
        return json.loads(self.ok("-c", f"import json, nbflow\n{code}", python=True, **environment))
