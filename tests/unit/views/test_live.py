from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from nbflow.errors import problem
from nbflow.model.event import AttemptEnded, ItemsListed, RunEnded, TaskStarted
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.views.live import HEARTBEAT, INTERVAL, Bundle, LivePanel, PlainText
from tests.unit.views.records import START, run, task

LISTED = ItemsListed(TaskKey(StepName("train")), 40, 40)


class Going:
    """A run that stands as it was told."""

    def __init__(self, status: str = "running", *tasks: TaskRecord) -> None:
        self.status, self.tasks = status, tasks

    def snapshot(self) -> tuple[RunRecord, tuple[TaskRecord, ...]]:
        return run(self.status), self.tasks


class Wall:
    """Keeps every picture that was shown."""

    def __init__(self) -> None:
        self.pictures: list[tuple[Bundle, bool]] = []

    def show(self, bundle: Bundle, *, final: bool) -> None:
        self.pictures.append((bundle, final))

    @property
    def last(self) -> str:
        return self.pictures[-1][0]["text/html"]


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def panel(going: Going, wall: Any, clock: Clock, **more: Any) -> LivePanel:
    return LivePanel(going, screen=wall, clock=clock, now=lambda: START + 1, **more)


def test_a_thousand_events_in_a_tenth_of_a_second_are_one_or_two_pictures(wall: Wall, clock: Clock) -> None:
    live = panel(Going(), wall, clock)
    for _ in range(1000):
        clock.time += INTERVAL / 1000
        live.see(LISTED)
    assert 1 <= len(wall.pictures) <= 2


def test_what_happened_last_is_shown_by_the_next_tick(wall: Wall, clock: Clock) -> None:
    going = Going()
    live = panel(going, wall, clock)
    live.see(LISTED)
    going.tasks = (task("load"),)
    live.see(LISTED)
    assert "succeeded" not in wall.last
    clock.time += INTERVAL
    live.tick()
    assert "succeeded" in wall.last


def test_nothing_is_drawn_when_nothing_happened_but_the_clock_goes_on(wall: Wall, clock: Clock) -> None:
    live = panel(Going(), wall, clock)
    live.tick()
    clock.time += HEARTBEAT / 2
    live.tick()
    assert len(wall.pictures) == 1
    clock.time += HEARTBEAT
    live.tick()
    assert len(wall.pictures) == 2


def test_a_picture_that_took_long_is_followed_by_a_longer_pause(wall: Wall, clock: Clock) -> None:
    class Slow(Wall):
        def show(self, bundle: Bundle, *, final: bool) -> None:
            super().show(bundle, final=final)
            clock.time += 0.5

    slow = Slow()
    live = panel(Going(), slow, clock)
    for _ in range(100):
        live.see(LISTED)
        clock.time += 0.02
    assert len(slow.pictures) == 2


def test_the_last_picture_is_final_and_the_only_one_after_the_end(wall: Wall, clock: Clock) -> None:
    going = Going()
    live = panel(going, wall, clock)
    live.tick()
    going.status = "succeeded"
    live.see(RunEnded(RunStatus.SUCCEEDED))
    live.settle()
    live.settle()
    clock.time += 60
    live.tick()
    assert [final for _, final in wall.pictures] == [False, True]
    assert "succeeded" in wall.last


def test_a_front_end_that_is_gone_ends_the_panel_and_nothing_else(clock: Clock) -> None:
    class Gone:
        tries = 0

        def show(self, bundle: Bundle, *, final: bool) -> None:
            self.tries += 1
            raise ConnectionError

    gone = Gone()
    live = panel(Going(), gone, clock)
    live.see(LISTED)
    clock.time += 60
    live.see(LISTED)
    live.settle()
    assert gone.tries == 1


def started(step: str, folder: Path, text: str, path: tuple[int, ...] = ()) -> TaskStarted:
    out, err = folder / f"{step}{path}.out", folder / f"{step}{path}.err"
    out.write_text(text)
    return TaskStarted(TaskKey(StepName(step), path), 0, str(out), str(err))


def test_the_log_of_the_task_that_started_last_is_shown(wall: Wall, clock: Clock, tmp_path: Path) -> None:
    live = panel(Going(), wall, clock)
    live.see(started("load", tmp_path, "loading\n"))
    assert "loading" in wall.last
    clock.time += 1
    live.see(started("train", tmp_path, "epoch 1\n", (3,)))
    assert "log of train[3]" in wall.last
    assert "epoch 1" in wall.last
    assert "loading" not in wall.last


def test_the_log_of_the_first_failure_stays(wall: Wall, clock: Clock, tmp_path: Path) -> None:
    live = panel(Going(), wall, clock)
    live.see(started("load", tmp_path, "about to fail\n"))
    key = TaskKey(StepName("load"))
    live.see(AttemptEnded(key, 0, task("load", "failed")))
    live.see(started("other", tmp_path, "fine\n"))
    live.settle()
    assert "about to fail" in wall.last
    assert "fine\n" not in wall.last


def test_only_the_end_of_a_long_log_is_read(wall: Wall, clock: Clock, tmp_path: Path) -> None:
    live = panel(Going(), wall, clock)
    live.see(started("load", tmp_path, "first line\n" + "é" * 9000 + "\nlast line\n"))
    assert "last line" in wall.last
    assert "first line" not in wall.last


def test_a_log_that_is_not_there_yet_is_no_error(wall: Wall, clock: Clock) -> None:
    live = panel(Going(), wall, clock)
    live.see(TaskStarted(TaskKey(StepName("load")), 0, "/nowhere/out", "/nowhere/err"))
    assert "load" in wall.last


def test_notices_stand_in_the_panel(wall: Wall, clock: Clock) -> None:
    panel(Going(), wall, clock, problems=[problem("N001", option="--pypi")]).tick()
    assert "--pypi is recorded" in wall.last


def test_a_terminal_gets_the_last_picture_as_text(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    going = Going()
    live = panel(going, PlainText(), clock)
    live.tick()
    assert capsys.readouterr().out == ""
    going.status = "succeeded"
    live.settle()
    assert capsys.readouterr().out.startswith("✓ quickstart/3 · succeeded")


def test_in_a_kernel_one_stored_output_is_replaced_until_the_run_is_over() -> None:
    code = """
import time
from nbflow.model.record import RunRecord, StepSummary
from nbflow.model.status import RunStatus
from nbflow.views.live import LivePanel
class Going:
    status = "running"
    def snapshot(self):
        return RunRecord("demo", "1", "run", RunStatus(self.status), "ada", 0.0, started_at=time.time()), ()
going = Going()
panel = LivePanel(going)
for _ in range(5):
    panel.tick()
    time.sleep(0.3)
going.status = "succeeded"
panel.settle()
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=60).execute()
    (output,) = notebook.cells[0].outputs
    assert "demo/1" in output.data["text/html"]
    assert "succeeded" in output.data["text/html"]
    assert output.data["text/plain"].startswith("✓ demo/1 · succeeded")
