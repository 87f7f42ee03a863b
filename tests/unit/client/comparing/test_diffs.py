"""How one value became another, by what they are."""

from __future__ import annotations

import copy
import io
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from nbflow.client.comparing.diffs import Diff, diff

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(st.text(max_size=3), below, max_size=4)
        | st.tuples(below, below)
        | st.sets(st.integers() | st.text(max_size=3), max_size=4)
    ),
    max_leaves=12,
)


def strictly(value: Any) -> Any:
    """Return a form that is equal for values that are equal and of equal types all over."""
    if isinstance(value, dict):
        return "dict", {key: strictly(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value).__name__, [strictly(each) for each in value]
    if isinstance(value, float):
        return "float", "nan" if value != value else value + 0.0
    return type(value).__name__, value


@given(values)
def test_a_value_and_its_copy_are_equal(value: Any) -> None:
    assert diff(value, copy.deepcopy(value)).equal


@given(values, values)
def test_two_values_differ_exactly_where_they_do(old: Any, new: Any) -> None:
    found = diff(old, new)
    # at the top a number is one, whatever its type
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (old, new))
    same = (old == new or (old != old and new != new)) if numbers else strictly(old) == strictly(new)
    assert found.equal is bool(same)
    assert str(found)


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=40), st.data())
def test_cells_of_arrays_are_counted(cells: list[float], data: st.DataObject) -> None:
    old = np.array(cells)
    new = old.copy()
    places = data.draw(st.sets(st.integers(0, len(cells) - 1)))
    for place in places:
        new[place] += 1
    found = diff(old, new)
    assert found.equal is (not places)
    if places:
        assert found.headline.startswith(f"{len(places)} of {len(cells)} ")
        assert "by 1 at most" in found.headline


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
@settings(max_examples=30)
def test_cells_of_tables_are_counted(cells: list[tuple[int, int]]) -> None:
    old, new = (pd.DataFrame({"x": [each[side] for each in cells], "y": "same"}) for side in (0, 1))
    count = sum(one != other for one, other in cells)
    found = diff(old, new)
    assert found.equal is (not count)
    if count:
        assert found.headline.startswith(f"{count} of {2 * len(cells)} ")
        assert [row[0] for row in found.rows] == ["x"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (1.0, 1.25, "1 became 1.25, more by 0.25 (+25.0%)"),
        (4, 3, "4 became 3, less by 1 (−25.0%)"),
        (0, 3, "0 became 3, more by 3"),
        (np.float32(1), np.int64(2), "1 became 2, more by 1 (+100%)"),
        (True, False, "True became False"),
        (True, 1, "a bool became a int"),
        (None, "x", "a NoneType became a str"),
        ("one", "two", "'one' became 'two'"),
        ("a\nb\nc", "a\nx\nc", "3 lines became 3 lines; 67% of the lines are alike"),
        ("a\n", "a", "the texts differ in how their lines end"),
        (b"abc", b"abd", "3 bytes became 3; they part at byte 2"),
        ({"a": 1}, {"a": 2}, "1 part differs"),
        ([1, 2, 3], [2, 3], "1 part differs"),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), "1 d 0 h later"),
        (timedelta(hours=2), timedelta(hours=1), "less by 1 h 00 min"),
        (Decimal("1.5"), Decimal(2), "more by 0.5"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "the shapes differ"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "1 of 2 (50%) cells differ; 1 of them NaN in one only"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "every cell is equal; the type is another"),
        (np.array(["a", "b"]), np.array(["a", "c"]), "1 of 2 (50%) cells differ"),
        (np.array([{"a": 1}], object), np.array([{"a": 2}], object), "1 part differs"),
        (np.zeros(3, bool), np.array([True, False, True]), "2 of 3 (67%) cells differ"),
        (np.array(5.0), np.array(6.0), "5 became 6"),
        (pd.Series([1, 2]), pd.Series([1, 3]), "1 of 2 (50%) cells differ"),
        (pd.Series([1], name="a"), pd.Series([1], name="b"), "the name is another"),
        (pd.Index([1, 2]), pd.Index([1, 3]), "1 of 2 (50%) cells differ"),
        (pa.table({"a": [1]}), pa.table({"a": [2]}), "1 of 1 (100%) cells differ"),
    ],
)
def test_what_is_said_of_two_values(old: Any, new: Any, said: str) -> None:
    found = diff(old, new)
    assert said in found.headline
    assert not found.equal


def rows_of(found: Diff) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in found.rows}


def test_a_dict_is_compared_by_key_however_deep() -> None:
    found = diff({"a": {"b": [1, 2]}, "gone": 1}, {"a": {"b": [1, 3]}, "come": 2})
    assert rows_of(found) == {"['a']['b'][1]": ("2", "3"), "['gone']": ("1", "–"), "['come']": ("–", "2")}


def test_an_array_in_a_dict_is_told_by_what_differs_in_it() -> None:
    found = diff({"eu": np.array([1.0, 2.0]), "us": np.ones(2)}, {"eu": np.array([1.0, 2.5]), "us": np.ones(2)})
    assert rows_of(found) == {"['eu']": ("ndarray 2", "1 of 2 (50%) cells differ, by 0.5 at most at [1]")}


def test_numbers_that_look_alike_are_told_with_all_their_digits() -> None:
    found = diff([0.1], [0.1 + 1e-15])
    assert found.rows[0][1] != found.rows[0][2]


def test_a_list_that_lost_its_first_item_lost_one_item() -> None:
    assert rows_of(diff(list(range(100)), list(range(1, 100)))) == {"[0]": ("0", "–")}


