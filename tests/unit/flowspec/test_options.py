from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import Problem
from nbflow.flowspec.decorators import Kind
from nbflow.flowspec.decorators_of_flows import conda_base, exit_hook, project, pypi_base, schedule
from nbflow.flowspec.decorators_of_steps import (
    batch,
    card,
    catch,
    conda,
    environment,
    kubernetes,
    parallel,
    pypi,
    resources,
    retry,
    secrets,
    timeout,
)
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.options import notices_of, options_of
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.step import step
from nbflow.model.card import CardAsk
from nbflow.model.options import Catch, Options, Resources, Retry

Uses = tuple[Kind, dict[str, Any]]


def of(*uses: Uses, on_flow: tuple[Uses, ...] = ()) -> tuple[Options, tuple[Problem, ...]]:
    """Return the options of a step with these decorators, and its notices."""

    @step
    def train(self: Any) -> None: ...

    for kind, given in uses:
        kind(**given)(train)
    flow_class = type("Flow", (FlowBody,), {"train": train})
    for kind, given in on_flow:
        kind(**given)(flow_class)
    flow = prepare(flow_class)
    return options_of(flow.steps["train"], flow)


def test_a_step_without_decorators_asks_for_nothing() -> None:
    assert of() == (Options(), ())


@pytest.mark.parametrize(
    ("kind", "given", "options"),
    [
        (retry, {}, Options(retry=Retry(3, 120.0))),
        (retry, {"times": 0}, Options(retry=Retry(0, 120.0))),
        (retry, {"times": "2", "minutes_between_retries": 0.5}, Options(retry=Retry(2, 30.0))),
        (catch, {}, Options(catch=Catch(None))),
        (catch, {"var": "failure"}, Options(catch=Catch("failure"))),
        (timeout, {"seconds": 1.5, "minutes": 2, "hours": "1"}, Options(timeout=3721.5)),
        (environment, {"vars": {"A": 1, "B": "x"}}, Options(env=(("A", "1"), ("B", "x")))),
        (environment, {}, Options()),
        (parallel, {}, Options()),
        (resources, {"cpu": "2.5", "memory": 512}, Options(resources=Resources(cpu=2.5, memory=512 << 20))),
    ],
)
def test_what_is_heeded_makes_options_and_no_notice(kind: Kind, given: dict[str, Any], options: Options) -> None:
    assert of((kind, given)) == (options, ())


def test_a_default_of_memory_is_not_asked_of_this_machine() -> None:
    assert of((resources, {"cpu": 2}))[0].resources == Resources(cpu=2.0)


@pytest.mark.parametrize("where", [batch, kubernetes])
def test_of_two_that_ask_for_the_same_the_greater_counts(where: Kind) -> None:
    options, _ = of((resources, {"cpu": 4, "memory": "1000"}), (where, {"cpu": "2", "memory": 2000, "gpu": 1}))
    assert options.resources == Resources(cpu=4.0, gpu=1, memory=2000 << 20)


def test_disk_is_in_bytes() -> None:
    options, (notice,) = of((resources, {"disk": 10, "gpu": 0, "shared_memory": 5}))
    assert options.resources.disk == 10 << 20
    assert str(notice).startswith(
        "NBF-D052  @resources(disk=10, shared_memory=5) on train is recorded, but does nothing yet"
    )


def test_packages_of_a_step_stand_before_those_of_its_flow() -> None:
    base = ((pypi_base, {"packages": {"pandas": "2.2", "rich": ""}}),)
    options, _ = of((pypi, {"packages": {"pandas": ">=3", "numpy": "2.0"}}), on_flow=base)
    assert options.pypi == ("pandas>=3", "rich", "numpy==2.0")
    assert of(on_flow=base)[0].pypi == ("pandas==2.2", "rich")
    assert of((pypi, {"disabled": True}), on_flow=base)[0].pypi == ()


@pytest.mark.parametrize(
    ("kind", "given", "instead"),
    [
        (batch, {}, "the step runs on this machine"),
        (kubernetes, {}, "the step runs on this machine"),
        (conda, {"packages": {"pandas": "2"}}, "the step runs with the packages that are installed here"),
        (pypi, {}, "the step runs with the packages that are installed here"),
        (secrets, {"sources": ["db"]}, "the step gets no secrets"),
    ],
)
def test_what_is_not_heeded_yet_is_said_with_its_line(kind: Kind, given: dict[str, Any], instead: str) -> None:
    _, (notice,) = of((kind, given))
    assert notice.severity == "notice"
    assert notice.what == f"@{kind.name} on train is recorded, but does nothing yet: {instead}"
    assert notice.place.notebook == "test_options.py"


def test_cards_are_asked_for_in_the_order_they_stand() -> None:
    # of two decorators the upper one is applied last
    options, notices = of((card, {"options": {"k": (1, None)}}), (card, {"type": "blank", "id": "b", "timeout": 9}))
    assert options.cards == (CardAsk("blank", "b", timeout=9), CardAsk(options={"k": [1, None]}))
    assert notices == ()


def test_nothing_is_said_of_what_is_switched_off() -> None:
    assert of((conda, {"disabled": True}))[1] == ()


def test_what_is_not_heeded_at_a_flow_is_said_too() -> None:
    @project(name="sales")
    @schedule(hourly=True)
    @exit_hook(on_error=[print])
    @exit_hook(on_success=[print])
    @conda_base(disabled=True)
    class Flow(FlowBody):
        @batch
        @step
        def start(self) -> None: ...

    found = notices_of(prepare(Flow))
    assert [each.what for each in found] == [
        "@schedule is recorded, but does nothing yet: the flow runs when it is started",
        "@exit_hook is recorded, but does nothing yet: the functions are not called",
        "@batch on start is recorded, but does nothing yet: the step runs on this machine",
    ]
