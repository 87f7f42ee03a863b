"""`nbflow logs`: where the run is left out, the latest one is meant."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def two_runs(shell: Any) -> Any:
    for word in ("old", "new"):
        run = shell.run()
        shell.task(run, "load", stdout=f"{word} load\n")
        shell.task(run, "train", (0,), stdout=f"{word} first\n")
        shell.task(run, "train", (1,), stdout=f"{word} second\n")
        shell.end()
    draft = shell.run("running", kind="draft")
    shell.task(draft, "load", stdout="draft load\n")
    return shell


@pytest.mark.parametrize(
    ("pathspec", "said"),
    [
        ("quick", "[load/0] new load\n[train/0] new first\n[train/1] new second\n"),
        ("quick/load", "new load\n"),
        ("quick/train", "[train/0] new first\n[train/1] new second\n"),
        ("quick/train/1", "new second\n"),
        ("quick/1/train/0", "old first\n"),
        ("quick/draft-1/load", "draft load\n"),
        ("quick.ipynb/load", "new load\n"),
        ("some/folder/quick.ipynb", "[load/0] new load\n[train/0] new first\n[train/1] new second\n"),
    ],
)
def test_a_step_without_a_run_is_one_of_the_latest_run(two_runs: Any, pathspec: str, said: str) -> None:
    assert two_runs.type("logs", pathspec) == said


@pytest.mark.parametrize(
    ("pathspec", "code", "hint"),
    [
        ("quick/tain", "M003", "train"),
        ("quick/train/7", "M004", ""),
        ("quick/2/train/7", "M004", ""),
        ("quck", "M001", "quick"),
        ("quick/Train", "M006", ""),
        ("quick/2/train/0/model", "M006", "its task"),
    ],
)
def test_what_is_not_there_is_told_and_nothing_is_printed(two_runs: Any, pathspec: str, code: str, hint: str) -> None:
    assert two_runs.type("logs", pathspec) == ""
    assert f"NBF-{code}" in two_runs.error and hint in two_runs.error
    assert two_runs.code == 1


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("logs quick trian", "nbflow logs quick/train"),
        ("logs quick/1 train 0", "nbflow logs quick/1/train/0"),
        ("dump quick load", "nbflow dump quick/load"),
        ("show quick/1 load", "nbflow show quick/1/load"),
        ("logs nothing load", "nbflow logs nothing/load"),
    ],
)
def test_what_stands_behind_a_blank_is_put_behind_a_slash(two_runs: Any, words: str, meant: str) -> None:
    two_runs.type(*words.split())
    assert two_runs.code == 2 and two_runs.error.splitlines()[0].endswith(f"behind a slash:  {meant}")


def test_an_option_behind_a_place_is_none_of_its_parts(two_runs: Any) -> None:
    two_runs.type("logs", "quick", "--qqq")
    assert two_runs.code == 2 and "unknown option '--qqq'." in two_runs.error and "slash" not in two_runs.error


def test_to_cancel_nothing_in_particular_names_the_runs_that_are_under_way(two_runs: Any) -> None:
    two_runs.type("cancel")
    assert two_runs.code == 2 and "NBF-R004  nbflow cancel: it ends a run, and none is named; none" in two_runs.error
    run = two_runs.run("running")
    two_runs.type("cancel")
    assert two_runs.error.rstrip().endswith(f"  fix    nbflow cancel quick/{run}")


def test_help_is_a_word_as_well(two_runs: Any) -> None:
    assert two_runs.type("help") == two_runs.type("--help") != ""
    assert two_runs.type("help", "logs") == two_runs.type("logs", "--help") != ""


def test_a_flow_that_only_has_drafts_names_the_newest(shell: Any) -> None:
    shell.run("running", kind="draft")
    shell.run("running", kind="draft")
    shell.type("logs", "quick/load")
    assert "NBF-M002" in shell.error and "quick/draft-2" in shell.error


def test_a_step_that_has_not_run_is_said_to_have_no_tasks(shell: Any) -> None:
    shell.run("running")
    assert shell.type("logs", "quick/train") == ""
    assert shell.error == "quick/1/train has no tasks yet\n"
