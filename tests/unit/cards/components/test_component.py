from __future__ import annotations

from typing import Any

import pytest

from nbflow.cards import CardComponent, Markdown, Plotly, Table, ValueBox, component_of
from nbflow.cards.components.component import drawn, needs_of
from nbflow.cards.html import Html

FIGURE = {"data": [{"y": [1]}], "layout": {}}


class Own(CardComponent):
    def __init__(self, rendered: Any) -> None:
        self._rendered = rendered

    def render(self) -> Any:
        if isinstance(self._rendered, BaseException):
            raise self._rendered
        return self._rendered


def test_html_of_a_persons_own_component_is_made_safe() -> None:
    assert Own("<b>x</b><script>y</script>").html() == "<b>x</b>"


def test_a_persons_own_component_may_give_another_component_or_anything() -> None:
    assert Own(Markdown("**x**")).html() == Markdown("**x**").html()
    assert "a: " in Own({"a": [{}]}).html()
    assert drawn(Html("<i>x</i>")) == "<i>x</i>"


def test_a_component_that_fails_shows_its_failure() -> None:
    shown = Own(ValueError("bad <b>")).html()
    assert "Own could not be drawn" in shown
    assert "ValueError: bad &lt;b&gt;" in shown


def test_a_component_without_render_says_so() -> None:
    class Empty(CardComponent):
        pass

    assert "Empty has no render()" in Empty().html()


def test_an_exception_without_a_text_shows_all_the_same() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "Mute" in Own(MuteError()).html()
    assert "Mute" in component_of(MuteError()).html()


def test_what_a_page_needs_is_found_in_whatever_is_nested() -> None:
    assert Own(Table([[Plotly(FIGURE)]])).needs == {"plotly"}
    assert Own("<div data-plotly='{}'>x</div>").needs == frozenset()
    assert needs_of(Own('<div data-plotly="{}">x</div>').html()) == frozenset()
    assert Markdown('<div data-plotly="{}">').needs == frozenset()


def test_an_id_is_text() -> None:
    box = ValueBox("a", 1)
    assert box.component_id is None and box.id is None
    box.component_id = "best"
    assert box.id == "best"
    assert repr(box) == "<ValueBox 'best'>"
    with pytest.raises(TypeError, match="the id of a component is text, not int"):
        box.component_id = 3  # type: ignore[assignment]


def test_a_component_that_cannot_be_updated_says_so_and_goes_on() -> None:
    with pytest.warns(UserWarning, match=r"Table has no update\(\)"):
        Table([[1]]).update([[2]])


def test_its_text_is_what_is_written_in_it() -> None:
    assert Own("<p>a</p><p>b</p>").text() == "a\nb"
    assert Own("<p>a</p><p>b</p>").height() == 42
