"""Processes of nbflow without an owner. Nothing here ends a process that the test did not start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nbflow.backends.zygote import spawn
from nbflow.upkeep.strays import Stray, end, strays

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

#: no process has this number
NOBODY = str(2**22 + 1)
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def word() -> str:
    return f"test-{os.getpid()}-{os.urandom(4).hex()}"


@pytest.fixture
def start(word: str) -> Iterator[Start]:
    """Starts processes of one brood."""
    started: list[subprocess.Popen[str]] = []

    def starter(*command: str, **marks: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "NBFLOW_BROOD": word, **marks}
        started.append(subprocess.Popen(command or ("sleep", "600"), env=environment, stdin=subprocess.PIPE, text=True))
        # the kernel says that a program has begun a moment before its environment can be read
        while not Path(f"/proc/{started[-1].pid}/environ").read_bytes():
            time.sleep(0.001)
        return started[-1]

    yield starter
    for process in started:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


def of(word: str) -> list[Stray]:
    return [each for each in strays() if each.brood == word]


def test_a_worker_whose_owner_is_gone_is_a_stray(start: Start, word: str) -> None:
    process = start(NBFLOW_PARENT=NOBODY)
    (found,) = of(word)
    assert found.pid == process.pid
    assert found.command == "sleep 600"
    assert 0 <= found.age < 60


def test_what_a_body_started_is_a_stray_once_its_zygote_is_gone(start: Start, word: str) -> None:
    process = start(NBFLOW_TASK=f"{NOBODY}.1")
    assert [each.pid for each in of(word)] == [process.pid]


def test_a_zygote_with_its_owner_is_none_and_neither_is_what_its_workers_started(start: Start) -> None:
    zygote = spawn()
    try:
        start(NBFLOW_BROOD=zygote.word)
        assert of(zygote.word) == []
        (beside,) = {each.pid for each in strays()} & {os.getpid()} or {None}
        assert beside is None
    finally:
        zygote.socket.close()
        zygote.process.wait()


def test_a_zygotes_word_stays_with_what_it_left_when_its_owner_is_gone(start: Start) -> None:
    zygote = spawn()
    left = start(NBFLOW_BROOD=zygote.word)
    zygote.process.kill()
    zygote.process.wait()
    zygote.socket.close()
    assert [each.pid for each in of(zygote.word)] == [left.pid]


def test_a_clean_environment_does_not_hide_what_a_zygote_branded(start: Start) -> None:
    brand = 1 << 61 | int.from_bytes(os.urandom(7), "big")
    clean = (
        f"import os, resource; resource.setrlimit(10, ({brand}, -1)); os.execve('/bin/sleep', ['sleep', '600'], {{}})"
    )
    process = start(sys.executable, "-c", clean, NBFLOW_BROOD="")
    while not Path(f"/proc/{process.pid}/cmdline").read_bytes().startswith(b"sleep"):
        time.sleep(0.01)
    assert [(each.pid, each.command) for each in of(f"{brand:x}")] == [(process.pid, "sleep 600")]


def test_a_younger_process_with_the_owners_number_is_not_the_owner(start: Start, word: str) -> None:
    worker = start("sh", "-c", "read owner; NBFLOW_PARENT=$owner exec sleep 600")
    # the process table counts in hundredths of a second
    time.sleep(0.05)
    other = subprocess.Popen(["sleep", "600"])
    try:
        assert worker.stdin is not None
        worker.stdin.write(f"{other.pid}\n")
        worker.stdin.flush()
        while b"NBFLOW_PARENT" not in Path(f"/proc/{worker.pid}/environ").read_bytes():
            time.sleep(0.01)
        assert [each.pid for each in of(word)] == [worker.pid]
    finally:
        other.kill()
        other.wait()


def test_what_is_about_to_end_is_no_stray(start: Start, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # on a busy machine ending takes a while
    monkeypatch.setattr("nbflow.upkeep.strays._MOMENT", 3.0)
    start("sleep", "0.2", NBFLOW_PARENT=NOBODY)
    assert of(word) == []


def test_end_kills_the_strays_it_is_given_and_no_others(start: Start, word: str) -> None:
    first, second = start(NBFLOW_PARENT=NOBODY), start(NBFLOW_PARENT=NOBODY)
    mine = [each for each in of(word) if each.pid == first.pid]
    assert end(mine) == 1
    assert first.wait(timeout=60) == -9
    assert second.poll() is None
    assert end(mine) == 0


def test_end_spares_a_process_that_only_has_the_number(start: Start, word: str) -> None:
    process = start(NBFLOW_PARENT=NOBODY)
    (found,) = of(word)
    assert end([replace(found, started=found.started - 1)]) == 0
    assert process.poll() is None


def test_workers_are_called_what_they_are(start: Start, word: str) -> None:
    start(sys.executable, "-c", "import time; time.sleep(600); 'nbflow.task.zygote'", NBFLOW_PARENT=NOBODY)
    assert [each.command for each in of(word)] == ["worker process"]
