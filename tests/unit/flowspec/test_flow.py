"""The class that flows are written on, outside of a task and on a stage."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from nbflow.flowspec.flow import FlowBody, TimeoutException, artifacts_of, on_stage
from nbflow.flowspec.step import step


class Memory:
    """A stage that has everything in memory."""

    step = "start"
    script_name = ""

    def __init__(self, *, joins: bool = False, fixed: Collection[str] = (), **values: Any) -> None:
        self.joins = joins
        self.fixed = fixed
        self.values = values
        self.asked: list[str] = []
        self.said: list[Any] = []

    def names(self) -> Collection[str]:
        return self.values.keys()

    def value(self, name: str) -> Any:
        self.asked.append(name)
        return self.values[name]

    def drop(self, name: str) -> bool:
        return self.values.pop(name, self) is not self

    def item(self) -> Any:
        return "item"

    def index(self) -> int | None:
        return 3

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        return [(3, 5, "item")]

    def go_on(self, flow: FlowBody, steps: tuple[Any, ...], how: Mapping[str, Any]) -> None:
        self.said.append((steps, how))

    def merge(self, flow: FlowBody, inputs: Any, exclude: Collection[str], include: Collection[str]) -> None:
        self.said.append((inputs, exclude, include))

    def run_command(self, command: str, files: Mapping[str, bytes], wanted: Collection[str]) -> list[bytes]:
        self.said.append((command, files))
        return [each.encode() for each in wanted]


class F(FlowBody):
    rate = 5
    _private = 0

    @step
    def start(self) -> None: ...

    @step
    def end(self) -> None: ...

    def helper(self) -> str:
        return "help"

    @property
    def double(self) -> int:
        return self.rate * 2


class G(F):
    @step
    def more(self) -> None: ...


# ---- outside of a task


def test_outside_of_a_task_attributes_are_as_of_any_class() -> None:
    flow = F()
    flow.x = 1
    flow.rate = 6
    assert (flow.x, flow.rate, flow.helper()) == (1, 6, "help")
    del flow.x, flow.rate
    assert flow.rate == 5
    with pytest.raises(AttributeError, match="'F' object has no attribute 'x'"):
        flow.x  # noqa: B018
    with pytest.raises(AttributeError):
        del flow.x


def test_outside_of_a_task_a_flow_knows_its_name_its_file_and_its_steps() -> None:
    flow = G()
    assert (F().name, flow.name, flow.script_name) == ("F", "G", "test_flow.py")
    assert (flow.index, flow.input, flow.foreach_stack()) == (None, None, [])
    assert [each.__name__ for each in flow] == ["start", "end", "more"]


def test_outside_of_a_task_a_flow_pickles() -> None:
    flow = F()
    flow.x = 1
    assert pickle.dumps(flow)


@pytest.mark.parametrize("call", [lambda flow: flow.next(flow.end), lambda flow: flow.merge_artifacts([])])
def test_outside_of_a_task_what_needs_one_says_so(call: Any) -> None:
    with pytest.raises(RuntimeError, match="works in a step while a run executes it"):
        call(F())


def test_a_timeout_is_an_exception_that_a_step_can_catch() -> None:
    assert issubclass(TimeoutException, Exception)


# ---- on a stage


def test_what_is_given_is_loaded_when_it_is_read_and_only_once() -> None:
    stage = Memory(x=[1], y=2)
    with on_stage(F, stage) as flow:
        assert stage.asked == []
        assert (flow.x, flow.x) == ([1], [1])
        assert stage.asked == ["x"]
    assert artifacts_of(flow) == {"x": [1]}


def test_what_is_fixed_is_read_from_the_stage_and_is_not_the_instances_own() -> None:
    stage = Memory(rate=9, fixed={"rate"})
    with on_stage(F, stage) as flow:
        assert (flow.rate, flow.double) == (9, 18)
        assert (F.rate, G.rate, type(flow).rate) == (5, 5, 5)
        with pytest.raises(AttributeError, match="Flow level attributes and Parameters are not modifiable"):
            flow.rate = 1
        with pytest.raises(AttributeError, match="not modifiable"):
            del flow.rate
    assert artifacts_of(flow) == {}


@pytest.mark.parametrize("kind", [F, G])
def test_the_class_is_as_before_when_the_task_is_over(kind: type[F]) -> None:
    before = dict(vars(kind)), dict(vars(F))
    with on_stage(kind, Memory(rate=9, fixed={"rate"}, _private=1, start=2)) as flow:
        assert (flow._private, flow.start) == (1, 2)
        assert kind.start.__name__ == "start"
    assert (dict(vars(kind)), dict(vars(F))) == before


def test_what_is_set_hides_what_was_given_and_what_is_deleted_is_gone() -> None:
    stage = Memory(x=1, y=2, _private=3)
    with on_stage(F, stage) as flow:
        flow.x = 5
        assert flow.x == 5
        del flow.x, flow.y, flow._private
        assert (hasattr(flow, "x"), hasattr(flow, "y"), flow._private) == (False, False, 0)
        with pytest.raises(AttributeError):
            del flow.y
    assert stage.values == {}


def test_a_name_that_is_missing_has_a_hint_and_in_a_join_a_way_to_get_it() -> None:
    with on_stage(F, Memory(model=1)) as flow, pytest.raises(AttributeError) as error:
        flow.modle  # noqa: B018
    assert str(error.value) == "Flow F has no attribute 'modle'. Did you mean 'self.model'?"
    with on_stage(F, Memory(joins=True)) as flow, pytest.raises(AttributeError) as error:
        flow.x  # noqa: B018
    assert str(error.value) == (
        "Flow F has no attribute 'x'. A join starts empty: take it from one of the joined tasks, "
        "self.x = inputs[0].x, or call self.merge_artifacts(inputs) first"
    )


def test_what_a_step_says_goes_to_the_stage() -> None:
    stage = Memory()
    with on_stage(F, stage) as flow:
        flow.next(flow.end, foreach="x")
        flow.merge_artifacts([1], include=["a"])
        assert flow.cmd("ls", output=["a", "b"]) == [b"a", b"b"]
        assert flow.cmd("ls", {"c": b"d"}, ["a"]) == b"a"
        assert (flow.index, flow.input, flow.foreach_stack()) == (3, "item", [(3, 5, "item")])
    (steps, how), merged, _, command = stage.said
    assert [each.__name__ for each in steps] == ["end"]
    assert how == {"foreach": "x"}
    assert merged == ([1], (), ["a"])
    assert command == ("ls", {"c": b"d"})


@pytest.mark.parametrize("name", ["index", "input", "next", "script_name"])
def test_what_the_stage_tells_cannot_be_set(name: str) -> None:
    with on_stage(F, Memory()) as flow, pytest.raises(AttributeError, match=f"self.{name} cannot be set"):
        setattr(flow, name, 1)


def test_a_flow_on_a_stage_cannot_be_pickled() -> None:
    with on_stage(F, Memory()) as flow, pytest.raises(TypeError, match="Flows can't be serialized"):
        pickle.dumps(flow)


def test_names_that_are_given_are_completed() -> None:
    with on_stage(F, Memory(model=1)) as flow:
        flow.other = 2
        assert {"model", "other", "start", "next"} <= set(dir(flow))
        assert not [name for name in dir(flow) if "stage" in name and name != "_stage"]


def test_a_property_may_read_and_set_artifacts() -> None:
    class P(FlowBody):
        @property
        def size(self) -> Any:
            return self._size

        @size.setter
        def size(self, value: Any) -> None:
            self._size = value

    with on_stage(P, Memory()) as flow:
        flow.size = 3
        assert flow.size == 3
    assert artifacts_of(flow) == {"_size": 3}
