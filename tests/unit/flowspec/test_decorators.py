from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest

from nbflow.errors import DecoratorError, Problem
from nbflow.flowspec.decorators import NOTED, Decorator, Kind, noted, spec_of, storable
from nbflow.flowspec.decorators_of_flows import (
    FLOW_KINDS,
    conda_base,
    exit_hook,
    project,
    schedule,
    trigger,
    trigger_on_finish,
)
from nbflow.flowspec.decorators_of_steps import (
    STEP_KINDS,
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
from nbflow.flowspec.step import step
from nbflow.flowspec.wrappers import user_step_decorator


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(DecoratorError) as caught:
        act()
    return str(caught.value)


def a_step() -> Any:
    @step
    def train(self: Any) -> None: ...

    return train


def use(kind: Kind, **given: Any) -> Decorator:
    return Decorator(kind, given)


def problems(kind: Kind, **given: Any) -> tuple[Problem, ...]:
    return use(kind, **given).checked("step 'train'")[1]


def kept(kind: Kind, **given: Any) -> dict[str, Any]:
    checked, found = use(kind, **given).checked("step 'train'")
    assert not found, found
    return checked.attributes


def only(kind: Kind, **given: Any) -> str:
    (found,) = problems(kind, **given)
    return str(found)


# ---- where they stand


def test_a_decorator_is_noted_at_its_step_top_first_and_the_step_stays_itself() -> None:
    train = a_step()
    assert retry(times=1)(train) is train
    assert timeout(seconds=3)(train) is train
    assert catch(train) is train
    found = noted(train, NOTED)
    assert [each.name for each in found] == ["catch", "timeout", "retry"]
    assert [each.given for each in found] == [{}, {"seconds": 3}, {"times": 1}]
    assert all(each.static for each in found)


def test_a_decorator_knows_the_line_it_was_written_in() -> None:
    train = a_step()
    retry(times=1)(train)
    assert noted(train, NOTED)[0].place.text == "    retry(times=1)(train)"


def test_attributes_are_all_there_and_what_was_given_is_told_apart() -> None:
    found = use(retry, times=1)
    assert found.attributes == {"times": 1, "minutes_between_retries": 2}
    assert found.given == {"times": 1}


def test_a_decorator_of_a_class_is_not_that_of_a_class_below() -> None:
    @project(name="one")
    class Above: ...

    class Below(Above): ...

    exit_hook(on_error=[print])(Below)
    assert [each.name for each in noted(Above, NOTED)] == ["project"]
    assert [each.name for each in noted(Below, NOTED)] == ["exit_hook"]


@pytest.mark.parametrize("thing", [print, lambda self: None, None, staticmethod(print)])
def test_a_decorator_of_steps_needs_a_step(thing: Any) -> None:
    assert "NBF-D001  You tried to apply decorator *catch* on" in refused(lambda: catch(thing))


def test_a_decorator_of_steps_on_a_class_says_how_all_steps_get_it() -> None:
    class Train: ...

    text = refused(lambda: retry(Train))
    assert "NBF-D003  @retry stands on the class 'Train', and is a decorator of a step" in text
    assert "run --with retry" in text


def test_a_decorator_of_flows_on_a_step_is_sent_to_the_class() -> None:
    text = refused(lambda: project(name="x")(a_step()))
    assert "NBF-D002  @project stands on 'train', and is a decorator of a flow" in text
    assert "put it above the class" in text


@pytest.mark.parametrize(
    ("write", "example"),
    [
        (lambda: retry(3), "@retry(times=3)"),
        (lambda: project("sales"), "@project(name='sales')"),
        (lambda: retry(a_step(), a_step()), "@retry(times=<function"),
        (lambda: parallel(4), "fix    @parallel"),
    ],
)
def test_an_attribute_without_its_name_is_shown_with_it(write: Callable[[], Any], example: str) -> None:
    text = refused(write)
    assert "takes its attributes by name" in text
    assert example in text


# ---- the tables


@pytest.mark.parametrize("kind", [*STEP_KINDS.values(), *FLOW_KINDS.values()], ids=lambda kind: kind.name)
def test_a_decorator_helps_whoever_asks_for_it(kind: Kind) -> None:
    assert kind.__doc__
    assert kind.__name__ == kind.name
    shown = {name: each.default for name, each in inspect.signature(kind).parameters.items()}
    assert list(shown) == list(kind.attributes)
    assert {name: default for name, default in shown.items() if default is not inspect.Parameter.empty} == kind.defaults
    assert repr(kind) == f"@{kind.name}"


@pytest.mark.parametrize("kind", [*STEP_KINDS.values(), *FLOW_KINDS.values()], ids=lambda kind: kind.name)
def test_defaults_fit_and_can_be_stored(kind: Kind) -> None:
    for name, default in kind.defaults.items():
        assert default is None or kind.attributes[name].read(default) == default
    json.dumps(spec_of(Decorator(kind)).attributes)


def test_the_attributes_are_those_that_flows_for_metaflow_use() -> None:
    assert {name: kind.defaults for name, kind in STEP_KINDS.items() if name not in {"batch", "kubernetes"}} == {
        "retry": {"times": 3, "minutes_between_retries": 2},
        "catch": {"var": None, "print_exception": True},
        "timeout": {"seconds": 0, "minutes": 0, "hours": 0},
        "environment": {"vars": {}},
        "secrets": {"sources": [], "role": None, "allow_override": False},
        "resources": {"cpu": 1, "gpu": None, "disk": None, "memory": 4096, "shared_memory": None},
        "conda": {"packages": {}, "libraries": {}, "python": None, "disabled": None},
        "pypi": {"packages": {}, "python": None, "disabled": None},
        "card": {
            "type": "default",
            "id": None,
            "options": {},
            "timeout": 45,
            "save_errors": True,
            "customize": False,
            "refresh_interval": 5,
            "scope": None,
            "rank": None,
        },
        "parallel": {},
    }
    wanted = (
        "cpu gpu memory image queue iam_role execution_role shared_memory max_swap swappiness inferentia trainium efa "
    )
    wanted += "host_volumes efs_volumes use_tmpfs aws_batch_tags tmpfs_tempdir tmpfs_size tmpfs_path ephemeral_storage "
    assert set(batch.attributes) == set((wanted + "log_driver log_options executable privileged").split())
    wanted = (
        "cpu memory disk image image_pull_policy image_pull_secrets service_account secrets node_selector namespace "
    )
    wanted += (
        "gpu gpu_vendor tolerations labels annotations use_tmpfs tmpfs_tempdir tmpfs_size tmpfs_path shared_memory "
    )
    wanted += (
        "persistent_volume_claims port compute_pool executable hostname_resolution_timeout qos extended_resources "
    )
    assert set(kubernetes.attributes) == set((wanted + "security_context").split())
    assert {name: kind.defaults for name, kind in FLOW_KINDS.items()} == {
        "project": {"branch": None, "production": False},
        "schedule": {"cron": None, "weekly": False, "daily": True, "hourly": False, "timezone": None},
        "trigger": {"event": None, "events": [], "options": {}},
        "trigger_on_finish": {"flow": None, "flows": [], "options": {}},
        "exit_hook": {"on_success": [], "on_error": [], "options": {}},
        "notify": {"on": ["success", "failure", "regression"], "regression": None},
        "conda_base": {"packages": {}, "libraries": {}, "python": None, "disabled": None},
        "pypi_base": {"packages": {}, "python": None, "disabled": None},
    }


# ---- what is said in them


def test_an_unknown_attribute_is_told_with_the_known_ones_and_the_nearest() -> None:
    text = only(retry, tims=3)
    assert "NBF-D005  decorator 'retry' does not support the attribute 'tims'. Did you mean 'times'?" in text
    assert "these attributes are supported: times, minutes_between_retries" in text


def test_an_unknown_attribute_of_one_that_has_none() -> None:
    text = only(parallel, nodes=3)
    assert "these attributes are supported: none" in text
    assert "@parallel takes no attributes" in text


def test_all_that_is_wrong_with_a_decorator_is_told() -> None:
    assert [each.code for each in problems(resources, cpus=2, memory="16GB", gpu=-1)] == ["D005", "D006", "D006"]


def test_a_value_that_does_not_fit_is_shown_with_one_that_does() -> None:
    text = only(resources, memory="16GB")
    assert "NBF-D006  @resources(memory='16GB') on step 'train': it must be a number above 0" in text
    assert "@resources(memory=16000)" in text


def test_none_says_nothing() -> None:
    assert kept(resources, memory=None, cpu=None, gpu=None) == resources.defaults
    assert use(retry, times=None).checked("")[0].given == {}


def test_numbers_may_be_texts() -> None:
    found = kept(resources, cpu="1.5", memory="8000", gpu="1")
    assert (found["cpu"], found["memory"], found["gpu"]) == (1.5, 8000, 1)
    assert kept(retry, times="2", minutes_between_retries="0.5") == {"times": 2, "minutes_between_retries": 0.5}


@pytest.mark.parametrize("value", [0, -1, True, "many", "nan", "inf", [2], float("nan")])
def test_no_other_number_of_cores_fits(value: Any) -> None:
    assert "it must be a number above 0" in only(resources, cpu=value)


@pytest.mark.parametrize("times", [5, "9"])
def test_more_retries_than_four_are_refused(times: Any) -> None:
    text = only(retry, times=times)
    assert "NBF-D014  The maximum number of retries is @retry(times=4)" in text
    assert f"step 'train' has @retry(times={times})" in text


def test_none_to_four_retries_are_fine() -> None:
    assert [kept(retry, times=times)["times"] for times in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("times", [-1, 1.5, "often", True])
def test_retries_are_a_whole_number(times: Any) -> None:
    assert "it must be a whole number of at least 0" in only(retry, times=times)


@pytest.mark.parametrize("given", [{}, {"seconds": 0}, {"minutes": "0", "hours": 0.0}])
def test_a_timeout_of_nothing_is_refused(given: dict[str, Any]) -> None:
    text = only(timeout, **given)
    assert "NBF-D015  Specify a duration for @timeout" in text
    assert "@timeout(minutes=5)" in text


@pytest.mark.parametrize("var", ["my failure", "class", "", 3])
def test_what_catch_leaves_needs_a_name(var: Any) -> None:
    assert "it must be the name of an artifact" in only(catch, var=var)


@pytest.mark.parametrize(
    ("value", "truth"), [(True, True), (False, False), ("True", True), ("false", False), (1, True), (0, False)]
)
def test_truths_may_be_texts(value: Any, truth: bool) -> None:
    assert kept(catch, print_exception=value)["print_exception"] is truth


def test_what_is_neither_true_nor_false() -> None:
    assert "it must be True or False" in only(catch, print_exception="maybe")


def test_variables_are_texts_and_what_becomes_one() -> None:
    assert kept(environment, vars={"A": "x", "B": 2, "C": True, "D": ""})["vars"] == {
        "A": "x",
        "B": "2",
        "C": "True",
        "D": "",
    }


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (["A"], "a dict with texts as keys"),
        ({1: "x"}, "a dict with texts as keys"),
        ({"A": None}, "a dict of variable → text, and A is None"),
        ({"A": {"b": 1}}, "and A is {'b': 1}"),
        ({"A=B": "x"}, "and 'A=B' cannot be a variable"),
        ({"": "x"}, "and '' cannot be a variable"),
        ({"A": "x\0"}, "and A has a zero byte in it"),
    ],
)
def test_what_cannot_be_an_environment(variables: Any, said: str) -> None:
    assert said in only(environment, vars=variables)


