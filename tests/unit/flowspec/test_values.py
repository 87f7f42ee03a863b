from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nbflow import FlowSpec
from nbflow.errors import ParameterError
from nbflow.flowspec.config import Config, ConfigValue, configs_of, resolve
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.include_file import IncludeFile
from nbflow.flowspec.naming import ARGUMENTS
from nbflow.flowspec.parameter import JSONType, Parameter
from nbflow.flowspec.parameter_facts import ParameterFacts, parameter_facts
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.values import FromText, Value, declared, json_of, resolve_parameters

BLANK = ParameterContext()


def flow(*, configs: type = object, **parameters: Parameter) -> PreparedFlow:
    declared_configs = configs_of(configs)
    values = resolve(declared_configs)
    return PreparedFlow("Flow", configs, parameters=parameters, configs=dict(declared_configs), config_values=values)


def solve(
    given: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    context: ParameterContext = BLANK,
    configs: type = object,
    **parameters: Parameter,
) -> dict[str, Value]:
    return resolve_parameters(flow(configs=configs, **parameters), given or {}, environ or {}, context)


def refused(*arguments: Any, **parameters: Any) -> ParameterError:
    with pytest.raises(ParameterError) as caught:
        solve(*arguments, **parameters)
    return caught.value


def codes(*arguments: Any, **parameters: Any) -> list[str]:
    return [each.code for each in refused(*arguments, **parameters).problems]


# ---- what overrides what ---------------------------------------------------------------------------------------------


def test_without_anything_a_parameter_has_its_default() -> None:
    found = solve(rate=Parameter("alpha", default=0.5))["rate"]
    assert (found.name, found.value, found.type_name, found.origin, found.json) == (
        "alpha",
        0.5,
        "float",
        "default",
        0.5,
    )


@pytest.mark.parametrize(
    ("environ", "value"),
    [
        ({"NBFLOW_RUN_TEST_MODE": "1"}, 1),
        ({"METAFLOW_RUN_TEST_MODE": "2"}, 2),
        ({"NBFLOW_RUN_TEST_MODE": "1", "METAFLOW_RUN_TEST_MODE": "2"}, 1),
        ({"NBFLOW_RUN_TEST_MODE": "", "METAFLOW_RUN_TEST_MODE": "2"}, 2),
        ({"NBFLOW_RUN_TEST_MODE": ""}, 0),
        ({"NBFLOW_PARAM_TEST_MODE": "1"}, 0),
    ],
)
def test_the_environment_beats_the_default(environ: dict[str, str], value: int) -> None:
    found = solve({}, environ, mode=Parameter("test-mode", default=0))["mode"]
    assert (found.value, found.origin) == (value, "environment" if value else "default")


def test_what_is_given_beats_the_environment() -> None:
    found = solve({"alpha": FromText("0.7")}, {"NBFLOW_RUN_ALPHA": "0.6"}, alpha=Parameter("alpha", default=0.5))
    assert (found["alpha"].value, found["alpha"].origin) == (0.7, "given")


@pytest.mark.parametrize("name", ["test-mode", "test_mode", "TEST-MODE", "mode", "Mode"])
def test_a_parameter_is_given_by_its_name_or_its_attribute(name: str) -> None:
    assert solve({name: "true"}, mode=Parameter("test-mode", default=False))["mode"].value is True


def test_a_name_beats_the_attribute_of_another() -> None:
    found = solve({"a": "x"}, b=Parameter("a"), a=Parameter("c"))
    assert (found["b"].value, found["a"].value) == ("x", None)


def test_none_says_nothing() -> None:
    assert solve({"alpha": None}, alpha=Parameter("alpha", default=1))["alpha"].value == 1


def test_a_parameter_without_a_default_is_none() -> None:
    found = solve(alpha=Parameter("alpha", type=int))["alpha"]
    assert (found.value, found.type_name, found.json) == (None, "int", None)


def test_a_parameter_that_is_required_is_asked_for_in_every_way_it_can_be_given() -> None:
    text = str(refused(rate=Parameter("learning-rate", required=True)))
    assert "NBF-P010  parameter 'learning-rate' needs a value" in text
    assert "--learning-rate VALUE behind run in a terminal" in text
    assert "rate=VALUE in Flow.run(...)" in text
    assert "NBFLOW_RUN_LEARNING_RATE=VALUE in the environment" in text


