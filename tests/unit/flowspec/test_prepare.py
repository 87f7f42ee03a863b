# ruff: noqa: N801 - decorators are named as they are used
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nbflow.errors import DecoratorError, FlowError, ParameterError
from nbflow.flowspec.config import Config, config_expr
from nbflow.flowspec.config import read as read_configs
from nbflow.flowspec.decorators_of_flows import exit_hook, project, schedule
from nbflow.flowspec.decorators_of_steps import card, catch, environment, resources, retry, timeout
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.include_file import IncludeFile
from nbflow.flowspec.mutators import MutableStep, StepMutator
from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.prepared import PreparedStep
from nbflow.flowspec.step import step
from nbflow.flowspec.wrappers import user_step_decorator


def refused(flow: type, *with_specs: str, kind: type[FlowError] = DecoratorError) -> str:
    with pytest.raises(kind) as caught:
        prepare(flow, with_specs=with_specs)
    assert type(caught.value) is kind
    return str(caught.value)


def names(step: PreparedStep) -> list[str]:
    return [each.name for each in step.decorators]


def given(step: PreparedStep, name: str) -> dict[str, Any]:
    (found,) = (each for each in step.decorators if each.name == name)
    return dict(found.given)


@user_step_decorator
def timed(step_name: str, flow: Any, inputs: Any, attributes: Any) -> Any:
    yield


class Two(FlowBody):
    """A flow of two steps."""

    @retry(times=1)
    @step
    def start(self) -> None: ...

    @timed(unit="s")
    @step
    def end(self) -> None: ...


# ---- what a flow is made of


def test_steps_come_in_the_order_of_their_definition_with_their_decorators_top_first() -> None:
    class Flow(FlowBody):
        @step(start=True)
        def one(self) -> None: ...

        def no_step(self) -> None: ...

        @catch
        @timeout(seconds=3)
        @step(end=True, node_info={"owner": "me"})
        def another(self) -> None: ...

    flow = prepare(Flow)
    assert (flow.name, flow.flow_class) == ("Flow", Flow)
    assert list(flow.steps) == ["one", "another"]
    one, another = flow.steps.values()
    assert (one.start, one.end, another.start, another.end) == (True, False, False, True)
    assert another.node_info == {"owner": "me"}
    assert names(another) == ["catch", "timeout"]
    assert another.function is Flow.another


def test_steps_of_base_classes_come_first_and_one_that_is_written_anew_keeps_its_place() -> None:
    class Base(FlowBody):
        @retry
        @step
        def start(self) -> None: ...

        @step
        def middle(self) -> None: ...

    class Mixin:
        @step
        def mixed(self) -> None: ...

    class Flow(Mixin, Base):
        @step
        def end(self) -> None: ...

        @catch
        @step
        def start(self) -> None: ...

    flow = prepare(Flow)
    assert list(flow.steps) == ["start", "middle", "mixed", "end"]
    assert names(flow.steps["start"]) == ["catch"]
    assert flow.steps["start"].function is Flow.start


def test_a_step_can_be_taken_away_and_not_by_a_method_that_forgot_step() -> None:
    class Without(Two):
        start = None

    class Forgot(Two):
        def start(self) -> None: ...

    assert list(prepare(Without).steps) == ["end"]
    text = refused(Forgot)
    assert "NBF-D038  'start' of class 'Forgot' takes the place of a step and is none" in text
    assert "put @step above it" in text


def test_parameters_files_and_configs_are_those_of_base_classes_and_its_own() -> None:
    class Base(FlowBody):
        alpha = Parameter("alpha", default=0.5)
        gone = Parameter("gone", default=1)
        cfg = Config("cfg", default_value={"a": 1})

    class Flow(Base):
        stops = IncludeFile("stops", default="x.txt")
        alpha = Parameter("alpha", default=0.7)
        gone = None

    flow = prepare(Flow)
    assert list(flow.parameters) == ["alpha", "stops"]
    assert flow.parameters["alpha"] is Flow.alpha
    assert list(flow.configs) == ["cfg"]
    assert flow.config_values["cfg"] == {"a": 1}


def test_decorators_of_base_classes_count_and_each_once() -> None:
    @project(name="sales")
    @exit_hook(on_error=[print])
    class Base(FlowBody): ...

    @exit_hook(on_success=[print])
    @schedule(hourly=True)
    class Flow(Base): ...

    @project(name="other")
    class Twice(Base): ...

    assert [each.name for each in prepare(Flow).decorators] == ["project", "exit_hook", "exit_hook", "schedule"]
    assert [each.name for each in prepare(Base).decorators] == ["project", "exit_hook"]
    text = refused(Twice)
    assert "NBF-D009  flow 'Twice' already has a decorator 'project'" in text
    assert '@project(name="other")' in text


def test_a_decorator_stands_at_a_step_once_but_for_cards() -> None:
    class Flow(FlowBody):
        @retry(times=1)
        @card(id="a")
        @card(id="b")
        @retry(times=2)
        @step
        def start(self) -> None: ...

    text = refused(Flow)
    assert text.count("NBF-") == 1
    assert "NBF-D008  step 'start' already has a decorator 'retry'" in text
    assert "@retry(times=2)" in text


