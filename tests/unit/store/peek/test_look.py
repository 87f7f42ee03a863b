"""What is seen of stored values, unopened."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import fractions
import io
import pathlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pytest
from matplotlib.figure import Figure
from PIL import Image
from sklearn.linear_model import Ridge

from nbflow.model.artifact import ArtifactRef
from nbflow.storage.memory import MemoryStorage
from nbflow.store.codecs import inert
from nbflow.store.peek import arrays, source
from nbflow.store.peek.look import brief, look
from nbflow.store.peek.values import (
    ArrayFacts,
    Branch,
    BytesStart,
    Closed,
    Column,
    Head,
    Leaf,
    Limits,
    Picture,
    TextStart,
    Unseen,
)
from nbflow.store.store import Store
from tests.unit.store.beds import KINDS, store_of


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return store_of(request.param, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Store:
    return store_of("local", tmp_path)


def seen(store: Store, value: object, **limits: int) -> Any:
    return look(store, store.put(value), Limits(**limits))


# ---- frames

DAY = dt.date(2020, 1, 2)
COLUMNS: dict[str, tuple[Any, str, tuple[str | None, ...]]] = {
    "int": (np.array([1, -2, 3]), "int64", ("1", "-2", "3")),
    "float": (np.array([1.5, np.nan, 3]), "float64", ("1.5", None, "3.0")),
    "long float": (np.array([1 / 3, 2.0, 1e-3]), "float64", ("0.33333", "2.00000", "0.00100")),
    "large float": (np.array([1e12, 1.0, np.inf]), "float64", ("1e+12", "1", "inf")),
    "bool": (np.array([True, False, True]), "bool", ("True", "False", "True")),
    "text": (["a", None, "<b>"], "str", ("a", None, "<b>")),
    "python text": (pd.array(["a", None, "c"], dtype="string[python]"), "str", ("a", None, "c")),
    "objects": ([DAY, decimal.Decimal("1.5"), {"a": [1]}], "object", ("2020-01-02", "1.5", "{'a': list}")),
    "dates": (pd.to_datetime(["2020-01-01", None, "2020-01-03"]), "datetime64[us]", ("2020-01-01", None, "2020-01-03")),
    "times": (
        pd.to_datetime(["2020-01-01 10:30", "2020-01-02 00:00", None]),
        "datetime64[us]",
        ("2020-01-01 10:30:00", "2020-01-02 00:00:00", None),
    ),
    "zoned": (
        pd.to_datetime(["2020-07-01", None, "2020-01-01"]).tz_localize("Europe/Paris"),
        "datetime64[us, Europe/Paris]",
        ("2020-07-01 00:00:00+0200", None, "2020-01-01 00:00:00+0100"),
    ),
    "spans": (pd.to_timedelta([1, 100_000, None], unit="s"), "timedelta64[us]", ("00:00:01", "1 d 03:46:40", None)),
    "masked": (pd.array([1, None, 3], dtype="Int64"), "Int64", ("1", None, "3")),
    "masked bool": (pd.array([True, None, False], dtype="boolean"), "boolean", ("True", None, "False")),
    "category": (pd.Categorical(["x", "y", None]), "category, 2 of them", ("x", "y", None)),
    "interval": (
        pd.arrays.IntervalArray.from_breaks([0, 1, 2, 3], closed="left"),
        "interval of int64",
        ("[0, 1)", "[1, 2)", "[2, 3)"),
    ),
    "period": (pd.period_range("2020-01", periods=3, freq="M"), "period[M]", ("2020-01", "2020-02", "2020-03")),
    "arrow": (pd.array([1, None, 3], dtype="int64[pyarrow]"), "int64", ("1", None, "3")),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_shows_its_first_values(store: Store, name: str) -> None:
    values, dtype, cells = COLUMNS[name]
    head = seen(store, pd.DataFrame({"x": values}))
    assert isinstance(head, Head)
    assert (head.rows, head.columns) == (3, 1)
    (column,) = head.shown
    assert (column.name, column.dtype, column.cells) == ("x", dtype, cells)
    assert head.index[0].cells == ("0", "1", "2")


def test_only_the_first_rows_and_columns_are_shown_and_all_are_counted(store: Store) -> None:
    frame = pd.DataFrame(np.arange(3000.0).reshape(100, 30), columns=[f"c{n}" for n in range(30)])
    frame.loc[50:, "c1"] = np.nan
    head = seen(store, frame, rows=4, columns=3)
    assert (head.rows, head.columns) == (100, 30)
    assert [column.name for column in head.shown] == ["c0", "c1", "c2"]
    assert [column.missing for column in head.shown] == [0, 50, 0]
    assert all(len(column.cells) == 4 for column in (*head.shown, *head.index))


def test_levels_of_rows_and_of_columns_are_named(store: Store) -> None:
    rows = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["k", None])
    columns = pd.MultiIndex.from_tuples([("p", 1), ("p", 2)])
    head = seen(store, pd.DataFrame(np.eye(4)[:, :2], index=rows, columns=columns))
    assert [(column.name, column.cells) for column in head.index] == [
        ("k", ("a", "a", "b", "b")),
        ("", ("1", "2", "1", "2")),
    ]
    assert [column.name for column in head.shown] == ["p · 1", "p · 2"]


def test_a_series_and_an_index_are_tables_of_one_column(store: Store) -> None:
    series = seen(store, pd.Series([1.5, 2], index=["a", "b"], name="s"))
    assert [column.name for column in (*series.index, *series.shown)] == ["", "s"]
    assert series.index[0].cells == ("a", "b")
    index = seen(store, pd.date_range("2020", periods=30, name="day"))
    assert (index.rows, index.shown[0].name, index.shown[0].cells[1]) == (30, "day", "2020-01-02")
    assert seen(store, pd.Series(dtype=float)).rows == 0
    assert seen(store, pd.DataFrame()).columns == 0


def test_tables_of_arrow_and_polars_are_read_in_place(store: Store) -> None:
    table = pa.table({"a": [1, None], "l": [[1], [2, 3]], "t": pa.array([1, None], pa.timestamp("ns", "UTC"))})
    head = seen(store, table)
    assert [column.cells for column in head.shown] == [
        ("1", None),
        ("[1]", "[2, 3]"),
        ("1970-01-01 00:00:00+00:00", None),
    ]
    assert [column.missing for column in head.shown] == [1, 0, 1]
    for rows in (2, 5000):
        frame = pl.DataFrame({"x": list(range(rows)), "s": ["é"] * rows})
        head = seen(store, frame)
        assert (head.rows, head.columns, head.shown[1].cells[0]) == (rows, 2, "é")


def test_names_that_come_after_too_many_objects_are_said_to_be_missing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"x": range(300), "d": [DAY] * 300, "y": range(300)})
    ref = store.put(frame)
    monkeypatch.setattr(inert.unopened, "__kwdefaults__", {"steps": 500})
    head = look(store, ref)
    assert isinstance(head, Head)
    assert (head.rows, head.columns) == (300, 3)
    assert [column.name for column in head.shown] == ["0", "1"]
    assert head.shown[1].cells[0] == "2020-01-02"
    assert "names not read" in head.remark


# ---- arrays and pictures


def test_an_array_tells_its_spread(store: Store) -> None:
    facts = seen(store, np.array([[1.0, 2.0], [3.0, np.nan]]))
    assert isinstance(facts, ArrayFacts)
    assert facts.spread is not None
    assert (facts.shape, facts.dtype) == ((2, 2), "float64")
    assert (facts.spread.least, facts.spread.mean, facts.spread.most, facts.spread.missing) == ("1", "2", "3", 1)
    assert sum(facts.spread.bins) == 3
    assert facts.corner is not None
    assert [column.cells for column in facts.corner.shown] == [("1.0", "3.0"), ("2.0", None)]


@pytest.mark.parametrize(
    ("array", "bins"),
    [
        (np.array([0, 1, 1, 3]), (1, 2, 0, 1)),
        (np.array([True, False, True]), (1, 2)),
        (np.array([5, 5]), ()),
        (np.array([np.nan]), ()),
        (np.array([np.inf, 1.0, 2.0]), None),
        (np.array(["2020", "2021"], dtype="M8[D]"), None),
    ],
)
def test_a_histogram_counts_what_is_finite(store: Store, array: Any, bins: tuple[int, ...] | None) -> None:
    spread = seen(store, array).spread
    assert spread.bins == bins if bins is not None else sum(spread.bins) == 2


def test_a_large_array_is_sampled_all_over(folder: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_WHOLE", 1000)
    monkeypatch.setattr(arrays, "_BLOCK", 10)
    spread = seen(folder, np.arange(100_000.0)).spread
    assert (spread.seen, spread.total) == (640, 100_000)
    assert (spread.least, spread.most) == ("0", "99999")
    assert abs(float(spread.mean) - 50_000) < 500


def test_a_large_array_is_neither_read_whole_nor_compared_with_its_digest(folder: Store) -> None:
    ref = folder.put(np.zeros(400_000))
    path = folder.blobs.storage.file(f"blobs/{ref.buffers[0].blob[:2]}/{ref.buffers[0].blob}")
    assert path is not None
    data = bytearray(path.read_bytes())
    data[-3] = 1
    path.chmod(0o644)
    path.write_bytes(data)
    # its content is another one, which only a reading of all of it would tell
    assert look(folder, ref).shape == (400_000,)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("array", "size", "remark"),
    [
        (np.zeros((20, 30), "u1"), (30, 20), ""),
        (np.zeros((20, 30, 3), "u1"), (30, 20), ""),
        (np.zeros((900, 20, 4), "u1"), (20, 900), "1 of 3 pixels"),
        (np.zeros((5, 28, 28), "u1"), (28, 28), "the first of 5 pictures"),
        (np.zeros((5, 28, 28, 1), "u1"), (28, 28), "the first of 5 pictures"),
    ],
)
def test_an_array_that_looks_like_a_picture_is_one(store: Store, array: Any, size: Any, remark: str) -> None:
    picture = seen(store, array).picture
    assert (picture.width, picture.height, picture.remark) == (*size, remark)
    drawn = Image.open(io.BytesIO(picture.data))
    assert drawn.size == tuple(-(-side // (3 if "pixels" in remark else 1)) for side in size)


@pytest.mark.parametrize(
    "array", [np.zeros((4, 4), "u1"), np.zeros((20, 20)), np.zeros(100, "u1"), np.zeros((0, 9, 9), "u1")]
)
def test_other_arrays_are_none(store: Store, array: Any) -> None:
    assert seen(store, array).picture is None


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_bytes_of_a_picture_are_shown(store: Store, form: str) -> None:
    file = io.BytesIO()
    Image.fromarray(np.arange(60 * 80 * 3, dtype="u1").reshape(60, 80, 3)).save(file, form)
    picture = seen(store, file.getvalue())
    assert isinstance(picture, Picture)
    assert (picture.mime, picture.width, picture.height) == (f"image/{form.lower()}", 80, 60)
    assert isinstance(seen(store, file.getvalue(), picture=100), BytesStart)


def test_other_bytes_show_their_beginning(store: Store) -> None:
    for size in (3, 9000):
        assert seen(store, bytes(size)) == BytesStart(bytes(min(size, 256)), size)


def test_arrays_of_fields_and_of_objects_are_tables(store: Store) -> None:
    facts = seen(store, np.array([(1, 2.5, "x")], dtype=[("a", "i4"), ("b", "f8"), ("c", "U3")]))
    assert [(column.name, column.cells) for column in facts.corner.shown] == [
        ("a", ("1",)),
        ("b", ("2.5",)),
        ("c", ("x",)),
    ]
    facts = seen(store, np.array([1, "a", None], dtype=object))
    assert facts.corner.shown[0].cells == ("1", "a", None)
    assert seen(store, np.array(3.5)).corner.shown[0].cells == ("3.5",)
    assert seen(store, np.zeros((0, 3))).corner is None


# ---- texts, trees, objects


def test_a_text_is_its_beginning_and_how_long_it_is(store: Store) -> None:
    for text in ("short\nand sweet", "héllo\n" * 3000):
        found = seen(store, text, text=20)
        assert isinstance(found, TextStart)
        assert (found.start, found.size) == (text[:20], len(text.encode()))
        assert found.lines == len(text.splitlines())


def test_of_a_long_text_the_lines_are_counted_though_it_is_not_read_whole(folder: Store) -> None:
    text = "line\n" * 4_000_000
    found = seen(folder, text, text=20)
    assert (found.start, found.size, found.cut) == (text[:20], len(text), True)
    assert abs(found.lines - 4_000_000) < 5


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.25, "1.25"),
        (None, "None"),
        (np.float32(1.5), "1.5"),
        (np.datetime64("2020-01-01"), "2020-01-01"),
        (dt.datetime(2020, 1, 1, 10, tzinfo=dt.UTC), "2020-01-01 10:00:00 UTC"),
        (DAY, "2020-01-02"),
        (dt.time(10, 30), "10:30:00"),
        (dt.timedelta(1, 30), "1 day, 0:00:30"),
        (decimal.Decimal("1.50"), "1.50"),
        (fractions.Fraction(1, 3), "1/3"),
        (uuid.UUID(int=7), str(uuid.UUID(int=7))),
        (pathlib.PurePosixPath("/a/b"), "/a/b"),
        (3 - 2j, "3.0-2.0j"),
        (range(0, 9, 2), "range(0, 9, 2)"),
        (1 << 5000, "a number of 5001 bits"),
    ],
)
def test_a_single_value_is_said(store: Store, value: object, told: str) -> None:
    assert seen(store, value) == Leaf(told)


def test_containers_are_a_tree(store: Store) -> None:
    found = seen(store, {"a": [1, {"b": (True, "x")}], 2: {3}, "e": []})
    assert found == Branch(
        "dict, 3 items",
        (
            (
                "a",
                Branch(
                    "list, 2 items",
                    (
                        ("0", Leaf("1")),
                        (
                            "1",
                            Branch(
                                "dict, 1 item",
                                (("b", Branch("tuple, 2 items", (("0", Leaf("True")), ("1", Leaf("'x'"))))),),
                            ),
                        ),
                    ),
                ),
            ),
            ("2", Branch("set, 1 item", (("", Leaf("3")),))),
            ("e", Branch("list, 0 items", ())),
        ),
    )


@pytest.mark.parametrize(
    "value",
    [
        list(range(10_000)),
        [f"t{n}" for n in range(10_000)],
        ["a", "b"] * 5_000,
        {n: n for n in range(10_000)},
        [{"a": n} for n in range(10_000)],
        set(range(10_000)),
        [[DAY]] * 10_000,
    ],
)
def test_a_large_tree_is_bounded_and_counted(store: Store, value: Any) -> None:
    found = seen(store, value, entries=7)
    assert isinstance(found, Branch)
    assert (len(found.items), found.left_off) == (7, 9_993)
    assert found.label == f"{type(value).__name__}, 10000 items"
    first = found.items[0][1]
    assert isinstance(first, Branch) or first.text in {"0", "'t0'", "'a'"}


def test_a_tree_is_bounded_in_depth_and_in_all(store: Store) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = [deep]
    found = seen(store, deep, depth=3)
    assert found.items[0][1].items[0][1].items[0][1] == Leaf("list, 1 item", closed=True)
    wide = seen(store, {n: {m: m for m in range(30)} for n in range(30)}, nodes=50)
    assert sum(len(each.items) for _, each in wide.items if isinstance(each, Branch)) <= 50


def test_a_value_that_holds_itself_ends(store: Store) -> None:
    knot: list[Any] = [1]
    knot.append(knot)
    assert isinstance(seen(store, knot), Branch)


def test_of_an_object_its_class_and_what_it_holds_are_told(store: Store) -> None:
    model = Ridge(alpha=0.5).fit(np.eye(3), [1, 2, 3])
    found = seen(store, model)
    assert isinstance(found, Closed)
    assert found.type == "sklearn.linear_model._ridge.Ridge"
    assert found.state is not None
    held = dict(found.state.items)
    assert (held["alpha"], held["coef_"]) == (Leaf("0.5"), Leaf("array 3 float64", closed=True))
    assert seen(store, {"m": model}).items[0] == ("m", Leaf("Ridge", closed=True))
    counted = seen(store, collections.Counter("aab"))
    assert counted.state.items == (("a", Leaf("2")), ("b", Leaf("1")))
    assert seen(store, lambda: 1) == Closed("")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_an_image_of_pillow_is_seen_unopened(store: Store, mode: str) -> None:
    image = Image.linear_gradient("L").convert(mode)
    found = seen(store, image)
    assert isinstance(found, Picture) and (found.width, found.height, found.remark) == (256, 256, mode)
    assert Image.open(io.BytesIO(found.data)).tobytes() == image.tobytes()
    assert Image.open(io.BytesIO(seen(store, image, side=50).data)).size == (43, 43)


def test_an_image_whose_pixels_are_no_bytes_is_drawn_when_opened(store: Store) -> None:
    facts = (("picture", "drawn when it is opened"), ("size", "256 × 256"), ("mode", "F"))
    assert seen(store, Image.linear_gradient("L").convert("F")) == Closed("PIL.Image.Image", facts)


def test_of_a_figure_of_matplotlib_its_charts_and_titles_are_told(store: Store) -> None:
    figure = Figure()
    for each, title in zip(figure.subplots(2), ("Sales", ""), strict=True):
        each.set_title(title)
    facts = (("picture", "drawn when it is opened"), ("shows", "2 charts"), ("title", "Sales"))
    assert seen(store, figure) == Closed("matplotlib.figure.Figure", facts)


def test_of_a_plotly_figure_its_traces_and_titles_are_told(store: Store) -> None:
    figure = go.Figure([go.Bar(y=[1]), go.Bar(y=[2]), go.Scatter(y=[1])])
    figure.update_layout(title="A <b>", yaxis_title="sales")
    facts = (("shows", "2 bar traces, 1 scatter trace"), ("title", "A <b>"), ("y", "sales"))
    assert seen(store, figure) == Closed("plotly.graph_objs._figure.Figure", facts)


def test_a_small_container_is_said_on_one_line(store: Store) -> None:
    assert brief(store, store.put({"gamma": 0.25, "deep": [1, [2]]})) == "{'gamma': 0.25, 'deep': list}"
    assert brief(store, store.put(["a"] * 5000)) == ""
    assert brief(store, store.put([[n] for n in range(5000)])) == ""
    assert brief(store, store.put(np.eye(2))) == ""


# ---- what is damaged, or far away


def test_what_would_have_to_be_fetched_whole_is_left_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(MemoryStorage())
    ref = store.put(np.zeros(400_000))
    assert isinstance(look(store, ref), ArrayFacts)
    monkeypatch.setattr(source, "_FETCHED", 1 << 20)
    found = look(store, ref)
    assert isinstance(found, Unseen)
    assert "would have to be fetched" in found.why


def _blob(store: Store, ref: ArtifactRef) -> Path:
    assert ref.header is not None
    path = store.blobs.storage.file(f"blobs/{ref.header.blob[:2]}/{ref.header.blob}")
    assert path is not None
    path.chmod(0o644)
    return path


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2])


def _flip(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")


@pytest.mark.parametrize(
    ("harm", "told"),
    [(Path.unlink, "is missing from the store"), (_cut, "is damaged"), (_flip, "is damaged")],
)
def test_what_is_damaged_says_so(folder: Store, harm: Callable[[Path], None], told: str) -> None:
    ref = folder.put({"a": 1})
    harm(_blob(folder, ref))
    found = look(folder, ref)
    assert isinstance(found, Unseen)
    assert told in found.why
    assert brief(folder, ref) == ""


def test_a_form_that_does_not_fit_is_told(folder: Store) -> None:
    ref = folder.put(np.arange(5000.0))
    short = ArtifactRef(ref.digest, ref.kind, ref.type, ref.size, header=ref.header, buffers=())
    found = look(folder, short)
    assert isinstance(found, Unseen)
    assert "names a buffer that it does not have" in found.why


def test_cells_without_a_value_are_told_apart(store: Store) -> None:
    head = seen(store, pd.DataFrame({"x": pd.Series(["", None], dtype=object)}))
    assert head.shown == (Column("x", "object", ("", None)),)
