from __future__ import annotations

import base64
from typing import Any

import pytest

from nbflow.cards.mime import PLOTLY, bundle_height, bundle_html, bundle_text

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
FIGURE = {"data": [{"type": "bar", "x": [1, 2], "y": [3, 4], "name": "sales"}], "layout": {"title": {"text": "Sales"}}}


def shown(**data: Any) -> str:
    return bundle_html({name.replace("__", "/").replace("_", "-"): each for name, each in data.items()})[0]


def test_a_figure_of_plotly_needs_its_script() -> None:
    drawn, needs = bundle_html({PLOTLY: FIGURE, "text/html": "<script>x</script>", "text/plain": "Figure()"})
    assert needs == {"plotly"}
    assert drawn.startswith("<div data-plotly=") and "sales: bar, 2 points" in drawn


def test_html_shows_before_text_and_what_runs_in_it_does_not() -> None:
    drawn = shown(text__html="<b>x</b><script>y</script>", text__plain="plain")
    assert "<b>x</b>" in drawn and "script" not in drawn and "plain" not in drawn


def test_html_of_which_nothing_is_left_gives_way_to_another_form() -> None:
    drawn = bundle_html({"text/html": "<div id=x></div><script>draw()</script>", "image/png": PIXEL})[0]
    assert f"data:image/png;base64,{PIXEL}" in drawn
    assert "a word" in shown(text__html="<script>draw()</script>", text__plain="a word")


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_pictures_are_data(kind: str) -> None:
    drawn = bundle_html({f"image/{kind}": f"{PIXEL[:4]}\n{PIXEL[4:]}"}, {f"image/{kind}": {"width": 40}})[0]
    assert f'src="data:image/{kind};base64,{PIXEL}"' in drawn and 'width="40"' in drawn


def test_a_picture_that_is_none_gives_way() -> None:
    assert "a word" in bundle_html({"image/png": '" onerror="x', "text/plain": "a word"})[0]


def test_svg_is_an_image_and_never_part_of_the_page() -> None:
    drawn = bundle_html({"image/svg+xml": ["<svg onload=x>", "</svg>"]})[0]
    assert drawn.startswith("<img ") and "onload" not in drawn


def test_other_forms_show_as_what_they_are() -> None:
    assert "<strong>x</strong>" in shown(text__markdown="**x**")
    assert "$x$" in shown(text__latex="$x$")
    assert "a: " in bundle_html({"application/json": {"a": [1]}})[0]
    assert "said" in bundle_html({"application/vnd.jupyter.stderr": "\x1b[31msaid\x1b[0m"})[0]
    assert "\x1b" not in bundle_html({"application/vnd.jupyter.stderr": "\x1b[31msaid\x1b[0m"})[0]


def test_an_error_shows_with_its_traceback_folded() -> None:
    told = {"name": "ValueError", "message": "bad <b>", "stack": "line 1"}
    drawn = bundle_html({"application/vnd.jupyter.error": told})[0]
    assert "ValueError: bad &lt;b&gt;" in drawn and "<details" in drawn


def test_what_no_form_is_known_of_says_so() -> None:
    assert "application/x-&lt;b&gt;" in bundle_html({"application/x-<b>": "?"})[0]
    assert "nothing" in bundle_html({})[0]


@pytest.mark.parametrize(
    "data", [{PLOTLY: "no figure"}, {PLOTLY: {"data": 3, "layout": []}}, {"application/json": "{"}, {"image/png": 3}]
)
def test_a_bundle_that_is_not_what_it_says_raises_nothing(data: dict[str, Any]) -> None:
    assert bundle_html({**data, "text/plain": "a word"})[0]
    assert bundle_text(data)
    assert bundle_height(data) > 0


def test_html_is_as_high_as_what_it_unfolds() -> None:
    folded = "<label>model</label><details><summary>Parameters</summary><table><tr><td>1<tr><td>2</table></details>"
    heights = [bundle_height({"text/html": part * folded, "text/plain": "Model()"}) for part in (1, 4)]
    assert heights == [78, 222]
    opened = folded.replace("<details>", '<details class="x" open>')
    assert bundle_height({"text/html": opened, "text/plain": "Model()"}) == 102


def test_text_is_the_plainest_form() -> None:
    assert bundle_text({PLOTLY: FIGURE}) == "Sales (plotly)\n  sales: bar, 2 points"
    assert bundle_text({"text/html": "<b>x</b>", "text/plain": "y"}) == "y"
    assert (
        bundle_text({"text/html": "<table><tr><td>1</td><td>2</td></table>", "text/plain": "<a.B object at 0x7f0>"})
        == "1 2"
    )
    assert bundle_text({"image/png": PIXEL}) == "(image/png)"


def test_a_chart_of_vega_that_was_displayed_is_told_not_drawn() -> None:
    spec = {"title": "Sales", "data": {"values": [{"a": "<b>"}]}, "mark": "bar"}
    drawn = bundle_html({"application/vnd.vegalite.v5+json": spec, "text/plain": "alt.Chart()"})[0]
    assert "Sales" in drawn and "&lt;b&gt;" in drawn and "data:image" not in drawn
    assert "data:image/png" in bundle_html({"application/vnd.vegalite.v5+json": spec, "image/png": PIXEL})[0]
