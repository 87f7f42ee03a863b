"""A run told line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbflow.frontends.flowspec.terminal.console import Console
from nbflow.frontends.flowspec.terminal.story import Story
from nbflow.model.event import AttemptEnded, ItemsListed, TaskStarted
from nbflow.model.graph import CodeRef, Graph, Node, Scope
from nbflow.model.ids import FlowName, RunId, ScopeName, StepName, TaskKey
from nbflow.model.options import Options
from nbflow.model.record import Failure, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.model.step import Body
from nbflow.runtime.request import Outcome

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (.*)")
START, TRAIN = StepName("start"), StepName("train")
LOST = Failure(
    "ZeroDivisionError", "division by zero", 'File "f.py", line 3\n    1 / 0\nZeroDivisionError: division by zero'
)


def node(name: StepName, opens: Scope | None = None) -> Node:
    scope = (ScopeName(name),) if opens else ()
    return Node(name, scope, (), CodeRef(Body("", 1, "", "", "")), Options(), opens=opens)


@pytest.fixture
def story() -> Story:
    opens = Scope("foreach", (), "names", lister=START)
    return Story(RunId("3"), Graph((node(START), node(TRAIN, opens))), Console(), 1_000_000)


class Tasks:
    """Tasks of a run, as the engine would tell of them."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story = story
        self.folder = folder

    def start(self, key: TaskKey, attempt: int = 0) -> None:
        logs = (str(self.folder / f"{key}-{stream}") for stream in ("out", "err"))
        self.story.see(TaskStarted(key, attempt, *logs, pid=4711))

    def writes(self, key: TaskKey, text: str, stream: str = "out") -> None:
        with (self.folder / f"{key}-{stream}").open("a") as file:
            file.write(text)

    def end(self, key: TaskKey, status: TaskStatus = TaskStatus.SUCCEEDED, **facts: object) -> None:
        record = TaskRecord(key.step, key.id, key.path, status, **facts)  # type: ignore[arg-type]
        self.story.see(AttemptEnded(key, 0, record))


@pytest.fixture
def tasks(story: Story, tmp_path: Path) -> Tasks:
    return Tasks(story, tmp_path)


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was told, each line without its time and process."""
    found = [LINE.fullmatch(line) for line in capsys.readouterr().out.splitlines()]
    assert all(found)
    return [line[1].replace(" (pid 4711)", "") for line in found if line]


def test_a_task_is_told_from_its_start_to_its_end(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.story.begin()
    tasks.start(TaskKey(START))
    tasks.writes(TaskKey(START), "loading\n")
    tasks.writes(TaskKey(START), "slow\n", "err")
    tasks.story.tick()
    tasks.end(TaskKey(START))
    assert told(capsys) == [
        "Workflow starting (run-id 3):",
        "[3/start/0] Task is starting.",
        "[3/start/0] loading",
        "[3/start/0] slow",
        "[3/start/0] Task finished successfully.",
    ]


def test_a_line_has_the_form_that_metaflow_gives_it(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.start(TaskKey(TRAIN, (3, 1), iteration=2))
    line = capsys.readouterr().out
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[3/train/3-1~2 \(pid 4711\)\] Task is starting\.\n", line
    )
    tasks.end(TaskKey(TRAIN, (3, 1)))


def test_what_a_task_wrote_last_is_told_before_its_end(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.start(TaskKey(START))
    tasks.writes(TaskKey(START), "no line's end")
    tasks.end(TaskKey(START))
    assert told(capsys)[1:] == ["[3/start/0] no line's end", "[3/start/0] Task finished successfully."]


def test_a_failure_shows_the_persons_own_frames(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.start(TaskKey(START))
    tasks.end(TaskKey(START), TaskStatus.FAILED, failure=LOST)
    assert told(capsys)[1:] == [
        '[3/start/0] File "f.py", line 3',
        "[3/start/0]     1 / 0",
        "[3/start/0] ZeroDivisionError: division by zero",
        "[3/start/0] Task failed.",
    ]
    assert list(tasks.story.failed) == [TaskKey(START)]


def test_a_retry_says_so(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.start(TaskKey(START))
    tasks.end(TaskKey(START), TaskStatus.WAITING, failure=LOST)
    tasks.start(TaskKey(START), attempt=1)
    tasks.end(TaskKey(START))
    said = told(capsys)
    assert "[3/start/0] Task failed." in said and "[3/start/0] Task is starting (retry)." in said
    assert not tasks.story.failed


def test_a_result_that_is_taken_over_names_the_task_it_is_of(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.end(TaskKey(START), TaskStatus.REUSED, origin="F/2/start/0")
    assert told(capsys) == ["[3/start/0] Cloning results of a previously run task 2/start/0"]


def test_a_foreach_is_announced_by_the_step_that_lists_it(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.start(TaskKey(START))
    tasks.writes(TaskKey(START), "two of them\n")
    tasks.story.see(ItemsListed(TaskKey(TRAIN), 2, 2))
    tasks.end(TaskKey(START))
    for index in (0, 1):
        tasks.start(TaskKey(TRAIN, (index,)))
        tasks.end(TaskKey(TRAIN, (index,)))
    said = told(capsys)
    assert said[1:3] == ["[3/start/0] two of them", "[3/start/0] Foreach yields 2 child steps."]
    assert said.count("[3/train/1] Task finished successfully.") == 1


def test_of_a_foreach_of_many_items_only_what_tasks_write_is_told_and_how_far_it_is(
    tasks: Tasks, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks.story.see(ItemsListed(TaskKey(TRAIN), 100, 100))
    for index in range(100):
        tasks.start(TaskKey(TRAIN, (index,)))
    tasks.writes(TaskKey(TRAIN, (7,)), "seven\n")
    for index in range(100):
        tasks.end(TaskKey(TRAIN, (index,)))
    tasks.story.tick()
    assert told(capsys) == [
        "[3/train/7] seven",
        "[3/train] 100 of 100 tasks finished.",
    ]


def test_of_many_tasks_one_that_fails_is_told(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.story.see(ItemsListed(TaskKey(TRAIN), 100, 100))
    for index in (0, 1):
        tasks.start(TaskKey(TRAIN, (index,)))
    tasks.end(TaskKey(TRAIN, (0,)), TaskStatus.FAILED, failure=LOST)
    said = told(capsys)
    assert "[3/train/0] Task failed." in said
    assert said[-1].startswith("Workflow fails") and "1 active task " in said[-1]


def test_a_task_that_never_ran_is_told_at_the_end(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    failure = (TaskKey(TRAIN), Failure("PlanError", "no list"))
    story.end(Outcome(FlowName("F"), RunId("3"), RunStatus.FAILED, {}, {}, failure))
    assert told(capsys) == ["[3/train/0] PlanError: no list"]
    assert list(story.failed) == [TaskKey(TRAIN)]


def test_an_interrupt_says_what_it_waits_for(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    tasks.start(TaskKey(START))
    tasks.story.interrupted(again=False)
    tasks.end(TaskKey(START), TaskStatus.CANCELLED)
    said = told(capsys)
    assert (
        said[1].startswith("Workflow interrupted. Please avoid pressing Ctrl+C again") and "1 active task " in said[1]
    )
    assert said[2] == "[3/start/0] Task was ended."
