"""A flow class in a notebook's cells: definitions of other cells, the panel, errors at the cell's lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

IMPORTS = "import math\nfrom nbflow import FlowSpec, Parameter, current, step"
HELPER = "FACTOR = 3\ndef scaled(x):\n    return FACTOR * math.floor(x)"
CLASS = """class Sales(FlowSpec):
    alpha = Parameter("alpha", default=0.5)

    @step
    def start(self):
        self.xs = [1.5, 2.5]
        self.next(self.work, foreach="xs")

    @step
    def work(self):
        print("at", self.input)
        self.y = scaled(self.input)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.total = sum(each.y for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        self.where = current.pathspec
"""
BROKEN = """class Broken(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.end)

    @step
    def end(self):
        raise ValueError("on line nine")
"""


@pytest.fixture
def loaded(kernel: Any) -> Any:
    kernel.ok(IMPORTS)
    kernel.ok(HELPER)
    kernel.ok(CLASS)
    return kernel


def test_a_class_uses_imports_and_functions_of_other_cells_and_shows_its_panel(loaded: Any) -> None:
    reply = loaded.ok("run = Sales.run(alpha=0.75)")
    assert loaded.value("(run.data.total, run.data.alpha, run.data.where)") == "(9, 0.75, 'Sales/1/end/0')"
    shown = [*reply.displays, *reply.updates]
    assert any("Sales/1" in str(each.get("text/html", "")) for each in shown)
    assert "succeeded" in reply.text or any("succeeded" in str(each) for each in reply.updates)


def test_a_class_runs_in_the_very_cell_that_defines_it(kernel: Any) -> None:
    kernel.ok(IMPORTS)
    kernel.ok(HELPER)
    kernel.ok(f"{CLASS}\nrun = Sales.run()")
    assert kernel.value("run.data.total") == "9"


def test_a_class_runs_where_the_extension_was_never_loaded(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok(IMPORTS)
    kernel.ok(HELPER)
    kernel.ok(CLASS)
    kernel.ok("run = Sales.run()")
    assert kernel.value("run.data.total") == "9"


def test_a_failure_is_told_with_the_lines_of_the_cell_and_resumed_after_it_is_mended(loaded: Any) -> None:
    loaded.ok(BROKEN)
    reply = loaded.run("Broken.run(tags=['weekly'])")
    assert reply.ename == "ValueError"
    assert "on line nine" in reply.evalue
    shown = str([*reply.displays, *reply.updates])
    assert "raise ValueError" in shown
    loaded.ok(BROKEN.replace('raise ValueError("on line nine")', "self.y = self.x + 1"))
    loaded.ok("run = Broken.resume()")
    assert loaded.value("(run.data.y, run.origin_pathspec, 'weekly' in run.user_tags)") == "(2, 'Broken/1', True)"
    assert loaded.value("run['start'].task.status") == "'reused'"


def test_what_only_the_kernel_holds_is_refused_before_anything_runs(loaded: Any) -> None:
    loaded.ok("table = [len(name) for name in dir(math)]")
    loaded.ok(CLASS.replace("scaled(self.input)", "scaled(table[0])"))
    reply = loaded.run("Sales.run()")
    assert "NBF-G015" in reply.traceback
    assert "table" in reply.traceback


def test_lint_points_at_the_cell(loaded: Any) -> None:
    loaded.ok(BROKEN.replace("self.next(self.end)", "self.next(self.nowhere)"))
    reply = loaded.run("Broken.run()")
    assert "nowhere" in reply.traceback
    assert "In [" in reply.traceback


def test_calling_the_class_says_how_it_is_run_here(loaded: Any) -> None:
    reply = loaded.run("Sales()")
    assert "Sales.run(" in reply.traceback


def test_a_run_beside_other_cells_leaves_the_notebook_alone(loaded: Any) -> None:
    loaded.ok("total = 'mine'\nrun = Sales.run(background=True)")
    loaded.ok("run.wait(60)")
    assert loaded.value("(run.status, run.data.total, total)").endswith("('succeeded', 9, 'mine')")


def test_a_class_and_steps_of_the_notebook_live_side_by_side(loaded: Any) -> None:
    loaded.ok("%%step load\nvalue = scaled(4.2)")
    loaded.ok("sales = Sales.run()\nrun = %flow run")
    assert loaded.value("(sales.pathspec, run.pathspec, run.data.value)") == "('Sales/1', 'case/1', 12)"
