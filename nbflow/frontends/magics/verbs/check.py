"""`%flow check`: find every problem without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.show import say
from nbflow.frontends.magics.whole import checked

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> None:
    """Carry out the line."""
    operands("check", text, 0, face.place())
    check_flow(face)


def check_flow(face: Face) -> None:
    """Check the flow and say so when all is well."""
    graph, notices = checked(face, whole=True)
    face.notices.show(notices, always=True)
    count = len(graph.nodes)
    say(f"{face.flow}: {count} step{'s' if count != 1 else ''}, no errors")
