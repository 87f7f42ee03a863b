"""What an object shows of itself in a notebook, in a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.cards.components.component import CardComponent
from nbflow.cards.html import Html
from nbflow.cards.mime import bundle_height, bundle_html, bundle_text


class Shown(CardComponent):
    """A bundle of MIME types, as a notebook would show it; of HTML what is safe.

    Args:
        data: MIME type → content.
        metadata: MIME type → facts, such as a width.
    """

    def __init__(self, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
        self._data = dict(data)
        self._metadata = dict(metadata or {})

    def render(self) -> Html:
        return bundle_html(self._data, self._metadata)[0]

    def text(self) -> str:
        return bundle_text(self._data)

    def height(self) -> int:
        return bundle_height(self._data)
