"""A notebook that schedules itself, in a kernel, and is then filled in by papermill."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kernels import Kernel, start_kernel

from nbflow.client import Run
from nbflow.schedules.register import Register
from nbflow.workspace import Workspace

__all__ = ["start_kernel"]

CELLS = (
    "%load_ext nbflow",
    "%%parameters\nalpha: float = 0.1",
    "%%step load\nx = alpha * 10",
    "%flow schedule add --weekly -p alpha=0.5",
    "run = %flow run",
)


def test_a_notebook_schedules_itself_and_its_runs_do_not_do_it_again(
    start_kernel: Callable[..., Kernel], tmp_path: Path
) -> None:
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": each, "outputs": [], "execution_count": None}
        for n, each in enumerate(CELLS)
    ]
    file = tmp_path / "sales.ipynb"
    file.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    kernel = start_kernel(JPY_SESSION_NAME=str(file))
    register = Register(Workspace.open(tmp_path / ".nbflow"))
    for each in CELLS[:3]:
        kernel.ok(each)
    assert "sales: sales.ipynb, weekly" in kernel.ok(CELLS[3]).text
    first = register.get("sales")
    # its cell is run again, and says something else
    kernel.ok(CELLS[3].replace("0.5", "0.7"))
    kept = register.get("sales")
    assert first is not None and kept is not None
    assert (kept.id, kept.parameters, kept.file) == (first.id, ("alpha=0.7",), str(file))
    assert "--missed skip|latest|all" in " ".join(kernel.ok("%flow schedule add --help").text.split())
    kernel.ok("from nbflow import flow\nflow.schedule('run-now sales')")

    deadline = time.monotonic() + 90
    while not (found := list(register.firings(kept.id))) or found[0].ended is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    log = register.log(kept.id, found[0].key).read_text()
    assert found[0].state == "succeeded", log
    assert "this is a run of schedule sales: nothing is scheduled anew" in log
    run = Run(f"sales/{found[0].run_id}", workspace=register.workspace)
    assert run.data.x == 7.0 and "schedule:sales" in run.tags
    assert register.names() == ["sales"]
