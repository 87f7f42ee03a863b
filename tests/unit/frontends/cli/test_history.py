"""`nbflow history`: how each run stands, and how long it took."""

from __future__ import annotations

import re
import time
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
