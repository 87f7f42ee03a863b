# ruff: noqa: N801 - decorators are named as they are used
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nbflow.errors import DecoratorError, ParameterError
from nbflow.flowspec.config import Config
from nbflow.flowspec.decorators_of_flows import exit_hook, project
from nbflow.flowspec.decorators_of_steps import card, environment, resources, retry, timeout
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.mutators import FlowMutator, MutableFlow, MutableStep, StepMutator
from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep
from nbflow.flowspec.step import step
from nbflow.flowspec.wrappers import UserStepDecorator, user_step_decorator

IGNORE, ERROR, OVERRIDE = MutableStep.IGNORE, MutableStep.ERROR, MutableStep.OVERRIDE


@user_step_decorator
def fallback(step_name: str, flow: Any, inputs: Any = None, attributes: Any = None) -> Iterator[None]:
    yield


@user_step_decorator
def plain(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
    yield


class early(FlowMutator):
    """Lets a function act in pre_mutate."""

    def init(self, act: Callable[[MutableFlow], None]) -> None:
        self.act = act

    def pre_mutate(self, mutable_flow: MutableFlow) -> None:
        self.act(mutable_flow)


class late(FlowMutator):
    """Lets a function act in mutate."""

    def init(self, *, act: Callable[[MutableFlow], None]) -> None:
        self.act = act

    def mutate(self, mutable_flow: MutableFlow) -> None:
        self.act(mutable_flow)


@project(name="sales")
class Sales(FlowBody):
    cfg = Config("cfg", default_value={"times": 2, "cpu": 3})
    alpha = Parameter("learning-rate", default=0.5)

    @retry(times=1)
    @fallback(indicator="failed")
    @step
    def start(self) -> None: ...

    @step
    def end(self) -> None: ...


def after(
    act: Callable[[MutableFlow], Any], kind: Any = late, flow: type = Sales, with_specs: tuple[str, ...] = ()
) -> PreparedFlow:
    """Return `flow` made ready with a mutator that does `act`."""
    below = type("Below", (flow,), {})
    kind(act=act)(below)
    return prepare(below, with_specs=with_specs)


def refused(act: Callable[[MutableFlow], Any], kind: Any = late) -> str:
    with pytest.raises(DecoratorError) as caught:
        after(act, kind)
    return str(caught.value)


def given(step: PreparedStep, name: str) -> list[dict[str, Any]]:
    return [dict(each.given) for each in step.decorators if each.name == name]


# ---- what is seen


def test_a_flow_shows_its_configs_parameters_steps_and_decorators() -> None:
    def look(flow: MutableFlow) -> None:
        seen.update(
            configs=list(flow.configs),
            parameters=list(flow.parameters),
            steps=[(name, each.name, each.function) for name, each in flow.steps],
            decorators=list(flow.decorator_specs),
        )

    seen: dict[str, Any] = {}
    after(look)
    assert seen["configs"] == [("cfg", {"times": 2, "cpu": 3})]
    assert seen["parameters"] == [("alpha", Sales.alpha)]
    assert seen["steps"] == [("start", "start", Sales.start), ("end", "end", Sales.end)]
    assert seen["decorators"][0] == ("project", "nbflow.project", [], {"name": "sales"})
    assert seen["decorators"][1] == ("late", f"{__name__}.late", [], {"act": look})


def test_configs_parameters_and_steps_are_attributes_of_a_flow() -> None:
    def look(flow: MutableFlow) -> None:
        seen.extend([flow.cfg.cpu, flow.alpha, flow.start.name, flow.end.flow.start.name, repr(flow), repr(flow.end)])
        seen.append(hasattr(flow, "nothing"))
        with pytest.raises(
            AttributeError, match=r"Below has no step, config or parameter 'strat'\. Did you mean 'start'"
        ):
            flow.strat  # noqa: B018

    seen: list[Any] = []
    after(look)
    assert seen == [3, Sales.alpha, "start", "start", "MutableFlow('Below')", "MutableStep('end')", False]


def test_a_step_shows_its_decorators_and_what_was_given_to_them() -> None:
    def look(flow: MutableFlow) -> None:
        specs = list(flow.start.decorator_specs)
        specs[0][3]["times"] = 9
        seen.append(list(flow.start.decorator_specs))
        names = ("retry", "nbflow.retry", "fallback", f"{__name__}.fallback", "test_mutators.fallback", "timeout")
        seen.extend((flow.start.has_decorator(name), len(flow.start.get_decorator_specs(name))) for name in names)

    seen: list[Any] = []
    after(look)
    assert seen[0] == [
        ("retry", "nbflow.retry", [], {"times": 1}),
        ("fallback", f"{__name__}.fallback", [], {"indicator": "failed"}),
    ]
    assert seen[1:] == [(True, 1)] * 5 + [(False, 0)]


# ---- decorators of steps


@pytest.mark.parametrize(
    "add",
    [
        lambda step: step.add_decorator("retry", deco_kwargs={"times": 3}),
        lambda step: step.add_decorator("retry:times=3"),
        lambda step: step.add_decorator(retry, deco_kwargs={"times": 3}),
        lambda step: step.add_decorator(retry, None, {"times": 3}, IGNORE),
    ],
)
def test_a_decorator_is_added_by_name_by_text_or_itself(add: Callable[[MutableStep], Any]) -> None:
    assert given(after(lambda flow: add(flow.end)).steps["end"], "retry") == [{"times": 3}]


@pytest.mark.parametrize("what", ["fallback", f"{__name__}.fallback", "fallback:indicator=x", fallback])
def test_a_persons_own_is_added_likewise(what: Any) -> None:
    flow = after(lambda flow: flow.end.add_decorator(what))
    assert [type(each) for each in flow.steps["end"].wrappers] == [fallback]


@pytest.mark.parametrize(
    ("duplicates", "retries", "indicators"),
    [(IGNORE, [{"times": 1}], ["failed"]), (OVERRIDE, [{"times": 4}], ["other"])],
)
def test_one_that_is_there_stays_or_goes(duplicates: int, retries: list[Any], indicators: list[str]) -> None:
    def add(flow: MutableFlow) -> None:
        added.append(flow.start.add_decorator("retry:times=4", duplicates=duplicates))
        added.append(flow.start.add_decorator(fallback, deco_kwargs={"indicator": "other"}, duplicates=duplicates))

    added: list[Any] = []
    start = after(add).steps["start"]
    assert given(start, "retry") == retries
    assert [each.nbflow_use.kwargs["indicator"] for each in start.wrappers] == indicators
    assert [each is None for each in added] == [duplicates == IGNORE] * 2


def test_one_that_is_there_can_be_an_error() -> None:
    text = refused(lambda flow: flow.start.add_decorator("retry", duplicates=ERROR))
    assert "NBF-D008  step 'start' already has a decorator 'retry'" in text
    assert "already has a decorator 'fallback'" in refused(
        lambda flow: flow.start.add_decorator(fallback, duplicates=ERROR)
    )
    assert "NBF-D009  flow 'Below' already has a decorator 'project'" in refused(
        lambda flow: flow.add_decorator("project:name=x", duplicates=ERROR), early
    )


def test_what_the_command_line_adds_is_no_error_but_left_out() -> None:
    assert given(prepare(Sales, with_specs=["insisting"]).steps["start"], "retry") == [{"times": 1}]


class insisting(StepMutator):
    def mutate(self, mutable_step: MutableStep) -> None:
        assert mutable_step.add_decorator("retry:times=2", duplicates=ERROR) is None or mutable_step.name == "end"


def test_those_that_may_stand_there_twice_are_kept() -> None:
    class Flow(FlowBody):
        @card(id="a")
        @step
        def start(self) -> None: ...

    flow = after(lambda flow: flow.start.add_decorator(card, deco_kwargs={"id": "b"}, duplicates=OVERRIDE), flow=Flow)
    assert given(flow.steps["start"], "card") == [{"id": "b"}, {"id": "a"}]


def test_values_of_configs_can_be_given_to_a_decorator() -> None:
    flow = after(lambda flow: flow.end.add_decorator(retry, deco_kwargs={"times": Sales.cfg.times}))
    assert given(flow.steps["end"], "retry") == [{"times": 2}]


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (
            lambda flow: flow.end.add_decorator("retyr"),
            "NBF-D022  Unknown step decorator *retyr*. Did you mean 'retry'",
        ),
        (lambda flow: flow.end.add_decorator("project:name=x"), "NBF-D024  *project* is a decorator of a flow"),
        (lambda flow: flow.end.add_decorator(project), "NBF-D024"),
        (lambda flow: flow.end.add_decorator(late), "NBF-D024  *late* is a decorator of a flow"),
        (lambda flow: flow.end.add_decorator("late"), "NBF-D024"),
        (lambda flow: flow.end.add_decorator("retry:times=2", deco_kwargs={"times": 3}), "NBF-D025"),
        (lambda flow: flow.end.add_decorator("retry", [2]), "NBF-D004  @retry takes its attributes by name"),
        (lambda flow: flow.end.add_decorator(fallback, [2]), "NBF-D029  decorator 'fallback' takes its arguments by"),
        (lambda flow: flow.end.add_decorator(plain, deco_kwargs={"a": 1}), "NBF-D027"),
        (lambda flow: flow.end.add_decorator("retry:tims=2"), "does not support the attribute 'tims'"),
        (lambda flow: flow.end.add_decorator("retry:times=9"), "step 'end' has @retry(times=9)"),
        (lambda flow: flow.end.add_decorator(3), "NBF-D040  3 is not a decorator, or the name of one"),
        (lambda flow: flow.end.add_decorator("retry times"), "NBF-D023"),
    ],
)
def test_a_decorator_that_cannot_be_added_is_told(add: Callable[[MutableFlow], Any], said: str) -> None:
    assert said in refused(add)


