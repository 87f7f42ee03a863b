"""Charts as pictures: what a file keeps of a figure where no script runs."""

from __future__ import annotations

import base64
import math
import re
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from nbflow.cards.mime import PLOTLY
from nbflow.views.plotted import plotted
from nbflow.views.still import still
from nbflow.views.still.marks import POINTS
from nbflow.views.still.scale import scale_of

FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 - moments of a chart are as they are written
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<img src=x onerror=alert(1)>"


def drawn(figure: Any) -> ET.Element:
    """Return the picture in a figure's HTML."""
    (data,) = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", still(figure, "words"))
    return ET.fromstring(base64.b64decode(data))


def shapes(figure: Any, kind: str) -> list[ET.Element]:
    return list(drawn(figure).iter(f"{SVG}{kind}"))


def words(figure: Any) -> list[str]:
    return [each.text or "" for each in shapes(figure, "text")]


def figure(**trace: Any) -> Any:
    made = plotted(height=300, margin={"l": 60, "r": 20, "t": 40, "b": 50}, title="rmse <b>", words="rmse across runs")
    made.add_scatter(**trace)
    return made


def test_a_figure_is_drawn_by_the_notebook_and_kept_as_a_picture() -> None:
    bundle = figure(x=["1", "2"], y=[1.0, 2.0], name="a")._repr_mimebundle_()
    assert list(bundle) == [PLOTLY, "text/html", "text/plain"]
    assert bundle["text/plain"] == "rmse across runs" and "<b>rmse &lt;b&gt;</b>" in bundle["text/html"]
    assert "<script" not in bundle["text/html"] and "http" not in bundle["text/html"]


def test_a_line_goes_up_with_its_numbers_and_breaks_where_one_is_missing() -> None:
    made = figure(x=["1", "2", "3", "4", "5"], y=[1.0, 2.0, None, 4.0, 5.0], mode="lines+markers")
    assert [len(each.attrib["points"].split()) for each in shapes(made, "polyline")] == [2, 2]
    heights = [float(each.attrib["cy"]) for each in shapes(made, "circle")]
    assert len(heights) == 4 and heights == sorted(heights, reverse=True)
    assert {"1", "2", "3", "4", "5"} <= set(words(made))


def test_bars_of_a_day_stand_one_on_top_of_the_other() -> None:
    made = plotted(height=300, margin={"l": 60, "r": 20, "t": 40, "b": 50})
    days = [FIRST + timedelta(days=each) for each in (0, 10, 20)]
    made.add_bar(x=days, y=[1, 0, 2], name="good", marker={"color": "#1f9d55"})
    made.add_bar(x=days, y=[1, 1, 0], name="bad", marker={"color": "#d33333"})
    made.update_layout(barmode="stack", showlegend=True)
    bars = [{name: float(each.attrib[name]) for name in ("x", "y", "height")} for each in shapes(made, "rect")]
    low, _, alone, high = bars[0], bars[1], bars[3], bars[2]
    assert len(bars) == 4 and high["x"] == low["x"] and high["y"] + high["height"] == pytest.approx(low["y"], abs=0.2)
    assert alone["y"] == pytest.approx(low["y"], abs=0.2)
    assert "08 Jan" in words(made) and "good" in still(made, "")


def test_of_very_many_points_some_are_drawn() -> None:
    made = figure(x=list(range(9 * POINTS)), y=list(range(9 * POINTS)), mode="markers")
    assert POINTS / 2 < len(shapes(made, "circle")) <= POINTS


@pytest.mark.parametrize(
    "numbers", [[], [5.0], [0.0, 0.0], [math.nan, math.inf], [-1e308, 1e308], [10**400, 1], [1e-300, 2e-300]]
)
def test_any_numbers_have_a_picture(numbers: list[Any]) -> None:
    made = {"data": [{"x": list(range(len(numbers))), "y": numbers}], "layout": {}}
    for each in shapes(made, "circle"):
        assert math.isfinite(float(each.attrib["cx"])) and math.isfinite(float(each.attrib["cy"]))


def test_names_are_text_and_colours_are_colours() -> None:
    made = {
        "data": [{"x": [HOSTILE, "b"], "y": [1, 2], "name": HOSTILE, "line": {"color": f'red"/>{HOSTILE}'}}],
        "layout": {"showlegend": True, "title": {"text": HOSTILE}, "annotations": [{"text": HOSTILE, "x": 0, "y": 1}]},
    }
    assert "onerror" not in re.sub(r"base64,[^\"]+", "", still(made, HOSTILE)).replace("onerror=alert(1)&gt;", "")
    assert {each.tag.removeprefix(SVG) for each in drawn(made).iter()} <= {
        "svg",
        "g",
        "line",
        "text",
        "polyline",
        "circle",
    }


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(30, "00:00:05"), (7200, "00:30"), (40 * 86_400, "15 Jan"), (900 * 86_400, "Jan 2026")],
)
def test_moments_are_written_as_their_span_asks(seconds: float, expected: str) -> None:
    marks = scale_of({}, [FIRST, FIRST + timedelta(seconds=seconds)], 0, 800).marks
    assert 2 <= len(marks) <= 11 and any(expected in text for _, text in marks)


def test_powers_of_ten_stand_as_far_apart_as_each_other() -> None:
    scale = scale_of({"type": "log", "tickvals": [1, 10, 100], "ticktext": ["1 s", "10 s", "2 min"]}, [1, 100], 200, 0)
    places = [scale.along(place) for place, _ in scale.marks]
    assert [text for _, text in scale.marks] == ["1 s", "10 s", "2 min"]
    assert places[0] - places[1] == pytest.approx(places[1] - places[2]) and places[0] > places[1]
    assert scale.at(0) is None