def test_a_default_makes_required_needless() -> None:
    assert solve(alpha=Parameter("alpha", required=True, default=1))["alpha"].value == 1


# ---- types -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameter", "text", "value", "type_name"),
    [
        (Parameter("p", default=1), "2", 2, "int"),
        (Parameter("p", type=float), "2", 2.0, "float"),
        (Parameter("p", default=True), "False", False, "bool"),
        (Parameter("p"), "2", "2", "str"),
        (Parameter("p", type=JSONType), '{"US": [1]}', {"US": [1]}, "JSONType"),
        (Parameter("p", separator=","), "a,b", ["a", "b"], "list[str]"),
    ],
)
def test_text_is_read_by_the_type(parameter: Parameter, text: str, value: object, type_name: str) -> None:
    found = solve({"p": FromText(text)}, p=parameter)["p"]
    assert (found.value, type(found.value), found.type_name) == (value, type(value), type_name)


@pytest.mark.parametrize(
    ("parameter", "value", "what"),
    [
        (Parameter("p", default=1), "high", "p: 'high' is not an int"),
        (Parameter("p", default=0.5), "a lot", "p: 'a lot' is not a float"),
        (Parameter("p", default=True), "maybe", "write true or false (also 1 0 yes no on off)"),
        (Parameter("p", type=JSONType), "{US: 1}", "it is not a valid JSON object: Expecting property name"),
        (Parameter("p", default=1), True, "True and False are not numbers here"),
        (Parameter("p", separator=","), 0.5, None),
        (Parameter("p", separator=","), {"a"}, "p: {'a'} is not a list of texts"),
    ],
)
def test_what_does_not_fit_is_named_with_how_to_write_it(parameter: Parameter, value: Any, what: str | None) -> None:
    if what is None:
        assert solve({"p": value}, p=parameter)["p"].value == ["0.5"]
        return
    error = refused({"p": FromText(value) if isinstance(value, str) else value}, p=parameter)
    assert error.code == "NBF-P011"
    assert what in str(error)


def test_a_wrong_value_from_the_environment_names_the_variable() -> None:
    text = str(refused({}, {"METAFLOW_RUN_ALPHA": "high"}, alpha=Parameter("alpha", default=1)))
    assert "alpha: 'high' is not an int" in text
    assert "it comes from the variable METAFLOW_RUN_ALPHA" in text


def test_a_json_default_may_be_text() -> None:
    assert solve(gdp=Parameter("gdp", default='{"US": 1}', type=JSONType))["gdp"].value == {"US": 1}


def test_an_unknown_parameter_has_a_suggestion() -> None:
    text = str(refused({"alhpa": 1}, alpha=Parameter("alpha")))
    assert "NBF-P012  unknown parameter 'alhpa'. Did you mean 'alpha'?" in text
    assert "the flow's parameters are: alpha" in text
    assert "Did you mean 'max_workers'?" in str(refused({"max_workrs": 1}, alpha=Parameter("alpha")))
    assert "the flow's parameters are: none" in str(refused({"test-mode": 1}))


def test_the_arguments_of_a_run_are_those_that_may_be_meant() -> None:
    takes = inspect.signature(FlowSpec.run).parameters
    assert {*ARGUMENTS} == {name for name, each in takes.items() if each.kind is each.KEYWORD_ONLY}


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = codes(
        {"wrong": "x", "what": 1},
        wrong=Parameter("wrong", default=1),
        missing=Parameter("missing", required=True),
        failing=Parameter("failing", default=lambda _: 1 / 0),
        odd=Parameter("odd", default=lambda _: {1}),
        file=IncludeFile("file", default="/nowhere/at/all"),
    )
    assert found == ["P012", "P011", "P010", "P018", "P028", "P022"]


# ---- defaults that are functions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "type_name"),
    [
        (True, "bool"),
        (3, "int"),
        (0.5, "float"),
        ("eu", "str"),
        ({"a": 1}, "JSONType"),
        ([1], "JSONType"),
        (None, "str"),
    ],
)
def test_the_type_is_that_of_what_the_function_returns(returned: object, type_name: str) -> None:
    found = solve(p=Parameter("p", default=lambda _: returned))["p"]
    assert (found.value, found.type_name, found.origin) == (returned, type_name, "default")


