"""Something that went wrong."""

from __future__ import annotations

import traceback
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent
from nbflow.cards.html import Html
from nbflow.cards.palette import RED
from nbflow.cards.printable import log_text, one_line


class Error(CardComponent):
    """An exception, with the lines that led to it folded away.

    Args:
        exception: the exception, or a text.
        title: what stands above it.
    """

    needs = frozenset[str]()

    def __init__(self, exception: Any, title: Any = None) -> None:
        self._title = title
        self._what, self._trace = _told(exception)

    def render(self) -> Html:
        title = "" if self._title is None else one_line(self._title, 300)
        return failure_box(title, self._what, self._trace)

    def text(self) -> str:
        title = "" if self._title is None else f"{one_line(self._title, 300)}: "
        return f"{title}{self._what}"

    def height(self) -> int:
        return 90


def failure_box(title: str, what: str, trace: str = "", *, unfolded: bool = False) -> Html:
    """Return a failure: what it was, and where it came from folded away below it."""
    style = (
        f"border:1px solid {RED}44;border-left:3px solid {RED};border-radius:4px;padding:8px 14px;margin:4px 0;"
        "background-color:rgba(224,68,62,0.06)"
    )
    head = html.block(title, style=f"font-weight:600;color:{RED};margin-bottom:2px") if title else ""
    body = html.block(what, style=f"{html.MONO};font-size:13px;white-space:pre-wrap;overflow-wrap:anywhere")
    below = html.details(
        html.text("traceback", f"{html.FAINT};font-size:13px"), html.preformatted(trace, height=420), unfolded=unfolded
    )
    return html.block(head, body, below if trace else "", style=style)


def _told(exception: Any) -> tuple[str, str]:
    """Return what an exception says, and its traceback."""
    if not isinstance(exception, BaseException):
        return log_text(_text(exception)), ""
    text = _text(exception)
    name = type(exception).__name__
    try:
        lines = traceback.format_exception(exception) if exception.__traceback__ is not None else []
    except Exception:  # noqa: BLE001 - an exception of a person may not even know its text
        lines = []
    return log_text(f"{name}: {text}" if text else name), log_text("".join(lines)).rstrip()


def _text(given: Any) -> str:
    try:
        return str(given)
    except Exception as failure:  # noqa: BLE001 - a person's __str__
        return f"({type(given).__name__}, whose text raises {type(failure).__name__})"
