"""What a history does in a real kernel: from the thread of its page, and in the kernel's own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from nbflow.workspace import Workspace

#: has the page's thread do something with a run, as a click would
CLICK = """
import threading
def click(act, *runs):
    def clicked():
        for run in runs:
            found._view.act("choose", run, {{}})
        found._view.act(act, "", {{}})
    thread = threading.Thread(target=clicked)
    thread.start()
    thread.join()
    print("".join(found._view.regions().values()))
click({arguments})
"""


def clicked(kernel: Any, *arguments: str) -> str:
    return str(kernel.ok(CLICK.format(arguments=", ".join(map(repr, arguments)))).stdout)


def test_a_run_is_resumed_and_restored_by_the_kernel_as_a_cell_would(kernel: Any, tmp_path: Path) -> None:
    kernel.ok("%%step load\nx = 6")
    kernel.ok("%%step last\ny = x * 7")
    kernel.ok("%flow run --tag first")
    kernel.ok("x = y = None\nfound = %flow history\nfound")
    assert "This runs as soon as no cell does" in clicked(kernel, "restore", "case/1")
    assert kernel.value("y") == "42"
    kernel.ok("found = %flow history")
    assert "%flow resume 1 --background" in clicked(kernel, "resume", "case/1")
    metadata = Workspace.open(tmp_path / ".nbflow").metadata
    deadline = time.monotonic() + 60
    while (run := metadata.run("case", "2")) is None or not run.status.ended:
        assert time.monotonic() < deadline, "the run was not resumed"
        time.sleep(0.05)
    assert (run.origin_run, run.tags, run.status) == ("1", {"first"}, "succeeded")


def test_runs_are_compared_in_place_and_those_of_another_flow_are_not_resumed_here(kernel: Any) -> None:
    kernel.ok("%%parameters\nscale: float = 1.0")
    kernel.ok("%%step train\nrmse = 2.0 * scale")
    kernel.ok("%flow run")
    kernel.ok("%flow run --scale 1.5")
    kernel.ok("import nbflow\nfound = nbflow.history(sort='-rmse', where='scale>0')")
    assert kernel.value("[run.pathspec for run in found]") == "['case/2', 'case/1']"
    compared = clicked(kernel, "compare", "case/1", "case/2")
    assert "+50.0%" in compared and "<script" not in compared
    kernel.ok("%flow name other")
    kernel.ok("found = nbflow.history()")
    assert "nbflow resume case/1" in clicked(kernel, "resume", "case/1")
    slip = kernel.run("nbflow.history(where='scael>0')")
    assert "Did you mean 'scale'?" in slip.traceback and "nbflow/" not in slip.traceback
    assert "NBF-V001" in kernel.run("%flow history --status sucess").traceback
