# ruff: noqa: N801 - decorators are named as they are used
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nbflow.errors import DecoratorError
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.personal import ready
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.step import step
from nbflow.flowspec.wrappers import USER_SKIP_STEP, Ending, UserStepDecorator, run, user_step_decorator

ENDED = Ending()
UNFINISHED = Ending(unfinished=True)


class Told(FlowBody):
    """What a step calls self: it writes down what happens."""

    def __init__(self) -> None:
        self.told: list[Any] = []


def ran(*decorators: Any, body: Callable[..., Any] | None = None, inputs: Any = None) -> tuple[list[Any], Ending]:
    """Run a step within these decorators, the first outermost; return what was told, and how it ended."""

    def plain(self: Any) -> None:
        self.told.append("body")

    @step
    def train(*given: Any) -> None:
        (body or plain)(*given)

    for decorator in reversed(decorators):
        decorator(train)
    flow_class = type("Flow", (Told,), {"train": train})
    flow = flow_class()
    ending = run(prepare(flow_class).steps["train"], flow, inputs)
    return flow.told, ending


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(DecoratorError) as caught:
        act()
    return str(caught.value)


def failing(self: Any) -> None:
    self.told.append("body")
    raise LookupError("no such region")


@user_step_decorator
def around(step_name: str, flow: Any, inputs: Any = None, attributes: Any = None) -> Iterator[None]:
    """Tell of what is around a step."""
    name = (attributes or {}).get("name", "around")
    flow.told.append(f"{name} begins {step_name}")
    yield
    flow.told.append(f"{name} ends")


