"""Each component: what it shows, as text too, what it does with an update and with what it cannot show."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nbflow.cards import (
    Artifact,
    Error,
    EventsTimeline,
    Figure,
    Image,
    JSONViewer,
    Markdown,
    Plotly,
    ProgressBar,
    PythonCode,
    Shown,
    Table,
    ValueBox,
    VegaChart,
    YAMLViewer,
)
from nbflow.cards.chart import svg_of
from nbflow.cards.components.component import CardComponent
from nbflow.cards.components.vega import chart_html
from nbflow.cards.sanitize import text_of

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BAR = {
    "title": "Sales",
    "data": {"values": [{"a": "x", "b": 2}, {"a": "<b>", "b": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}


class Bad:
    """Nothing can be had of it."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__


# ---- Markdown


def test_markdown_loses_the_indentation_of_its_lines_and_can_be_updated() -> None:
    text = Markdown("\n    # A\n\n    b\n")
    assert "<h1>A</h1>" in text.html() and text.text() == "# A\n\nb"
    text.update("*c*")
    assert "<em>c</em>" in text.html()
    assert Markdown().html() and Markdown(3).text() == "3"


# ---- Table


def test_a_table_shows_values_and_components_numbers_to_the_right() -> None:
    table = Table([["a<b>", 1, Markdown("**x**")], [None, 2.123456, Bad()]], headers=["name", "n", Markdown("*y*")])
    shown = table.html()
    assert "a&lt;b&gt;" in shown and "<strong>x</strong>" in shown and "<em>y</em>" in shown
    assert re.search(r'text-align:right;[^"]*">2.123<', shown) and re.search(r'text-align:right;[^"]*">1<', shown)
    assert "Bad)" in shown
    assert table.text().splitlines()[:2] == ["name  n      *y*", "a<b>  1      **x**"]


@pytest.mark.parametrize("data", [5, "text", [1, 2], [["a"], "text"], Bad()])
def test_a_table_of_no_rows_says_so_in_the_card(data: Any) -> None:
    table = Table(data)
    assert "This table cannot be shown" in table.html()
    assert table.text().startswith("(no table: data is a list of rows")


def test_rows_come_from_an_array_and_from_whatever_yields_them() -> None:
    assert Table(np.arange(4).reshape(2, 2)).text() == Table(range(n, n + 2) for n in (0, 2)).text() == "0  1\n2  3"


def test_an_empty_table_is_one() -> None:
    assert "cannot" not in Table().html() and Table().text() == ""


def test_rows_may_be_dicts_and_any_series_of_values() -> None:
    assert Table(({"a": 1, "b": 2}, (3, 4))).text() == "1  2\n3  4"


FRAMES = [
    pd.DataFrame({"n": [1, 2, 3], "x": [0.5, None, 1.25]}),
    pl.DataFrame({"n": [1, 2, 3], "x": [0.5, None, 1.25]}),
    pa.table({"n": [1, 2, 3], "x": [0.5, None, 1.25]}),
]


@pytest.mark.parametrize("frame", FRAMES, ids=["pandas", "polars", "arrow"])
def test_a_data_frame_becomes_a_table(frame: Any) -> None:
    assert Table.from_dataframe(frame).text().splitlines() == ["n  x", "1  0.5", "2  –", "3  1.25"]
    assert Table(frame).text() == Table.from_dataframe(frame).text()


def test_of_a_long_frame_the_first_rows_show_and_all_if_asked_for() -> None:
    frame = pd.DataFrame({"n": range(2500)})
    assert "… 2,400 more rows" in Table.from_dataframe(frame).html()
    assert "2499" not in Table.from_dataframe(frame).html()
    assert "2499" in Table.from_dataframe(frame, truncate=False).html()


def test_an_index_that_says_something_and_names_of_several_levels_show() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]), index=["<i>"])
    assert Table.from_dataframe(frame).text().splitlines()[0].split() == ["a", "/", "x", "a", "/", "y"]
    assert "&lt;i&gt;" in Table.from_dataframe(frame).html()
    assert Table.from_dataframe(pd.Series([1], index=pd.Index(["k"], name="key"), name="v")).text() == "key  v\nk    1"


