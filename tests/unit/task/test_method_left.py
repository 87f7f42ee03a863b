"""What a step of a class leaves, and what it cannot leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from class_tasks import ClassTasks

Flow = Callable[..., ClassTasks]


def start(flow: Flow, *lines: str, head: str = "", **fields: Any) -> Any:
    body = "\n".join(f"        {line}" for line in lines)
    return flow(f"{head}\nclass F(FlowSpec):\n    @step\n    def start(self):\n{body}\n").run(**fields)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("self.f = lambda: 1", "a lambda"),
        ("self.f = helper", "the function helper"),
        ("self.f = self.start", "a method"),
        ("self.f = [].append", None),
    ],
)
def test_a_function_is_refused_by_name_with_what_to_do(flow: Flow, line: str, what: str | None) -> None:
    ended = start(flow, "self.x = 1", line, head="def helper(): return 1")
    if what is None:
        # methods of built-in values are values like others
        assert ended.values["x"] == 1
        return
    failure = ended.failure
    assert failure.code == "T020"
    assert f"'f' of step start is {what}, and functions are not artifacts" in failure.message
    assert "del self.f" in failure.message
    assert ended.so_far == {"x": 1}


def test_functions_and_classes_inside_of_values_are_left(flow: Flow) -> None:
    ended = start(
        flow, "self.x = {'f': len, 'c': Point, 'g': helper}", head="class Point: pass\ndef helper(): return 1"
    )
    assert ended.manifest.artifacts.keys() == {"x"}


def test_a_function_that_is_let_go_is_no_matter(flow: Flow) -> None:
    assert start(flow, "self.f = lambda: 1", "self.x = self.f()", "del self.f").values == {"x": 1}


@pytest.mark.parametrize("line", ["self.me = self", "self.me = [self]", "self.me = {'a': self}"])
def test_the_flow_itself_is_no_artifact(flow: Flow, line: str) -> None:
    failure = start(flow, line).failure
    assert failure.code in {"T011", "T021"}
    assert "'me'" in failure.message
    assert "Flows can't be serialized. Maybe you tried to assign *self* or one of the *inputs*" in failure.message


@pytest.mark.parametrize("line", ["self.it = inputs", "self.it = inputs[0]", "self.it = list(inputs)"])
def test_what_is_joined_is_no_artifact(flow: Flow, line: str) -> None:
    text = f"""
    class F(FlowSpec):
        @step
        def start(self):
            self.x = 1
        @step
        def join(self, inputs):
            {line}
    """
    tasks = flow(text)
    failure = tasks.run("join", joined=[tasks.run()]).failure
    assert failure.code in {"T011", "T021"}
    assert "'it'" in failure.message
    assert "one of the *inputs*" in failure.message or "window into the store" in failure.message


def test_what_cannot_be_pickled_is_named_and_the_rest_is_kept(flow: Flow) -> None:
    ended = start(flow, "import threading", "self.a = 1", "self.lock = {'k': [threading.Lock()]}", "self.z = 2")
    assert ended.failure.code == "T011"
    assert "'lock' of step start cannot be stored" in ended.failure.message
    assert "['k'][0]" in ended.failure.message
    assert "del self.lock" in ended.failure.message
    assert ended.so_far == {"a": 1, "z": 2}


def test_all_that_cannot_be_left_is_told_at_once(flow: Flow) -> None:
    ended = start(flow, "import threading", "self.f = lambda: 1", "self.lock = threading.Lock()", "self.me = self")
    assert "'f'" in ended.failure.traceback
    assert "'lock'" in ended.failure.traceback
    assert "'me'" in ended.failure.traceback


def test_a_handle_of_a_display_is_no_artifact(flow: Flow) -> None:
    failure = start(flow, "self.shown = display(1, display_id=True)", rich=True).failure
    assert failure.code == "T011"
    assert "screen" in failure.message


def test_a_failed_step_keeps_what_it_had_set_and_what_it_was_given(flow: Flow) -> None:
    text = """
    class F(FlowSpec):
        @step
        def start(self):
            self.x, self.y = 1, [1]
            self.next(self.end)
        @step
        def end(self):
            self.z = 3
            self.y.append(2)
            del self.x
            1 / 0
    """
    tasks = flow(text)
    ended = tasks.run("end", after=tasks.run())
    assert ended.failure.type == "ZeroDivisionError"
    assert ended.failure.line == tasks.line("1 / 0")
    assert ended.so_far == {"y": [1, 2], "z": 3}


def test_a_class_of_the_flows_file_is_an_artifact_for_the_step_after_it(flow: Flow) -> None:
    text = """
    from dataclasses import dataclass

    @dataclass
    class Point:
        x: int

    class F(FlowSpec):
        @step
        def start(self):
            self.point = Point(3)
            self.next(self.end)
        @step
        def end(self):
            self.seen = [self.point.x, isinstance(self.point, Point), self.point == Point(3)]
    """
    tasks = flow(text)
    begun = tasks.run()
    assert begun.manifest.artifacts["point"].uses == ("nbflow_defs.F:Point",)
    end = tasks.run("end", after=begun)
    assert end.workspace.store.get(end.manifest.artifacts["seen"]) == [3, True, True]