def test_decorators_are_removed_by_name_and_by_what_they_were_given() -> None:
    def remove(flow: MutableFlow) -> None:
        wanted: list[tuple[Any, ...]] = [("timeout",), ("retry", [], {"times": 3}), ("retry", None, {"times": 1})]
        wanted += [("retry",), (f"{__name__}.fallback",)]
        removed.extend(flow.start.remove_decorator(*arguments) for arguments in wanted)

    removed: list[bool] = []
    start = after(remove).steps["start"]
    assert removed == [False, False, True, False, True]
    assert start.decorators == start.wrappers == []


def test_a_spec_can_be_removed_as_it_was_shown() -> None:
    def remove(flow: MutableFlow) -> None:
        for name, _, args, kwargs in list(flow.start.decorator_specs):
            assert flow.start.remove_decorator(name, args, kwargs)

    assert after(remove).steps["start"].decorators == []


def test_limits_of_a_config_can_be_held() -> None:
    class limited(FlowMutator):
        def mutate(self, mutable_flow: MutableFlow) -> None:
            for _, each in mutable_flow.steps:
                for name, _, _, attributes in each.decorator_specs:
                    for key, limit in mutable_flow.limits.items():
                        if attributes.get(key) and float(attributes[key]) > limit:
                            attributes[key] = limit
                            each.add_decorator(name, deco_kwargs=attributes, duplicates=each.OVERRIDE)

    @limited
    class Hungry(FlowBody):
        limits = Config("limits", default_value={"cpu": 2, "memory": 16000})

        @resources(cpu=16)
        @step
        def start(self) -> None: ...

        @step
        def end(self) -> None: ...

    flow = prepare(Hungry, with_specs=["resources:memory=64000,cpu=1"])
    assert given(flow.steps["start"], "resources") == [{"cpu": 2}]
    assert given(flow.steps["end"], "resources") == [{"memory": 16000, "cpu": 1}]