@pytest.mark.parametrize("kind", [conda, pypi])
def test_versions_are_texts_since_a_number_loses_its_zero(kind: Kind) -> None:
    assert kept(kind, python="3.10", packages={"pandas": "2.2"})["packages"] == {"pandas": "2.2"}
    assert "the number 3.10 is 3.1" in only(kind, python=3.10)
    text = only(kind, packages={"pandas": 2.0})
    assert "a dict of package → version, both as texts" in text
    assert "{'pandas': '2.0'}" in text


@pytest.mark.parametrize("kind", ["", "  ", 3, ["default"]])
def test_the_type_of_a_card_is_a_text(kind: Any) -> None:
    assert "it must be a text" in only(card, type=kind)


@pytest.mark.parametrize("word", ["a b", "a-b", "ä", ""])
def test_the_id_of_a_card_is_a_word(word: str) -> None:
    assert "it must be letters, digits and underscores" in only(card, id=word)
    assert kept(card, id="loss_2")["id"] == "loss_2"


@pytest.mark.parametrize(
    "source",
    [
        "db",
        "prod.db",
        "aws-secrets-manager.db",
        "arn:aws:secretsmanager:us-west-2:1:secret:some",
        "https://x.vault.azure.net/secrets/key",
        {"type": "gcp-secret-manager", "id": "db", "role": "r"},
        {"type": "aws-secrets-manager", "id": "db", "options": {"env_var_name": "DB"}},
        {"type": "inline", "options": {"env_vars": {"A": "x"}}},
        {"type": "inline", "id": "mine", "options": {"env_vars": {}}},
    ],
)
def test_sources_of_secrets_have_many_forms(source: Any) -> None:
    assert kept(secrets, sources=[source])["sources"] == [source]


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ("db", "a list of sources"),
        ({"type": "inline"}, "a list of sources"),
        ([""], "'' names no secret"),
        (["inline"], "'inline' names no secret"),
        (["aws-secrets-manager."], "names no secret"),
        ([3], "3 is neither"),
        ([{"type": "vault", "id": "db"}], "the type 'vault' is none of inline, aws-secrets-manager"),
        ([{"id": "db"}], "the type None is none of"),
        ([{"type": "az-key-vault"}], "one of them has no id"),
        ([{"type": "az-key-vault", "id": "x", "name": "y"}], "and not name"),
        ([{"type": "az-key-vault", "id": "x", "options": []}], "the options of one are no dict"),
        ([{"type": "inline", "options": {}}], "in env_vars"),
        ([{"type": "inline", "options": {"env_vars": {"A": 1}}}], "in env_vars"),
    ],
)
def test_what_is_no_source_of_secrets(sources: Any, said: str) -> None:
    text = only(secrets, sources=sources)
    assert "it must be a list of" in text
    assert said in text


