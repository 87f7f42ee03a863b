"""`nbflow history`: how each run stands, and how long it took."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from typing import Any


def rows(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]


def test_a_run_shows_how_long_it_took(shell: Any) -> None:
    shell.run()
    shell.end()
    head, row = rows(shell.type("history"))
    assert head[3] == "TOOK"
    assert row[0] == "quick/1" and row[1] == "succeeded" and row[3] == "4.0 s"


def test_a_running_run_shows_how_long_it_has_gone_on(shell: Any) -> None:
    shell.run("running", started_at=time.time() - 61)
    assert re.search(r"1 min 0\d s so far", shell.type("history"))


def test_a_lost_run_shows_its_last_sign_of_life_and_what_to_type(shell: Any) -> None:
    shell.run("running", gone=True)
    out = shell.type("history")
    assert re.search(r"quick/1\s+lost\s.*≥ 12 s", out)
    assert "nbflow resume quick/1" in shell.error


def test_no_word_about_lost_runs_where_there_are_none(shell: Any) -> None:
    shell.run("running")
    shell.type("history")
    assert shell.error == ""


def test_drafts_show_when_asked_for(shell: Any) -> None:
    shell.run("running")
    shell.run("running", kind="draft", gone=True)
    assert "draft" not in shell.type("history")
    assert "draft" not in shell.error
    assert re.search(r"quick/draft-1\s+lost", shell.type("history", "--drafts"))
    assert "%flow restore draft-1" in shell.error


def test_a_store_with_nothing_but_drafts_says_how_to_see_them(shell: Any) -> None:
    shell.run("running", kind="draft")
    assert shell.type("history") == ""
    assert "nbflow history --drafts" in shell.error


def test_parameters_that_were_given_show_as_a_person_writes_them(shell: Any) -> None:
    given = {"day": ("date", {"$date": "2026-01-02"}, "given"), "alpha": ("float", 0.1, "default")}
    shell.run(parameters=given)
    assert "day=2026-01-02" in shell.type("history")
    assert "alpha" not in shell.type("history")


def test_filters_narrow_the_list_and_an_order_turns_it(shell: Any) -> None:
    for alpha, user in ((0.1, "ada"), (0.3, "grace"), (0.2, "ada")):
        run = shell.run(parameters={"alpha": ("float", alpha, "given")}, user=user, tags=frozenset({user}))
        shell.task(run, "train", left={"rmse": 1 - alpha})
        shell.end()
    shell.run("failed", flow="other")
    shell.end()

    def found(*words: str) -> list[str]:
        return [row[0] for row in rows(shell.type("history", *words))[1:]]

    assert found() == ["other/1", "quick/3", "quick/2", "quick/1"]
    assert found("--status", "failed", "--status", "lost") == ["other/1"]
    assert found("quick", "--user", "ada") == ["quick/3", "quick/1"]
    assert found("--tag", "grace", "--since", "1h") == ["quick/2"]
    assert found("--where", "alpha>0.15", "--sort", "alpha") == ["quick/3", "quick/2"]
    assert found("--until", "2020-01-01") == [] and "no run fits: until 2020-01-01" in shell.error
    head, best, *_ = rows(shell.type("history", "quick", "--sort", "rmse"))
    assert head[4] == "rmse" and best[:1] + best[4:5] == ["quick/2", "0.7"]
    assert len(rows(shell.type("history", "-n", "2"))) == 3 and "2 of 4 runs: -n 4" in shell.error


def test_a_filter_that_names_what_no_run_has_says_what_was_meant(shell: Any) -> None:
    shell.run()
    shell.end()
    assert shell.type("history", "--status", "success") == ""
    assert shell.code == 1 and "Did you mean 'succeeded'?" in shell.error


def test_as_json_a_program_gets_all_of_it(shell: Any) -> None:
    day = {"day": ("date", {"$date": "2026-01-02"}, "default")}
    run = shell.run(parameters=day, tags=frozenset({"b", "a"}), source="quick.ipynb")
    shell.task(run, "train", left={"rmse": 0.5, "df": [1, 2]})
    shell.end()
    (found,) = json.loads(shell.type("history", "--json"))
    assert datetime.fromisoformat(found.pop("started")).tzinfo is not None and found.pop("finished")
    assert found == {
        "run": "quick/1",
        "flow": "quick",
        "status": "succeeded",
        "seconds": 4.0,
        "user": "ada",
        "tags": ["a", "b"],
        "origin": None,
        "reason": "",
        "source": "quick.ipynb",
        "parameters": {"day": {"$date": "2026-01-02"}},
        "metrics": {"rmse": 0.5},
    }
    assert shell.type("history", "--json", "--status", "failed") == "[]\n"


def test_how_many_may_be_said_as_in_a_notebook(shell: Any) -> None:
    for _ in range(3):
        shell.run()
    for words in (("2",), ("quick", "2"), ("-n", "2")):
        assert [row[0] for row in rows(shell.type("history", *words))[1:]] == ["quick/3", "quick/2"]