# ---- flows


def test_parameters_are_added_and_removed_early() -> None:
    def act(flow: MutableFlow) -> None:
        flow.add_parameter("beta", Parameter("beta", default=1))
        flow.add_parameter("beta", Parameter("beta", default=2), overwrite=True)
        removed.extend(flow.remove_parameter(name) for name in ("learning-rate", "alpha", "cfg"))

    removed: list[bool] = []
    flow = after(act, early)
    assert {name: each.default for name, each in flow.parameters.items()} == {"beta": 2}
    assert removed == [True, False, False]
    assert list(prepare(Sales).parameters) == ["alpha"]
    assert after(lambda flow: flow.remove_parameter("alpha"), early).parameters == {}


def test_a_parameter_that_was_removed_can_be_added_again() -> None:
    def act(flow: MutableFlow) -> None:
        flow.remove_parameter("alpha")
        flow.add_parameter("alpha", Parameter("alpha", default=3))

    assert after(act, early).parameters["alpha"].default == 3


@pytest.mark.parametrize("name", ["alpha", "start", "cfg", "next"])
def test_a_parameter_does_not_take_the_place_of_what_is_there(name: str) -> None:
    text = refused(lambda flow: flow.add_parameter(name, Parameter("x")), early)
    assert f"NBF-D039  flow 'Below' already has an attribute '{name}'" in text
    assert "NBF-D039" in refused(lambda flow: flow.add_parameter("start", Parameter("x"), overwrite=True), early)


