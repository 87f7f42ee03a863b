"""Texts of a figure as they read."""

from __future__ import annotations

import html
import re
from typing import Any

from nbflow.cards.printable import one_line

_TAG = re.compile(r"<[^>]*>")


def plain(text: Any) -> str:
    """Return a text of plotly without its few tags and entities, on one line."""
    return one_line(html.unescape(_TAG.sub("", str(text))), 200)