def test_what_is_typed_is_read_by_the_type_of_what_the_function_returns() -> None:
    mode = Parameter("test-mode", default=lambda _: True)
    assert solve({"test-mode": FromText("False")}, mode=mode)["mode"].value is False
    assert solve({}, {"NBFLOW_RUN_TEST_MODE": "no"}, mode=mode)["mode"].value is False
    assert "test-mode: '5x' is not a bool" in str(refused({"test-mode": FromText("5x")}, mode=mode))


def test_what_is_typed_stays_text_where_the_function_returns_nothing() -> None:
    assert solve({"p": FromText("5")}, p=Parameter("p", default=lambda _: None))["p"].value == "5"


def test_the_function_is_not_called_when_nothing_depends_on_it() -> None:
    mode = Parameter("mode", type=bool, default=lambda _: 1 / 0)
    assert solve({"mode": "yes"}, mode=mode)["mode"].value is True


def test_the_function_is_told_what_is_known() -> None:
    class Configured:
        cfg = Config("the-config", default_value={"rate": 0.5})

    said: list[str] = []

    def default(ctx: ParameterContext) -> str:
        ctx.logger("asked")
        rate = ctx.configs.cfg.rate + ctx.configs["the-config"].rate
        return f"{ctx.flow_name}/{ctx.user_name}/{ctx.parameter_name}/{ctx.ds_type}/{rate}"

    context = ParameterContext(user_name="ann", logger=said.append)
    found = solve({}, {}, context, Configured, where=Parameter("the-where", default=default))
    assert found["where"].value == "Flow/ann/the-where/local/1.0"
    assert said == ["asked"]


def test_a_function_may_be_said_to_return_a_type() -> None:
    assert solve(p=Parameter("p", type=float, default=lambda _: 1))["p"].value == 1.0
    assert solve(p=Parameter("p", type=JSONType, default=lambda _: '{"a": 1}'))["p"].value == {"a": 1}
    assert solve(p=Parameter("p", separator=",", default=lambda _: "a,b"))["p"].value == ["a", "b"]
    assert solve(p=Parameter("p", separator=",", default=lambda _: ["a", "b"]))["p"].value == ["a", "b"]


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (Parameter("p", type=bool, default=lambda _: "maybe"), "it returned 'maybe'. Expected a bool"),
        (Parameter("p", type=str, default=lambda _: [1]), "it returned [1]. Expected a str"),
        (Parameter("p", default=lambda _: {1}), "it returned {1}. Expected one of str, int, float, bool, JSONType"),
        (Parameter("p", default=lambda _: {"a": {1}}), "Expected JSON (JSON has no set)"),
    ],
)
def test_a_function_that_returns_something_else_is_told_so(parameter: Parameter, expected: str) -> None:
    text = str(refused(p=parameter))
    assert (
        "The value returned by the deploy-time function for the parameter *p* field *default* has a wrong type" in text
    )
    assert expected in text


def test_a_function_that_fails_is_named_with_its_line() -> None:
    def default(ctx: ParameterContext) -> Any:
        return ctx.configs.nothing

    text = str(refused(p=Parameter("the-p", default=default)))
    assert "parameter 'the-p': its default function failed: AttributeError: there is no 'nothing'" in text
    assert "test_values.py, line" in text
    assert "or give a value: --the-p VALUE" in text


def test_a_function_that_fails_fails_too_when_it_should_tell_the_type() -> None:
    assert codes({"p": FromText("x")}, p=Parameter("p", default=lambda _: 1 / 0)) == ["P018"]


def test_a_required_parameter_whose_function_returns_nothing_needs_a_value() -> None:
    assert codes(p=Parameter("p", required=True, default=lambda _: None)) == ["P010"]


# ---- declarations together -------------------------------------------------------------------------------------------


def test_names_are_case_insensitive() -> None:
    text = str(refused(first=Parameter("Test-Mode"), second=Parameter("test_mode")))
    assert "Parameter *test_mode* is specified twice" in text
    assert "names are case-insensitive, and - and _ are the same; first and second have the same name" in text


@pytest.mark.parametrize("attribute", ["name", "input", "index", "next", "foreach_stack", "merge_artifacts", "cmd"])
def test_an_attribute_that_steps_use_otherwise_is_refused(attribute: str) -> None:
    text = str(refused(**{attribute: Parameter("alpha")}))
    assert f"parameter 'alpha' cannot be the attribute '{attribute}'" in text
    assert f"my_{attribute} = Parameter('alpha')" in text


