"""What every component of a card is: something with an id that draws itself."""

from __future__ import annotations

import warnings
from typing import Any

from nbflow.cards import html
from nbflow.cards.html import Html
from nbflow.cards.palette import RED
from nbflow.cards.printable import one_line
from nbflow.cards.sanitize import sanitized, text_of

#: how a figure of plotly begins in HTML, and how one does that its script compiles; text cannot look like them, as
#: its `<` and quotes are escaped
PLOTLY_MARK, COMPILED_MARK = "<div data-plotly=", '" data-gl="yes">'

#: pixels of a line of text, and between two components
LINE_HEIGHT, GAP = 21, 16


class CardComponent:
    """A part of a card. People's own say in `render` what they look like: HTML as text, or another component.

    Example:
        ```python
        class Medal(MetaflowCardComponent):
            def __init__(self, place):
                self.place = place

            def render(self):
                return f"<b>{self.place}.</b>"
        ```
    """

    #: `update` changes what it shows
    REALTIME_UPDATABLE = False

    _component_id: str | None = None

    @property
    def component_id(self) -> str | None:
        """What it is called in its card, to be found and updated; None: nobody gave it a name."""
        return self._component_id

    @component_id.setter
    def component_id(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the id of a component is text, not {type(name).__name__}")
        self._component_id = name

    @property
    def id(self) -> str | None:
        """The same as `component_id`."""
        return self._component_id

    @property
    def needs(self) -> frozenset[str]:
        """What a page must have for it beside HTML: `plotly`, or nothing."""
        return needs_of(self.html())

    def render(self) -> Any:
        """Return what it looks like: HTML, another component, or anything that can be shown."""
        raise NotImplementedError(f"{type(self).__name__} has no render()")

    def update(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - each component has its own
        """Change what it shows. This one cannot: it says so and stays as it is."""
        warnings.warn(f"{type(self).__name__} has no update(): it stays as it is", stacklevel=2)

    def html(self) -> Html:
        """Return it as safe HTML. One that fails shows its failure."""
        try:
            return drawn(self.render())
        except Exception as failure:  # noqa: BLE001 - a component of a person may raise anything, and a task must go on
            return trouble(f"{type(self).__name__} could not be drawn", failure)

    def text(self) -> str:
        """Return it as text, for a terminal."""
        return text_of(self.html())

    def height(self) -> int:
        """Return about how many pixels it is high."""
        return LINE_HEIGHT * (self.text().count("\n") + 1)

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        named = f" {self._component_id!r}" if self._component_id else ""
        return f"<{type(self).__name__}{named}>"


def drawn(rendered: Any) -> Html:
    """Return what a `render` gave as safe HTML."""
    if isinstance(rendered, Html):
        return rendered
    if isinstance(rendered, CardComponent):
        return rendered.html()
    if isinstance(rendered, str):
        return sanitized(rendered)
    from nbflow.cards.components.anything import component_of

    return component_of(rendered).html()


def needs_of(fragment: Html) -> frozenset[str]:
    """Return what a page must have to show `fragment`."""
    return frozenset({"plotly"}) if PLOTLY_MARK in fragment else frozenset()


def trouble(what: str, why: object = "") -> Html:
    """Return a note in a card that something in it cannot be shown, and why."""
    told = f"{type(why).__name__}: {_said(why)}" if isinstance(why, BaseException) else str(why)
    style = f"border-left:3px solid {RED};padding:4px 12px;margin:4px 0;font-size:13px;line-height:1.5"
    return html.block(html.text(what, "font-weight:600"), *([html.block(told)] if told else []), style=style)


def _said(failure: BaseException) -> str:
    try:
        return one_line(failure, 400)
    except Exception:  # noqa: BLE001 - an exception of a person may not even know its text
        return "(its text cannot be had)"