@pytest.mark.parametrize("name", ["sales", "a_1", "x" * 128])
def test_names_of_projects(name: str) -> None:
    assert kept(project, name=name, branch="b_2")["name"] == name


@pytest.mark.parametrize("name", ["Sales", "a-b", "a.b", "", "ä", "a b", 3])
def test_a_project_has_only_small_letters_digits_and_underscores(name: Any) -> None:
    assert "a name of only lowercase alphanumeric characters and underscores" in only(project, name=name)
    assert "a name of only lowercase alphanumeric characters" in only(project, name="x", branch=name)


def test_a_project_has_a_name_and_not_too_long_a_one() -> None:
    assert "NBF-D007  @project on step 'train' needs 'name'" in only(project)
    assert "NBF-D007" in only(project, name=None)
    assert "at most 128 characters; this one is too long" in only(project, name="x" * 129)


@pytest.mark.parametrize("given", [{}, {"hourly": True}, {"daily": False}, {"cron": "0 10 * * ? *", "hourly": False}])
def test_a_schedule_is_one_rhythm(given: dict[str, Any]) -> None:
    assert not problems(schedule, **given)


def test_two_rhythms_are_refused() -> None:
    text = only(schedule, daily=True, hourly=True)
    assert "NBF-D016  @schedule on step 'train' says daily and hourly" in text