def test_of_a_wide_frame_the_rest_is_counted() -> None:
    assert "… 40 more columns" in Table.from_dataframe(pd.DataFrame(np.zeros((1, 100)))).text()
    assert "… 40 more columns" in Table.from_dataframe(pl.DataFrame(np.zeros((1, 100)))).text()


def test_a_lazy_frame_is_not_computed() -> None:
    lazy = pl.LazyFrame({"a": [1]}).with_columns(pl.col("a").map_elements(lambda _: 1 / 0, return_dtype=pl.Int64))
    assert Table.from_dataframe(lazy).text() == "column  type\na       Int64"


def test_what_is_no_data_frame_says_so_in_the_card() -> None:
    assert "from_dataframe takes a data frame; this is list" in Table.from_dataframe([1]).html()


# ---- Image


def test_a_picture_that_is_not_to_be_changed_says_how_it_could() -> None:
    with pytest.warns(UserWarning, match="disable_updates=False"):
        Image(b"").update(b"")


def test_a_picture_is_in_the_card_with_its_label() -> None:
    image = Image(PIXEL, "a <dot>")
    assert f'src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}"' in image.html()
    assert "a &lt;dot&gt;" in image.html() and image.text() == "a <dot> (PNG picture, 1 × 1)"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a", "gif"),
        (b"RIFF\0\0\0\0WEBP", "webp"),
        (b"<?xml version='1.0'?><svg onload='x'>", "svg+xml"),
    ],
)
def test_the_kind_of_a_picture_is_read_from_its_bytes(start: bytes, kind: str) -> None:
    assert f'src="data:image/{kind};base64,' in Image(start).html()


@pytest.mark.parametrize(
    "given", [None, b"text", "https://a.b/c.png", "data:text/html;base64,AAAA", 'data:image/png;base64,"', 3, Bad()]
)
def test_what_is_no_picture_says_so_in_the_card(given: Any) -> None:
    image = Image(given)
    assert "This picture cannot be shown" in image.html() and "<img" not in image.html()
    assert image.text().startswith("(no picture: ") and image.height()


def test_a_data_address_is_a_picture() -> None:
    address = f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"
    assert Image(address).html() == Image(PIXEL).html()


@pytest.fixture
def plot() -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(2, 1), dpi=100)
    axes.plot([1, 2])
    yield figure, axes
    plt.close("all")


def test_figures_and_axes_are_pictures_twice_as_sharp_and_are_closed(plot: Any) -> None:
    import matplotlib.pyplot as plt

    figure, axes = plot
    for given in (figure, axes, np.array([[axes]])):
        image = Image.from_matplotlib(given, "loss")
        width = int(re.findall(r' width="(\d+)"', image.html())[0])
        assert 150 < width < 260
        assert f"{2 * width}" in image.text() or f"{2 * width + 1}" in image.text()
    assert plt.get_fignums() == []
    assert Figure(figure).html() == Image.from_matplotlib(figure).html()


def test_pillow_images_of_any_mode_are_pictures() -> None:
    from PIL import Image as Pillow

    for mode in ("RGB", "RGBA", "L", "P", "CMYK", "F"):
        assert "(PNG picture, 3 × 2)" in Image.from_pil_image(Pillow.new(mode, (3, 2))).text()


def test_an_image_is_updated_if_it_may_be(plot: Any) -> None:
    image = Image.from_matplotlib(plot[0], "first")
    image.update(PIXEL)
    assert image.text() == "first (PNG picture, 1 × 1)"
    still = Image(PIXEL)
    with pytest.warns(UserWarning, match="stays as it is"):
        still.update(b"")
    assert not still.is_wrong


# ---- Plotly


def test_a_figure_of_plotly_is_kept_as_it_was() -> None:
    import plotly.graph_objects as go

    figure = go.Figure(go.Scatter(x=np.arange(3), y=[1, float("nan"), 3], name="</script><b>"), layout_title="A & B")
    component = Plotly(figure)
    figure.data[0].name = "later"
    found = re.match(r'<div data-plotly="([^"]*)">', component.html())
    assert found is not None and "<" not in found[1]
    assert component.needs == {"plotly"}
    assert component.text() == "A & B (plotly)\n  </script><b>: scatter, 3 points"
    assert "&lt;/script&gt;&lt;b&gt;: scatter, 3 points" in component.html()


