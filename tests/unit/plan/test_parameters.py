from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from nbflow.errors import ParameterError, Place
from nbflow.model.parameter import ParameterDef
from nbflow.plan.declarations import check
from nbflow.plan.parameters import Assigned, Resolved, Text, coerce, resolve


class Colour(enum.Enum):
    RED = 1


def declared(*lines: str) -> tuple[ParameterDef, ...]:
    """`alpha: float = 0.1` → its definition."""
    found = []
    for number, line in enumerate(lines):
        head, _, default = line.partition(" = ")
        name, _, kind = head.partition(": ")
        found.append(ParameterDef(name, kind, default or None, place=Place("n.ipynb", "cell 2", line=number + 2)))
    return tuple(found)


def solve(
    *lines: str,
    given: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    cells: Mapping[str, str | Assigned] | None = None,
    namespace: Mapping[str, object] | None = None,
) -> Resolved:
    assigned = {name: each if isinstance(each, Assigned) else Assigned(each) for name, each in (cells or {}).items()}
    return resolve(declared(*lines), given or {}, environment or {}, assigned, namespace=namespace or {})


def codes(*lines: str, **arguments: Any) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        solve(*lines, **arguments)
    return [each.code for each in caught.value.problems]


def message(*lines: str, **arguments: Any) -> str:
    with pytest.raises(ParameterError) as caught:
        solve(*lines, **arguments)
    return str(caught.value)


def test_a_default_is_a_literal_or_reads_parameters_above_and_definitions() -> None:
    found = solve(
        "start: date = date(2026, 3, 1)",
        "days: int = 7",
        "end: date = start + timedelta(days)",
        "names: list[str] = [f'day {n + days}' for n in range(2)]",
        namespace={"date": date, "timedelta": timedelta},
    )
    assert found.values["end"] == date(2026, 3, 8)
    assert found.values["names"] == ["day 7", "day 8"]
    assert found.record["end"] == ("date", {"$date": "2026-03-08"}, "default")


def test_a_default_may_go_over_several_lines() -> None:
    assert solve("a: int = 1", "b: int = a\n    + 2  # twice").values == {"a": 1, "b": 3}
    assert solve("a: tuple[int, ...] = 1, 2").values == {"a": (1, 2)}


def test_a_default_sees_what_overrides_the_parameters_above() -> None:
    assert solve("a: int = 1", "b: int = a * 2", given={"a": 10}).values == {"a": 10, "b": 20}


def test_an_overridden_default_is_not_evaluated() -> None:
    assert solve("a: float = 1 / 0", given={"a": 1}).values == {"a": 1.0}


def test_precedence_is_default_environment_cell_given() -> None:
    line, name = "alpha: float = 0.1", "alpha"
    environment, cells, given = {"NBFLOW_PARAM_ALPHA": "0.2"}, {name: "0.3"}, {name: 0.4}
    assert solve(line).origins == {name: "default"}
    assert solve(line, environment=environment).record[name] == ("float", 0.2, "environment")
    assert solve(line, environment=environment, cells=cells).record[name] == ("float", 0.3, "cell")
    assert solve(line, environment=environment, cells=cells, given=given).record[name] == ("float", 0.4, "given")


def test_an_assignment_cell_says_what_it_overrides() -> None:
    place = Place("n.ipynb", "cell 1")
    found = solve("alpha: float = 0.1", cells={"alpha": Assigned("0.3", place)})
    assert [(each.code, each.what, each.place) for each in found.notices] == [
        ("N010", "alpha = 0.3, overrides 0.1", place)
    ]
    over = solve("alpha: float = 0.1", cells={"alpha": "0.3"}, environment={"NBFLOW_PARAM_ALPHA": "0.2"})
    assert over.notices[0].what == "alpha = 0.3, overrides 0.2"
    # a notebook that is filled in is told a value twice
    twice = solve("alpha: float = 0.1", cells={"alpha": "0.2"}, environment={"NBFLOW_PARAM_ALPHA": "0.20"})
    assert twice.notices[0].what == "alpha = 0.2, overrides 0.1"
    assert solve("alpha: float", cells={"alpha": "1"}).notices[0].what == "alpha = 1.0, overrides no default"
    assert solve("alpha: float = 0.1", given={"alpha": 0.3}).notices == ()


