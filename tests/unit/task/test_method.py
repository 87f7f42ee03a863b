"""Steps of a class as tasks: caught failures, timeouts, the person's own decorators, and where they run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from class_tasks import ClassTasks, way_on

Flow = Callable[..., ClassTasks]


def start(flow: Flow, *lines: str, above: str = "", head: str = "", **fields: Any) -> tuple[ClassTasks, Any]:
    body = "\n".join(f"        {line}" for line in lines)
    text = f"{head}\nclass F(FlowSpec):\n    @step\n    def a(self): pass\n\n{above}\n    @step\n    def start(self):\n{body}\n"
    tasks = flow(text)
    return tasks, tasks.run(**fields)


# ---- @catch

CATCH: dict[str, Any] = {"catches": True, "catch_name": "failure"}


def test_a_caught_failure_is_left_with_what_was_set_before_it(flow: Flow) -> None:
    tasks, ended = start(flow, "self.x = [1]", "self.x.append(2)", "1 / 0", "self.y = 1", **CATCH)
    caught = ended.values.pop("failure")
    assert ended.values.keys() == {"x", "failure"}
    assert ended.values["x"] == [1, 2]
    assert (caught.type, caught.exception) == ("ZeroDivisionError", "division by zero")
    assert f"line {tasks.line('1 / 0')}, in start" in caught.stacktrace
    assert ended.done["caught"]["type"] == "ZeroDivisionError"
    assert "ZeroDivisionError" in ended.stderr


def test_a_step_that_was_caught_goes_on_although_it_did_not_say_where(flow: Flow) -> None:
    _, ended = start(flow, "1 / 0", "self.next(self.a)", **CATCH)
    assert way_on(ended) == (None, None, [])


def test_a_success_leaves_none_under_the_name_of_the_catch(flow: Flow) -> None:
    _, ended = start(flow, "self.failure = 'mine'", "self.next(self.a)", **CATCH)
    assert ended.values == {"failure": None}
    _, ended = start(flow, "self.next(self.a)", catches=False, catch_name="failure")
    assert ended.values == {"failure": None}


def test_a_catch_without_a_name_leaves_nothing_of_the_failure(flow: Flow) -> None:
    assert start(flow, "self.x = 1", "1 / 0", catches=True)[1].values == {"x": 1}


def test_exit_is_caught_too(flow: Flow) -> None:
    _, ended = start(flow, "import sys", "sys.exit(3)", **CATCH)
    assert ended.values["failure"].type == "SystemExit"


def test_what_cannot_be_stored_fails_although_failures_are_caught(flow: Flow) -> None:
    assert start(flow, "self.f = lambda: 1", "self.next(self.a)", **CATCH)[1].failure.code == "T020"


def test_an_earlier_attempt_is_not_caught(flow: Flow) -> None:
    _, ended = start(flow, "self.x = current.retry_count", "1 / 0", attempt=1, catches=False, catch_name="failure")
    assert ended.failure.type == "ZeroDivisionError"
    assert ended.so_far == {"x": 1}


def test_a_wrong_self_next_is_caught_too(flow: Flow) -> None:
    _, ended = start(flow, "self.x = 1", "self.next(self.b)", **CATCH)
    assert ended.values["failure"].type == "AttributeError"


# ---- @timeout


def test_a_step_that_takes_too_long_is_interrupted_and_keeps_what_it_set(flow: Flow) -> None:
    _, ended = start(flow, "import time", "self.x = 1", "time.sleep(30)", "self.y = 2", how={"alarm": 1.5})
    assert ended.failure.type == "TimeoutException"
    assert ended.failure.message == "Step start timed out after 0 hours, 0 minutes, 1.5 seconds"
    assert ended.so_far == {"x": 1}


def test_a_timeout_can_be_caught(flow: Flow) -> None:
    _, ended = start(flow, "while True: pass", how={"alarm": 0.2}, **CATCH)
    assert ended.values["failure"].type == "TimeoutException"


def test_a_step_can_catch_its_timeout_itself(flow: Flow) -> None:
    lines = ("import time", "try: time.sleep(30)", "except TimeoutException: self.x = 'late'", "self.next(self.a)")
    assert start(flow, *lines, how={"alarm": 1.5})[1].values == {"x": "late"}


def test_the_clock_stops_with_the_step(flow: Flow) -> None:
    lines = (
        "import signal",
        "class Slow:",
        "    def __reduce__(self):",
        "        import time; time.sleep(2)",
        "        return (int, (signal.getitimer(signal.ITIMER_REAL)[0] == 0,))",
        "self.slow = Slow()",
        "self.next(self.a)",
    )
    assert start(flow, *lines, how={"alarm": 1.5})[1].values == {"slow": 1}


# ---- decorators of the person

WRAPPERS = """
from nbflow.flowspec.wrappers import user_step_decorator, USER_SKIP_STEP

