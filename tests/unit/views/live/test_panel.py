"""When a live panel draws, what it shows of logs, what it does with what a person asks. Where it shows is `test_screens`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import problem
from nbflow.model.event import AttemptEnded, ItemsListed, RunEnded, TaskStarted
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.views.live.hub import INTERVAL
from nbflow.views.live.panel import LivePanel, Origin
from nbflow.views.live.scene import Scene
from tests.unit.views.records import START, run, task

LISTED = ItemsListed(TaskKey(StepName("train")), 40, 40)


class Going:
    """A run that stands as it was told."""

    def __init__(self, status: str = "running", *tasks: TaskRecord) -> None:
        self.status, self.tasks = status, tasks

    def snapshot(self) -> tuple[RunRecord, tuple[TaskRecord, ...]]:
        return run(self.status), self.tasks


class Wall:
    """Keeps every scene that was shown."""

    beat, bandwidth = 1.0, 1e6

    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        self.finals: list[bool] = []
        self.anew: list[bool] = []
        self.say: Callable[[Mapping[str, object]], None] = lambda _: None

    def listen(self, hear: Callable[[Mapping[str, object]], None]) -> None:
        self.say = hear

    def show(self, scene: Scene, *, final: bool, again: bool, settled: bool) -> int:
        self.scenes.append(scene)
        self.finals.append(final)
        self.anew.append(again)
        return 0

    @property
    def last(self) -> str:
        return self.scenes[-1].bundle()["text/html"]


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class Hub:
    """Whose turn it is, by hand."""

    def __init__(self) -> None:
        self.views: list[Any] = []

    def add(self, view: Any) -> None:
        self.views.append(view)

    def settle(self, view: Any) -> None:
        self.views.remove(view)

    def wake(self) -> None:
        pass


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def panel(going: Going, wall: Any, clock: Clock, origin: Origin | None = None) -> LivePanel:
    made = LivePanel(going, wall, origin, hub=Hub(), clock=clock, now=lambda: START + 1)  # type: ignore[arg-type]
    made.open()
    return made


def turn(live: LivePanel, clock: Clock, seconds: float = 0.0) -> bool:
    """Let the hub look `seconds` later; return whether it drew."""
    clock.time += seconds
    due = live.due(clock.time)
    if due:
        live.refresh()
    return due


def test_a_thousand_events_in_a_tenth_of_a_second_are_one_picture(wall: Wall, clock: Clock) -> None:
    live = panel(Going(), wall, clock)
    for _ in range(1000):
        live.see(LISTED)
        turn(live, clock, INTERVAL / 1001)
    assert len(wall.scenes) == 1
    assert turn(live, clock, INTERVAL)


def test_what_happened_last_is_shown_by_the_next_picture(wall: Wall, clock: Clock) -> None:
    going = Going()
    live = panel(going, wall, clock)
    going.tasks = (task("load"),)
    live.see(LISTED)
    assert "succeeded" not in wall.last
    assert turn(live, clock, INTERVAL)
    assert "succeeded" in wall.last


def test_nothing_is_drawn_when_nothing_happened_but_the_clock_goes_on(wall: Wall, clock: Clock) -> None:
    live = panel(Going(), wall, clock)
    assert not turn(live, clock, wall.beat / 2)
    assert turn(live, clock, wall.beat)


def test_a_picture_that_took_long_is_followed_by_a_longer_pause(clock: Clock) -> None:
    class Slow(Wall):
        def show(self, scene: Scene, **how: bool) -> int:
            clock.time += 0.5
            return super().show(scene, **how)

    slow = Slow()
    live = panel(Going(), slow, clock)
    drawn = 0
    for _ in range(100):
        live.see(LISTED)
        drawn += turn(live, clock, 0.02)
    assert drawn == 1


def test_a_large_picture_is_followed_by_a_longer_pause(clock: Clock) -> None:
    class Large(Wall):
        def show(self, scene: Scene, **how: bool) -> int:
            super().show(scene, **how)
            return 2_000_000

    live = panel(Going(), Large(), clock)
    live.see(LISTED)
    assert not turn(live, clock, 1.9)
    assert turn(live, clock, 0.2)


def test_the_last_picture_is_final_and_the_only_one_after_the_end(wall: Wall, clock: Clock) -> None:
    going = Going()
    live = panel(going, wall, clock)
    going.status = "succeeded"
    live.see(RunEnded(RunStatus.SUCCEEDED))
    live.settle()
    live.settle()
    assert not turn(live, clock, 60)
    assert wall.finals == [False, True]
    assert "succeeded" in wall.last


def test_a_front_end_that_is_gone_ends_the_panel_and_nothing_else(clock: Clock) -> None:
    class Gone(Wall):
        tries = 0

        def show(self, scene: Scene, **how: bool) -> int:
            self.tries += 1
            raise ConnectionError

    gone = Gone()
    live = panel(Going(), gone, clock)
    live.see(LISTED)
    assert not turn(live, clock, 60)
    live.settle()
    assert gone.tries == 1


# ---- logs


def started(step: str, folder: Path, text: str, path: tuple[int, ...] = ()) -> TaskStarted:
    out, err = folder / f"{step}{path}.out", folder / f"{step}{path}.err"
    out.write_text(text)
    return TaskStarted(TaskKey(StepName(step), path), 0, str(out), str(err))


def test_the_log_of_the_task_that_started_last_comes_first(wall: Wall, clock: Clock, tmp_path: Path) -> None:
    live = panel(Going(), wall, clock)
    live.see(started("load", tmp_path, "loading\n"))
    assert turn(live, clock, 1)
    assert "loading" in wall.last
    live.see(started("train", tmp_path, "epoch 1\n", (3,)))
    assert turn(live, clock, 1)
    assert "log of train[3]" in wall.last
    assert "epoch 1" in wall.last
    assert "loading" not in wall.last


def test_the_log_of_the_first_failure_stays(wall: Wall, clock: Clock, tmp_path: Path) -> None:
    live = panel(Going(), wall, clock)
    live.see(started("load", tmp_path, "about to fail\n"))
    live.see(AttemptEnded(TaskKey(StepName("load")), 0, task("load", "failed")))
    live.see(started("other", tmp_path, "fine\n"))
    live.settle()
    assert "about to fail" in wall.last
    assert "fine\n" not in wall.last


def test_only_the_end_of_a_long_log_is_read(wall: Wall, clock: Clock, tmp_path: Path) -> None:
    live = panel(Going(), wall, clock)
    live.see(started("load", tmp_path, "first line\n" + "é" * 9000 + "\nlast line\n"))
    live.settle()
    assert "last line" in wall.last
    assert "first line" not in wall.last


def test_a_log_that_is_not_there_yet_is_no_error(wall: Wall, clock: Clock) -> None:
    live = panel(Going(), wall, clock)
    live.see(TaskStarted(TaskKey(StepName("load")), 0, "/nowhere/out", "/nowhere/err"))
    live.settle()
    assert "load" in wall.last


def test_notices_stand_in_the_panel(wall: Wall, clock: Clock) -> None:
    panel(Going(), wall, clock, Origin(problems=[problem("N004", step="gone")]))
    assert "gone is left out" in wall.last


# ---- what a person asks


def test_a_task_that_was_asked_for_is_shown_with_its_log_after_the_end_too(
    wall: Wall, clock: Clock, tmp_path: Path
) -> None:
    tasks = [task("train", path=(number,)) for number in range(3)]
    live = panel(Going("succeeded", *tasks), wall, clock)
    for each in tasks:
        live.see(started("train", tmp_path, f"item {each.path[0]}\n", each.path))
        live.see(AttemptEnded(each.key, 0, each))
    live.settle()
    assert TaskKey(StepName("train"), (0,)) not in wall.scenes[-1].logs
    wall.say({"type": "look", "task": "train[0]"})
    assert turn(live, clock)
    assert wall.scenes[-1].logs[TaskKey(StepName("train"), (0,))] == "item 0"


def test_the_log_of_a_reused_task_is_the_one_of_the_run_that_wrote_it(wall: Wall, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("written before\n")
    reused = task("train", "reused", (0,), origin="quickstart/1/train/0")

    def logs(record: TaskRecord) -> tuple[str, str] | None:
        return (str(tmp_path / "out"), "/nowhere") if record.origin == "quickstart/1/train/0" else None

    live = panel(Going("running", reused, task("load")), wall, clock, Origin(logs=logs))
    for name in ("train[0]", "load"):
        wall.say({"type": "look", "task": name})
    assert turn(live, clock)
    assert {str(key): log for key, log in wall.scenes[-1].logs.items()} == {"train[0]": "written before", "load": ""}


def test_who_comes_anew_is_told_everything_and_is_known_to_look(wall: Wall, clock: Clock) -> None:
    greeted: list[bool] = []
    live = panel(Going(), wall, clock, Origin(greeted=lambda: greeted.append(True)))
    wall.say({"type": "hello"})
    assert turn(live, clock)
    assert wall.anew == [False, True]
    assert greeted == [True]


def test_cancel_asks_the_run_once_and_says_so(wall: Wall, clock: Clock) -> None:
    asked: list[bool] = []
    live = panel(Going(), wall, clock, Origin(cancel=lambda: asked.append(True)))
    wall.say({"type": "cancel"})
    assert turn(live, clock)
    assert asked == [True]
    assert wall.scenes[-1].live()["run"]["asked"]


def test_what_comes_too_late_or_makes_no_sense_does_nothing(wall: Wall, clock: Clock) -> None:
    asked: list[bool] = []
    live = panel(Going(), wall, clock, Origin(cancel=lambda: asked.append(True)))
    live.settle()
    for message in ({"type": "cancel"}, {"type": "dance"}, {}, {"type": "look"}, {"type": "look", "task": [1]}):
        wall.say(message)
    turn(live, clock)
    assert asked == []


def test_a_panel_that_is_forgotten_lets_go_of_its_run(wall: Wall, clock: Clock) -> None:
    live = panel(Going(), wall, clock)
    live.settle()
    live.forget()
    wall.say({"type": "look", "task": "load"})
    assert not turn(live, clock, 1)
    live.refresh()
    assert len(wall.scenes) == 2


def test_earlier_runs_are_asked_once_and_not_for_the_first_picture(wall: Wall, clock: Clock) -> None:
    asked: list[bool] = []

    def past() -> dict[str, float]:
        asked.append(True)
        return {"load": 3.0}

    live = panel(Going(), wall, clock, Origin(past=past))
    assert not asked
    for _ in range(3):
        turn(live, clock, 2)
    assert asked == [True]
    assert wall.scenes[-1].past == {"load": 3.0}
