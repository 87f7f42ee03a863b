"""Colours, in terminals that have any."""

from __future__ import annotations

import os
from typing import TextIO


def has_colours(stream: TextIO) -> bool:
    """Say whether what is written to `stream` is seen in colour."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def ink(text: str, *codes: int) -> str:
    """Return `text` in the colours of these codes."""
    return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m"
