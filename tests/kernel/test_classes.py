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


FAILS_ONCE = """import math
from nbflow import FlowSpec, step
LEVEL = 4
class Shaky(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.end)
    @step
    def end(self):
        import pathlib
        if not pathlib.Path("mended").exists():
            raise ValueError("not mended")
        self.y = LEVEL + self.x
"""


def test_a_class_runs_in_the_first_cell_of_a_kernel_that_never_loaded_the_extension(
    start_kernel: Callable[..., Any],
) -> None:
    kernel = start_kernel()
    kernel.ok(f"\n\n{IMPORTS}\n{HELPER}\n{CLASS}\nrun = Sales.run()\nlate = 3")
    assert kernel.value("(run.data.total, late)") == "(9, 3)"


def test_a_class_runs_in_its_cell_with_a_base_of_an_earlier_one_where_nothing_was_loaded(
    start_kernel: Callable[..., Any],
) -> None:
    kernel = start_kernel()
    kernel.ok(IMPORTS)
    kernel.ok(HELPER)
    kernel.ok(CLASS.replace("class Sales", "class Plain"))
    kernel.ok("class Sales(Plain):\n    pass\nfrom nbflow import NBRunner\nrun = NBRunner(Sales).nbrun()")
    assert kernel.value("run.data.total") == "9"


def test_a_class_runs_in_the_cell_that_loads_the_extension(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok(f"%load_ext nbflow\n{IMPORTS}\n{HELPER}\n{CLASS}\nrun = Sales.run()")
    assert kernel.value("run.data.total") == "9"


@pytest.mark.parametrize("extension", ["%load_ext nbflow", "pass"])
def test_a_class_whose_run_fails_in_its_own_cell_is_resumed_in_the_next(
    start_kernel: Callable[..., Any], extension: str
) -> None:
    kernel = start_kernel()
    kernel.ok(extension)
    reply = kernel.run(f"{FAILS_ONCE}\nShaky.run()\nnever = 1")
    assert reply.ename == "ValueError"
    kernel.ok("import pathlib; pathlib.Path('mended').touch()")
    kernel.ok("run = Shaky.resume()")
    assert kernel.value("(run.data.y, run.origin_pathspec)") == "(5, 'Shaky/1')"


KINDS = """from dataclasses import dataclass
from enum import Enum
class Colour(Enum):
    RED = 1
@dataclass
class Point:
    x: int"""
GIVES_KINDS = """class Kinds(FlowSpec):
    @step
    def start(self):
        self.colour, self.point = Colour.RED, Point(3)
        self.next(self.end)
    @step
    def end(self):
        pass"""


@pytest.mark.parametrize("cells", [[IMPORTS, KINDS, GIVES_KINDS], [f"{IMPORTS}\n{KINDS}\n{GIVES_KINDS}"]])
def test_what_comes_back_is_of_the_notebooks_own_classes_where_nothing_was_loaded(
    start_kernel: Callable[..., Any], cells: list[str]
) -> None:
    kernel = start_kernel()
    for cell in cells[:-1]:
        kernel.ok(cell)
    kernel.ok(f"{cells[-1]}\nrun = Kinds.run()\nclass Later(Point): pass\nlater = Later(1)")
    assert kernel.value("(run.data.colour is Colour.RED, run.data.point == Point(3))") == "(True, True)"
    assert kernel.value("(isinstance(run.data.point, Point), Later.__module__[:6])") == "(True, 'nbflow')"


def test_errors_name_the_cells_that_ran_before_the_extension_was_loaded(start_kernel: Callable[..., Any]) -> None:
    kernel = start_kernel()
    kernel.ok(IMPORTS)
    kernel.ok(BROKEN)
    kernel.ok("1 + 1")
    reply = kernel.run("Broken.run()")
    assert "In [2]" in reply.traceback
    assert "In [4]" not in reply.traceback


def test_a_failure_says_how_a_class_goes_on(loaded: Any) -> None:
    loaded.ok(BROKEN)
    reply = loaded.run("Broken.run()")
    assert "Broken.resume() goes on after a fix" in reply.traceback
    assert "Run('Broken/1')" in reply.traceback
    assert "%flow" not in reply.traceback


def test_history_lists_runs_of_classes(loaded: Any) -> None:
    loaded.ok(BROKEN)
    loaded.run("Broken.run()")
    loaded.ok("Sales.run()")
    loaded.ok("from nbflow import flow")
    listed = loaded.ok("%flow history").text
    assert "Broken/1" in listed
    assert "Sales/1" in listed
    listed = loaded.ok("%flow history Sales").text
    assert "succeeded" in listed
    assert "failed" not in listed
    assert loaded.value("(len(flow.history(1)), flow.history(flow='Broken')[0].pathspec)") == "(1, 'Broken/1')"
    reply = loaded.run("%flow history Salse")
    assert "NBF-R004" in reply.traceback
    assert "'Sales'" in reply.traceback


def test_a_run_prints_as_what_gives_it_again(loaded: Any) -> None:
    assert "Run('Sales/1')" in loaded.ok("print(Sales.run())").stdout
    assert loaded.ok("print([Sales.run()])").stdout.strip().endswith("[Run('Sales/2')]")


def test_a_cell_magic_above_a_class_is_named_as_what_hides_its_text(loaded: Any) -> None:
    loaded.run(f"%%time\n{BROKEN}")
    reply = loaded.run("Broken.run()")
    assert "NBF-F041" in reply.traceback
    assert "a cell magic above the class, as %%time, hides its text" in reply.traceback
    loaded.ok("%time run = Sales.run()")


def test_an_import_of_everything_is_named_as_what_brought_a_name(kernel: Any) -> None:
    kernel.ok("from nbflow import *")
    kernel.ok(HELPER.replace("math.floor", "int"))
    kernel.ok(CLASS)
    reply = kernel.run("Sales.run()")
    assert "NBF-G015" in reply.traceback
    assert "`from nbflow import *` in In [" in reply.traceback
    assert "import FlowSpec by its name" in reply.traceback
