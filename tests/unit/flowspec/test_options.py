from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import Problem
from nbflow.flowspec.decorators import Kind
from nbflow.flowspec.decorators_of_flows import conda_base, exit_hook, project, pypi_base, schedule, trigger
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
from nbflow.model.secret import SecretSource

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
    asked = {"cpu": 4, "memory": "1000", "shared_memory": 512}
    options, _ = of((resources, asked), (where, {"cpu": "2", "memory": 2000, "gpu": 1}))
    assert options.resources == Resources(cpu=4.0, gpu=1, memory=2000 << 20, shared_memory=512 << 20)


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


def test_a_step_may_run_with_what_is_installed_whatever_its_flow_asks_for() -> None:
    base = ((pypi_base, {"packages": {"pandas": "2.2"}, "python": "3.12"}),)
    options, _ = of((pypi, {"disabled": True}), on_flow=base)
    assert (options.pypi, options.python, options.installed) == ((), None, True)
    assert not of(on_flow=base)[0].installed


def test_the_python_of_a_step_stands_before_that_of_its_flow() -> None:
    base = ((pypi_base, {"packages": {}, "python": "3.12"}),)
    assert of(on_flow=base)[0].python == "3.12"
    assert of((pypi, {"python": "3.13"}), on_flow=base)[0].python == "3.13"


def test_packages_of_conda_keep_their_names_and_the_earlier_word_for_them_counts() -> None:
    options, _ = of((conda, {"packages": {"pytorch": "2.5"}, "libraries": {"conda-forge::pytables": ">=3"}}))
    assert options.conda == ("conda-forge::pytables>=3", "pytorch==2.5")
    assert options.pypi == ()


def test_what_is_not_heeded_yet_is_said_with_its_line() -> None:
    _, (notice,) = of((kubernetes, {}))
    assert notice.severity == "notice"
    assert notice.what == "@kubernetes on train is recorded, but does nothing yet: the step runs on this machine"
    assert notice.place.notebook == "test_options.py"


def test_secrets_are_asked_for_by_where_they_are() -> None:
    inline = {"type": "inline", "options": {"env_vars": {"TOKEN": "hidden"}}}
    options, notices = of((secrets, {"sources": ["db", "env.KEY"], "role": "r", "allow_override": True}))
    more = {"role": "r", "override": True}
    assert options.secrets == (SecretSource("aws-secrets-manager", "db", **more), SecretSource("env", "KEY", **more))
    assert notices == ()
    options, (notice,) = of((secrets, {"sources": [inline]}))
    assert (notice.code, notice.severity) == ("D053", "warning")
    assert "hidden" not in repr(options) + str(notice)


def test_batch_says_where_the_step_runs_and_what_it_asks_for_there() -> None:
    options, notices = of(
        (batch, {"cpu": 4, "gpu": 1, "memory": 8000, "image": "me/img", "queue": "big", "use_tmpfs": True})
    )
    assert (options.backend, options.image) == ("batch", "me/img")
    assert options.resources == Resources(cpu=4, gpu=1, memory=8000 << 20)
    assert options.batch == (("queue", "big"), ("use_tmpfs", True))
    assert notices == ()


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
    @trigger(event="data_ready")
    @exit_hook(on_error=[print])
    @exit_hook(on_success=[print])
    @conda_base(disabled=True)
    class Flow(FlowBody):
        @kubernetes
        @step
        def start(self) -> None: ...

    found = notices_of(prepare(Flow))
    assert [each.what for each in found] == [
        "@trigger is recorded, but does nothing yet: no event starts a flow on this machine",
        "@kubernetes on start is recorded, but does nothing yet: the step runs on this machine",
    ]