def test_a_schedule_has_a_time_zone_that_exists() -> None:
    assert kept(schedule, timezone="Europe/Berlin")["timezone"] == "Europe/Berlin"
    for zone in ("Europe/Atlantis", "../etc/passwd", "", 3):
        assert "it must be the name of a time zone" in only(schedule, timezone=zone)


@pytest.mark.parametrize(
    "event",
    [
        "ready",
        {"name": "ready"},
        {"name": "ready", "parameters": {"alpha": "field"}},
        {"name": "ready", "parameters": ["alpha", ("beta", "field")]},
        lambda ctx: "ready",
    ],
)
def test_events_have_many_forms(event: Any) -> None:
    assert not problems(trigger, event=event)
    assert not problems(trigger, events=[event, "other"])


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("", "the name of an event"),
        (3, "the name of an event"),
        ({"parameters": {}}, "the name of an event"),
        ({"name": "ready", "params": {}}, "and not params"),
        ({"name": "ready", "parameters": {"alpha": 3}}, "parameters are a dict, or a list of names and pairs"),
        ({"name": "ready", "parameters": [("a", "b", "c")]}, "parameters are a dict"),
        ({"name": "ready", "parameters": 3}, "parameters are a dict"),
    ],
)
def test_what_is_no_event(event: Any, said: str) -> None:
    assert said in only(trigger, event=event)