def test_a_figure_may_be_its_dict_or_its_json() -> None:
    given = {"data": [{"type": "pie", "values": [1, 2]}], "layout": {"height": 222}}
    assert Plotly(given).html() == Plotly(json.dumps(given)).html()
    component = Plotly(given)
    given["layout"]["height"] = 333
    assert component.height() == 222


@pytest.mark.parametrize("given", [None, 3, "{", "[]", {"data": 3}, Bad()])
def test_what_is_no_figure_says_so_in_the_card(given: Any) -> None:
    assert "This figure cannot be shown" in Plotly(given).html()
    assert Plotly(given).needs == frozenset() and Plotly(given).height() and Plotly(given).text()


def test_pictures_from_elsewhere_are_left_out_of_a_figure() -> None:
    image = {"source": "http://outside.invalid/x.png", "x": 1}
    layout = {"images": [image], "template": {"layout": {"images": [image]}}}
    shown = Plotly({"data": [{"type": "image", "source": "https://a.b"}], "layout": layout}).html()
    assert "outside" not in shown and "a.b" not in shown
    sankey = Plotly({"data": [{"type": "sankey", "link": {"source": [0], "target": [1]}}]}).html()
    assert "&quot;source&quot;:[0]" in sankey


def test_a_map_is_told_in_words_as_its_ground_comes_from_elsewhere() -> None:
    shown = Plotly({"data": [{"type": "scattermap", "lat": [1], "lon": [1]}]})
    assert "data-plotly" not in shown.html() and "not drawn" in shown.html()
    assert shown.needs == frozenset()


def test_traces_on_webgl_are_marked() -> None:
    assert '" data-gl="yes">' in Plotly({"data": [{"type": "scattergl", "x": [1]}]}).html()
    assert "data-gl" not in Plotly({"data": [{"type": "scatter", "x": [1]}]}).html()


# ---- VegaChart


def test_a_chart_is_drawn_as_a_picture() -> None:
    chart = VegaChart(BAR)
    assert ' src="data:image/svg+xml;base64,' in chart.html() and 'alt="Sales"' in chart.html()
    assert chart.text() == "Sales (vega)"
    chart.update({**BAR, "title": "Costs"})
    assert 'alt="Costs"' in chart.html()
    assert VegaChart(json.dumps(BAR)).html() == VegaChart(BAR).html()


def test_a_chart_of_vega_itself_is_drawn() -> None:
    marks = [{"type": "rect", "encode": {"enter": {"width": {"value": 9}, "height": {"value": 9}}}}]
    spec = {"$schema": "https://vega.github.io/schema/vega/v5.json", "width": 20, "height": 20, "marks": marks}
    assert ' src="data:image/svg+xml;base64,' in VegaChart(spec).html()


def test_an_altair_chart_is_its_dict() -> None:
    class Chart:
        def to_dict(self) -> dict[str, Any]:
            return BAR

    assert VegaChart.from_altair_chart(Chart()).html() == VegaChart(BAR).html()


@pytest.mark.parametrize(
    "data",
    [
        {"url": "http://outside.invalid/x.json"},
        {"url": "file:///etc/passwd"},
        {"url": "/etc/passwd"},
        [{"name": "a", "url": {"signal": "'file:///etc/passwd'"}}],
    ],
)
def test_a_chart_reads_no_data_from_elsewhere(data: Any) -> None:
    shown = chart_html({**BAR, "data": data})
    assert "<img" not in shown and "a card has its data in it" in shown


def test_a_picture_in_a_chart_is_not_fetched() -> None:
    assert "<img" not in chart_html({**BAR, "mark": {"type": "image", "url": "http://outside.invalid/x.png"}})


def test_a_chart_that_makes_no_sense_shows_why_and_its_data() -> None:
    shown = chart_html({**BAR, "mark": "no such mark"})
    assert "not drawn: " in shown and "&lt;b&gt;" in shown and "<table" in shown


def test_without_the_package_that_draws_a_chart_is_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    shown = chart_html(BAR)
    assert "pip install &#x27;nbflow[vega]&#x27;" in shown and "<table" in shown and "how it is described" in shown


