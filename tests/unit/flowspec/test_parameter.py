from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import ParameterError
from nbflow.flowspec.config import Config, configs_of, resolve
from nbflow.flowspec.include_file import IncludeFile
from nbflow.flowspec.parameter import JSONType, Parameter
from nbflow.flowspec.typed import MisfitError, fitted


def refused(*arguments: Any, kind: type[Parameter] = Parameter, **named: Any) -> str:
    with pytest.raises(ParameterError) as caught:
        kind(*arguments, **named)
    return str(caught.value)


# ---- its type --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("default", "expected"),
    [(0.5, float), (3, int), (True, bool), ("eu", str), (None, str), ({"a": 1}, JSONType), ([1], JSONType)],
)
def test_the_type_is_that_of_the_default(default: object, expected: object) -> None:
    assert Parameter("alpha", default=default).kind is expected


def test_a_type_that_is_given_beats_that_of_the_default() -> None:
    assert Parameter("alpha", default=1, type=float).kind is float
    assert Parameter("gdp", default='{"US": 1}', type=JSONType).kind is JSONType


def test_a_default_that_is_a_function_leaves_the_type_open() -> None:
    assert Parameter("alpha", default=lambda _: 0.5).kind is None
    assert Parameter("alpha", default=lambda _: 0.5, type=int).kind is int


@pytest.mark.parametrize("kind", [str, int, float, bool, JSONType])
def test_five_types_are_known(kind: Any) -> None:
    assert Parameter("alpha", type=kind).kind is kind


@pytest.mark.parametrize("kind", [list, dict])
def test_a_type_that_holds_things_leads_to_json(kind: type) -> None:
    message = refused("alpha", type=kind)
    assert "parameter 'alpha': the type " + kind.__name__ + " is not known" in message
    assert "type=JSONType takes lists and dicts" in message


def test_a_type_that_is_a_word_leads_to_the_type() -> None:
    assert "type=int" in refused("alpha", type="int")
    assert "type=float" in refused("alpha", type="number")


def test_a_class_as_type_is_refused() -> None:
    message = refused("alpha", type=complex)
    assert "the type complex is not known" in message
    assert "make a complex of it in the first step" in message


def test_a_default_that_no_parameter_can_be_is_refused() -> None:
    assert "the type set is not known" in refused("alpha", default={1, 2})


# ---- what is wrong in it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "params", "with", "tag", "namespace", "obj", "tags", "decospecs", "run-id-file", "max-num-splits",
        "max-workers", "max-log-size", "user-namespace", "run-id", "task-id", "runner-attribute-file",
        "run_id_file", "max_workers", "Run-Id", "help",
    ],
)  # fmt: skip
def test_a_name_of_the_command_line_is_reserved(name: str) -> None:
    message = refused(name)
    assert f"Parameter name '{name}' is a reserved word" in message
    assert "Please use a different name for your parameter" in message


@pytest.mark.parametrize("name", ["", "--alpha", "learning rate", "a=b", "_private", None, 3, lambda _: 1])
def test_a_name_that_cannot_be_typed_is_refused(name: Any) -> None:
    assert "cannot be the name of a Parameter" in refused(name)


@pytest.mark.parametrize("field", ["show_default", "separator", "required"])
def test_only_the_default_may_be_a_function(field: str) -> None:
    message = refused("alpha", **{field: lambda _: True})
    assert f"Parameter *alpha*: Field '{field}' cannot have a function as its value" in message


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"type": int}, "its type is <class 'int'>"),
        ({"type": JSONType}, "its type is JSONType"),
        ({"default": 3}, "its default is 3"),
        ({"default": ["a", "b"]}, "its default is ['a', 'b']"),
        ({"separator": ""}, "the separator is ''"),
        ({"separator": True}, "the separator is True"),
        ({"type": int, "default": lambda _: 1}, "its type is <class 'int'>"),
    ],
)
def test_a_separator_is_for_texts(named: dict[str, Any], why: str) -> None:
    message = refused("names", **{"separator": ",", **named})
    assert "Parameter *names*: Separator is only allowed for string parameters" in message
    assert why in message


@pytest.mark.parametrize(
    ("default", "kind", "what"),
    [
        (0.5, int, "alpha: 0.5 is not an int"),
        ("high", float, "alpha: 'high' is not a float"),
        ("{a: 1}", JSONType, "alpha: '{a: 1}' is not JSON"),
        ({"when": object}, JSONType, "JSON has no type"),
        (2, bool, "alpha: 2 is not a bool"),
        (True, int, "True and False are not numbers here"),
        ([1], str, "alpha: [1] is not a str"),
    ],
)
def test_a_default_must_be_of_the_type_that_is_given(default: object, kind: Any, what: str) -> None:
    message = refused("alpha", default=default, type=kind)
    assert what in message
    assert "it is the default" in message


def test_a_default_of_another_type_is_taken_when_nothing_is_lost() -> None:
    assert Parameter("alpha", default="5", type=int).taken("5", int) == 5
    assert Parameter("alpha", default=1, type=float).taken(1, float) == 1.0


def test_a_mistyped_argument_has_a_suggestion() -> None:
    message = refused("alpha", defualt=1)
    assert "Parameter has no argument 'defualt'. Did you mean 'default'?" in message
    assert "IncludeFile has no argument 'paths'" in refused("file", kind=IncludeFile, paths="x")