@pytest.mark.parametrize(
    ("kind", "source", "expected"),
    [
        ("str", "eu", "eu"),
        ("str", "eu-west-1", "eu-west-1"),
        ("str", "data/x.csv", "data/x.csv"),
        ("str", "max", "max"),
        ("str", "'eu'", "eu"),
        ("str", "base + 'x'", "bx"),
        ("bool", "yes", True),
        ("date", "2024-10-11", date(2024, 10, 11)),
        ("float", "float('inf')", float("inf")),
        ("float", "0.1 * 3", 0.1 * 3),
        ("int", "'007'", 7),
        ("list[str]", "['eu']", ["eu"]),
        ("str | None", "None", None),
    ],
)
def test_an_assignment_is_evaluated_and_unbound_bare_words_are_text(kind: str, source: str, expected: object) -> None:
    found = solve("base: str = 'b'", f"x: {kind}", cells={"x": source})
    assert found.values["x"] == expected


def test_none_for_a_text_is_no_text() -> None:
    assert codes("x: str = 'a'", cells={"x": "None"}) == ["P002"]


def test_an_assignment_that_fails_is_told_with_its_reason() -> None:
    told = message("x: float = 1", cells={"x": "1 / 0"})
    assert "NBF-P002  x: '1 / 0' is not a float" in told
    assert "ZeroDivisionError: division by zero; it comes from an assignment cell" in told
    assert codes("x: float = 1", cells={"x": "bse * 2"}) == ["P002"]


LIST = "list[Literal['ridge', 'lasso']]"
SOME, COMMAS = "write one of 'ridge', 'lasso'", "write items with commas between them"


@pytest.mark.parametrize(
    ("kind", "text", "fix"),
    [
        (LIST, "ridge,laso", "write 'lasso'"),
        (LIST, "ridge,tree", SOME),
        (LIST, '["ridge", "laso"]', "write 'lasso'"),
        (LIST, "ridge lasso", COMMAS),
        (f"{LIST} | None", "laso", "write 'lasso'"),
        (f"list[{LIST}]", '[["laso"]]', "write 'lasso'"),
        (f"dict[str, {LIST}]", '{"a": ["laso"]}', "write 'lasso'"),
        ("Literal['ridge', 'lasso']", "laso", "write 'lasso'"),
        ("Literal['ridge', 'lasso']", "tree", SOME),
        ("int | Literal['auto']", "atuo", "write 'auto'"),
        ("Colour", "REED", "write RED"),
        ("list[Colour]", "RED,BLUE", "write one of RED"),
        ("list[int]", "1 2", COMMAS),
    ],
)
def test_a_value_that_is_none_of_those_allowed_is_told_the_nearest_or_all(kind: str, text: str, fix: str) -> None:
    told = message(f"x: {kind}", given={"x": Text(text)}, namespace={"Colour": Colour})
    assert f"  fix    {fix}" in told


def test_a_value_that_the_kernel_has_evaluated_is_not_evaluated_again() -> None:
    assert solve("x: int", cells={"x": Assigned("input()", value=5)}).values == {"x": 5}


def test_typed_text_is_read_by_type_and_python_text_is_text() -> None:
    assert solve("x: Any", given={"x": Text("[1]")}).values == {"x": [1]}
    assert solve("x: Any", given={"x": "[1]"}).values == {"x": "[1]"}
    assert solve("x: int | str", given={"x": Text("5")}).values == {"x": 5}


def test_a_given_name_may_be_written_with_dashes() -> None:
    assert solve("learning_rate: float", given={"learning-rate": Text("0.1")}).values == {"learning_rate": 0.1}


def test_an_unknown_variable_of_the_environment_belongs_to_another_flow() -> None:
    assert solve("a: int = 1", environment={"NBFLOW_PARAM_B": "x", "A": "7"}).values == {"a": 1}


def test_p001_names_both_ways_to_give_a_value() -> None:
    told = message("learning_rate: float")
    assert "NBF-P001  parameter 'learning_rate' needs a value" in told
    assert "-p learning_rate=VALUE" in told
    assert "--learning-rate VALUE" in told
    assert "n.ipynb · cell 2 · line 2" in told


