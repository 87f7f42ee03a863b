"""`nbflow show FLOW/RUN --timeline`."""

from __future__ import annotations

from typing import Any

import pytest


def test_the_timeline_of_a_run_has_a_line_a_step(shell: Any) -> None:
    run = shell.run()
    shell.task(run, "load")
    shell.task(run, "train", (0,))
    shell.task(run, "train", (1,), status="failed")
    shell.end()
    lines = shell.type("show", "quick/1", "--timeline").splitlines()
    assert lines[0].split()[1] == "quick/1"
    assert [line.split()[1] for line in lines if line.lstrip()[:1] in "✓✗"][1:] == ["load", "train"]
    assert shell.code == 0
    # without a run it is the latest one
    assert shell.type("show", "quick", "--timeline").splitlines() == lines


def test_the_timeline_of_no_run_is_an_error(shell: Any) -> None:
    run = shell.run()
    shell.task(run, "load")
    shell.end()
    shell.type("show", "quick/7", "--timeline")
    assert shell.code != 0 and "NBF-M002" in shell.error


def test_a_part_of_a_run_has_its_own_page(shell: Any) -> None:
    run = shell.run()
    shell.task(run, "load", left={"rows": 3}, stdout="loaded\n")
    shell.task(run, "train", (0,))
    shell.task(run, "train", (1,), status="failed")
    shell.end()
    step = shell.type("show", "quick/1/train")
    assert "quick/1/train" in step.splitlines()[0] and "2 tasks" not in step and "1 failed, 1 succeeded" in step
    assert "loaded" in shell.type("show", "quick/1/load") and "loaded" in shell.type("show", "quick/1/load/0")
    assert "nbflow dump quick/1/load/0/rows" in shell.type("show", "quick/1/load/0/rows")
    assert shell.code == 0 and not shell.error
    shell.type("show", "quick/1/trian")
    assert shell.code == 1 and "M003" in shell.error


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("artifacts", "sales/5"), "nbflow dump sales/5\n"),
        (("timeline",), "nbflow show FLOW/RUN --timeline\n"),
        (("view", "a b/1"), "nbflow logs 'a b/1'\n"),
        (("cards", "sales/5"), "nbflow card list sales/5\n"),
        (("plan",), "nbflow {run,"),
    ],
)
def test_what_only_notebooks_have_is_told_by_its_name_in_a_terminal(
    shell: Any, words: tuple[str, ...], fix: str
) -> None:
    shell.type(*words)
    assert shell.code == 2 and "NBF-R006" in shell.error and fix in shell.error
