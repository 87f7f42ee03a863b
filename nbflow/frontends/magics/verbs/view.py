"""`%flow view`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> Any:
    """Carry out the line."""
    raise NotImplementedError
