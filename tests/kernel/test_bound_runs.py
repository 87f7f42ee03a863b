"""`NAME = %flow run`: the name has the run also where it failed or was cancelled."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any


def test_a_run_that_fails_has_its_name_and_still_raises(kernel: Any) -> None:
    kernel.ok("%%step load --define\nx = 0")
    kernel.ok("%%step half --define\ny = 1 / x")
    reply = kernel.run("before = 1\nrun = %flow run\nafter = 1")
    assert reply.ename == "ZeroDivisionError"
    assert kernel.value("(run.pathspec, run.status, run['half'].task.status)") == "('case/1', 'failed', 'failed')"
    assert kernel.value("('before' in globals(), 'after' in globals())") == "(True, False)"
    assert kernel.run("again = %flow resume --tag late").ename == "ZeroDivisionError"
    assert kernel.value("(again.pathspec, run.pathspec)") == "('case/2', 'case/1')"


def test_only_the_name_that_the_line_itself_gives_is_bound(kernel: Any) -> None:
    kernel.ok("%%step half --define\ny = 1 / 0")
    for cell in (
        "first = 1\n%flow run",
        "got = [get_ipython().run_line_magic('flow', 'run')]",
        "got = nbflow.flow.run()",
    ):
        assert kernel.run(f"import nbflow\n{cell}").ename == "ZeroDivisionError"
    assert kernel.value("('got' in globals(), first)") == "(False, 1)"
    # nothing has begun, so there is no run
    kernel.run("run = %flow run --frehs")
    assert kernel.value("'run' in globals()") == "False"


def test_a_run_that_is_cancelled_has_its_name(kernel: Any, tmp_path: Path) -> None:
    kernel.ok("%%step wait --define\nimport time\nopen('began', 'w').close()\ntime.sleep(60)\nz = 1")
    asked = kernel.send("run = %flow run")
    while not (tmp_path / "began").exists():
        time.sleep(0.05)
    kernel.manager.interrupt_kernel()
    assert kernel.collect(asked).ename == "KeyboardInterrupt"
    assert kernel.value("(run.pathspec, run.status)") == "('case/1', 'cancelled')"
