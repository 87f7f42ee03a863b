"""A kernel that ended, however it did, and the next one: `%flow restore` brings back what the first one had."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from nbflow.workspace import Workspace

LOAD = "%load_ext nbflow\n%flow name case"
PLAIN = "import pandas as pd\nclass Point:\n    def __init__(self, x): self.x = x\ndef clean(d): return d.dropna()"
FOREACH = "%%step train --foreach regions --as region\nrmse = n * alpha * len(region)"


def kill(kernel: Any) -> None:
    """End it as a machine out of memory does."""
    os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)


def running(kernel: Any, step: str, draft: str) -> None:
    """Wait until it is on record that the step runs in the draft."""
    metadata = Workspace.open(kernel.folder / ".nbflow").metadata
    deadline = time.monotonic() + 50
    while not any(task.status == "running" for task in metadata.tasks("case", draft, step)):
        assert time.monotonic() < deadline, f"{step} does not run"
        time.sleep(0.02)


def save(path: Path, *cells: str) -> None:
    """Save a notebook of code cells, now."""
    # times of the file system and of the kernel are told apart
    time.sleep(0.02)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)


def test_two_killed_kernels_later_everything_is_back(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok(LOAD)
    kernel.ok("%%parameters\nalpha: float = 0.1\nregions: list[str] = ['eu', 'us']")
    kernel.ok(PLAIN)
    kernel.ok("LIMIT = 3\nlookup = pd.DataFrame({'k': [1]})")
    kernel.ok("alpha = 0.5")
    kernel.ok("%%setup\nimport os\nos.environ['MARK'] = 'set up'")
    kernel.ok("%%step load\ndf = clean(pd.DataFrame({'x': [1, None, 3]}))\np = Point(alpha)\nn = LIMIT")
    kernel.ok(FOREACH)
    kernel.ok("%%step best --join train\nbest = min(t.rmse for t in inputs)")
    kill(kernel)

    kernel = start_kernel()
    kernel.ok(LOAD)
    reply = kernel.ok("%flow restore\nprint('pandas' in __import__('sys').modules, n)")
    assert "case: 6 names from draft-1" in reply.text and "4 definitions" in reply.text
    assert "lookup: plain cells compute them" in reply.text
    # nothing is loaded or imported before a cell names it; what the same cell names is there
    assert reply.stdout == "False 3\n"
    assert kernel.value("(best, alpha, region)") == "(3.0, 0.5, 'eu')"
    assert kernel.value("(df.shape, LIMIT, clean.__module__)") == "((2, 1), 3, 'nbflow_defs.case')"
    kernel.ok(PLAIN)
    assert kernel.value("(type(p) is Point, p.x)") == "(True, 0.5)"
    reply = kernel.ok("%%step report\nimport os\ntext = f'{best} {len(df)} {os.environ[\"MARK\"]}'")
    assert "stale" not in reply.text and "on a sample" in reply.text
    kill(kernel)

    kernel = start_kernel()
    kernel.ok(LOAD)
    reply = kernel.ok("%flow restore")
    assert "6 names from draft-1" in reply.text and "1 from draft-2" in reply.text and "stale" not in reply.text
    assert kernel.value("(text, df.shape)") == "('3.0 2 set up', (2, 1))"
    kernel.ok("run = %flow run")
    assert kernel.value("[run[name].task.status for name in ('load', 'best')]") == "['reused', 'succeeded']"
    assert kernel.value("sorted(task.status for task in run['train'])") == "['reused', 'succeeded']"


def test_of_cells_that_failed_or_were_running_the_result_before_is_back(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok(LOAD)
    kernel.ok("%%step load\nx = 1")
    kernel.run("%%step load\nx = 1 / 0")
    kernel.ok("%%step use\ny = x")
    kernel.send("%%step use\nimport time; time.sleep(60)\ny = x")
    running(kernel, "use", "draft-1")
    kill(kernel)
    kernel = start_kernel()
    kernel.ok(LOAD)
    reply = kernel.ok("%flow restore")
    assert "2 names from draft-1" in reply.text and "stale" in reply.text
    assert "load failed in case/draft-1, so an older result is here" in reply.text
    assert "use was interrupted in case/draft-1, so an older result is here" in reply.text
    assert kernel.value("(x, y)") == "(1, 1)"
    kernel.ok("%flow drop load use")
    kernel.send("%%step only\nimport time; time.sleep(60)\nz = 1")
    running(kernel, "only", "draft-2")
    kill(kernel)
    kernel = start_kernel()
    kernel.ok(LOAD)
    assert "only was interrupted" in kernel.ok("%flow restore").text
    # naming what it would leave starts nothing
    assert kernel.run("z").ename == "NameError"


def test_the_saved_notebook_says_what_was_edited_and_what_is_gone(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "case.ipynb"
    load, train = "%%step load\nx = 1", "%%step train\ny = x + 1"
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    for cell in (load, "%%step old\nz = 5", train):
        kernel.ok(cell)
    kill(kernel)
    save(path, "%load_ext nbflow", load, train, "run = %flow run")

    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    reply = kernel.ok("%load_ext nbflow")
    assert "draft-1 of case" in reply.stdout and "has 3 results: %flow restore brings them back" in reply.stdout
    reply = kernel.run(train)
    assert "NBF-C050" in reply.traceback and "%flow restore" in reply.traceback
    reply = kernel.ok("%flow restore")
    assert "old: no cell of the notebook" in reply.text and "z" not in kernel.value("sorted(globals())").split("'")
    kernel.ok(train)
    assert kernel.value("y") == "2"
    kernel.ok("run = %flow run")
    kill(kernel)
    save(path, "%load_ext nbflow", "%%step load\nx = 2", train, "run = %flow run")

    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    kernel.ok("%flow restore")
    reply = kernel.run("run = %flow run")
    assert "NBF-C051" in reply.traceback and "load was edited but not run" in reply.traceback
    kernel.ok("%%step load\nx = 2")
    kernel.ok("run = %flow run")
    assert kernel.value("(x, y)") == "(2, 3)"


def test_what_was_computed_here_stays_unless_a_run_is_named(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok(LOAD)
    kernel.ok("%%step load\nx = 1")
    kernel.ok("%%step use\ny = x + 1")
    kernel.ok("run = %flow run --fresh")
    kernel.ok("%%step load\nx = 10")
    kill(kernel)

    kernel = start_kernel()
    kernel.ok(LOAD)
    kernel.ok("%%step load\nx = 100")
    kernel.ok("y = 'mine'")
    reply = kernel.ok("%flow restore")
    assert (
        "load: this kernel's results are as new" in reply.text and "y: the notebook gave it another value" in reply.text
    )
    # of `use` the run's result is later than the draft's; its input was another one
    assert "stale" in reply.text and kernel.value("(x, y)") == "(100, 'mine')"
    assert "nothing new to restore" in kernel.ok("%flow restore").text
    reply = kernel.ok("from nbflow import flow\nback = flow.restore('case/1')")
    assert kernel.value("(x, y, sorted(back.names))") == "(1, 2, ['x', 'y'])"
    assert "2 names from run 1" in reply.text
    # the code is that of this kernel
    kernel.ok("run = %flow run")
    assert kernel.value("(x, y)") == "(100, 101)"
    assert "NBF-M002" in kernel.run("%flow restore 99").traceback


def test_a_value_whose_class_is_gone_is_told_when_it_is_named_and_keeps_nothing_else_back(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "shapes.py").write_text("class Circle:\n    r = 1\n")
    kernel = start_kernel()
    kernel.ok(LOAD)
    kernel.ok(
        "%%step make\nimport shapes, numpy as np\ncircle = shapes.Circle()\nrows = np.arange(9)\nbig = [{1, i} for i in range(60000)]"
    )
    kill(kernel)
    (tmp_path / "shapes.py").unlink()

    kernel = start_kernel()
    kernel.ok(LOAD)
    assert "3 names" in kernel.ok("%flow restore").text
    assert kernel.value("'numpy' in __import__('sys').modules") == "False"
    completed = kernel.client.complete("ro", 2, reply=True, timeout=60)
    assert "rows" in completed["content"]["matches"]
    assert kernel.value("(int(rows.sum()), len(big))") == "(36, 60000)"
    reply = kernel.run("circle")
    assert "circle cannot be loaded: NBF-S007" in reply.stdout and reply.ename == "NameError"
    kernel.ok("circle = 'round'")
    assert kernel.value("circle") == "'round'"


def test_a_run_that_was_killed_half_way_goes_on(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok(LOAD)
    kernel.ok("%%step start\nitems = list(range(6))")
    kernel.ok(
        "%%step each --foreach items --define\nimport os, time\n"
        "time.sleep(60 if item == 3 and not os.path.exists('again') else 0)\nz = item"
    )
    kernel.send("run = %flow run --max-workers 2")
    database = Workspace.open(kernel.folder / ".nbflow").metadata
    while sum(task.status.has_result for task in database.tasks("case", "1", "each")) < 5:
        time.sleep(0.05)
    kill(kernel)
    (kernel.folder / "again").touch()

    kernel = start_kernel()
    kernel.ok(LOAD)
    reply = kernel.ok("%flow restore")
    assert "each of case/1 is not complete; %flow run goes on from its 5 tasks" in reply.text
    kernel.ok("run = %flow run")
    assert kernel.value("sorted(task.status for task in run['each'])").count("reused") == 5


def test_where_there_is_nothing_to_restore_it_says_what_there_is(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok("%load_ext nbflow")
    assert "NBF-C053" in kernel.run("%flow restore").traceback
    kernel.ok("%flow name other")
    assert "nothing has run here yet" in kernel.run("%flow restore").traceback
    kernel.ok("%%step load\nx = 1", person=False)
    kill(kernel)
    kernel = start_kernel()
    # where nobody is at the keyboard nothing is said
    assert kernel.ok("%load_ext nbflow\n%flow name other", person=False).stdout == "other\n"
    reply = kernel.run("%flow name case\n%flow restore")
    assert "NBF-R020" in reply.traceback and "other (draft-1)" in reply.traceback
    # a kernel whose flow has no name takes that of the run
    kernel.ok("%reload_ext nbflow")
    kernel.ok("%flow restore other/draft-1")
    assert kernel.value("x") == "1" and kernel.ok("%flow name").stdout == "other\n"


def test_a_step_whose_cell_was_refused_stops_a_run_until_it_runs(kernel: Any) -> None:
    kernel.ok("%%step load\nx = 1")
    assert "NBF-C005" in kernel.run("%%step load --retires 3\nx = 2").traceback
    assert "load was edited but not run" in kernel.run("run = %flow run").traceback
    kernel.ok("%%step load --retry 3\nx = 2")
    kernel.run("%%step new --nonsense\ny = x")
    assert "new is left out" in kernel.ok("run = %flow run").stdout
    assert kernel.value("x") == "2"