@user_step_decorator
def around(step_name, flow, inputs, attributes):
    flow.before = step_name
    yield
    flow.after = flow.x + 1

@user_step_decorator
def swallow(step_name, flow, inputs, attributes):
    try: yield
    except ZeroDivisionError as error: flow.seen = str(error)

@user_step_decorator
def skip(step_name, flow, inputs, attributes):
    yield USER_SKIP_STEP

@user_step_decorator
def skip_to(step_name, flow, inputs, attributes):
    flow.w = [7, 8]
    yield {"foreach": "w"}
"""


def test_a_decorator_of_the_person_acts_before_and_after_the_step(flow: Flow) -> None:
    _, ended = start(flow, "self.x = 1", "self.next(self.a)", above="    @around", head=WRAPPERS)
    assert ended.values == {"before": "start", "x": 1, "after": 2}


def test_a_decorator_that_swallows_a_failure_has_the_step_go_on_as_its_text_says(flow: Flow) -> None:
    lines = ("self.v = [1, 2]", "1 / 0", "self.next(self.a, foreach='v')")
    _, ended = start(flow, *lines, above="    @swallow", head=WRAPPERS)
    assert ended.values == {"v": [1, 2], "seen": "division by zero"}
    assert way_on(ended) == (None, "a", [1, 2])


@pytest.mark.parametrize(
    ("call", "way"),
    [
        ("self.next(self.a)", (None, None, [])),
        ("self.next({'x': self.a, 'y': self.start}, condition='v')", ("start", None, [])),
        ("self.next(self.a, foreach='v')", (None, "a", ["y"])),
        ("self.next(self.a, num_parallel=self.n + 1)", (None, "a", [0, 1, 2])),
    ],
)
def test_a_step_that_is_left_out_goes_on_as_its_text_says(flow: Flow, call: str, way: Any) -> None:
    constants = {"v": "y", "n": 2}
    _, ended = start(flow, "1 / 0", call, above="    @skip", head=WRAPPERS, constants=constants)
    assert way_on(ended) == way


def test_a_step_that_is_left_out_may_go_on_with_other_arguments(flow: Flow) -> None:
    lines = ("1 / 0", "self.next(self.a, foreach='w')")
    _, ended = start(flow, *lines, above="    @skip_to", head=WRAPPERS)
    assert way_on(ended) == (None, "a", [7, 8])


def test_a_decorator_of_with_is_there(flow: Flow) -> None:
    _, ended = start(flow, "self.x = 1", "self.next(self.a)", head=WRAPPERS, how={"with_specs": ("around",)})
    assert ended.values["after"] == 2


# ---- the file and the process


def test_a_failure_shows_the_lines_of_the_file(flow: Flow) -> None:
    tasks, ended = start(flow, "self.x = helper(0)", head="def helper(x):\n    return 1 / x")
    failure = ended.failure
    assert failure.line == tasks.line("1 / x")
    trace = failure.traceback
    assert f'File "{tasks.file}", line {tasks.line("helper(0)")}, in start' in trace
    assert f'File "{tasks.file}", line {tasks.line("1 / x")}, in helper' in trace
    assert "self.x = helper(0)" in trace
    assert "nbflow/" not in trace


def test_the_file_is_executed_as_a_module_and_not_as_the_program(flow: Flow) -> None:
    head = "import sys\nif __name__ == '__main__': raise SystemExit('the program')\nHERE = [__name__, __file__]"
    tasks, ended = start(flow, "self.x = [HERE, sys.argv]", head=head)
    assert ended.values["x"] == [["nbflow_defs.F", str(tasks.file)], ["flow.py"]]


def test_inspect_finds_the_source_of_a_class_and_a_function(flow: Flow) -> None:
    head = "import inspect\ndef helper(): return 1\n\nclass Point:\n    x = 1"
    lines = (
        "self.x = [inspect.getsource(each) for each in (helper, Point, F.start)]",
        "self.y = inspect.getfile(Point)",
    )
    tasks, ended = start(flow, *lines, head=head)
    helper, point, method = ended.values["x"]
    assert helper == "def helper(): return 1\n"
    assert point == "class Point:\n    x = 1\n"
    assert method.startswith("    @step\n    def start(self):\n        self.x = ")
    assert ended.values["y"] == str(tasks.file)


def test_a_step_runs_where_it_is_told_to_and_imports_what_stands_beside_it(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text("NUMBER = 41\ndef bad(): raise ValueError('no')")
    (tmp_path / "elsewhere").mkdir()
    path = (str(tmp_path), *sys.path)
    lines = ("from pathlib import Path", "self.x = [beside_it.NUMBER, str(Path.cwd())]", "beside_it.bad()")
    _, ended = start(flow, *lines, head="import beside_it", sys_path=path, cwd=str(tmp_path / "elsewhere"))
    assert ended.so_far["x"] == [41, str(tmp_path / "elsewhere")]
    assert "beside_it.py" in ended.failure.traceback


def test_prints_displays_and_figures_are_there_as_in_a_cell(flow: Flow) -> None:
    lines = ("print('hello')", "display(7)", "import matplotlib.pyplot as plt", "plt.plot([1])", "self.next(self.a)")
    _, ended = start(flow, *lines, rich=True)
    assert ended.stdout == "hello\n"
    assert ended.texts[0] == "7"
    assert "image/png" in ended.shown[1]["display"]


def test_a_step_has_no_keyboard(flow: Flow) -> None:
    assert start(flow, "input('name? ')")[1].failure.type == "EOFError"


def test_a_step_has_its_memory_limit(flow: Flow) -> None:
    _, ended = start(flow, "self.x = 1", "bytearray(1 << 30)", memory=100 << 20)
    assert ended.failure.type == "MemoryError"
    assert ended.so_far == {"x": 1}


def test_a_file_that_fails_is_told_like_a_body(flow: Flow) -> None:
    tasks, ended = start(flow, "pass", head="import nowhere_to_be_found")
    assert ended.failure.type == "ModuleNotFoundError"
    assert ended.failure.line == tasks.line("nowhere_to_be_found")


def test_a_step_that_its_base_class_has_is_run_on_the_class(flow: Flow) -> None:
    text = """
    class Base(FlowSpec):
        @step
        def start(self):
            self.x = self.size() + 1
            self.next(self.end)

        @step
        def end(self): pass

        def size(self): return 1

    class F(Base):
        def size(self): return 10
    """
    assert flow(text).run().values == {"x": 11}


def test_the_init_of_the_class_is_not_called(flow: Flow) -> None:
    text = """
    class F(FlowSpec):
        def __init__(self): raise ValueError("no")
        @step
        def start(self): self.x = 1
    """
    assert flow(text).run().values == {"x": 1}


def test_setup_cells_are_run_before_a_step_of_a_class(flow: Flow) -> None:
    tasks = flow(
        "class F(FlowSpec):\n    @step\n    def start(self):\n        import os; self.x = os.environ['SET_UP']"
    )
    tasks.set_up("import os; os.environ['SET_UP'] = 'yes'")
    assert tasks.run().values == {"x": "yes"}
