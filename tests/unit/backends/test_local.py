"""Workers on this machine, as the scheduler sees them: what is reported, in which order, and what is left."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from nbflow.backends.local import LocalBackend
from nbflow.errors import NbflowError
from nbflow.model.task import FlowCode, TaskSpec
from nbflow.workspace import Workspace

PATIENCE = 60.0


class Scheduler:
    """The scheduler's side of a backend."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[tuple[Any, ...]] = []
        self.selector = selectors.DefaultSelector()
        self.backend = LocalBackend()
        self.backend.attach(self.selector, self)
        self.workspace = Workspace.open(folder / ".nbflow")
        code = folder / "code.json"
        code.write_text(json.dumps(FlowCode("nbflow_defs.f", (), ()).to_json()))
        self.code = str(code)

    def started(self, number: int, pid: int) -> None:
        self.heard.append(("started", number, pid))

    def said(self, number: int, message: Mapping[str, Any]) -> None:
        self.heard.append(("said", number, next(iter(message))))

    def exited(self, number: int, status: int, why: str = "") -> None:
        self.heard.append(("exited", number, status, why))

    def broke(self, message: str) -> None:
        self.heard.append(("broke", message))

    def launch(self, number: int, source: str) -> None:
        spec = TaskSpec(
            kind="body",
            task=f"f/1/a/{number}",
            step="a",
            attempt=0,
            root=str(self.workspace.root),
            cwd=str(self.folder),
            sys_path=tuple(sys.path),
            code=self.code,
            source=source,
            line=1,
            cell=source,
            file="<a>",
        )
        self.backend.launch(number, spec, self.folder / f"{number}-out", self.folder / f"{number}-err")

    def until(self, what: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < deadline, self.heard
            for key, _ in self.selector.select(0.1):
                if self.selector.get_map().get(key.fd) is key:
                    key.data()

    def words(self, number: int) -> list[str]:
        return [each[0] for each in self.heard if len(each) > 2 and each[1] == number]

    def status(self, number: int) -> int:
        self.until(lambda: "exited" in self.words(number))
        return next(each[2] for each in self.heard if each[:2] == ("exited", number))

    def pid(self, number: int) -> int:
        self.until(lambda: "started" in self.words(number))
        return next(each[2] for each in self.heard if each[:2] == ("started", number))


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Scheduler]:
    made = Scheduler(tmp_path)
    yield made
    made.backend.close()
    made.selector.close()
    made.workspace.metadata.close()  # type: ignore[attr-defined]


def test_a_worker_is_reported_as_started_with_what_it_said_and_at_last_its_exit(scheduler: Scheduler) -> None:
    scheduler.launch(7, "x = 1")
    assert scheduler.status(7) == 0
    *before, last = scheduler.words(7)
    # the zygote tells of the start, the worker speaks itself: on a busy machine it may be heard first
    assert (sorted(before), last) == (["said", "started"], "exited")


def test_its_output_is_in_the_files_it_was_given(scheduler: Scheduler) -> None:
    scheduler.launch(1, "import sys; print('out'); print('err', file=sys.stderr)")
    scheduler.status(1)
    assert (scheduler.folder / "1-out").read_text() == "out\n"
    assert (scheduler.folder / "1-err").read_text() == "err\n"


def test_messages_larger_than_a_pipe_arrive_whole(scheduler: Scheduler) -> None:
    scheduler.launch(1, "for _ in range(50): display('x' * 100_000)\ny = 1")
    assert scheduler.status(1) == 0
    *before, last = scheduler.words(1)
    assert (sorted(before), last) == ([*["said"] * 51, "started"], "exited")


def test_a_stop_before_it_started_reaches_it(scheduler: Scheduler) -> None:
    scheduler.launch(1, "import time; time.sleep(300)")
    scheduler.backend.stop(1, kill=True)
    assert scheduler.status(1) == -signal.SIGKILL


