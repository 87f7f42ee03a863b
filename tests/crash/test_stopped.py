"""Processes that stand still when their host is killed."""

from __future__ import annotations

import time
from pathlib import Path

from crash.hosts import PATIENCE, Command
from crash.processes import kill, left_after, processes
from terminal import Terminal

STOP = "%%step a\nimport os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\nopen('stopped', 'w')\ntime.sleep(300)"


def test_a_zygote_that_a_body_has_stopped_ends_with_its_host_and_so_does_the_body(tmp_path: Path) -> None:
    Terminal(tmp_path).write(STOP)
    host = Command(tmp_path, "run", "nb.ipynb")
    try:
        deadline = time.monotonic() + PATIENCE
        while not (tmp_path / "stopped").exists():
            assert time.monotonic() < deadline, host.told()
            time.sleep(0.01)
        kill(host.pid)
        left = left_after(host.word, 5.0)
        assert not left
    finally:
        host.close()
        for each in processes(host.word):
            kill(each.pid)
