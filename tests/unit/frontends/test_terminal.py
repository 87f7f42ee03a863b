"""The terminal as a person uses it: real processes, their output, streams and exit codes."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from terminal import Terminal

CELLS = (
    "%%parameters\nalpha: float = 0.1  # learning rate\nnames: list[str] = ['a', 'b']",
    "%%step load\nx = 2\nprint('loading')",
    "%%step each --foreach names --as name\ny = name * int(x)\nprint('each', name)",
    "%%step all --join each\nz = [t.y for t in inputs]",
)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    made.write(*CELLS)
    return made


def test_a_run_prints_plain_lines_and_leaves_a_run_that_can_be_looked_at(terminal: Terminal) -> None:
    done = terminal.run("run", "nb.ipynb", "-p", 'names=["p", "q", "r"]', "--tag", "weekly", "--run-id-file", "id")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stderr and "\r" not in done.stderr
    assert "nb/1" in done.stderr and "3 tasks" in done.stderr and "succeeded" in done.stderr
    assert (terminal.folder / "id").read_text() == "1"
    shown = terminal.run("show", "nb/1")
    assert shown.returncode == 0 and "each" in shown.stdout and "succeeded" in shown.stdout
    assert "weekly" in terminal.run("history").stdout
    assert "each r" in terminal.run("logs", "nb/1/each/2").stdout
    assert "[each/0] each p" in terminal.run("logs", "nb").stdout


def test_a_failed_step_exits_with_1_and_shows_the_cells_own_line(terminal: Terminal) -> None:
    terminal.write("%%step a\nx = 1", "%%step b\ny = x\nz = y / 0")
    done = terminal.run("run", "nb.ipynb")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr and "z = y / 0" in done.stderr and "cell 2" in done.stderr
    assert "nbflow/task" not in done.stderr
    assert "failed" in terminal.run("history").stdout


@pytest.mark.parametrize(
    ("words", "code", "fix"),
    [
        (("run", "nope.ipynb"), "NBF-R001", ""),
        (("run", "n.ipynb"), "NBF-R001", "nb.ipynb"),
        (("run", "nb.ipynb", "-p", "alpha=high"), "NBF-P002", ""),
        (("run", "nb.ipynb", "-p", "apha=1"), "NBF-P003", "alpha"),
        (("run", "nb.ipynb", "-p", "alpha"), "NBF-R004", "-p alpha=VALUE"),
        (("rum", "nb.ipynb"), "NBF-R006", "run"),
        (("explain", "NBF-G999"), "NBF-R006", ""),
    ],
)
def test_what_makes_no_sense_exits_with_2_before_anything_runs(
    terminal: Terminal, words: tuple[str, ...], code: str, fix: str
) -> None:
    done = terminal.run(*words)
    assert done.returncode == 2, done.stderr
    assert code in done.stderr and fix in done.stderr
    assert "Traceback" not in done.stderr
    assert terminal.run("history").stdout == ""


def test_files_that_are_no_notebooks_are_told_apart(terminal: Terminal) -> None:
    (terminal.folder / "torn.ipynb").write_text('{"cells": [')
    (terminal.folder / "binary.ipynb").write_bytes(b"\xff\xfe\x00")
    terminal.write("x = 1", name="plain.ipynb")
    for name, code in (("torn.ipynb", "R002"), ("binary.ipynb", "R002"), ("plain.ipynb", "R003")):
        done = terminal.run("check", name)
        assert done.returncode == 2 and f"NBF-{code}" in done.stderr, done.stderr


def test_check_reports_every_problem_and_runs_nothing(terminal: Terminal) -> None:
    assert terminal.run("check", "nb.ipynb").stdout == "nb: 3 steps, no errors\n"
    terminal.write("%%step a\nn = len(dff)", "%%step b --after zz\nopen('ran', 'w')")
    done = terminal.run("check", "nb.ipynb")
    assert done.returncode == 2
    assert "NBF-G001" in done.stderr and "NBF-G002" in done.stderr and "cell 1" in done.stderr
    assert not (terminal.folder / "ran").exists()


def test_what_with_batch_sends_away_is_told_before_it_runs(terminal: Terminal) -> None:
    terminal.write("%%step a\nx = open('x.csv').read()")
    for words in (("check", "nb.ipynb"), ("run", "nb.ipynb", "--dry")):
        done = terminal.run(*words, "--with", "batch")
        assert done.returncode == 0 and "NBF-N021: a reads 'x.csv' with open" in done.stderr, done.stderr
    assert "a  runs on AWS Batch" in done.stderr
    assert terminal.run("check", "nb.ipynb", "--with", "btch").returncode == 2


def test_show_draws_a_notebook_without_running_it(terminal: Terminal) -> None:
    assert "foreach names as name" in terminal.run("show", "nb.ipynb").stdout
    assert terminal.run("show", "nb.ipynb", "--as", "dot").stdout.startswith("digraph")
    assert "flowchart" in terminal.run("show", "nb.ipynb", "--as", "mermaid").stdout


def test_explain_tells_what_a_code_means(terminal: Terminal) -> None:
    said = terminal.run("explain", "nbf-g004").stdout
    assert said.startswith("NBF-G004")
    assert "cannot wait for itself" in said
    assert "{" not in said


@pytest.mark.parametrize(
    ("code", "fix"), [("G001", "correct the name"), ("G015", "make the cell that binds it a step")]
)
def test_explain_tells_what_mostly_helps_where_the_fix_depends_on_the_case(
    terminal: Terminal, code: str, fix: str
) -> None:
    said = terminal.run("explain", code).stdout
    assert f"  fix    {fix}" in said and "<how>" not in said
    assert f"docs/errors.md#nbf-{code.lower()}" in said


def test_a_terminal_sees_progress_and_colours(terminal: Terminal) -> None:
    ours, theirs = pty.openpty()
    process = terminal.start("run", "nb.ipynb", stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    seen = b""
    while True:
        try:
            data = os.read(ours, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert b"\x1b[32m" in seen and "✓".encode() in seen


def test_ctrl_c_cancels_confirms_and_exits_with_1(terminal: Terminal) -> None:
    terminal.write("%%step slow\nimport os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)")
    process = terminal.start("run", "nb.ipynb", stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    pid = terminal.folder / "pid"
    deadline = time.monotonic() + 30
    while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "cancelled" in err and "Traceback" not in err
    assert not Path(f"/proc/{pid.read_text()}").exists()
    assert re.search(r"nb/1\s+cancelled", terminal.run("history").stdout)


def test_output_into_a_closed_pipe_is_no_crash(terminal: Terminal) -> None:
    terminal.run("run", "nb.ipynb")
    process = terminal.start("logs", "nb", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)


def test_several_notebooks_are_checked_and_the_worst_counts(terminal: Terminal) -> None:
    terminal.write("%%step a\nn = len(dff)", name="bad.ipynb")
    done = terminal.run("check", "nb.ipynb", "bad.ipynb")
    assert done.returncode == 2
    assert "nb: 3 steps, no errors" in done.stdout
    assert "NBF-G001" in done.stderr


def test_logs_take_a_notebook_too(terminal: Terminal) -> None:
    terminal.run("run", "nb.ipynb")
    assert "loading" in terminal.run("logs", "nb.ipynb").stdout
