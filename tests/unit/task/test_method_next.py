"""`self.next` while a step runs: where it leads, and every way in which it can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from class_tasks import ClassTasks, way_on

Flow = Callable[..., ClassTasks]

TEXT = """
def helper(self): pass

class F(FlowSpec):
    size = 3

    def plain(self): pass

    @step
    def a(self): pass

    @step
    def b(self): pass

    @step
    def start(self):
"""


def start(flow: Flow, *lines: str, head: str = "", **fields: Any) -> tuple[ClassTasks, Any]:
    tasks = flow(head + TEXT + "\n".join(f"        {line}" for line in lines))
    return tasks, tasks.run(**fields)


def test_a_linear_step_and_a_split_say_nothing_more(flow: Flow) -> None:
    assert way_on(start(flow, "self.next(self.a)")[1]) == (None, None, [])
    assert way_on(start(flow, "self.next(self.a, self.b)")[1]) == (None, None, [])


# ---- switch


@pytest.mark.parametrize(
    ("value", "cases", "chosen"),
    [
        ("'k1'", "{'k1': self.a, 'k2': self.b}", "a"),
        ("'k2'", "{'k1': self.a, 'k2': self.b}", "b"),
        ("2", "{1: self.a, 2: self.b}", "b"),
        ("False", "{True: self.a, False: self.b}", "b"),
        ("None", "{1: self.a, None: self.b}", "b"),
        ("'more'", "{'more': self.start, 'done': self.b}", "start"),
    ],
)
def test_a_switch_chooses_by_the_value_of_its_variable(flow: Flow, value: str, cases: str, chosen: str) -> None:
    _, ended = start(flow, f"self.v = {value}", f"self.next({cases}, condition='v')")
    assert way_on(ended) == (chosen, None, [])


@pytest.mark.parametrize("value", ["'x'", "[1]"])
def test_a_value_without_a_case_is_a_runtime_error(flow: Flow, value: str) -> None:
    tasks, ended = start(flow, f"self.v = {value}", "self.next({'k1': self.a, 'k2': self.b}, condition='v')")
    assert ended.failure.type == "RuntimeError"
    assert ended.failure.message.startswith(
        f"Switch condition variable 'v' has value {value} which is not in the available cases: ['k1', 'k2']"
    )
    assert ended.failure.line == tasks.line("self.next({")


# ---- foreach

FRAME = "import pandas; self.v = pandas.DataFrame({'a': [1, 2], 'b': ['x', 'y']})"


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("self.v = [1, 'b', None]", [1, "b", None]),
        ("self.v = (1, 2)", [1, 2]),
        ("self.v = 'abc'", ["a", "b", "c"]),
        ("self.v = range(3)", [0, 1, 2]),
        ("self.v = {'b': 2, 'a': 1}", [("b", 2), ("a", 1)]),
        ("self.v = {'cc', 'aa', 'bb'}", ["aa", "bb", "cc"]),
        ("self.v = (each for each in 'xy')", ["x", "y"]),
        ("self.v = zip('ab', [1, 2])", [("a", 1), ("b", 2)]),
        ("self.v = {'b': 2, 'a': 1}.values()", [2, 1]),
        ("self.v = [[1], [2]]", [[1], [2]]),
        ("self.size_ = 1; self.v = [0] * 100", [0] * 100),
    ],
)
def test_a_foreach_lists_its_items(flow: Flow, line: str, items: list[Any]) -> None:
    _, ended = start(flow, line, "self.next(self.a, foreach='v')")
    assert way_on(ended) == (None, "a", items)
    assert ended.done["items"]["total"] == len(items)


def test_what_can_be_gone_through_only_once_becomes_a_list(flow: Flow) -> None:
    _, ended = start(flow, "self.v = (each for each in 'xy')", "self.next(self.a, foreach='v')")
    assert ended.values["v"] == ["x", "y"]


def test_a_foreach_over_a_frame_lists_its_rows_and_over_an_array_its_parts(flow: Flow) -> None:
    _, ended = start(flow, FRAME, "self.next(self.a, foreach='v')")
    assert [dict(row) for row in way_on(ended)[2]] == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    _, ended = start(flow, "import numpy; self.v = numpy.eye(2)", "self.next(self.a, foreach='v')")
    assert [row.tolist() for row in way_on(ended)[2]] == [[1.0, 0.0], [0.0, 1.0]]


def test_a_foreach_over_a_constant_and_over_an_artifact_from_above(flow: Flow) -> None:
    _, ended = start(flow, "self.next(self.a, foreach='size')", constants={"size": [4, 5]})
    assert way_on(ended)[2] == [4, 5]
    given = start(flow, "self.v = 'ab'")[1]
    tasks = flow(TEXT + "        self.next(self.a, foreach='v')")
    assert way_on(tasks.run(after=given))[2] == ["a", "b"]


def test_an_item_that_cannot_be_stored_is_named(flow: Flow) -> None:
    text = """
    import threading

    class F(FlowSpec):
        @property
        def locks(self): return [1, {"k": threading.Lock()}]

        @step
        def a(self): pass

        @step
        def start(self):
            self.next(self.a, foreach="locks")
    """
    failure = flow(text).run().failure
    assert failure.code == "T022"
    assert "item 1 of the foreach over *self.locks* in step start cannot be stored" in failure.message
    assert "its ['k'] is a _thread.lock" in failure.message


# ---- num_parallel


@pytest.mark.parametrize("number", ["4", "self.size + 1"])
def test_a_gang_has_places_for_items(flow: Flow, number: str) -> None:
    _, ended = start(flow, f"self.next(self.a, num_parallel={number})", constants={"size": 3})
    assert way_on(ended) == (None, "a", [0, 1, 2, 3])


# ---- errors


def fails(flow: Flow, *lines: str, head: str = "", **fields: Any) -> str:
    """Return the message of an InvalidNextError."""
    tasks, ended = start(flow, *lines, head=head, **fields)
    failure = ended.failure
    assert failure.type == "InvalidNextError"
    assert failure.code is not None
    assert failure.code.startswith("T03")
    line = tasks.line(lines[-1])
    assert f"Invalid self.next() transition detected on line {line}" in failure.message
    assert failure.line == line
    assert f"where  flow.py · line {line}" in failure.traceback
    return failure.message


def test_an_unknown_keyword(flow: Flow) -> None:
    message = fails(flow, "self.next(self.a, forech='v')")
    assert message.startswith("Step *start* passes an unknown keyword argument *forech* to self.next()")
    assert "Did you mean 'foreach'?" in message


def test_two_calls(flow: Flow) -> None:
    message = fails(flow, "self.next(self.a)", "self.next(self.b)")
    assert message.startswith("Multiple self.next() calls detected in step *start*")
    assert "Call self.next() only once" in message


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("self.next({}, condition='v')", "A condition needs a non-empty dictionary of cases"),
        ("self.next(self.a, condition='v')", "A condition needs a non-empty dictionary of cases"),
        ("self.next({'x': self.a}, self.b, condition='v')", "A condition needs a non-empty dictionary of cases"),
        ("self.next({'x': self.a}, condition=1)", "The condition must be a string, the name of a variable, not 1"),
        ("self.next({'x': self.a}, condition='v', foreach='w')", "A condition cannot be combined with foreach"),
        ("self.next({'x': self.a}, condition='v', num_parallel=2)", "A condition cannot be combined with num_parallel"),
        ("self.next({'x': self.a})", "A dictionary of cases needs a condition"),
    ],
)
def test_a_switch_of_the_wrong_form(flow: Flow, call: str, words: str) -> None:
    message = fails(flow, call)
    assert message.startswith(f"Step *start* has an invalid self.next() transition: {words}")


def test_a_condition_that_is_not_there(flow: Flow) -> None:
    message = fails(flow, "self.choise = 1", "self.next({'x': self.a}, condition='choice')")
    assert message.startswith("Condition variable *self.choice* in step *start* does not exist")
    assert "Did you mean 'self.choise'?" in message


@pytest.mark.parametrize(
    ("call", "which"),
    [
        ("self.next(self.size)", "1. argument"),
        ("self.next('a')", "1. argument"),
        ("self.next(self.a, helper)", "2. argument"),
        ("self.next(F.a)", "1. argument"),
        ("self.next({'x': 'a'}, condition='size')", "target of case 'x'"),
    ],
)
def test_a_target_that_is_no_method(flow: Flow, call: str, which: str) -> None:
    message = fails(flow, call, constants={"size": "x"})
    assert message.startswith(f"In step *start* the {which} in self.next() is not a function")
    assert "Make sure all arguments in self.next() are methods of the Flow class" in message


@pytest.mark.parametrize("call", ["self.next(self.plain)", "self.next({'x': self.plain}, condition='size')"])
def test_a_method_that_is_no_step(flow: Flow, call: str) -> None:
    message = fails(flow, call, constants={"size": "x"})
    assert message.startswith("Step *start* specifies a self.next() transition to an unknown step, *plain*")


def test_no_step_at_all(flow: Flow) -> None:
    message = fails(flow, "self.next()")
    assert "Specify at least one step function as an argument in self.next()" in message


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "self.next(self.a, self.b, num_parallel=2)",
            "Only one destination allowed when num_parallel used in self.next()",
        ),
        ("self.next(self.a, num_parallel=0)", "num_parallel is how many tasks run together, and 0 is no such number"),
        ("self.next(self.a, num_parallel='two')", "num_parallel is how many tasks run together, and 'two' is no such"),
    ],
)
def test_a_gang_of_the_wrong_form(flow: Flow, call: str, words: str) -> None:
    assert fails(flow, call).startswith(f"Step *start* has an invalid self.next() transition: {words}")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "self.next(self.a, foreach=[1, 2])",
            "The argument to 'foreach' must be a string, the name of a variable, not",
        ),
        ("self.next(self.a, self.b, foreach='size')", "Specify exactly one target for 'foreach'"),
        ("self.next(self.a, foreach='size', num_parallel=2)", "Specify exactly one target for 'foreach'"),
    ],
)
def test_a_foreach_of_the_wrong_form(flow: Flow, call: str, words: str) -> None:
    assert fails(flow, call).startswith(f"Step *start* has an invalid self.next() transition: {words}")


def test_a_foreach_over_what_is_not_there(flow: Flow) -> None:
    message = fails(flow, "self.items = [1]", "self.next(self.a, foreach='itms')")
    assert message.startswith("Foreach variable *self.itms* in step *start* does not exist")
    assert "Check your variable" in message
    assert "Did you mean 'self.items'?" in message


@pytest.mark.parametrize("value", ["1", "None"])
def test_a_foreach_over_what_has_no_items(flow: Flow, value: str) -> None:
    message = fails(flow, f"self.v = {value}", "self.next(self.a, foreach='v')")
    assert message.startswith("Foreach variable *self.v* in step *start* is not iterable")
    assert "Please check details" in message


@pytest.mark.parametrize("value", ["[]", "{}", "iter(())", "''"])
def test_a_foreach_over_nothing(flow: Flow, value: str) -> None:
    message = fails(flow, f"self.v = {value}", "self.next(self.a, foreach='v')")
    assert message.startswith("Foreach iterator over *v* in step *start* produced zero splits")


@pytest.mark.parametrize(
    ("value", "number"),
    [("range(101)", "101"), ("list(range(2000))", "2,000"), ("(1 for _ in range(500))", "more than 100")],
)
def test_a_foreach_over_too_much(flow: Flow, value: str, number: str) -> None:
    message = fails(flow, f"self.v = {value}", "self.next(self.a, foreach='v')")
    assert message.startswith(
        f"Foreach in step *start* yielded {number} child steps which is more than the current maximum of 100 children"
    )
    assert "You can raise the maximum with the --max-num-splits option" in message


def test_the_maximum_can_be_raised(flow: Flow) -> None:
    lines = ("self.v = range(101)", "self.next(self.a, foreach='v')")
    assert len(way_on(start(flow, *lines, how={"max_splits": 101})[1])[2]) == 101


# ---- what the text says and what happens


def mismatch(flow: Flow, *lines: str, **fields: Any) -> str:
    failure = start(flow, *lines, **fields)[1].failure
    assert (failure.code, failure.type) == ("T039", "InvalidNextError")
    assert "Make sure there is only one unconditional self.next() call in the end of your step" in failure.message
    return failure.message.splitlines()[0]


def test_another_step_than_the_text_says(flow: Flow) -> None:
    # the text says what its last self.next says
    said = mismatch(flow, "if self.size: self.next(self.b)", "else: self.next(self.a)", constants={"size": 1})
    assert said == (
        "Based on static analysis of the code, step *start* was expected to transition to step(s) *a*. However, when "
        "the code was executed, self.next() was called with *b*"
    )


def test_another_variable_than_the_text_says(flow: Flow) -> None:
    lines = ("if self.size: self.next(self.a, foreach='size')", "else: self.next(self.a, foreach='v')")
    said = mismatch(flow, *lines, constants={"size": [1]})
    assert "transition to step(s) *a*, foreach='v'. However" in said
    assert said.endswith("was called with *a*, foreach='size'")


def test_a_foreach_where_the_text_says_none(flow: Flow) -> None:
    lines = ("if self.size: self.next(self.a, foreach='size')", "else: self.next(self.a)")
    assert mismatch(flow, *lines, constants={"size": [1]}).endswith("was called with *a*, foreach='size'")


def test_no_call_where_the_text_has_one(flow: Flow) -> None:
    said = mismatch(flow, "if self.size: return", "self.next(self.a)", constants={"size": 1})
    assert said.endswith("However, when the code was executed, self.next() was not called")


def test_a_call_where_the_text_has_none(flow: Flow) -> None:
    said = mismatch(flow, "go = self.next", "go(self.a)")
    assert "was expected to transition to no step" in said


def test_self_next_outside_of_a_task(flow: Flow) -> None:
    _, ended = start(flow, "F().next(F().a)")
    assert ended.failure.type == "RuntimeError"
    assert "works in a step while a run executes it" in ended.failure.message