def test_defaults_from_configs_are_taken_and_checked() -> None:
    class Configured:
        cfg = Config("cfg", default_value={"size": 400, "style": {"blur": 2}})
        size = Parameter("size", default=cfg.size)
        style = Parameter("style", default=cfg.style)
        wrong = Parameter("wrong", default=cfg.absent)

    found = solve({"size": "600"}, configs=Configured, size=Configured.size, style=Configured.style)
    assert (found["size"].value, found["style"].value) == (600, {"blur": 2})
    assert type(found["style"].value) is dict
    text = str(refused(configs=Configured, wrong=Configured.wrong))
    assert "config expression 'cfg.absent' cannot be evaluated" in text


def test_declared_parameters_are_settled() -> None:
    class Configured:
        cfg = Config("cfg", default_value={"size": 400})
        size = Parameter("size", default=cfg.size)

    assert declared(flow(configs=Configured, size=Configured.size))["size"].default == 400


# ---- what a terminal asks --------------------------------------------------------------------------------------------


def facts(**parameters: Parameter) -> ParameterFacts:
    (found,) = parameter_facts(flow(**parameters))
    return found


def test_the_facts_of_a_parameter() -> None:
    assert facts(mode=Parameter("Test-mode", default=True, help="a small run")) == ParameterFacts(
        attribute="mode",
        name="Test-mode",
        option="--Test-mode",
        aliases=("--test-mode", "--Test_mode", "--test_mode"),
        placeholder="BOOLEAN",
        type_name="bool",
        help="a small run",
        default="True",
        required=False,
        variable="NBFLOW_RUN_TEST_MODE",
    )
    assert facts(mode=Parameter("mode", default=True)).is_bool
    assert not facts(mode=Parameter("mode", default=1)).is_bool


@pytest.mark.parametrize(
    ("parameter", "shown"),
    [
        (Parameter("p"), None),
        (Parameter("p", default=0.5), "0.5"),
        (Parameter("p", default=0.5, show_default=False), None),
        (Parameter("p", default=""), "''"),
        (Parameter("p", default=False), "False"),
        (Parameter("p", default={"a": 1}), '{"a": 1}'),
        (Parameter("p", default='{"a": 1}', type=JSONType), '{"a": 1}'),
        (Parameter("p", default=lambda _: 1 / 0), "deploy-time value of 'p'"),
        (IncludeFile("p", default=Path("a.csv")), "a.csv"),
        (Parameter("p", default="x" * 200), "x" * 79 + "…"),
    ],
)
def test_help_shows_a_default_as_it_would_be_typed(parameter: Parameter, shown: str | None) -> None:
    assert facts(p=parameter).default == shown


@pytest.mark.parametrize(
    ("parameter", "placeholder"),
    [
        (Parameter("p"), "TEXT"), (Parameter("p", default=1), "INTEGER"), (Parameter("p", default=1.0), "FLOAT"),
        (Parameter("p", type=JSONType), "JSON"), (Parameter("p", separator=","), "TEXT"), (IncludeFile("p"), "FILE"),
        (Parameter("p", default=lambda _: 1), "VALUE"),
    ],
)  # fmt: skip
def test_help_shows_what_is_to_be_typed(parameter: Parameter, placeholder: str) -> None:
    assert facts(p=parameter).placeholder == placeholder


def test_required_is_what_has_no_default() -> None:
    assert facts(p=Parameter("p", required=True)).required
    assert not facts(p=Parameter("p", required=True, default=1)).required


# ---- what is recorded ------------------------------------------------------------------------------------------------


class Odd:
    def __repr__(self) -> str:
        return "Odd\n  object"


class Worse:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.5, 0.5),
        ({"a": [1]}, {"a": [1]}),
        (date(2026, 3, 1), {"$date": "2026-03-01"}),
        (float("nan"), {"$float": "nan"}),
        (ConfigValue({"a": [1]}), {"a": [1]}),
        ("x" * 20_000, "<str of 20,000 characters>"),
        (b"x" * 20_000, "<bytes of 20,000 bytes>"),
        ({"a": "x" * 20_000}, "<dict of 1 items>"),
        (Odd(), "Odd object"),
        (Worse(), "<Worse>"),
    ],
)
def test_a_record_has_json_or_a_short_text(value: object, expected: object) -> None:
    assert json_of(value) == expected
    json.dumps(json_of(value), allow_nan=False)
