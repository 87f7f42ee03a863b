from __future__ import annotations

from pathlib import Path

from nbflow.model.event import AttemptEnded, TaskStarted
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.views.live.logs import Logs
from tests.unit.views.records import task


def ran(logs: Logs, folder: Path, *records: TaskRecord) -> None:
    """Let these tasks start, and end if they have."""
    for record in records:
        file = folder / f"{record.step}-{record.id}"
        file.write_text(f"said by {record.key}\n")
        logs.see(TaskStarted(record.key, 0, str(file), str(folder / "nothing")))
        if record.status.ended:
            logs.see(AttemptEnded(record.key, 0, record))


def names(keys: list[TaskKey]) -> list[str]:
    return [str(key) for key in keys]


def test_the_first_failures_come_before_what_is_under_way_and_the_latest_of_these_first(tmp_path: Path) -> None:
    logs = Logs()
    going = [task("train", "running", (number,)) for number in range(12)]
    failed = [task("train", "failed", (20 + number,)) for number in range(6)]
    ran(logs, tmp_path, *going, *failed, task("load"))
    assert names(logs.worth([])) == [
        *(f"train[{n}]" for n in (20, 21, 22, 23)),
        *(f"train[{n}]" for n in range(11, 3, -1)),
    ]


def test_where_nothing_goes_on_the_one_that_ended_last_is_worth_a_look(tmp_path: Path) -> None:
    logs = Logs()
    ran(logs, tmp_path, task("load"), task("best"))
    assert names(logs.worth([])) == ["best"]


def test_a_task_that_is_tried_again_is_under_way(tmp_path: Path) -> None:
    logs = Logs()
    ran(logs, tmp_path, task("load"))
    ran(logs, tmp_path, task("other", "running"), task("load", "running"))
    assert names(logs.worth([])) == ["load", "other"]


def test_what_a_person_asked_for_is_there_if_it_is_a_task(tmp_path: Path) -> None:
    logs, records = Logs(), [task("load"), task("best", "running")]
    ran(logs, tmp_path, *records)
    assert names(logs.worth(records, ["load", "gone"])) == ["best", "load"]


def test_in_the_end_each_step_has_the_log_of_its_last_task_below_the_failures(tmp_path: Path) -> None:
    logs = Logs()
    tasks = [task("train", "failed" if number == 1 else "succeeded", (number,)) for number in range(4)]
    ran(logs, tmp_path, task("load"), *tasks, task("best"))
    assert names(logs.lasting()) == ["train[1]", "load", "train[3]", "best"]
    assert logs.ends(logs.lasting())[TaskKey(StepName("best"))] == "said by best"


def test_in_the_end_what_was_cancelled_keeps_its_log_the_longest_first(tmp_path: Path) -> None:
    logs = Logs()
    hung = [task("train", "running", (number,)) for number in (3, 5)]
    ran(logs, tmp_path, task("load"), *hung, task("train", "succeeded", (7,)))
    assert names(logs.lasting()) == ["train[3]", "train[5]", "load", "train[7]"]
    for each in (*hung, task("train", "running", (9,))):
        # one of these never began
        logs.see(AttemptEnded(each.key, 0, task("train", "cancelled", each.path)))
    assert names(logs.lasting()) == ["train[3]", "train[5]", "load", "train[7]"]
    ran(logs, tmp_path, task("train", "succeeded", (3,)))
    assert names(logs.lasting()) == ["train[5]", "load", "train[3]"]


def test_the_log_of_another_run_is_read_where_that_is_known(tmp_path: Path) -> None:
    logs, file = Logs(), tmp_path / "origin"
    file.write_text("said before\n")
    reused = task("load", "reused", origin="demo/1/load/0")
    assert not logs.knows(reused.key)
    logs.add(reused.key, (str(file), str(tmp_path / "nothing")))
    assert logs.knows(reused.key)
    assert logs.ends([reused.key]) == {reused.key: "said before"}
    # it does not run here
    assert names(logs.worth([reused])) == ["load"]
