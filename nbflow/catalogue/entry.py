"""One message of the catalogue."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Entry(NamedTuple):
    """One message. `usage` marks run errors that mean *nothing was started* (exit code 2).

    `mostly` is what helps in most cases, for those who look the code up: there `fix` is written for the case at hand.
    """

    what: str
    why: str = ""
    fix: str = ""
    severity: Literal["error", "warning", "notice"] = "error"
    usage: bool = False
    mostly: str = ""