def test_all_that_is_wrong_is_told_at_once_with_its_lines() -> None:
    @project(name="Sales")
    class Flow(FlowBody):
        @retry(times=7)
        @timeout
        @step
        def start(self) -> None: ...

        @resources(cpus=2)
        @step
        def end(self) -> None: ...

    text = refused(Flow, "retyr", "catch:var=3")
    assert [line[4:8] for line in text.splitlines() if line.startswith("NBF-")] == [
        "D022",
        "D006",
        "D006",
        "D014",
        "D015",
        "D005",
    ]
    assert text.count("where  test_prepare.py · line") == 4


def test_what_is_wrong_with_values_is_told_with_what_is_wrong_with_places() -> None:
    class Flow(FlowBody):
        @retry
        @retry
        @timeout
        @step
        def start(self) -> None: ...

    text = refused(Flow)
    assert "NBF-D008" in text
    assert "NBF-D015" in text


def test_making_a_class_ready_changes_nothing_of_it() -> None:
    first = prepare(Two, with_specs=["retry", "catch"])
    second = prepare(Two)
    assert names(first.steps["end"]) == ["catch", "retry"]
    assert names(second.steps["end"]) == []
    assert first.steps["end"].wrappers[0] is not second.steps["end"].wrappers[0]


# ---- configs


class Configured(FlowBody):
    cfg = Config("my-cfg", default_value={"times": 2, "env": {"A": 1}, "name": "Sales", "retry": {"times": 3}})

    @retry(times=cfg.times)
    @environment(vars=cfg.env)
    @step
    def start(self) -> None: ...

    @retry(**cfg.retry)
    @timed(unit=cfg["name"], deep={"a": [cfg.times]})
    @step
    def end(self) -> None: ...


def test_configs_stand_in_for_values_until_the_flow_is_made_ready() -> None:
    flow = prepare(Configured)
    assert given(flow.steps["start"], "retry") == {"times": 2}
    assert given(flow.steps["start"], "environment") == {"vars": {"A": "1"}}
    assert given(flow.steps["end"], "retry") == {"times": 3}
    assert flow.steps["end"].wrappers[0].nbflow_use.kwargs == {"unit": "Sales", "deep": {"a": [2]}}


def test_values_of_configs_can_be_given() -> None:
    values = read_configs(
        {"cfg": Configured.cfg}, contents={"my-cfg": {"times": 4, "env": {}, "name": "x", "retry": {}}}
    )
    flow = prepare(Configured, config_values=values)
    assert given(flow.steps["start"], "retry") == {"times": 4}
    assert given(flow.steps["end"], "retry") == {}


def test_an_expression_may_stand_in_for_a_value() -> None:
    @project(name=config_expr("cfg.name.lower()"))
    class Flow(Configured): ...

    assert prepare(Flow).decorators[0].given == {"name": "sales"}


def test_a_value_of_a_config_that_does_not_fit_is_refused_as_if_it_were_written() -> None:
    class Flow(FlowBody):
        cfg = Config("cfg", default_value={"times": 9, "unknown": {"tims": 1}})

        @retry(times=cfg.times)
        @step
        def start(self) -> None: ...

        @retry(**cfg.unknown)
        @step
        def end(self) -> None: ...

    text = refused(Flow)
    assert "@retry(times=4)" in text
    assert "does not support the attribute 'tims'" in text


def test_a_value_that_the_config_has_not_is_told() -> None:
    class Flow(FlowBody):
        cfg = Config("cfg", default_value={"times": 1})

        @retry(times=cfg.tmes)
        @timed(a=cfg.nothing)
        @step
        def start(self) -> None: ...

    text = refused(Flow, kind=ParameterError)
    assert "Did you mean 'times'?" in text
    assert "there is no 'nothing' in the config" in text


# ---- --with


def test_with_adds_to_all_steps_that_have_no_such_decorator() -> None:
    flow = prepare(Two, with_specs=["retry:times=4,minutes_between_retries=0", "timeout:seconds=9"])
    start, end = flow.steps.values()
    assert given(start, "retry") == {"times": 1}
    assert given(end, "retry") == {"times": 4, "minutes_between_retries": 0}
    assert given(start, "timeout") == given(end, "timeout") == {"seconds": 9}
    assert [each.static for each in end.decorators] == [False, False]


def test_with_said_again_is_meant_otherwise() -> None:
    flow = prepare(Two, with_specs=["retry", "catch", "retry:times=2"])
    assert given(flow.steps["end"], "retry") == {"times": 2}


def test_with_adds_cards_to_cards() -> None:
    class Flow(FlowBody):
        @card(id="a")
        @step
        def start(self) -> None: ...

    assert names(prepare(Flow, with_specs=["card:id=b", "card:id=c"]).steps["start"]) == ["card", "card", "card"]


