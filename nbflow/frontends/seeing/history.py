"""The runs of one flow, or of all."""

from __future__ import annotations

from typing import Any


def history(flow: str | None = None, **_: Any) -> Any:
    """The runs of one flow, or of all."""
    raise NotImplementedError
