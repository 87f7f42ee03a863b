"""How a task's failure looks in its cell."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

from nbflow.errors import Place
from nbflow.frontends.magics.failure import folded, own_frames, task_failed
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import Failure

PLACE = Place(cell="In [3]", step="train", line=2)


def shown(failure: Failure, path: tuple[int, ...] = ()) -> list[str]:
    return task_failed(TaskKey(StepName("train"), path), failure, PLACE)._render_traceback_()


def test_an_exception_shows_its_traceback_and_which_item_it_was() -> None:
    text = (
        'Traceback (most recent call last):\n  File "<In [3]>", line 2, in <module>\n    1 / 0\nZeroDivisionError: x\n'
    )
    failure = Failure("ZeroDivisionError", "x", text)
    assert shown(failure) == text.splitlines()
    assert shown(failure, (4,)) == ["in train[4]:", *text.splitlines()]


def test_a_librarys_frame_is_told_in_a_line_and_a_persons_stays(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("import json\n\n\ndef read():\n    return json.loads('{')\n")
    space: dict[str, object] = {}
    exec(compile(file.read_text(), str(file), "exec"), space)
    try:
        space["read"]()  # type: ignore[operator]
    except json.JSONDecodeError:
        lines = own_frames(traceback.format_exc())
    assert f'  File "{file}", line 5, in read' in lines and "    return json.loads('{')" in lines
    told = [line for line in lines if line.startswith("  raised in ")]
    assert told[0].startswith("  raised in json/__init__.py · line ") and told[0].endswith(" · loads")
    assert not any("raw_decode(" in line for line in lines)
    assert lines[-1].startswith("json.decoder.JSONDecodeError: Expecting")


def test_a_problem_of_ours_has_its_four_lines() -> None:
    failure = Failure("TaskError", "train changed lst\nlater steps would see\nassign it", "", "T012")
    assert shown(failure) == [
        "NBF-T012  train changed lst",
        "  where  In [3] · %%step train · line 2",
        "  why    later steps would see",
        "  fix    assign it",
    ]
    longer = Failure("TaskError", "train changed lst\na\nb\nc\nd", "", "T012")
    head, *rest = longer.told.splitlines()
    assert shown(longer) == [
        head,
        "  where  In [3] · %%step train · line 2",
        *(f"         {line.strip()}" for line in rest),
    ]


def test_a_death_has_its_reason_and_what_to_do() -> None:
    failure = Failure("WorkerDied", "the worker of train died: SIGTERM\nsent it, of 2.5 GB. run it again", "", "T003")
    assert shown(failure)[2:] == ["  why    sent it, of 2.5 GB", "  fix    run it again"]
    failure = Failure("WorkerDied", "the worker of train died: SIGTERM\nsent it", "", "T003")
    assert shown(failure)[2:] == ["  why    sent it"]
    assert shown(Failure("WorkerDied", "the worker of train died: SIGTERM", "", "T003"))[2:] == []


def test_a_problem_of_ours_in_a_run_says_the_same_and_which_item_it_was() -> None:
    failure = Failure("TaskError", "train changed lst\nlater steps would see\nassign it", "", "T012")
    error = task_failed(TaskKey(StepName("train"), (1,)), failure, PLACE)
    error.shown_in = "flow/1"
    assert error._render_traceback_() == [
        "NBF-T012  train changed lst",
        "  where  train[1], In [3] · %%step train · line 2",
        "  why    later steps would see",
        "  fix    assign it",
        "%flow debug looks into it, %flow resume goes on afterwards",
    ]


def test_what_is_longer_than_a_screen_is_folded() -> None:
    lines = [f"row {number}" for number in range(500)]
    told = folded(["x" * 5000, *lines])
    assert len(told) == 61 and told[-1] == "row 499" and told[20] == "… 441 lines …"
    assert told[0].startswith("xxx") and "… 4600 characters …" in told[0]
    assert folded(lines[:60]) == lines[:60]
