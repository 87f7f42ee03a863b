from __future__ import annotations

from dataclasses import replace

import pytest

from nbflow.cards import Markdown, Plotly, ValueBox
from nbflow.cards.html import Html, picture
from nbflow.cards.sanitize import text_of
from nbflow.cards.task_card import TaskFacts, blank_body, default_body, error_body, laid_out

TASK = TaskFacts(
    title="train",
    status="succeeded",
    pathspec="prices/17/train/3",
    subtitle="region = 'coast'",
    took="12 s",
    facts=[("started", "today")],
    parameters=[("alpha", "0.25", "default")],
    artifacts=[("model", "sklearn.Ridge", 4213, "Ridge()"), ("rmse", "float", None, "2.4")],
    stdout="one\ntwo\n",
    stderr="warned",
    graph=picture("<svg/>", "the flow"),
)
HOSTILE = "\x1b[31m\u202e<script>x</script>"


def test_what_a_person_put_there_comes_first_then_what_was_displayed_then_the_facts() -> None:
    body = default_body(TASK, [Markdown("# Mine")], [{"text/plain": "shown"}])
    found = [
        body.index(each)
        for each in ("prices/17", "train</span>", "succeeded", "12 s", "coast", "Mine", "shown", "Parameters")
    ]
    assert found == sorted(found)
    assert "<h2>Displayed</h2>" in body
    assert " open>" not in body


def test_of_a_task_that_put_nothing_there_the_facts_are_unfolded() -> None:
    body = default_body(TASK)
    assert body.count(" open>") == 2
    words = text_of(body)
    for each in (
        "alpha 0.25 default",
        "model sklearn.Ridge 4.2 kB Ridge()",
        "rmse float 2.4",
        "one",
        "warned",
        "started today",
    ):
        assert each in words
    assert 'alt="the flow"' in body


def test_what_was_displayed_alone_needs_no_heading() -> None:
    body = default_body(TASK, displayed=[{"data": {"text/html": "<b>x</b>"}, "metadata": {}}])
    assert "<b>x</b>" in body and "<h2>" not in body


def test_a_failure_stands_above_all() -> None:
    failed = replace(TASK, status="failed", failure="ValueError: bad", traceback="line 1")
    body = default_body(failed, [Markdown("# Mine")])
    assert body.index("ValueError: bad") < body.index("Mine")
    assert "traceback" in body and "went on" not in body
    assert " open>" in body and " open>" not in default_body(replace(failed, traceback="line\n" * 40))
    assert "the flow went on" in default_body(replace(failed, caught=True))


def test_a_task_of_which_nothing_is_known_has_a_card() -> None:
    body = default_body(TaskFacts(title="load", status="running"))
    assert "load" in body and "running" in body and "<details" not in body


def test_value_boxes_that_follow_each_other_stand_side_by_side() -> None:
    body = laid_out([ValueBox("a", 1), ValueBox("b", 2), Markdown("c"), ValueBox("d", 3)])
    assert body.count('class="card boxes"') == 2 and body.count('class="card"') == 1


def test_a_blank_card_has_what_was_appended_alone() -> None:
    assert text_of(blank_body([Markdown("only this")])) == "only this"


def test_a_card_of_an_error_says_what_and_where() -> None:
    words = text_of(error_body("Card 'a' could not be made", "ValueError: <b>", "line 1", "prices/17/train/3"))
    for each in ("Card 'a' could not be made", "ValueError: <b>", "line 1", "prices/17/train/3"):
        assert each in words


def test_a_log_keeps_its_last_lines() -> None:
    body = default_body(replace(TASK, stdout="\n".join(map(str, range(1000)))))
    assert "1000 lines" in body and "800 earlier lines" in body and ">799" not in body and "999" in body


def test_no_text_of_a_task_acts_or_turns_words_around() -> None:
    body = default_body(
        TaskFacts(
            *(HOSTILE,) * 5,
            facts=[(HOSTILE, HOSTILE)],
            parameters=[(HOSTILE,) * 3],
            artifacts=[(HOSTILE, HOSTILE, 1, HOSTILE)],
            failure=HOSTILE,
            traceback=HOSTILE,
            stdout=HOSTILE,
            stderr=HOSTILE,
        )
    )
    assert body.count("&lt;script&gt;") >= 14
    assert "<script" not in body and "\u202e" not in body and "\x1b" not in body


@pytest.mark.parametrize("bundle", [{}, {"data": None}, {"data": {}}, {"text/plain": None}])
def test_a_bundle_of_nothing_is_shown_as_that(bundle: dict[str, object]) -> None:
    assert default_body(TASK, displayed=[bundle])


def test_a_figure_that_was_displayed_is_found_by_the_page() -> None:
    from nbflow.cards.document import document, draws

    body = default_body(TASK, displayed=[{"application/vnd.plotly.v1+json": {"data": [{"y": [1]}]}}])
    assert isinstance(body, Html) and draws(document(body, title="x", whole=False))
    assert Plotly({"data": []}).html() not in body
