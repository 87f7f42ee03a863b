"""The words of messages."""

from __future__ import annotations

from nbflow.notify.message import Message, Told, message, trial


def text(told: Told) -> str:
    made = message(told)
    return f"[{made.mood}] {made.title}\n{made.body}"


def test_a_run_that_succeeded_says_what_changed_since_the_last_that_did() -> None:
    told = Told(
        "sales/12",
        "succeeded",
        "ada",
        200.0,
        baseline="sales/11",
        changes=("rmse 2.1 → 2.4 (+14.3%)", *(f"m{number} 0 → 1" for number in range(6))),
        compared=9,
    )
    assert text(told) == (
        "[success] ✓ sales/12 succeeded in 3 min 20 s\n"
        "run by ada · took 3 min 20 s\n"
        "Since sales/11, the last that succeeded: rmse 2.1 → 2.4 (+14.3%), m0 0 → 1, m1 0 → 1, m2 0 → 1, m3 0 → 1, and 2 more\n"
        "Look at it: nbflow show sales/12"
    )


def test_the_first_run_has_nothing_to_be_compared_with() -> None:
    assert text(Told("sales/1", "succeeded", "ada", 1.5)) == (
        "[success] ✓ sales/1 succeeded in 1.5 s\n"
        "run by ada · took 1.5 s\n"
        "The first that succeeded: there is nothing to compare it with yet.\n"
        "Look at it: nbflow show sales/1"
    )


def test_a_run_in_which_nothing_changed_says_so() -> None:
    told = Told("sales/2", "succeeded", "ada", 1.0, baseline="sales/1", compared=1)
    assert "Since sales/1, the last that succeeded: 1 metric, none changed." in text(told)


def test_a_run_that_failed_says_where_and_why_in_a_line() -> None:
    told = Told(
        "sales/13",
        "failed",
        "ada",
        12.0,
        step="train[2]",
        error="ValueError: no\nrows",
        more_failed=2,
        link="https://runs.example.org/sales/13",
    )
    assert text(told) == (
        "[failure] ✗ sales/13 failed: train[2]: ValueError: no rows\n"
        "Step train[2] failed: ValueError: no rows\n"
        "2 more tasks failed, too.\n"
        "run by ada · took 12 s · status: failed\n"
        "Look at it: https://runs.example.org/sales/13"
    )


def test_a_run_that_has_become_worse_says_both_values_and_by_what() -> None:
    told = Told(
        "sales/14",
        "succeeded",
        "ada",
        3.0,
        worse="rmse is 2.4, of sales/12 2.1 (+14.3%)",
        condition="rmse > 1.05 * baseline.rmse",
        baseline="sales/12",
    )
    assert text(told) == (
        "[warning] ▼ sales/14 got worse: rmse is 2.4, of sales/12 2.1 (+14.3%)\n"
        "Worse than sales/12: rmse is 2.4, of sales/12 2.1 (+14.3%)\n"
        "By the condition: rmse > 1.05 * baseline.rmse\n"
        "run by ada · took 3.0 s · status: succeeded\n"
        "Look at it: nbflow show sales/14"
    )


def test_a_run_without_its_process_is_lost() -> None:
    assert text(Told("sales/15", "lost", "ada")) == (
        "[failure] ✗ sales/15 was lost\nThe process that ran it is gone.\nrun by ada\nLook at it: nbflow show sales/15"
    )


def test_a_title_is_one_short_line_and_has_no_control_characters() -> None:
    told = Told("sales/16", "failed", "ada", step="train", error="E\r\nBcc: all@example.org \x1b[31m" + "x" * 500)
    made = message(told)
    assert len(made.title) <= 120
    assert not set(made.title + made.body.replace("\n", "")) & set("\r\n\x1b")


def test_a_trial_says_who_tries() -> None:
    assert trial("ada") == Message(
        "✓ a message from nbflow", "ada tries whether messages about runs come here. They do.", "info"
    )
