"""A timeline as HTML and as text."""

from __future__ import annotations

import pytest

from nbflow.model.record import TaskRecord
from nbflow.views.timeline import page
from nbflow.views.timeline.plan import Plan, Wanted, plan
from nbflow.views.timeline.spans import tracks
from nbflow.views.timeline.text import text
from tests.unit.views.records import START, artifact, failure, run, summary, task

NOW = START + 100
EVIL = "<img src=x onerror=alert(1)>\x1b[31m\u202e"
LONG = "a" * 64


def planned(tasks: list[TaskRecord], wanted: Wanted | None = None, **more: object) -> Plan:
    record = run(**more)  # type: ignore[arg-type]
    return plan(record, record.steps, tracks(record, tasks, {}, NOW), wanted or Wanted(), NOW)


def wide(count: int) -> list[TaskRecord]:
    items = [artifact("str", scalar=f"item {number}") for number in range(count)]
    return [
        task("load"),
        *(task("train", path=(number,), at=1.0, item=items[number], took=1.0 + number) for number in range(count)),
    ]


def test_a_file_lists_few_of_many_tasks_those_that_failed_first() -> None:
    tasks = [*wide(500), task("train", "failed", (500,), at=1.0, failure=failure())]
    shown = page.static(planned(tasks))
    assert "50 of the 501 tasks of train" in shown
    assert "[500]" in shown and "[499]" in shown and ">[0]<" not in shown
    assert len(shown) < 200_000
    assert "data-act" not in shown and "<button" not in shown


def test_a_live_page_leads_to_tasks_and_unfolds_steps() -> None:
    shown = page.live(planned(wide(3), Wanted(unfolded={"train": 0})), "quickstart/3")
    assert 'data-act="fold" data-argument="train"' in shown
    assert 'data-act="go" data-argument="quickstart/3/train/2"' in shown
    assert 'data-act="go" data-argument="quickstart/3/load/0"' in shown
    assert "&#x27;item 2&#x27;" in shown


def test_pages_of_many_tasks_can_be_turned() -> None:
    shown = page.live(planned(wide(250), Wanted(unfolded={"train": 1})), "quickstart/3")
    assert "101 to 200 of 250" in shown
    assert 'data-argument="train 0"' in shown and 'data-argument="train 2"' in shown


def test_names_items_and_failures_are_escaped_and_harmless() -> None:
    tasks = [
        task("load", reason=EVIL),
        task("train", "failed", (0,), item=artifact(EVIL, scalar=EVIL), failure=failure(message=EVIL)),
    ]
    found = planned(
        tasks, Wanted(unfolded={"train": 0}), steps=(summary("load"), summary("train", label=EVIL, scope="train"))
    )
    for shown in (page.static(found), page.live(found, "quickstart/3"), page.legend(found), page.controls(found)):
        assert "<img src=x" not in shown and "\x1b" not in shown and "\u202e" not in shown
    assert "\x1b" not in text(found, "title")


@pytest.mark.parametrize("width", [40, 80, 140])
def test_text_keeps_to_its_width_whatever_names_are_like(width: int) -> None:
    steps = (summary("load"), summary(LONG, "load"), summary("train", "load", scope="train"))
    tasks = [*wide(20), task(LONG, "failed", at=3.0, took=40.0, failure=failure())]
    lines = text(planned(tasks, steps=steps), "quickstart/3", width).splitlines()
    assert max(map(len, lines)) <= width
    assert any("x" in line and "✗" in line for line in lines)
    assert any("20 tasks" in line for line in lines) or width < 60


def test_nothing_yet_is_said_in_words() -> None:
    assert "Nothing has run yet." in page.static(planned([], status="pending"))
    assert "No task ran." in text(planned([], status="cancelled"), "quickstart/3")
    assert "No task ran." in page.static(planned([], status="failed"))
