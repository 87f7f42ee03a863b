"""The name of the notebook's flow, where there must be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.errors import raise_for
from nbflow.frontends.magics.session import UNNAMED

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def flow_of(face: Face, run: str | None = None) -> str:
    """Return the flow that `run` is of, unless it names another itself: `sales/12`. Raises C053, it has no name."""
    if face.flow == UNNAMED and "/" not in (run or ""):
        raise_for("C053", face.place())
    return face.flow
