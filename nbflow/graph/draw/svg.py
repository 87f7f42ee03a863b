"""A flow as an SVG image that reads on light and dark grounds, without script, style sheet or outside address."""

from __future__ import annotations

import html
from collections.abc import Sequence

from nbflow.cards.printable import one_line
from nbflow.graph.draw.shapes import Attributes, Shape, picture
from nbflow.graph.draw.state import States
from nbflow.model.record import StepSummary

_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',Arial,sans-serif"


def svg(steps: Sequence[StepSummary], states: States | None = None, *, wide: float = 720.0) -> str:
    """Return `steps` as an SVG document about `wide` pixels wide at most, with their states where given."""
    drawn = picture(steps, states or {}, wide=wide)
    size: Attributes = {"width": drawn.width, "height": drawn.height, "viewBox": f"0 0 {drawn.width} {drawn.height}"}
    held: list[Shape] = [("title", {}, summary(steps, states or {})), *drawn.ways, *drawn.boxes.values()]
    return _written(("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "role": "img", "font-family": _FONT}, held))


def size(document: str) -> tuple[int, int]:
    """Return width and height that `svg` gave its document."""
    head = document[: document.index(">")]
    width, height = (head.partition(f' {side}="')[2].partition('"')[0] for side in ("width", "height"))
    return int(width), int(height)


def summary(steps: Sequence[StepSummary], states: States) -> str:
    """Return what the picture shows, in words."""
    said = (f"{each.name} {states[each.name].status}" if each.name in states else each.name for each in steps)
    return one_line(", ".join(said), 500)


def _written(shape: Shape) -> str:
    tag, attributes, held = shape
    written = "".join(f' {name}="{html.escape(str(value), quote=True)}"' for name, value in attributes.items())
    inner = html.escape(held, quote=True) if isinstance(held, str) else "".join(map(_written, held))
    return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"
