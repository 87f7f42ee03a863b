"""When each task of a run ran."""

from __future__ import annotations

from typing import Any


def timeline(run: Any = None) -> Any:
    """When each task of a run ran."""
    raise NotImplementedError