def test_with_adds_a_persons_own_by_the_name_of_its_function() -> None:
    flow = prepare(Two, with_specs=["timed:unit=min,silent=true"])
    start, end = flow.steps.values()
    assert start.wrappers[0].nbflow_use.kwargs == {"unit": "min", "silent": True}
    assert end.wrappers[0].nbflow_use.kwargs == {"unit": "s"}
    assert start.wrappers[0].nbflow_use.static is False


def test_with_adds_a_persons_own_outside_of_those_that_are_there() -> None:
    flow = prepare(Two, with_specs=["silent", "loud"])
    assert [type(each).__name__ for each in flow.steps["end"].wrappers] == ["loud", "silent", "timed"]


@user_step_decorator
def silent(step_name: str, flow: Any, inputs: Any) -> Any:
    yield


@user_step_decorator
def loud(step_name: str, flow: Any, inputs: Any) -> Any:
    yield


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    (tmp_path / "elsewhere_b.py").write_text(
        "from nbflow.flowspec.wrappers import user_step_decorator\n"
        "@user_step_decorator\n"
        "def memoize(step_name, flow, inputs, attributes):\n"
        "    yield\n"
    )
    (tmp_path / "broken_b.py").write_text("import not_there_b\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import elsewhere_b

    return elsewhere_b


def test_with_adds_a_persons_own_by_the_path_it_is_imported_by(module: ModuleType) -> None:
    flow = prepare(Two, with_specs=["elsewhere_b.memoize:artifact=x"])
    assert type(flow.steps["start"].wrappers[0]) is module.memoize


def test_with_adds_a_persons_own_by_the_name_that_the_flows_module_has_for_it(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "m", module, raising=False)
    monkeypatch.setattr(sys.modules[__name__], "short", module.memoize, raising=False)
    for text in ("m.memoize", "short", "memoize"):
        assert type(prepare(Two, with_specs=[text]).steps["start"].wrappers[0]) is module.memoize


def test_a_flow_whose_module_is_not_registered_is_searched_by_what_its_steps_see(module: ModuleType) -> None:
    space: dict[str, Any] = {"__name__": "nowhere_b", "FlowBody": FlowBody, "step": step, "mine": module.memoize}
    exec("class Flow(FlowBody):\n    @step\n    def start(self): ...\n", space)
    assert type(prepare(space["Flow"], with_specs=["mine"]).steps["start"].wrappers[0]) is module.memoize


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("retyr", "NBF-D022  Unknown step decorator *retyr*. Did you mean 'retry'?"),
        ("timd", "Did you mean 'timed'?"),
        ("no_module_b.memoize", "NBF-D022  Unknown step decorator *no_module_b.memoize*"),
        ("elsewhere_b.nothing", "NBF-D022"),
        ("elsewhere_b.user_step_decorator", "NBF-D022"),
        ("project:name=x", "NBF-D024  *project* is a decorator of a flow, and cannot be added to a step"),
        ("retry(times=3)", "NBF-D023  'retry(times=3)' is no decorator with its attributes"),
        ("retry:tims=3", "NBF-D005  decorator 'retry' does not support the attribute 'tims'. Did you mean 'times'?"),
        ("retry:times=9", "all steps has @retry(times=9)"),
        ("silent:loud=1", "NBF-D027  decorator 'silent' is used with arguments, and takes none"),
    ],
)
def test_with_that_cannot_be_is_shown(module: ModuleType, text: str, said: str) -> None:
    found = refused(Two, text)
    assert said in found
    assert found.count("NBF-") == 1


def test_what_was_typed_is_shown() -> None:
    assert "         --with retry:tims=3" in refused(Two, "retry:tims=3")


def test_a_module_that_fails_to_import_tells_why_itself(module: ModuleType) -> None:
    with pytest.raises(ModuleNotFoundError, match="not_there_b"):
        prepare(Two, with_specs=["broken_b.memoize"])


def test_with_adds_a_step_mutator_which_acts_at_once() -> None:
    flow = prepare(Two, with_specs=["hurried"])
    assert given(flow.steps["end"], "retry") == {"times": 2}
    assert given(flow.steps["end"], "timeout") == {"seconds": 5}
    assert given(flow.steps["start"], "retry") == {"times": 1}


class hurried(StepMutator):
    def pre_mutate(self, mutable_step: MutableStep) -> None:
        mutable_step.add_decorator("retry:times=2")

    def mutate(self, mutable_step: MutableStep) -> None:
        mutable_step.add_decorator("timeout:seconds=5")


def test_a_mutator_that_fails_says_so_itself() -> None:
    class failing(StepMutator):
        def mutate(self, mutable_step: MutableStep) -> None:
            raise LookupError("no such limit")

    class Flow(FlowBody):
        @failing
        @step
        def start(self) -> None: ...

    with pytest.raises(LookupError, match="no such limit"):
        prepare(Flow)


def test_a_flow_that_is_not_decorated_is_ready_as_it_is() -> None:
    def make() -> type:
        class Flow(FlowBody):
            @step
            def start(self) -> None: ...

        return Flow

    made: Callable[[], type] = make
    assert list(prepare(made()).steps) == ["start"]