@user_step_decorator
def swallowing(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
    try:
        yield
    except LookupError as error:
        flow.told.append(f"swallowed {error}")


def yielding(*values: Any) -> Any:
    @user_step_decorator
    def yields(step_name: str, flow: Any, inputs: Any) -> Iterator[Any]:
        try:
            yield from values
        finally:
            flow.told.append("closed")

    return yields


# ---- generators


def test_a_step_without_wrappers_is_called() -> None:
    assert ran() == (["body"], ENDED)
    assert ran(body=lambda self, inputs: self.told.append(inputs), inputs=[1, 2]) == ([[1, 2]], ENDED)


def test_a_generator_acts_before_and_after_the_step() -> None:
    assert ran(around) == (["around begins train", "body", "around ends"], ENDED)


def test_the_first_one_is_outermost() -> None:
    told, ending = ran(around(name="outer"), around(name="inner"))
    assert told == ["outer begins train", "inner begins train", "body", "inner ends", "outer ends"]
    assert ending == ENDED


def test_a_generator_that_takes_attributes_always_gets_a_dict_of_its_own() -> None:
    @user_step_decorator
    def greedy(step_name: str, flow: Any, inputs: Any, attr: Any) -> Iterator[None]:
        flow.told.append(dict(attr))
        attr.clear()
        yield

    use = greedy(silent=True)
    assert ran(greedy)[0] == [{}, "body"]
    assert ran(use)[0] == ran(use)[0] == [{"silent": True}, "body"]


def test_a_generator_gets_the_inputs_of_a_join() -> None:
    @user_step_decorator
    def counting(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
        flow.told.append(len(inputs) if inputs is not None else None)
        yield

    assert ran(counting, body=lambda self, inputs: None, inputs=[1, 2])[0] == [2]
    assert ran(counting)[0] == [None, "body"]


def test_a_generator_may_take_any_number_of_arguments() -> None:
    @user_step_decorator
    def any_number(*given: Any) -> Iterator[None]:
        given[1].told.append(given[3])
        yield

    assert ran(any_number(a=1))[0] == [{"a": 1}, "body"]


def test_an_exception_of_the_step_is_raised_by_the_yield_and_goes_on_as_it_was() -> None:
    with pytest.raises(LookupError, match="no such region") as caught:
        ran(around, body=failing)
    assert caught.traceback[-1].name == "failing"
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_a_generator_may_swallow_an_exception_and_self_next_is_due() -> None:
    assert ran(swallowing, body=failing) == (["body", "swallowed no such region"], UNFINISHED)


def test_what_the_inner_one_swallows_does_not_reach_the_outer_one() -> None:
    told, ending = ran(around, swallowing, body=failing)
    assert told == ["around begins train", "body", "swallowed no such region", "around ends"]
    assert ending == UNFINISHED


def test_what_is_not_an_exception_of_programs_reaches_the_generator_too() -> None:
    def leaving(self: Any) -> None:
        raise SystemExit(3)

    @user_step_decorator
    def finally_told(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
        try:
            yield
        finally:
            told.append("finally")

    told: list[str] = []
    with pytest.raises(SystemExit):
        ran(finally_told, body=leaving)
    assert told == ["finally"]


def test_a_stopiteration_of_the_step_stays_one() -> None:
    def exhausted(self: Any) -> None:
        next(iter(()))

    with pytest.raises(StopIteration):
        ran(around, body=exhausted)


def test_an_exception_of_the_generator_itself_is_the_steps() -> None:
    @user_step_decorator
    def before(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
        raise LookupError("before")
        yield

    @user_step_decorator
    def after(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
        yield
        raise LookupError("after")

    @user_step_decorator
    def instead(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
        try:
            yield
        except LookupError as error:
            raise RuntimeError("instead") from error

    for decorator, body, kind, said in (
        (before, None, LookupError, "before"),
        (after, None, LookupError, "after"),
        (instead, failing, RuntimeError, "instead"),
    ):
        with pytest.raises(kind, match=said):
            ran(decorator, body=body)


@pytest.mark.parametrize(
    ("value", "ending"),
    [
        (USER_SKIP_STEP, Ending(arguments={})),
        ({}, Ending(arguments={})),
        ({"foreach": "few"}, Ending(arguments={"foreach": "few"})),
    ],
)
def test_a_dict_leaves_the_step_out_and_goes_to_self_next(value: Any, ending: Ending) -> None:
    assert ran(yielding(value)) == (["closed"], ending)


def test_a_generator_that_does_not_yield_leaves_the_step_out() -> None:
    assert ran(yielding()) == (["closed"], Ending(arguments={}))


@pytest.mark.parametrize(
    ("returned", "ending"),
    [
        (None, UNFINISHED),
        (False, UNFINISHED),
        (True, Ending(arguments={})),
        ({"foreach": "few"}, Ending(arguments={"foreach": "few"})),
    ],
)
def test_a_function_is_called_instead_of_the_step(returned: Any, ending: Ending) -> None:
    def fallback(self: Any) -> Any:
        self.told.append("fallback")
        return returned

    assert ran(yielding(fallback)) == (["fallback", "closed"], ending)


def test_a_function_instead_of_a_join_gets_the_inputs() -> None:
    def fallback(self: Any, inputs: Any) -> None:
        self.told.append(inputs)

    assert ran(yielding(fallback), body=lambda self, inputs: None, inputs=[1])[0] == [[1], "closed"]


def test_a_function_instead_of_the_step_is_instead_of_inner_wrappers_too() -> None:
    assert ran(yielding(lambda self: None), around)[0] == ["closed"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((3,), "NBF-D030  decorator 'yields' yields 3"),
        (("skip",), "NBF-D030  decorator 'yields' yields 'skip'"),
        ((None, None), "NBF-D031  decorator 'yields' yields more than once"),
        ((lambda self: 3,), "NBF-D034  what decorator 'yields' called instead of the step returns 3"),
    ],
)
def test_what_a_generator_may_not_do_is_told(values: tuple[Any, ...], said: str) -> None:
    assert said in refused(lambda: ran(yielding(*values)))


def test_a_generator_that_yields_again_when_the_step_has_failed_is_told() -> None:
    @user_step_decorator
    def stubborn(step_name: str, flow: Any, inputs: Any) -> Iterator[None]:
        while True:
            try:
                yield
                return
            except LookupError:
                pass

    assert "NBF-D031  decorator 'stubborn' yields more than once" in refused(lambda: ran(stubborn, body=failing))


# ---- how they are made


def test_a_generator_decorator_is_called_and_documented_like_its_function() -> None:
    assert (around.__name__, around.__module__) == ("around", __name__)
    assert around.__doc__ == "Tell of what is around a step."


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (lambda step_name, flow, inputs: None, "it is no generator function: it does not yield"),
        (print, "it is no generator function"),
        (3, "it is no generator function"),
    ],
)
def test_what_does_not_yield_is_no_decorator(function: Any, why: str) -> None:
    text = refused(lambda: user_step_decorator(function))
    assert "NBF-D026  @user_step_decorator on '" in text
    assert why in text
    assert "(step_name, flow, inputs, attributes): …; yield; …" in text


def test_a_generator_takes_three_or_four_arguments() -> None:
    def two(step_name: str, flow: Any) -> Iterator[None]:
        yield

    assert "it takes 2 arguments" in refused(lambda: user_step_decorator(two))


def test_arguments_that_nobody_takes_are_refused() -> None:
    text = refused(lambda: ran(swallowing(loud=True)))
    assert "NBF-D027  decorator 'swallowing' is used with arguments, and takes none" in text
    assert "ran(swallowing(loud=True))" in text


def test_arguments_have_names() -> None:
    assert "NBF-D029  decorator 'around' takes its arguments by name" in refused(lambda: around("outer"))


def test_a_wrapper_stands_on_a_step() -> None:
    assert "NBF-D001  You tried to apply decorator *around* on 'plain' which is not declared as a @step" in refused(
        lambda: around(make("def plain(self): ..."))
    )
    assert "NBF-D001" in refused(lambda: around(name="x")(make("def plain(self): ...")))
    assert "NBF-D003  @around stands on the class 'Flow'" in refused(
        lambda: around(type("Flow", (FlowBody,), {"start": step(make("def plain(self): ..."))}))
    )


def test_a_class_with_init_spelled_as_ever_is_told_so() -> None:
    def body() -> None:
        class timed(UserStepDecorator):
            def __init__(self, unit: str) -> None:
                self.unit = unit

    assert "NBF-D028  decorator 'timed' defines __init__" in refused(body)


# ---- classes


class Telling(UserStepDecorator):
    def init(self, name: str = "telling", fresh: bool = True) -> None:
        assert fresh and not hasattr(self, "name")
        self.name = name

    def pre_step(self, step_name: str, flow: Any, inputs: Any = None) -> None:
        flow.told.append(f"{self.name} before {step_name}")

    def post_step(self, step_name: str, flow: Any, exception: Exception | None = None) -> Any:
        flow.told.append(f"{self.name} after, {exception}")
        return exception


def post(said: Any, *, skip: Any = False, instead: Any = None) -> Any:
    class posting(UserStepDecorator):
        def pre_step(self, step_name: str, flow: Any, inputs: Any = None) -> Any:
            self.skip_step = skip
            return instead

        def post_step(self, step_name: str, flow: Any, exception: Exception | None = None) -> Any:
            flow.told.append(exception and str(exception))
            return said(exception) if callable(said) else said

    return posting


def test_a_class_acts_before_and_after_with_what_init_took() -> None:
    assert ran(Telling(name="x"), Telling) == (
        ["x before train", "telling before train", "body", "telling after, None", "x after, None"],
        ENDED,
    )


def test_a_class_has_a_fresh_object_each_time_the_flow_is_made_ready() -> None:
    use = Telling(name="x")
    assert ready(use, {}).name == ready(use, {}).name == "x"


def test_a_class_without_methods_lets_all_pass() -> None:
    class Idle(UserStepDecorator): ...

    assert ran(Idle) == (["body"], ENDED)
    with pytest.raises(LookupError, match="no such region"):
        ran(Idle, body=failing)


def test_an_exception_is_shown_to_the_class_and_raised_when_it_returns_it() -> None:
    with pytest.raises(LookupError, match="no such region") as caught:
        ran(Telling, body=failing)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("said", [None, (None, None), lambda error: (None, None)])
def test_a_class_that_returns_nothing_makes_a_success_of_a_failure(said: Any) -> None:
    assert ran(post(said), body=failing) == (["body", "no such region"], UNFINISHED)


def test_a_class_may_raise_another_exception() -> None:
    with pytest.raises(RuntimeError, match="other") as caught:
        ran(post(lambda error: RuntimeError("other")), body=failing)
    assert isinstance(caught.value.__cause__, LookupError)
    with pytest.raises(RuntimeError, match="other"):
        ran(post((RuntimeError("other"), {})))


def test_a_class_may_give_arguments_to_self_next() -> None:
    assert ran(post((None, {"foreach": "few"}))) == (["body", None], Ending(arguments={"foreach": "few"}))
    assert ran(post((None, {})), body=failing)[1] == Ending(arguments={})


@pytest.mark.parametrize(
    ("skip", "ending"),
    [(True, Ending(arguments={})), ({}, Ending(arguments={})), ({"foreach": "x"}, Ending({"foreach": "x"}))],
)
def test_a_class_may_leave_the_step_out(skip: Any, ending: Ending) -> None:
    assert ran(post(None, skip=skip)) == ([None], ending)


def test_a_class_may_leave_the_step_out_for_good() -> None:
    class Never(UserStepDecorator):
        skip_step = True

    assert ran(Never) == ([], Ending(arguments={}))


def test_a_class_may_call_a_function_instead() -> None:
    assert ran(post(None, instead=lambda self: self.told.append("instead"))) == (["instead", None], UNFINISHED)


def test_what_ends_the_process_is_not_shown_to_a_class() -> None:
    def leaving(self: Any) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        ran(post(None), body=leaving)


@pytest.mark.parametrize(
    ("decorator", "said"),
    [
        (post(3), "NBF-D033  post_step of decorator 'posting' returns 3"),
        (post((None, 3)), "NBF-D033  post_step of decorator 'posting' returns (None, 3)"),
        (post((None, None, None)), "NBF-D033"),
        (post(None, instead=3), "NBF-D032  pre_step of decorator 'posting' returns 3"),
    ],
)
def test_what_a_class_may_not_return_is_told(decorator: Any, said: str) -> None:
    assert said in refused(lambda: ran(decorator))


def test_generators_and_classes_nest() -> None:
    told, ending = ran(Telling, swallowing, post(lambda error: error), body=failing)
    assert told == ["telling before train", "body", "no such region", "swallowed no such region", "telling after, None"]
    assert ending == UNFINISHED


def make(source: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace["plain"]