# ---- how it looks ----------------------------------------------------------------------------------------------------


def test_a_parameter_shows_what_was_written() -> None:
    assert repr(Parameter("alpha", default=0.5, type=float, help="rate")) == (
        "Parameter('alpha', default=0.5, type=float, help='rate')"
    )
    assert repr(Parameter("gdp", type=JSONType, required=True)) == "Parameter('gdp', type=JSONType, required=True)"
    assert repr(Parameter("day", default=lambda _: 1)) == "Parameter('day', default=lambda ctx: …)"
    assert repr(IncludeFile("rows", default="rows.csv", is_text=False)) == (
        "IncludeFile('rows', default='rows.csv', is_text=False)"
    )


def test_the_class_gives_the_parameter_itself() -> None:
    class Flow:
        rate = Parameter("alpha", default=0.5)

    assert isinstance(Flow.rate, Parameter)
    assert Flow.rate.name == "alpha"


# ---- with configs ----------------------------------------------------------------------------------------------------


class Tuned:
    cfg = Config("config", default_value={"id": 7, "rate": {"default": 0.5, "help": "learning rate"}, "kind": "x"})
    id = Parameter("id", default=cfg.id, help=cfg.rate.help)
    rate = Parameter("rate", **cfg.rate)
    wrong = Parameter("wrong", default=cfg.kind, type=int)


def test_a_default_from_a_config_is_known_when_the_config_is() -> None:
    values = resolve(configs_of(Tuned))
    assert Tuned.id.waits
    settled = Tuned.id.settled(values)
    assert not settled.waits
    assert (settled.default, settled.kind, settled.help) == (7, int, "learning rate")


def test_the_arguments_may_be_unpacked_from_a_config() -> None:
    settled = Tuned.rate.settled(resolve(configs_of(Tuned)))
    assert (settled.default, settled.kind, settled.help) == (0.5, float, "learning rate")


def test_what_comes_from_a_config_is_checked_then() -> None:
    with pytest.raises(ParameterError, match="wrong: 'x' is not an int"):
        Tuned.wrong.settled(resolve(configs_of(Tuned)))


def test_a_parameter_that_waits_for_a_config_shows_it() -> None:
    assert repr(Tuned.id) == "Parameter('id', default=cfg.id, help=cfg.rate.help)"
    assert repr(Tuned.rate) == "Parameter('rate', **cfg.rate)"


# ---- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["True", "true", "1", "yes", "on", "t", "Y", " true "])
def test_a_bool_is_typed_as_people_do(text: str) -> None:
    assert fitted(bool, text) is True


@pytest.mark.parametrize("text", ["False", "false", "0", "no", "off", "f", "N"])
def test_a_bool_that_is_false_too(text: str) -> None:
    assert fitted(bool, text) is False


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (int, "42", 42),
        (int, 3.0, 3),
        (float, "1e-3", 0.001),
        (float, 2, 2.0),
        (bool, 1, True),
        (str, "", ""),
        (str, 5, "5"),
        (str, True, "True"),
        (JSONType, '{"US": 1}', {"US": 1}),
        (JSONType, {"US": (1, 2)}, {"US": [1, 2]}),
        (JSONType, "null", None),
        (JSONType, 1.5, 1.5),
    ],
)
def test_a_value_becomes_its_type_when_nothing_is_lost(kind: Any, given: object, expected: object) -> None:
    made = fitted(kind, given)
    assert (made, type(made)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (int, "4.5"), (int, ""), (int, True), (int, 1.5), (int, None), (float, "high"), (float, True), (float, []),
        (float, 10**400), (bool, "maybe"), (bool, ""), (bool, 2), (bool, 0.5), (str, ["a"]), (JSONType, "{a}"),
        (JSONType, object()), (JSONType, {"a": {1}}),
    ],
)  # fmt: skip
def test_a_value_that_is_something_else_is_a_misfit(kind: Any, given: object) -> None:
    with pytest.raises(MisfitError):
        fitted(kind, given)


def test_numbers_and_arrays_of_numpy_are_plain_values() -> None:
    numpy = pytest.importorskip("numpy")
    assert type(fitted(int, numpy.int64(3))) is int
    assert type(fitted(float, numpy.float32(0.5))) is float
    assert fitted(JSONType, {"a": numpy.arange(2)}) == {"a": [0, 1]}
    assert Parameter("alpha", default=numpy.float64(0.5)).kind is float


def test_a_json_value_is_a_copy_of_the_default() -> None:
    default = {"a": [1]}
    made = Parameter("gdp", default=default).taken(default, JSONType)
    made["a"].append(2)
    assert default == {"a": [1]}


def test_a_separator_makes_a_list_of_texts() -> None:
    names = Parameter("names", default="a,b", separator=",")
    assert names.taken("x,y z,", str) == ["x", "y z", ""]
    assert names.taken("", str) == []
    assert names.taken(["x", 1], str) == ["x", "1"]
    assert names.type_name == "list[str]"


def test_a_separator_may_be_longer_than_a_letter() -> None:
    assert Parameter("names", separator="::").taken("a::b:c", str) == ["a", "b:c"]
