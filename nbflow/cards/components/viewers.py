"""Nested data, as a tree of JSON or as YAML."""

from __future__ import annotations

import json
import re
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import LINE_HEIGHT, CardComponent
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line, printable
from nbflow.cards.tree import plain, tree

_LENGTH = re.compile(r"\d{1,5}(?:\.\d+)?(?:px|em|rem|vh|%)")


class JSONViewer(CardComponent):
    """Nested data as a tree that unfolds.

    Args:
        data: dicts, lists and plain values, or a text that is JSON. Anything else shows as its text.
        collapsible: its deeper levels are folded away; False unfolds all.
        max_height: as in CSS, `"300px"`: what is longer scrolls.
        show_copy_button: without meaning here: nothing in a card runs.
        title: what stands above it.
    """

    REALTIME_UPDATABLE = True
    needs = frozenset[str]()

    def __init__(
        self,
        data: Any,
        collapsible: bool = True,  # noqa: FBT001, FBT002 - as in Metaflow
        max_height: str | None = None,
        show_copy_button: bool = True,  # noqa: FBT001, FBT002, ARG002 - as in Metaflow
        title: str | None = None,
    ) -> None:
        self._collapsible = collapsible
        self._limit = max_height if isinstance(max_height, str) and _LENGTH.fullmatch(max_height.strip()) else ""
        self._title = title
        self._data = self._read(data)

    def update(self, data: Any) -> None:
        """Show other data."""
        self._data = self._read(data)

    def _read(self, data: Any) -> Any:
        # as it is now: the task goes on changing it
        if isinstance(data, str):
            try:
                return json.loads(data)
            except ValueError:
                return data
        return plain(data)

    def render(self) -> Html:
        return self._titled(tree(self._data, levels=2 if self._collapsible else 99))

    def _titled(self, content: Html) -> Html:
        inside = html.block(content, style=f"max-height:{self._limit};overflow:auto") if self._limit else content
        if self._title is None:
            return inside
        return html.block(html.block(one_line(self._title, 200), style="font-weight:600;margin-bottom:3px"), inside)

    def text(self) -> str:
        return printable(json.dumps(self._data, indent=2, ensure_ascii=False, default=str))

    def height(self) -> int:
        return LINE_HEIGHT * min(30, self.text().count("\n") + 1)


class YAMLViewer(JSONViewer):
    """Nested data as YAML. A text that is no JSON shows as it is. Arguments as of `JSONViewer`."""

    def render(self) -> Html:
        text = self.text()
        shown = html.preformatted(text)
        if self._collapsible and text.count("\n") > 40:
            shown = html.details(html.faint(f"{text.count(chr(10)) + 1:,} lines"), shown)
        return self._titled(shown)

    def text(self) -> str:
        if isinstance(self._data, str):
            return printable(self._data)
        import yaml  # type: ignore[import-untyped]  # ships no types

        return printable(yaml.safe_dump(self._data, sort_keys=False, allow_unicode=True, width=100).rstrip())
