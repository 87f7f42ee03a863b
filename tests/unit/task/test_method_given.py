"""What a step of a class reads: artifacts of the step before, parameters, constants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from class_tasks import ClassTasks

from nbflow.model.artifact import ArtifactRef, BlobRef
from nbflow.model.ids import Digest

Flow = Callable[..., ClassTasks]

#: its bytes are not in the store: who loads it fails
LOST = ArtifactRef(Digest("0" * 64), "pickle", "Model", 10, header=BlobRef(Digest("0" * 64), 10))

TWO_STEPS = """
class F(FlowSpec):
    @step
    def start(self):
        self.x = [1]
        self.y = {"a": 1}
        self._private = "hidden"
        self.next(self.end)

    @step
    def end(self):
"""


def two_steps(flow: Flow, *lines: str, head: str = "", body: str = "") -> ClassTasks:
    text = TWO_STEPS.replace("class F(FlowSpec):", f"class F(FlowSpec):\n    {body}\n")
    return flow(f"{head}\n{text}" + "\n".join(f"        {line}" for line in lines))


def test_what_a_step_sets_is_read_by_the_step_after_it(flow: Flow) -> None:
    tasks = two_steps(flow, "self.z = self.x + [self._private]")
    start = tasks.run()
    assert start.values == {"x": [1], "y": {"a": 1}, "_private": "hidden"}
    assert (start.done["chose"], start.done["items"]) == (None, None)
    end = tasks.run("end", after=start)
    assert end.values == {**start.values, "z": [1, "hidden"]}


def test_what_is_not_read_is_handed_on_without_being_loaded(flow: Flow) -> None:
    tasks = two_steps(flow, "self.z = self.x")
    start = tasks.run()
    end = tasks.run("end", after={**start.manifest.artifacts, "lost": LOST})
    assert end.manifest.artifacts["lost"] == LOST
    assert end.manifest.inherited == {"lost", "x", "y", "_private"}


def test_a_change_in_place_is_left(flow: Flow) -> None:
    tasks = two_steps(flow, "self.x.append(2)", "self.y['b'] = 2")
    end = tasks.run("end", after=tasks.run())
    assert end.values == {"x": [1, 2], "y": {"a": 1, "b": 2}, "_private": "hidden"}
    assert end.manifest.inherited == {"_private"}


def test_what_is_read_and_not_changed_is_handed_on_by_reference(flow: Flow) -> None:
    tasks = two_steps(flow, "assert self.x == [1]", "assert self.y")
    start = tasks.run()
    end = tasks.run("end", after=start)
    assert end.manifest.artifacts == start.manifest.artifacts
    assert end.manifest.own == {}


def test_a_value_that_is_set_anew_is_the_steps_own_although_it_is_equal(flow: Flow) -> None:
    tasks = two_steps(flow, "self.x = [1]")
    start = tasks.run()
    end = tasks.run("end", after=start)
    assert end.manifest.artifacts == start.manifest.artifacts
    assert end.manifest.own.keys() == {"x"}


@pytest.mark.parametrize("lines", [("del self.x",), ("self.x", "del self.x"), ("self.x = 2", "del self.x")])
def test_what_is_deleted_is_gone_downstream(flow: Flow, lines: tuple[str, ...]) -> None:
    tasks = two_steps(flow, *lines, "assert not hasattr(self, 'x')", "assert 'x' not in dir(self)")
    end = tasks.run("end", after=tasks.run())
    assert end.values.keys() == {"y", "_private"}


def test_what_was_deleted_can_be_set_again(flow: Flow) -> None:
    tasks = two_steps(flow, "del self.x", "self.x = 3")
    assert tasks.run("end", after=tasks.run()).values["x"] == 3


def test_what_is_not_there_cannot_be_deleted(flow: Flow) -> None:
    tasks = two_steps(flow, "del self.nothing")
    assert tasks.run("end", after=tasks.run()).failure.type == "AttributeError"


def test_an_attribute_that_is_not_there_is_named_with_its_nearest(flow: Flow) -> None:
    tasks = two_steps(flow, "self.model = 1", "self.modle")
    failure = tasks.run("end", after=tasks.run()).failure
    assert failure.message == "Flow F has no attribute 'modle'. Did you mean 'self.model'?"
    assert failure.line == tasks.line("self.modle")


def test_hasattr_and_getattr_with_a_default_work(flow: Flow) -> None:
    tasks = two_steps(flow, "self.found = [hasattr(self, 'x'), hasattr(self, 'q'), getattr(self, 'q', 7)]")
    assert tasks.run("end", after=tasks.run()).values["found"] == [True, False, 7]


def test_a_private_attribute_of_the_class_does_not_hide_what_a_step_set(flow: Flow) -> None:
    tasks = two_steps(
        flow, "self.seen = self._private", "del self._private", "self.own = self._private", body="_private = 0"
    )
    end = tasks.run("end", after=tasks.run())
    assert (end.values["seen"], end.values["own"]) == ("hidden", 0)
    assert "_private" not in end.values


def test_a_value_whose_bytes_are_gone_is_named(flow: Flow) -> None:
    tasks = two_steps(flow, "print(self.lost)")
    failure = tasks.run("end", after={"lost": LOST}).failure
    assert failure.code == "T016"
    assert "'lost'" in failure.message


# ---- parameters and constants

CLASS = """
from nbflow.flowspec.parameter import Parameter
class F(FlowSpec):
    alpha = Parameter("alpha", default=0.5)
    rates = [1, 2]
    grid = {"a": [1]}

    @step
    def start(self):
