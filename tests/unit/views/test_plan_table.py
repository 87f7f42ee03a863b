from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbflow.cards.palette import colour
from nbflow.model.ids import StepName, TaskKey
from nbflow.plan.foreseen import Forecast, Reason, StepForecast, TaskForecast
from nbflow.views import plan_table


def step(name: str, *reasons: Reason, **counts: Any) -> StepForecast:
    given = {"total": sum(counts.get(each, 0) for each in ("reused", "runs", "perhaps", "skipped")), **counts}
    return StepForecast(StepName(name), reasons=reasons, **given)


PLAN = Forecast(
    (
        step("load", reused=1),
        step(
            "train",
            Reason("failed last time: ValueError: no", 1),
            Reason("never ran", 12),
            reused=27,
            runs=13,
            seconds=4.1,
            many=True,
        ),
        step(
            "best",
            Reason("after train: runs unless train leaves the same", 1),
            perhaps=1,
            perhaps_seconds=1.1,
        ),
        step("publish", Reason("rmse < 2.5 is false", 1), skipped=1),
    )
)


def test_a_plan_is_a_line_a_step_in_aligned_columns() -> None:
    assert plan_table.text(PLAN, "resuming sales/12").splitlines() == [
        "resuming sales/12",
        "  ↺ load     reused",
        "  ● train    27 reused, 13 run  4.1 s  1 failed last time: ValueError: no; 12 never ran",
        "  ○ best     perhaps            1.1 s  after train: runs unless train leaves the same",
        "  – publish  skipped                   rmse < 2.5 is false",
        "  13 tasks run, 1 perhaps, 28 reused · 4.1 s of work last time, up to 5.2 s",
    ]


def test_no_line_is_longer_than_the_terminal_is_wide() -> None:
    long = Forecast((*PLAN.steps, step("x" * 64, Reason("y" * 500, 1), runs=1)))
    for width in (40, 60, 80, 200):
        lines = plan_table.text(long, "t" * 300, width=width).splitlines()
        assert max(map(len, lines)) <= width and any(line.endswith("…") for line in lines)


def test_where_nothing_runs_it_says_so() -> None:
    found = plan_table.text(Forecast((step("a", reused=1), step("t", reused=3, many=True))), "dry run")
    assert found.splitlines()[1:] == ["  ↺ a  reused", "  ↺ t  3 reused", "  nothing has to run, 4 reused"]


def test_one_task_runs_and_two_tasks_run() -> None:
    assert plan_table.summary(Forecast((step("a", runs=1),))) == "1 task runs"
    assert plan_table.summary(Forecast((step("a", runs=1), step("b", runs=1)))) == "2 tasks run"


def test_what_would_run_on_batch_says_so() -> None:
    steps = (step("a", runs=1), step("b", reused=1), step("c", perhaps=2, total=None, many=True))
    plan = Forecast(tuple(replace(each, on_batch=True) for each in steps))
    assert [line[4:] for line in plan_table.text(plan, "").splitlines()[1:-1]] == [
        "a  runs on AWS Batch",
        "b  reused",
        "c  perhaps about 2 run on AWS Batch",
    ]


def test_a_number_of_items_that_is_not_known_is_no_number() -> None:
    guessed = step("t", Reason("its --foreach changed", 3), runs=3, total=None, many=True)
    perhaps = step("p", Reason("its items are listed anew", 3), perhaps=3, total=None, many=True)
    unknown = step("u", Reason("its items are not known yet", 1), total=None, many=True)
    none = step("v", Reason("no items", 1), total=0, many=True)
    assert plan_table.text(Forecast((guessed, perhaps, unknown, none)), "").splitlines()[1:] == [
        "  ● t  about 3 run          its --foreach changed",
        "  ○ p  perhaps about 3 run  its items are listed anew",
        "  ○ u  ?                    its items are not known yet",
        "  – v  none                 no items",
        "  3 tasks run, 3 perhaps, 3 steps with a number of items that is not known yet",
    ]


def test_reasons_beyond_the_fourth_are_counted() -> None:
    many = step("t", *(Reason(f"r{number}", 2) for number in range(6)), runs=12, many=True)
    assert "2 r3; 4 for other reasons" in plan_table.text(Forecast((many,)), "")


def test_tasks_that_nobody_has_timed_are_told_beside_the_time_of_others() -> None:
    key = TaskKey(StepName("a"))
    timed = Forecast((step("a", runs=2, seconds=1.0),), {key: TaskForecast(key, "runs")})
    assert plan_table.summary(timed) == "2 tasks run · 1.0 s of work last time, 1 task never timed"


def test_work_that_is_only_perhaps_done_is_told_as_such() -> None:
    found = Forecast((step("a", perhaps=1, perhaps_seconds=2.0),))
    assert plan_table.summary(found) == "1 perhaps · up to 2.0 s of work last time"


def test_a_step_in_one_line_for_those_who_explain() -> None:
    assert plan_table.line(PLAN.steps[0]) == "reused"
    assert plan_table.line(PLAN.steps[2]) == "perhaps · after train: runs unless train leaves the same"


def test_html_says_the_same_without_script_and_escapes_what_a_person_wrote() -> None:
    evil = Forecast((*PLAN.steps, step("evil", Reason("<script>alert(1)</script>", 1), runs=1)))
    page = plan_table.html(evil, "dry run of <b>sales</b>")
    for said in ("load", "27 reused, 13 run", "4.1 s", "12 never ran", "dry run of &lt;b&gt;sales", "14 tasks run"):
        assert said in page
    assert "<script" not in page and "&lt;script&gt;" in page
    assert colour("reused") in page and colour("running") in page