def test_a_stop_of_one_that_is_gone_or_never_was_does_nothing(scheduler: Scheduler) -> None:
    scheduler.launch(1, "y = 1")
    scheduler.status(1)
    scheduler.backend.stop(1, kill=True)
    scheduler.backend.stop(99, kill=False)


def test_asking_reaches_its_children_too(scheduler: Scheduler) -> None:
    scheduler.launch(1, "import subprocess; subprocess.run(['sleep', '300'])")
    scheduler.pid(1)
    scheduler.backend.stop(1, kill=False)
    assert scheduler.status(1) == -signal.SIGTERM


def test_closing_reports_every_worker_as_gone_and_leaves_no_descriptor(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    scheduler = Scheduler(tmp_path)
    for number in range(3):
        scheduler.launch(number, "import time; time.sleep(300)")
    scheduler.pid(1)
    scheduler.backend.close()
    assert [scheduler.words(number)[-1] for number in range(3)] == ["exited"] * 3
    scheduler.backend.close()
    scheduler.selector.close()
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def open_files() -> dict[str, str]:
    """What each descriptor of this process stands for."""
    found = {}
    for fd in os.listdir("/proc/self/fd"):  # noqa: PTH208
        with contextlib.suppress(FileNotFoundError):
            found[fd] = os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115
    return found


def test_many_workers_leave_no_descriptor(scheduler: Scheduler) -> None:
    scheduler.launch(0, "y = 1")
    scheduler.status(0)
    # not their number: what earlier tests let go of is collected at any time
    before = open_files()
    for number in range(1, 60):
        scheduler.launch(number, "y = 1")
    for number in range(1, 60):
        assert scheduler.status(number) == 0
    left = {fd: what for fd, what in open_files().items() if before.get(fd) != what}
    ours = str(scheduler.folder)
    assert not [what for what in left.values() if what.startswith((ours, "pipe:", "socket:", "/memfd:"))]


def test_a_zygote_that_falls_reports_what_ran_and_starts_what_had_not(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler.launch(1, "import time; time.sleep(300)")
    scheduler.pid(1)
    zygote = scheduler.backend._zygote.process.pid
    os.kill(zygote, signal.SIGSTOP)
    # a busy machine takes its time, and it would have heard of the second task
    while Path(f"/proc/{zygote}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        time.sleep(0.001)
    # an order lets a zygote go on that a body has stopped; this one must fall before it reads it
    monkeypatch.setattr(scheduler.backend, "_rouse", lambda: None)
    scheduler.launch(2, "y = 1")
    os.kill(zygote, signal.SIGKILL)
    assert scheduler.status(1) == -signal.SIGKILL
    assert scheduler.status(2) == 0
    assert scheduler.words(2) == ["started", "said", "exited"]


def test_modules_are_asked_for_once_and_again_of_a_new_zygote(scheduler: Scheduler) -> None:
    look = "import sys; print('colorsys' in sys.modules)"
    scheduler.backend.preload(["colorsys", "no_such_module"], rich=False)
    scheduler.backend.preload(["colorsys"], rich=False)
    scheduler.launch(1, look)
    scheduler.status(1)
    os.kill(scheduler.backend._zygote.process.pid, signal.SIGKILL)
    scheduler.until(lambda: scheduler.backend._zygote.process.poll() is None)
    scheduler.launch(2, look)
    scheduler.status(2)
    assert [(scheduler.folder / f"{number}-out").read_text() for number in (1, 2)] == ["True\n", "True\n"]


def test_elsewhere_than_on_linux_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NbflowError, match="R013"):
        LocalBackend()


def test_a_spec_survives_its_trip(scheduler: Scheduler) -> None:
    scheduler.launch(1, "print('ü' * 3)\n" + "#" * (1 << 20))
    assert scheduler.status(1) == 0
    assert (scheduler.folder / "1-out").read_text() == "üüü\n"