@pytest.mark.parametrize(
    "flow", ["LoadFlow", "sales.prod.LoadFlow", {"name": "LoadFlow", "project": "sales", "project_branch": "prod"}]
)
def test_flows_have_two_forms(flow: Any) -> None:
    assert not problems(trigger_on_finish, flow=flow)
    assert not problems(trigger_on_finish, flows=[flow, "Other"])


@pytest.mark.parametrize("flow", ["", "a..b", 3, {"project": "sales"}, {"name": "F", "branch": "prod"}, {"name": 3}])
def test_what_is_no_flow(flow: Any) -> None:
    assert "it must be the name of a flow" in only(trigger_on_finish, flow=flow)


def test_a_list_of_events_is_a_list_and_names_each_once() -> None:
    assert "it must be a list of events" in only(trigger, events="ready")
    assert "ready is there twice" in only(trigger, events=["ready", {"name": "ready"}])
    assert "it must be a list of flows" in only(trigger_on_finish, flows="LoadFlow")


@pytest.mark.parametrize("given", [{}, {"event": "a", "events": ["b"]}])
def test_either_one_event_or_a_list_of_them(given: dict[str, Any]) -> None:
    text = only(trigger, **given)
    assert "NBF-D020  @trigger on step 'train' takes either 'event' or 'events'" in text


def test_a_hook_is_a_list_of_functions() -> None:
    assert kept(exit_hook, on_success=[print])["on_success"] == [print]
    assert "NBF-D021" in only(exit_hook)
    assert "choose at least one of the options on_success and on_error" in only(exit_hook, options={})
    assert "it must be a list of functions" in only(exit_hook, on_error=print)
    assert "it must be a list of functions" in only(exit_hook, on_error=["tell"])


# ---- as they are recorded


def test_a_record_has_all_attributes_as_json() -> None:
    assert spec_of(use(retry, times=1)).attributes == {"times": 1, "minutes_between_retries": 2}
    found = spec_of(use(exit_hook, on_error=[refused])).attributes["on_error"]
    assert found == [f"{__name__}.refused"]


def test_a_record_has_no_secret() -> None:
    inline = {"type": "inline", "options": {"env_vars": {"TOKEN": "hush"}}}
    found = spec_of(use(secrets, sources=["db", inline])).attributes["sources"]
    assert found == ["db", {"type": "inline", "options": {"env_vars": {"TOKEN": "***"}}}]
    assert inline["options"] == {"env_vars": {"TOKEN": "hush"}}


def test_a_record_of_a_persons_own() -> None:
    @user_step_decorator
    def timed(step_name: str, flow: Any, inputs: Any, attributes: Any) -> Any:
        yield

    found = spec_of(timed(unit="s", limits=(1, 2)))
    assert (found.name, found.attributes) == ("timed", {"unit": "s", "limits": [1, 2]})


def test_what_json_has_not_is_recorded_as_text() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise ValueError

    assert storable({1: {2.5}, "b": float("inf"), "c": Loud}) == {
        "1": "{2.5}",
        "b": "inf",
        "c": f"{__name__}.{Loud.__qualname__}",
    }
    assert storable(Loud()) == "<Loud>"


def test_environments_of_a_flow_are_those_of_steps() -> None:
    assert kept(conda_base, packages={"pandas": "2"})["packages"] == {"pandas": "2"}