"""
GIVEN = {"alpha": 0.7, "rates": [1, 2, 3], "grid": {"a": [1]}}


def with_class(flow: Flow, *lines: str, **constants: Any) -> Any:
    text = CLASS + "\n".join(f"        {line}" for line in lines)
    return flow(text).run(constants={**GIVEN, **constants})


def test_parameters_and_constants_are_read_as_the_run_has_them(flow: Flow) -> None:
    ended = with_class(flow, "self.seen = [self.alpha, self.rates, self.grid]")
    assert ended.values["seen"] == [0.7, [1, 2, 3], {"a": [1]}]
    assert ended.manifest.inherited == {"alpha", "rates", "grid"}


def test_the_class_itself_has_what_stands_in_it(flow: Flow) -> None:
    ended = with_class(flow, "self.seen = [F.rates, type(self).rates, type(F.alpha).__name__]")
    assert ended.values["seen"] == [[1, 2], [1, 2], "Parameter"]


@pytest.mark.parametrize("line", ["self.alpha = 1", "self.rates = []", "del self.alpha", "self.rates += [3]"])
def test_parameters_and_constants_cannot_be_set(flow: Flow, line: str) -> None:
    ended = with_class(flow, line)
    assert ended.failure.type == "AttributeError"
    assert ended.failure.message.startswith("Flow level attributes and Parameters are not modifiable: '")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("self.rates.append(4)", "constant 'rates'"),
        ("self.grid['a'].append(2)", "constant 'grid'"),
        ("self.alpha.append(1)", "parameter 'alpha'"),
    ],
)
def test_a_parameter_or_a_constant_that_is_changed_in_place_is_an_error(flow: Flow, line: str, what: str) -> None:
    failure = with_class(flow, line, alpha=[0.5]).failure
    assert failure.code == "T019"
    assert failure.message.startswith(f"step start changed {what} in place\n")
    assert "no other step sees the change" in failure.message
    assert "copy.deepcopy(self." in failure.message


def test_what_may_have_been_changed_in_place_is_a_warning(flow: Flow) -> None:
    head = "class Odd:\n    def __reduce__(self):\n        import os; return (Odd, (), {'salt': os.urandom(9)})\n"
    tasks = flow(f"{head}    def __setstate__(self, _): pass\n{CLASS}        self.made = Odd()\n        self.rates")
    made = tasks.run(constants=GIVEN).manifest.artifacts["made"]
    spec = tasks.spec(constants=GIVEN)
    given = {**spec.method.constants, "rates": made}
    ended = tasks.run(how={}, constants=GIVEN, method=replace(spec.method, constants=given))
    assert ended.done["warnings"] == [["T117", {"step": "start", "name": "rates"}]]


def test_constants_of_a_base_class_are_read_only_too(flow: Flow) -> None:
    text = """
    class Base(FlowSpec):
        rates = [1]

        def total(self):
            return sum(self.rates)

    class F(Base):
        @step
        def start(self):
            self.seen = self.total()
            self.rates = 1
    """
    ended = flow(text).run(constants={"rates": [4, 5]})
    assert ended.so_far["seen"] == 9
    assert "not modifiable" in ended.failure.message


def test_a_config_is_read_as_a_config(flow: Flow) -> None:
    text = """
    from nbflow.flowspec.config import Config
    class F(FlowSpec):
        cfg = Config("cfg", default_value={"model": {"alpha": 1}})
        @step
        def start(self):
            self.alpha = self.cfg.model.alpha
            self.cfg["x"] = 1
    """
    config = {"model": {"alpha": 3}}
    ended = flow(text).run(constants={"cfg": config}, how={"configs": {"cfg": config}})
    assert ended.so_far["alpha"] == 3
    assert "immutable" in ended.failure.message


@pytest.mark.parametrize("name", ["index", "input", "next", "script_name"])
def test_what_the_task_itself_tells_cannot_be_set(flow: Flow, name: str) -> None:
    failure = with_class(flow, f"self.{name} = 1").failure
    assert failure.type == "AttributeError"
    assert f"self.{name} cannot be set" in failure.message


def test_the_flow_knows_its_name_and_its_file(flow: Flow) -> None:
    ended = with_class(flow, "self.seen = [self.name, self.script_name, self.index, self.input, self.foreach_stack()]")
    assert ended.values["seen"] == ["F", "flow.py", None, None, []]


def test_a_step_may_call_something_name(flow: Flow) -> None:
    assert with_class(flow, "self.name = 'mine'", "self.seen = self.name").values["seen"] == "mine"


def test_a_command_can_be_run(flow: Flow) -> None:
    ended = with_class(flow, "self.seen = self.cmd('tr a b <one >two', {'one': b'aha'}, ['two'])")
    assert ended.values["seen"] == b"bhb"


def test_a_flow_gives_its_steps_in_order(flow: Flow) -> None:
    tasks = two_steps(flow, "self.seen = [each.__name__ for each in self]")
    assert tasks.run("end", after=tasks.run()).values["seen"] == ["start", "end"]


# ---- the foreach around


def test_the_item_the_place_and_the_stack_of_a_foreach(flow: Flow) -> None:
    frames = [(1, 2, "eu"), (0, 3, {"k": 1})]
    text = """
    class F(FlowSpec):
        @step
        def start(self):
            self.seen = [self.input, self.index, self.foreach_stack()]
    """
    ended = flow(text).run(frames=frames)
    assert ended.values["seen"] == [{"k": 1}, 0, frames]