def test_p002_says_value_type_origin_and_how_it_is_written() -> None:
    told = message("day: date = None", environment={"NBFLOW_PARAM_DAY": "1.3.26"})
    assert "day: '1.3.26' is not a date" in told
    assert "it comes from the environment variable NBFLOW_PARAM_DAY" in told
    assert "write a date, as 2024-12-31" in told


def test_p002_for_a_default_of_none_offers_the_union() -> None:
    assert "declare it as int | None" in message("n: int = None")


def test_p002_for_a_value_that_json_cannot_say() -> None:
    assert "a parameter cannot be a object" in message("x: Any", given={"x": object()})


def test_p003_offers_the_near_name_and_lists_the_others() -> None:
    told = message("alpha: float = 1", "beta: float = 2", given={"apha": 1})
    assert "unknown parameter 'apha'. Did you mean 'alpha'?" in told
    assert "alpha, beta" in told
    assert "the flow's parameters are: none" in message(given={"x": 1})


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["tags: str = ''"], "the name is reserved"),
        (["item: str = ''"], "the name is reserved"),
        (["_x: int = 1"], "private"),
        (["alpha: int = 1", "Alpha: int = 1"], "it equals 'alpha' but for case"),
        (["alpha: int = 1", "alpha: int = 2"], "declared twice"),
    ],
)
def test_p006_refuses_names_that_mean_something_else(lines: list[str], why: str) -> None:
    (found,) = check(declared(*lines), {})
    assert found.code == "P006"
    assert why in found.what


@pytest.mark.parametrize(
    ("kind", "fix"), [("string", "write str"), ("flaot", "write float"), ("DataFrame", "choose one")]
)
def test_p007_lists_the_types_and_offers_the_near_one(kind: str, fix: str) -> None:
    told = message(f"x: list[{kind}] = []")
    assert f"NBF-P007  parameter 'x': the type {kind} is not known" in told
    assert "an Enum" in told
    assert fix in told


def test_p007_for_a_definition_that_fails() -> None:
    class Broken(dict[str, object]):
        def __bool__(self) -> bool:
            return True

        def get(self, key: str, default: object = None) -> object:
            raise ImportError("no module named colours")

    assert "no module named colours" in message("x: Colour = 1", namespace=Broken())


def test_p008_tells_what_the_default_raised() -> None:
    assert "its default failed: ZeroDivisionError: division by zero" in message("x: float = 1 / 0")
    assert "its default failed: 'y' is not declared above it" in message("x: int = y", "y: int = 1")
    assert "its default failed: name 'zzz' is not defined" in message("x: int = zzz")


def test_a_parameter_below_a_broken_one_gets_no_second_message() -> None:
    assert codes("a: float = 1 / 0", "b: float = a", "c: float = b") == ["P008"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert codes("a: int", "b: int = 'x'", "c: float = 1 / 0", given={}) == ["P001", "P002", "P008"]
    assert codes("tags: strin", given={"zz": 1}) == ["P006", "P007", "P003"]


def test_a_number_given_for_a_text_is_said_and_kept() -> None:
    found = solve("code: str = ''", cells={"code": "7"})
    assert found.values == {"code": "7"}
    assert found.notices[0].what == "code: 7 became the text '7'"
    assert found.notices[0].severity == "warning"


def test_enums_and_their_members_come_from_the_definitions() -> None:
    found = solve("c: Colour = Colour.RED", namespace={"Colour": Colour})
    assert found.values == {"c": Colour.RED}
    assert found.record["c"][1] == {"$enum": [f"{__name__}:Colour", "RED"]}


def test_one_value_is_coerced_by_its_declaration() -> None:
    (alpha,) = declared("alpha: float")
    assert coerce(alpha, Text("0.5"), namespace={}) == 0.5
    with pytest.raises(ParameterError, match="P002"):
        coerce(alpha, "high", namespace={})
    with pytest.raises(ParameterError, match="P007"):
        coerce(declared("x: what")[0], 1, namespace={})


@pytest.mark.parametrize("hostile", ["<script>", "a'b\"c", "two\nlines", "\x1b[31m", "\u202egpj"])
def test_hostile_texts_are_told_on_one_line_without_control_characters(hostile: str) -> None:
    for told in (message("x: int", given={"x": Text(hostile)}), message(given={hostile: 1})):
        assert "\x1b" not in told
        assert "\u202e" not in told
        assert "two\n" not in told