@pytest.mark.parametrize("given", [None, 3, "{", [1], Bad()])
def test_what_is_no_chart_says_so_in_the_card(given: Any) -> None:
    assert "This chart cannot be shown" in VegaChart(given).html()
    assert VegaChart(given).text().startswith("(no chart: ")


# ---- Artifact


def test_an_artifact_is_written_as_it_was_then() -> None:
    value = {"a": [1, 2]}
    artifact = Artifact(value, "state")
    value["a"].append(3)
    assert artifact.text() == "state = {'a': [1, 2]}"
    assert text_of(artifact.html()).splitlines()[0] == "state dict"
    artifact.update(5)
    assert artifact.text() == "state = 5"


def test_a_long_artifact_is_shortened_unless_all_is_asked_for() -> None:
    value = {"numbers": list(range(200)), "deep": [[[[[[[[1]]]]]]]]}
    assert "… 160 more" in Artifact(value).text() and "199" not in Artifact(value).text()
    assert "199" in Artifact(value, compressed=False).text()
    assert "(3,000 characters)" in Artifact("x" * 3000).text()


def test_an_artifact_that_cannot_be_written_says_so() -> None:
    assert (
        Artifact(Bad()).text() == "(test_components.Bad, whose repr() raises RuntimeError)"
        or "RuntimeError" in Artifact(Bad()).text()
    )
    assert Artifact([Bad()]).html()


# ---- Error


def test_an_error_shows_its_type_text_and_traceback() -> None:
    try:
        {}["<b>"]
    except KeyError as failure:
        error = Error(failure, "Bad \x1b[31m<i>")
    assert "KeyError: &#x27;&lt;b&gt;&#x27;" in error.html()
    assert "test_components.py" in error.html() and "Bad " in error.html() and "<i>" not in error.html()
    assert error.text().endswith("KeyError: '<b>'")


def test_an_error_may_be_a_text() -> None:
    assert Error("it broke").text() == "it broke" and "<details" not in Error("it broke").html()
    assert "whose text raises" in Error(Bad()).text()


# ---- ProgressBar


def test_a_bar_grows() -> None:
    bar = ProgressBar(max=4, label="folds", value=1)
    assert "width:25.00%" in bar.html() and "1 of 4" in bar.html()
    bar.update(4, "last: <b>")
    assert "width:100.00%" in bar.html() and "last: &lt;b&gt;" in bar.html()
    assert bar.text() == "folds ████████████████████ 4 of 4  last: <b>"
    assert ProgressBar(value=7, unit="%").text().endswith(" 7%")


@pytest.mark.parametrize("value", [None, "x", float("nan"), float("inf"), -3, Bad(), 10**400])
@pytest.mark.parametrize("most", [0, None, 10])
def test_a_bar_of_no_numbers_is_shown_all_the_same(value: Any, most: Any) -> None:
    bar = ProgressBar(max=most, value=value)
    assert re.search(r"width:(0|100)\.00%", bar.html()) or isinstance(value, Bad)
    assert bar.html()


# ---- ValueBox


def test_a_box_shows_its_number_and_words() -> None:
    box = ValueBox("Sales <b>", 13863, "in <i>", "success", "Up 3 %")
    for each in ("Sales &lt;b&gt;", "13,863", "in &lt;i&gt;", "Up 3 %"):
        assert each in box.html()
    assert box.text() == "Sales <b>: 13,863 (in <i>, Up 3 %)"
    box.update(value=0.123456)
    assert "0.1235" in box.html() and "Up 3 %" in box.html()


def test_a_theme_colours_its_edge_and_an_unknown_one_does_not_matter() -> None:
    edges = {theme: re.findall(r"border-left:3px solid (#\w+)", ValueBox("a", 1, theme=theme).html()) for theme in (
        "default", "success", "warning", "danger", "red;position:fixed", None)}  # fmt: skip
    assert len({*map(str, edges.values())}) == 4
    assert edges["red;position:fixed"] == edges["default"] == edges[None]
    assert "linear-gradient" in ValueBox("a", 1, theme="bg-gradient-indigo-purple").html()


# ---- PythonCode


def add(a: int, b: int) -> int:
    """Return the sum."""
    return a + b  # <b>


