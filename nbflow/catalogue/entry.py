"""One message of the catalogue."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Entry(NamedTuple):
    """One message. `usage` marks run errors that mean *nothing was started* (exit code 2)."""

    what: str
    why: str = ""
    fix: str = ""
    severity: Literal["error", "warning", "notice"] = "error"
    usage: bool = False
