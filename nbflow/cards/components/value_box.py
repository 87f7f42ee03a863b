"""One number that matters."""

from __future__ import annotations

from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent
from nbflow.cards.figures import value as figure
from nbflow.cards.html import LINE, Html
from nbflow.cards.palette import AMBER, BLUE, GREEN, GREY, RED
from nbflow.cards.printable import one_line

#: the colour of the edge
_EDGES = {"default": GREY, "success": GREEN, "warning": AMBER, "danger": RED, "info": BLUE, "primary": BLUE}
_GRADIENT = (
    "background-image:linear-gradient(120deg,#4a4fd0,#8b3fc4);background-color:#6a48cb;color:#ffffff;border:none"
)
_BOX = (
    "display:inline-block;vertical-align:top;min-width:150px;max-width:100%;padding:10px 22px 11px 16px;"
    "margin:4px 10px 6px 0;border-radius:6px"
)


class ValueBox(CardComponent):
    """A number or a word, large, with what it is and how it changed.

    Args:
        title: what it is.
        value: the number or word.
        subtitle: a further word on it.
        theme: `default`, `success`, `warning`, `danger` or `bg-gradient-indigo-purple`.
        change_indicator: how it changed, as `Up 3 % from last week`.
    """

    REALTIME_UPDATABLE = True
    needs = frozenset[str]()

    def __init__(
        self,
        title: Any = None,
        value: Any = "",
        subtitle: Any = None,
        theme: str | None = None,
        change_indicator: Any = None,
    ) -> None:
        self._title, self._value, self._subtitle = title, value, subtitle
        self._theme, self._change = theme, change_indicator

    def update(
        self,
        title: Any = None,
        value: Any = None,
        subtitle: Any = None,
        theme: str | None = None,
        change_indicator: Any = None,
    ) -> None:
        """Show what is given; the rest stays."""
        self._title = self._title if title is None else title
        self._value = self._value if value is None else value
        self._subtitle = self._subtitle if subtitle is None else subtitle
        self._theme = self._theme if theme is None else theme
        self._change = self._change if change_indicator is None else change_indicator

    def render(self) -> Html:
        plain = self._theme != "bg-gradient-indigo-purple"
        edge = _EDGES.get(str(self._theme), GREY)
        ground = f"border:{LINE};border-left:3px solid {edge}" if plain else _GRADIENT
        lines = [
            html.block(html.text(one_line(self._title, 200), "opacity:0.75"), style="font-size:13px")
            if self._title is not None
            else "",
            html.block(
                self._number(),
                style="font-size:26px;font-weight:600;line-height:1.3;letter-spacing:-0.01em;overflow-wrap:anywhere",
            ),
            html.block(html.text(one_line(self._subtitle, 300), "opacity:0.75"), style="font-size:12px")
            if self._subtitle is not None
            else "",
            html.block(
                one_line(self._change, 200),
                style="font-size:12px;font-weight:600;margin-top:3px"
                + (f";color:{edge}" if plain and edge != GREY else ""),
            )
            if self._change is not None
            else "",
        ]
        return html.block(*lines, style=f"{_BOX};{ground}")

    def _number(self) -> str:
        if isinstance(self._value, int) and not isinstance(self._value, bool):
            return f"{self._value:,}"
        return one_line(self._value, 100) if isinstance(self._value, str) else figure(self._value, 100)

    def text(self) -> str:
        title = f"{one_line(self._title, 200)}: " if self._title is not None else ""
        more = [one_line(each, 300) for each in (self._subtitle, self._change) if each is not None]
        return f"{title}{self._number()}" + (f" ({', '.join(more)})" if more else "")

    def height(self) -> int:
        return 60 + 18 * sum(each is not None for each in (self._title, self._subtitle, self._change))