def test_code_is_shown_in_colours() -> None:
    shown = PythonCode(add).html()
    assert text_of(shown).startswith("def add(a: int, b: int) -> int:")
    assert "# &lt;b&gt;" in shown and shown.count("<span") > 4
    assert PythonCode(code_string="    x = 1\n").text() == PythonCode("x = 1").text() == "x = 1"


@pytest.mark.parametrize("given", [None, len, 3])
def test_code_that_is_not_there_says_so_in_the_card(given: Any) -> None:
    assert "This code cannot be shown" in PythonCode(given).html() and PythonCode(given).text()


def test_without_pygments_code_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygments.lexers.python", None)
    assert "<span" not in PythonCode("x = 1").html() and "x = 1" in PythonCode("x = 1").html()


# ---- EventsTimeline


def test_the_latest_event_comes_first() -> None:
    events = EventsTimeline("Training <b>", max_events=2)
    for number in range(4):
        events.update({"epoch": number, "timestamp": 1_700_000_000 + 30 * number})
    assert [each["epoch"] for each in map(_said, events._events)] == ["3", "2"]
    assert "Training &lt;b&gt;" in events.html()
    assert "4 events · 1 min 30 s · the latest 2 are shown" in events.html()
    assert len(events.text().splitlines()) == 3
    events.update({"done": True}, finished=True)
    assert "finished" in events.html()


def _said(event: Any) -> dict[str, str]:
    return dict(event.said)


def test_an_event_happens_when_it_is_told_unless_it_says_when() -> None:
    events = EventsTimeline()
    events.update({"a": 1})
    assert abs(events._events[0].at - datetime.now(UTC).timestamp()) < 60
    moment = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    for given in (moment, moment.isoformat(), moment.timestamp()):
        events.update({"timestamp": given})
        assert events._events[0].at == moment.timestamp()
    events.update({"timestamp": "yesterday"})
    assert abs(events._events[0].at - datetime.now(UTC).timestamp()) < 60


def test_an_event_has_a_colour_an_urgency_and_more_to_unfold() -> None:
    events = EventsTimeline()
    events.update(
        {"a": "<b>"}, "error", "critical", {"code <i>": PythonCode("x = 1"), "frame": pd.DataFrame({"z": [1]})}
    )
    shown = events.html()
    assert "a" in shown and "&lt;b&gt;" in shown and "code &lt;i&gt;" in shown and "<summary" in shown
    assert "#e0443e" in shown and "font-weight:600" in shown
    events.update("only words")
    events.update({"bad": Bad()}, style_theme="no-such", priority="no-such")
    assert "only words" in events.html() and "(Bad)" in events.html()


def test_figures_in_an_event_need_their_script() -> None:
    events = EventsTimeline()
    events.update({"a": 1}, payloads={"figure": Plotly({"data": []})})
    assert events.needs == {"plotly"}


def test_an_empty_timeline_says_so() -> None:
    assert "0 events" in EventsTimeline("x").html()
    assert EventsTimeline().get_stats()["total_events"] == 0


def test_what_is_known_of_events_in_all() -> None:
    events = EventsTimeline(max_events=1)
    for seconds in (0, 60):
        events.update({"timestamp": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)})
    stats = events.get_stats()
    assert (stats["total_events"], stats["displayed_events"], stats["events_per_minute"]) == (2, 1, 2.0)


# ---- JSON and YAML


def test_json_is_a_tree_of_the_data_as_they_were() -> None:
    data = {"a": {"b": ["<i>"]}}
    viewer = JSONViewer(data, title="Set <b>", max_height="300px")
    data["a"]["b"].append("later")
    assert "later" not in viewer.html() and "&lt;i&gt;" in viewer.html() and "Set &lt;b&gt;" in viewer.html()
    assert "max-height:300px" in viewer.html()
    assert json.loads(viewer.text()) == {"a": {"b": ["<i>"]}}
    assert JSONViewer('{"a": 1}').text() == JSONViewer({"a": 1}).text()
    assert JSONViewer("no json").text() == '"no json"'


def test_a_height_that_is_no_length_is_none() -> None:
    assert "max-height" not in JSONViewer({}, max_height="1px;position:fixed").html()