def test_only_a_parameter_is_added_as_one() -> None:
    assert "NBF-D040  3 is not a Parameter" in refused(lambda flow: flow.add_parameter("x", 3), early)  # type: ignore[arg-type]


def test_decorators_of_the_flow_are_added_and_removed_early() -> None:
    def act(flow: MutableFlow) -> None:
        assert flow.remove_decorator("project")
        flow.add_decorator("project:name=other")
        flow.add_decorator("project:name=ignored")
        flow.add_decorator(exit_hook, deco_kwargs={"on_error": [print]})

    assert [(each.name, dict(each.given)) for each in after(act, early).decorators] == [
        ("exit_hook", {"on_error": [print]}),
        ("project", {"name": "other"}),
    ]


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (lambda flow: flow.add_parameter("beta", Parameter("beta")), "parameters can be added"),
        (lambda flow: flow.remove_parameter("alpha"), "parameters can be removed"),
        (lambda flow: flow.add_decorator("schedule"), "decorators of the flow, as schedule, can be added"),
        (lambda flow: flow.remove_decorator("project"), "decorators of the flow, as project, can be removed"),
        (lambda flow: flow.start.add_decorator(insisting), "the mutator insisting can be added"),
    ],
)
def test_what_is_too_late_for_mutate_is_sent_to_pre_mutate(act: Callable[[MutableFlow], Any], what: str) -> None:
    assert f"NBF-D036  {what} in pre_mutate only" in refused(act)


def test_a_flow_mutator_stays() -> None:
    assert "NBF-D037  the flow mutator early cannot be removed" in refused(
        lambda flow: flow.remove_decorator("early"), early
    )


# ---- when they act


class noting(StepMutator):
    def init(self, name: str, said: list[str]) -> None:
        self.name, self.said = name, said

    def pre_mutate(self, mutable_step: MutableStep) -> None:
        self.said.append(f"{self.name} early at {mutable_step.name}")

    def mutate(self, mutable_step: MutableStep) -> None:
        self.said.append(
            f"{self.name} at {mutable_step.name} with {[each[0] for each in mutable_step.decorator_specs]}"
        )


def test_those_of_the_flow_act_first_and_the_closest_first_before_and_after_with() -> None:
    said: list[str] = []

    @late(act=lambda flow: said.append("upper"))
    @late(act=lambda flow: said.append("lower"))
    class Base(FlowBody): ...

    @early(lambda flow: said.append("early"))
    class Flow(Base):
        @noting("a", said)
        @noting("b", said)
        @step
        def start(self) -> None: ...

    prepare(Flow, with_specs=["retry"])
    assert said == [
        "early",
        "b early at start",
        "a early at start",
        "lower",
        "upper",
        "b at start with ['retry', 'noting', 'noting']",
        "a at start with ['retry', 'noting', 'noting']",
    ]


