"""Flow files to be run from Python, and programs that run them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from kernels import start_kernel

__all__ = ["start_kernel"]

T = TypeVar("T")


def in_a_loop(what: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns, run in a loop of its own: a browser's test may have left one in this thread."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, what).result()


SLOW = """
import os
import sys
import time
from nbflow import FlowSpec, JSONType, Parameter, step


class SlowFlow(FlowSpec):
    secs = Parameter("seconds", default=0.0)
    held = Parameter("held", default="")
    names = Parameter("names", default="a,b", separator=",")
    conf = Parameter("conf", type=JSONType, default="{}")
    fail = Parameter("fail", default=False)

    @step
    def start(self):
        print("waiting")
        print("as an error", file=sys.stderr)
        end = time.monotonic() + self.secs
        while time.monotonic() < end or (self.held and not os.path.exists(self.held)):
            time.sleep(0.02)
        if self.fail:
            raise ValueError("as asked")
        self.next(self.end)

    @step
    def end(self):
        self.told = (self.names, self.conf)
        self.where = os.getcwd(), os.environ.get("COLOUR")


if __name__ == "__main__":
    SlowFlow()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with slow.py, and a place of its own for temporary files."""
    (tmp_path / "here").mkdir()
    (tmp_path / "temporary").mkdir()
    (tmp_path / "here" / "slow.py").write_text(SLOW)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("NBFLOW_USER", "tester")
    # whatever store is in a folder above
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "here" / ".nbflow"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return tmp_path / "here"


@pytest.fixture
def program(folder: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Start programs of Python in the folder; each prints `ready` when it may be disturbed."""
    started: list[subprocess.Popen[str]] = []

    def program(text: str) -> subprocess.Popen[str]:
        (folder / "program.py").write_text(text)
        process = subprocess.Popen(
            [sys.executable, "program.py"],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder.parent / "temporary")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield program
    for process in started:
        process.kill()
        process.communicate()


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 50) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def processes_of(folder: Path) -> list[str]:
    """The command lines of processes that stand in `folder`, or have a file of it among their words."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            inside = Path(entry / "cwd").resolve() == folder
        except (OSError, ValueError):
            continue
        if entry.name.isdigit() and int(entry.name) != os.getpid() and (inside or str(folder) in words):
            found.append(f"{entry.name} {words}")
    return found
