"""NBRunner: a class of a cell, which uses other cells, run from Python in a kernel; and one of a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kernels import Kernel

from nbflow import FlowSpec, NBRunner, Runner
from nbflow.errors import NbflowError
from tests.runner.conftest import SLOW, wait_until

CELLS = """import os, statistics
from nbflow import FlowSpec, NBRunner, Parameter, step"""
HELP = "FACTOR = 2\ndef doubled(x): return FACTOR * x"
CLASS = """class Sums(FlowSpec):
    alpha = Parameter("alpha", default=1)
    fail = Parameter("fail", default=False)

    @step
    def start(self):
        print("started with", self.alpha)
        if self.fail:
            raise ValueError("as asked")
        self.next(self.end)

    @step
    def end(self):
        self.total = statistics.mean([doubled(self.alpha)])
        self.where = os.environ.get("COLOUR"), os.path.basename(os.getcwd())
"""


def test_a_class_of_a_cell_uses_other_cells(start_kernel: Callable[..., Kernel], tmp_path: Path) -> None:
    kernel = start_kernel(NBFLOW_ROOT=str(tmp_path / ".nbflow"))
    for cell in (CELLS, HELP, CLASS):
        kernel.ok(cell)
    # one that was never loaded: the class is enough
    kernel.ok("run = NBRunner(Sums).nbrun(alpha=4, tags=['t'])")
    assert kernel.value("(run.data.total, run.successful, 't' in run.user_tags)") == "(8, True, True)"
    assert kernel.value("NBRunner(Sums).nbresume('end').origin_pathspec == run.pathspec") == "True"
    failed = kernel.run("NBRunner(Sums).nbrun(fail=True)")
    assert failed.ename and "as asked" in failed.evalue
    quiet = kernel.ok("NBRunner(Sums, show_output=False).nbrun().data.total")
    assert [each["text/plain"] for each in quiet.displays] == ["2"] and not quiet.stdout + quiet.stderr
    kernel.ok("made = NBRunner(Sums).run(fail=True)")
    assert kernel.value("(made.status, made.returncode, made.run.finished)").endswith("('failed', 1, True)")
    kernel.ok(
        "made = await NBRunner(Sums).async_run(alpha=5)\n"
        "lines = [line async for _, line in made.stream_log('stdout')]\n"
        "await made.wait()"
    )
    assert kernel.value("(made.status, made.run.data.total, lines)").endswith("('successful', 10, ['started with 5'])")
    assert "unknown parameter 'alhpa'" in kernel.run("NBRunner(Sums).nbrun(alhpa=1)").traceback
    assert sorted(each.name for each in tmp_path.iterdir()) == [".nbflow"]


def test_an_environment_or_a_folder_of_its_own_needs_a_process(
    start_kernel: Callable[..., Kernel], tmp_path: Path
) -> None:
    kernel = start_kernel(NBFLOW_ROOT=str(tmp_path / ".nbflow"))
    (tmp_path / "elsewhere").mkdir()
    for cell in (CELLS, HELP, CLASS):
        kernel.ok(cell)
    kernel.ok("runner = NBRunner(Sums, env={'COLOUR': 'red'}, base_dir='elsewhere')\nrun = runner.nbrun(alpha=3)")
    assert kernel.value("(run.data.total, run.data.where)") == "(6, ('red', 'elsewhere'))"
    assert "did not succeed" in kernel.run("runner.nbrun(fail=True)").traceback
    kernel.ok("runner.cleanup()")
    assert sorted(each.name for each in tmp_path.iterdir()) == [".nbflow", "elsewhere"]


def test_a_class_of_a_file_is_run_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(f"{CELLS}\n{HELP}\n\n{CLASS}\nif __name__ == '__main__':\n    Sums()\n")
    program = (
        "from nbflow import NBRunner\nfrom sums import Sums\n"
        "print(NBRunner(Sums, show_output=False).nbrun(alpha=2).data.total)\n"
        "made = NBRunner(Sums).run(alpha=3)\nprint(made.status, made.run.data.total)\n"
        "made.runner.cleanup()\n"
        "try:\n    NBRunner(Sums, show_output=False).nbrun(fail=True)\nexcept Exception as failed:\n    print(type(failed))\n"
    )
    (tmp_path / "program.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "program.py"],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "NBFLOW_ROOT": str(tmp_path / ".nbflow")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "4" and lines[-2:] == ["successful 6", "<class 'nbflow.errors.TaskError'>"]
    assert any("started with 3" in line for line in lines) and "started with 2" not in done.stdout


def test_an_interrupt_of_the_cell_ends_the_run(start_kernel: Callable[..., Kernel], tmp_path: Path) -> None:
    kernel = start_kernel(NBFLOW_ROOT=str(tmp_path / ".nbflow"))
    (tmp_path / "slow.py").write_text(SLOW)
    slow = CLASS.replace("if self.fail", "__import__('time').sleep(self.alpha)\n        if self.fail")
    for cell in (CELLS, "from nbflow import Flow, Runner", HELP, slow):
        kernel.ok(cell)
    for flow, cell in (
        ("SlowFlow", "Runner('slow.py').run(seconds=60)"),
        ("Sums", "NBRunner(Sums).run(alpha=60)"),
        ("Sums", "NBRunner(Sums).nbrun(alpha=60)"),
    ):
        stored = tmp_path / ".nbflow" / "logs" / flow
        # a folder per run, made when its first task begins
        before = len(list(stored.glob("*/start/0"))) if stored.exists() else 0
        sent = kernel.send(cell)
        wait_until(lambda: stored.exists() and len(list(stored.glob("*/start/0"))) > before, "it has begun")  # noqa: B023
        kernel.manager.interrupt_kernel()
        assert kernel.collect(sent).ename == "KeyboardInterrupt", cell
        assert kernel.value(f"Flow('{flow}').latest_run.status").endswith("'cancelled'"), cell


@pytest.mark.parametrize(
    ("door", "given", "said"),
    [
        (NBRunner, int, "NBRunner takes a flow class, and int is none\n  fix    class MyFlow(FlowSpec)"),
        (NBRunner, "flow.py", "and 'flow.py' is none\n  fix    Runner('flow.py') runs the flow of a file"),
        (NBRunner, 3, "NBRunner takes a flow class, and 3 is none"),
        (Runner, 3, "Runner takes the name of a file, and 3 is none"),
        (Runner, FlowSpec, "fix    NBRunner(MyFlow) runs a class"),
    ],
)
def test_what_no_runner_can_run_is_refused(door: Callable[..., object], given: object, said: str) -> None:
    with pytest.raises(NbflowError, match="NBF-R085") as refused:
        door(given)
    assert said in str(refused.value)
