"""What was stored of a card, taken for what it is: a text from a folder that others may write to."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

from nbflow.cards.components.component import PLOTLY_MARK
from nbflow.cards.components.plotly import figure_opening
from nbflow.cards.html import Html
from nbflow.cards.sanitize import sanitized

#: the tag of a figure, as components write it
_FIGURE = re.compile(rf'{re.escape(PLOTLY_MARK)}"([^"]*)"(?: data-gl="yes")?>')
_PLACE = re.compile(r'<div class="nbflow-figure-(\d{1,6})">')


def restored(fragment: str) -> Html:
    """Return a stored fragment as it was if components have made it; of any other what is safe."""
    figures: list[Html] = []

    def set_aside(found: re.Match[str]) -> str:
        opening = _opening(html.unescape(found[1]))
        if opening is None:
            return "<div>"
        figures.append(opening)
        return f'<div class="nbflow-figure-{len(figures) - 1}">'

    clean = sanitized(_FIGURE.sub(set_aside, fragment))

    def put_back(found: re.Match[str]) -> str:
        number = int(found[1])
        return figures[number] if number < len(figures) else "<div>"

    return Html(_PLACE.sub(put_back, clean))


def _opening(written: str) -> Html | None:
    try:
        figure = json.loads(written)
        return figure_opening(figure) if isinstance(figure, Mapping) else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
