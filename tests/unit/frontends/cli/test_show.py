"""`nbflow show FLOW/RUN --timeline`."""

from __future__ import annotations

from typing import Any


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