def test_what_holds_itself_is_compared_and_ends() -> None:
    one: list[Any] = [1]
    one.append(one)
    other: list[Any] = [2]
    other.append(other)
    assert "1 part differs" in diff(one, other).headline


def test_a_table_tells_columns_rows_and_types() -> None:
    old = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"], "gone": 1}, index=["r", "s", "t"])
    new = pd.DataFrame({"a": [1.0, 2.5], "b": ["x", "y"], "come": 1}, index=["r", "s"])
    found = diff(old, new)
    facts = {fact[0]: fact[1:] for fact in found.facts}
    assert facts["columns only here"] == ("gone", "come")
    assert facts["type of a"] == ("int64", "float64")
    assert facts["rows only here"] == ("1: t", "–")
    assert rows_of(found) == {"a": ("1 of 2 (50%)", "0.5", "'s': 2 → 2.5")}


def test_missing_cells_are_equal_to_missing_cells() -> None:
    columns = {
        "float": [1.0, np.nan],
        "text": ["a", None],
        "masked": pd.array([1, None], dtype="Int64"),
        "moment": pd.to_datetime(["2026-01-01", None]),
        "kind": pd.Categorical(["a", None]),
        "truth": pd.array([True, None], dtype="boolean"),
    }
    assert diff(pd.DataFrame(columns), pd.DataFrame(columns)).equal
    for name in columns:
        changed = pd.DataFrame(columns)
        changed[name] = changed[name].iloc[::-1].to_numpy() if name != "masked" else pd.array([None, 1], dtype="Int64")
        assert not diff(pd.DataFrame(columns), changed).equal, name


def test_cells_that_are_no_numbers_in_both_arrays_are_equal() -> None:
    old, new = np.array([np.nan, 1.0, 2.0]), np.array([np.nan, 1.0, 3.0])
    assert diff(old, old.copy()).equal
    assert diff(old, new).headline.startswith("1 of 3 ")
    moments = np.array(["2026-01-01", "NaT"], "M8[s]")
    assert diff(moments, moments.copy()).equal


def test_tables_with_two_columns_of_one_name_are_compared_by_place() -> None:
    old, new = (pd.DataFrame([[1, each]], columns=["a", "a"]) for each in (2, 3))
    assert "1 of 2" in diff(old, new).headline


def test_objects_are_compared_by_what_they_are_made_of() -> None:
    class Model:
        def __init__(self, alpha: float) -> None:
            self.alpha, self.weights = alpha, np.ones(2)

    found = diff(Model(1.0), Model(2.0))
    assert rows_of(found) == {"['alpha']": ("1", "2")}


class Hostile:
    """All that it is asked raises."""

    def __eq__(self, _: object) -> bool:
        raise RuntimeError("no")

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("pair", [(Hostile(), Hostile()), ([Hostile()], [Hostile()]), ({"a": Hostile()}, {"a": 1})])
def test_values_whose_own_methods_raise_are_survived(pair: tuple[Any, Any]) -> None:
    assert str(diff(*pair))


def plot(*numbers: float) -> Any:
    figure = Figure()
    figure.subplots().plot(numbers)
    return figure


def gradient(mode: str, *spots: tuple[int, int]) -> Any:
    image = Image.linear_gradient("L").resize((40, 30)).convert(mode)
    for spot in spots:
        image.putpixel(spot, (1, 2, 3) if mode == "RGB" else 0)
    return image


def test_figures_of_the_same_data_draw_the_same_though_their_pickles_are_not_equal() -> None:
    old, new = (pickle.loads(pickle.dumps(plot(1, 2))) for _ in range(2))
    assert pickle.dumps(plot(1, 2)) != pickle.dumps(plot(1, 2)) and diff(old, new).equal
    assert diff(old, new).headline == "they draw the same picture"


def test_figures_that_differ_are_shown_side_by_side() -> None:
    found = diff(plot(1, 2), plot(2, 1))
    assert found.kind == "figure" and found.headline.endswith("pixels differ")
    assert [Image.open(io.BytesIO(each)).size for each in found.pictures] == [(640, 480)] * 2


def test_of_images_pixels_size_and_mode_are_told() -> None:
    found = diff(gradient("RGB"), gradient("RGB", (3, 4), (5, 6)))
    assert found.kind == "image" and found.headline == "2 of 1,200 (0.2%) pixels differ" and len(found.pictures) == 2
    assert diff(gradient("RGB"), gradient("RGB")).equal
    assert diff(gradient("L"), gradient("RGB")).facts == (("mode", "L", "RGB"),)
    larger = diff(gradient("RGB"), gradient("RGB").resize((80, 60)))
    assert larger.facts == (("size", "40 × 30", "80 × 60"),) and not larger.equal


def test_of_figures_of_plotly_data_and_layout_are_compared() -> None:
    old, new = (go.Figure(go.Scatter(x=[1, 2], y=np.array([1.0, last]))) for last in (2.0, 3.0))
    assert rows_of(diff(old, new)) == {"['data'][0]['y'][1]": ("2", "3")}
    assert diff(old, go.Figure(old)).equal
    titled = go.Figure(old).update_layout(title="Sales")
    assert any("title" in where for where in rows_of(diff(old, titled)))


def test_large_differences_are_cut_and_counted() -> None:
    found = diff(dict.fromkeys(range(500), 0), dict.fromkeys(range(500), 1))
    assert len(found.rows) == 60 and found.more == 440
    long = diff("\n".join(map(str, range(9000))), "\n".join(map(str, range(1, 9000))))
    assert "part on line 1" in long.headline and not long.text
