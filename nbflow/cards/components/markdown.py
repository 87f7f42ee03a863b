"""Text in Markdown."""

from __future__ import annotations

import textwrap
from typing import Any

from nbflow.cards.components.component import LINE_HEIGHT, CardComponent
from nbflow.cards.html import Html, tag
from nbflow.cards.markdown import markdown_html
from nbflow.cards.printable import printable


class Markdown(CardComponent):
    """A text formatted in Markdown; indentation that all its lines share is taken off.

    Args:
        text: headings, lists, tables, links, code, pictures as data. HTML in it shows as it was typed.
    """

    REALTIME_UPDATABLE = True
    needs = frozenset[str]()

    def __init__(self, text: Any = None) -> None:
        self._text = _dedented(text)

    def update(self, text: Any = None) -> None:
        """Show another text."""
        self._text = _dedented(text)

    def render(self) -> Html:
        return tag("div", markdown_html(self._text), **{"class": "md"})

    def text(self) -> str:
        return printable(self._text)

    def height(self) -> int:
        lines = self._text.splitlines()
        return sum(LINE_HEIGHT * (1 + len(line) // 110) + 16 * line.startswith("#") for line in lines) or LINE_HEIGHT


def _dedented(text: Any) -> str:
    return "" if text is None else textwrap.dedent(str(text)).strip("\n")
