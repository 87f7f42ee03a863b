"""Other ways to the terminal of a flow file: `nbflow run flow.py`, and flow files that cannot be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from flow_terminal import FlowTerminal
from kernels import Kernel

Flow = Any

TWO = """
from nbflow import FlowSpec, Parameter, step


class Common(FlowSpec):
    alpha = Parameter("alpha", default=1)


class OneFlow(Common):
    @step
    def start(self):
        print("one", self.alpha)
        self.next(self.end)

    @step
    def end(self):
        pass


class TwoFlow(OneFlow):
    pass


class ThreeFlow(OneFlow):
    pass
"""


def nbflow(terminal: FlowTerminal, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NBFLOW_ROOT": str(terminal.root), "NBFLOW_USER": "tester"}
    command = [sys.executable, "-m", "nbflow.frontends.cli.main", *words]
    return subprocess.run(
        command, cwd=terminal.folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_nbflow_run_takes_a_flow_file_in_a_notebooks_place(flow: Flow) -> None:
    terminal = flow()
    done = nbflow(terminal, "run", "train.py", "--alpha", "3", "--quiet", "--tag", "x")
    assert done.returncode == 0 and done.stderr == "" and "scores [0.0, 3.0]" in done.stdout
    done = nbflow(terminal, "resume", "train.py", "end")
    assert done.returncode == 0 and "previously run task 1/join/0" in done.stdout
    assert "look at it:  nbflow show TrainFlow/2" in done.stderr
    assert nbflow(terminal, "show", "train.py", "--as", "dot").stdout.startswith("digraph")
    checked = nbflow(terminal, "check", "train.py", "--with", "retry")
    assert checked.returncode == 0 and "The graph looks good!" in checked.stderr


def test_one_of_several_flows_of_a_file_is_named(flow: Flow) -> None:
    terminal = flow(TWO, "two.py")
    done = nbflow(terminal, "run", "two.py")
    assert done.returncode == 2 and "two.py:TwoFlow" in done.stderr
    done = nbflow(terminal, "run", "two.py:ThreeFlow", "--alpha", "7")
    assert done.returncode == 0 and "one 7" in done.stdout and "ThreeFlow" in done.stderr
    done = nbflow(terminal, "run", "two.py:ThreFlow")
    assert done.returncode == 2 and "Did you mean 'ThreeFlow'?" in done.stderr


def test_a_file_that_cannot_be_read_shows_its_own_lines(flow: Flow) -> None:
    terminal = flow("x = 1 / 0\n", "bad.py")
    done = nbflow(terminal, "run", "bad.py")
    assert done.returncode == 1 and done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert "bad.py" in done.stderr and "importlib" not in done.stderr and "nbflow" not in done.stderr
    (terminal.folder / "bad.py").write_text("def f(:\n")
    done = nbflow(terminal, "check", "bad.py")
    assert done.returncode == 1 and "SyntaxError" in done.stderr and "importlib" not in done.stderr
    # also where it is read for something else
    for words in (["schedule", "add", "bad.py", "--daily"], ["deploy", "bad.py"]):
        (terminal.folder / "bad.py").write_text("def f(:\n")
        done = nbflow(terminal, *words)
        assert done.returncode == 1 and "SyntaxError" in done.stderr and "Traceback" not in done.stderr
        (terminal.folder / "bad.py").write_text("import nowhere_at_all\n")
        done = nbflow(terminal, *words)
        assert done.returncode == 1 and "nowhere_at_all" in done.stderr and "nbflow" not in done.stderr


def test_several_files_are_checked_one_after_the_other(flow: Flow) -> None:
    terminal = flow()
    flow(TWO.replace("def start", "def begin"), "two.py")
    done = nbflow(terminal, "check", "train.py", "two.py:TwoFlow", "nope.ipynb")
    assert done.returncode == 2
    assert "train.py:\nValidating" in done.stderr and "Validity checker found" in done.stderr and "R001" in done.stderr


def test_a_flow_file_may_stand_in_a_folder_and_import_what_lies_beside_it(flow: Flow) -> None:
    terminal = flow(
        TWO.replace('"one"', "beside.WORD").replace("from nbflow", "import beside\nfrom nbflow", 1), "two.py"
    )
    (terminal.folder / "beside.py").write_text("WORD = 'beside'\n")
    (terminal.folder / "sub").mkdir()
    terminal.folder = terminal.folder / "sub"
    done = nbflow(terminal, "run", "../two.py:TwoFlow")
    assert done.returncode == 0, done.stderr
    assert "beside 1" in done.stdout


def test_in_a_notebook_a_flow_class_says_how_it_is_run_there(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path, NBFLOW_ROOT=str(tmp_path / ".nbflow"))
    try:
        kernel.ok("from nbflow import FlowSpec, step\nclass CellFlow(FlowSpec):\n    @step\n    def start(self): pass")
        reply = kernel.run("CellFlow()")
    finally:
        kernel.close()
    assert reply.ename == "UsageError" and "CellFlow.run(alpha=0.6)" in reply.traceback