def test_mutators_that_mutators_add_act_too_and_can_be_removed_before_they_do() -> None:
    said: list[str] = []

    class adding(FlowMutator):
        def pre_mutate(self, mutable_flow: MutableFlow) -> None:
            mutable_flow.add_decorator(early, [lambda flow: said.append("added to the flow")])
            mutable_flow.start.add_decorator(noting, ["x", said])
            mutable_flow.end.remove_decorator("noting")

    @adding
    class Flow(FlowBody):
        @step
        def start(self) -> None: ...

        @noting("y", said)
        @step
        def end(self) -> None: ...

    prepare(Flow)
    assert said == ["added to the flow", "x early at start", "x at start with ['noting']"]


def test_a_step_mutator_puts_several_decorators_on_its_step_with_values_of_a_config() -> None:
    class dataset(StepMutator):
        def init(self, *, url: str, limit: int) -> None:
            self.url, self.limit = url, limit

        def mutate(self, mutable_step: MutableStep) -> None:
            mutable_step.add_decorator("environment", deco_kwargs={"vars": {"URL": self.url}}, duplicates=ERROR)
            mutable_step.add_decorator(fallback, deco_kwargs={"indicator": self.limit}, duplicates=ERROR)

    class Flow(FlowBody):
        cfg = Config("cfg", default_value={"url": "s3://x", "limit": 3})

        @timeout(seconds=3)
        @dataset(**cfg)
        @step
        def start(self) -> None: ...

    start = prepare(Flow).steps["start"]
    assert given(start, environment.name) == [{"vars": {"URL": "s3://x"}}]
    assert start.wrappers[0].nbflow_use.kwargs == {"indicator": 3}


def test_a_class_may_be_a_wrapper_and_a_mutator_and_is_one_object() -> None:
    class both(UserStepDecorator, StepMutator):
        def init(self, *, times: int) -> None:
            made.append(self)
            self.times = times

        def mutate(self, mutable_step: MutableStep) -> None:
            mutable_step.add_decorator("retry", deco_kwargs={"times": self.times})

    made: list[Any] = []

    class Flow(FlowBody):
        @both(times=2)
        @step
        def start(self) -> None: ...

    flow = prepare(Flow)
    start = flow.steps["start"]
    assert start.wrappers == start.mutators == made
    assert given(start, "retry") == [{"times": 2}]


def test_a_mutator_without_arguments_is_written_bare_or_called() -> None:
    class bare(FlowMutator):
        def mutate(self, mutable_flow: MutableFlow) -> None:
            mutable_flow.start.add_decorator("timeout:seconds=3")

    for decorate in (bare, bare()):
        flow = type("Flow", (Sales,), {})
        assert decorate(flow) is flow
        assert given(prepare(flow).steps["start"], "timeout") == [{"seconds": 3}]


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda: late(Sales.start), "NBF-D002  @late stands on 'start', and is a decorator of a flow"),
        (lambda: late(act=print)(Sales.start), "NBF-D002"),
        (lambda: insisting(Sales), "NBF-D003  @insisting stands on the class 'Sales'"),
        (lambda: insisting(print)(lambda self: None), "NBF-D001"),
        (lambda: insisting(lambda self: None), "NBF-D001"),
        (lambda: prepare(type("F", (Sales,), {"s": insisting(1)(step(make()))})), "NBF-D027  decorator 'insisting'"),
    ],
)
def test_a_mutator_in_the_wrong_place_is_told(write: Callable[[], Any], said: str) -> None:
    with pytest.raises(DecoratorError) as caught:
        write()
    assert said in str(caught.value)


def test_arguments_that_init_does_not_take_are_an_error_of_python() -> None:
    class Flow(FlowBody):
        @noting("x")
        @step
        def start(self) -> None: ...

    with pytest.raises(TypeError, match="said"):
        prepare(Flow)


def test_a_config_that_a_mutator_needs_and_has_not_is_told() -> None:
    class Flow(FlowBody):
        cfg = Config("cfg", default_value={})

        @noting(cfg.name, [])
        @step
        def start(self) -> None: ...

    with pytest.raises(ParameterError, match="there is no 'name' in the config"):
        prepare(Flow)


def make() -> Any:
    def function(self: Any) -> None: ...

    return function