def test_yaml_is_a_text() -> None:
    viewer = YAMLViewer({"b": 1, "a": [np.float64(0.5), Path("/x")]})
    assert viewer.text() == "b: 1\na:\n- 0.5\n- /x"
    assert "<pre" in viewer.html()
    assert YAMLViewer("a: 1").text() == "a: 1"
    viewer.update({"c": 2})
    assert viewer.text() == "c: 2"


def test_a_value_that_contains_itself_ends() -> None:
    data: list[Any] = []
    data.append(data)
    assert JSONViewer(data).html() and YAMLViewer(data).html()


# ---- Shown


def test_a_bundle_shows_as_in_a_notebook() -> None:
    shown = Shown({"text/markdown": "**x**", "text/plain": "x"})
    assert "<strong>x</strong>" in shown.html() and shown.text() == "x" and shown.height() > 0


# ---- all

ALL: list[CardComponent] = [
    Markdown("\x1b[31m\u202ex"),
    Table([["\x1b[31m\u202ex"]], ["\u202ex"]),
    Artifact("\x1b[31m\u202ex", "\u202ex"),
    Error("\x1b[31m\u202ex", "\u202ex"),
    ProgressBar(label="\u202ex", unit="\x1b[31m", metadata="\u202e"),
    ValueBox("\u202ex", "\x1b[31m", "\u202e", change_indicator="\u202e"),
    PythonCode("'\x1b[31m\u202ex'"),
    JSONViewer({"\u202ex": "\x1b[31m"}, title="\u202e"),
    YAMLViewer("\x1b[31m\u202ex"),
    VegaChart({**BAR, "title": "\u202ex\x1b[31m"}),
    Plotly({"data": [{"name": "\u202e\x1b[31m"}], "layout": {"title": "\u202e"}}),
    Shown({"text/plain": "\x1b[31m\u202ex"}),
]


@pytest.mark.parametrize("component", ALL, ids=lambda each: type(each).__name__)
def test_no_text_of_a_component_moves_a_cursor_or_turns_words_around(component: CardComponent) -> None:
    if not isinstance(component, Markdown):
        assert "\u202e" not in component.html()
    assert "\x1b" not in component.text() and "\u202e" not in component.text()
    assert component.height() > 0


def test_a_buffer_of_bytes_is_a_picture_too() -> None:
    assert Image(io.BytesIO(PIXEL).getbuffer()).html() == Image(PIXEL).html()


# ---- the engine of charts


@pytest.mark.parametrize("text", ["\x1b[31m", "a\0b", "\ud800", "\ufffe", "<&\"'>", "&#0;"])
def test_no_text_of_a_chart_ends_the_process(text: str) -> None:
    fonts = {"font": text, "title": {"color": text, "font": text}, "axis": {"labelFont": text}}
    spec = {**BAR, "title": text, "config": fonts, "data": {"values": [{"a": text, "b": 2}]}}
    assert "data:image/svg+xml" in VegaChart(spec).html()


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({**BAR, "width": 10**7}, "its width is 1e+07 pixels"),
        ({**BAR, "data": {"values": [{"a": "x", "b": 2}] * 20_001}}, "it has 20,001 rows"),
        ({**BAR, "data": {"sequence": {"start": 0, "stop": 10**9}}}, "its data are a sequence"),
        ({**BAR, "data": {"values": [{"a": "x" * 10_000_000, "b": 1}]}}, "it has 10 MB"),
    ],
)
def test_a_chart_that_would_never_be_drawn_is_told(spec: dict[str, Any], why: str) -> None:
    assert f"not drawn: {why}" in text_of(chart_html(spec)) and "data:image" not in chart_html(spec)


def test_numbers_that_are_none_leave_gaps() -> None:
    spec = {**BAR, "data": {"values": [{"a": "x", "b": float("nan")}, {"a": "y", "b": np.float64(2)}]}}
    assert "data:image/svg+xml" in VegaChart(spec).html()


def test_a_chart_has_room_for_labels_of_wide_letters() -> None:
    def root(name: str) -> tuple[float, ...]:
        found = re.search(
            r'viewBox="([-\d.]+) 0 ([\d.]+) ([\d.]+)"', svg_of({**BAR, "data": {"values": [{"a": name, "b": 1}]}})
        )
        assert found is not None
        return tuple(map(float, found.groups()))

    assert root("x")[0] > root("a rather long label")[0] >= -40
