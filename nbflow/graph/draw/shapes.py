"""A flow's picture as shapes: elements of SVG as plain values, written out by `svg`, drawn by a live panel as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from nbflow.cards.palette import GREY, ground_colour, mark
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.graph.draw.layout import Box, Point, layout
from nbflow.graph.draw.measures import NAME_SIZE, PAD, SMALL_SIZE, box_height, box_width, fitted, second_line
from nbflow.graph.draw.state import States, StepState
from nbflow.model.record import StepSummary

#: tag, attributes, and what it holds: text, or further shapes
Attributes = dict[str, str | float]
Shape = tuple[str, Attributes, "str | list[Shape]"]


@frozen
class Picture:
    """The shapes of a flow."""

    #: pixels
    width: int
    height: int
    #: lines between the steps
    ways: Sequence[Shape]
    #: by step
    boxes: Mapping[str, Shape]


def picture(steps: Sequence[StepSummary], states: States, *, wide: float = 720.0) -> Picture:
    """Return `steps` as shapes, about `wide` pixels wide at most, with their states where given."""
    seconds: dict[str, str] = {step.name: second_line(step, states.get(step.name)) for step in steps}
    widths: dict[str, float] = {step.name: box_width(step, states.get(step.name)) for step in steps}
    plan = layout(steps, widths, box_height(two_lines=any(seconds.values())), wide=wide)
    known: dict[str, StepSummary] = {step.name: step for step in steps}
    ways = [*map(_link, plan.links), *(_way(points) for _, _, points in plan.ways)]
    boxes = {box.name: _box(box, known[box.name], seconds[box.name], states.get(box.name)) for box in plan.boxes}
    return Picture(round(plan.width), round(plan.height), ways, boxes)


def _way(points: Sequence[Point]) -> Shape:
    """Return the curve through `points`: level at each of them."""
    parts = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        bend = f"C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
        parts.append(f"H{x1:.1f}" if abs(y0 - y1) < 0.5 else bend)
    return (
        "path",
        {"d": "".join(parts), "fill": "none", "stroke": GREY, "stroke-width": 1.3, "stroke-opacity": 0.75},
        "",
    )


def _link(corners: Sequence[Point]) -> Shape:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    paint: Attributes = {"fill": "none", "stroke": GREY, "stroke-opacity": 0.45, "stroke-linejoin": "round"}
    return "polyline", {"points": points, **paint}, ""


def _box(box: Box, step: StepSummary, second: str, state: StepState | None) -> Shape:
    status = state.status if state else ""
    line = ground_colour(status)
    filled = status not in {"waiting", "ready", "skipped"}
    outline: Attributes = {"width": _px(box.width), "height": _px(box.height), "rx": 6, "stroke": line}
    parts: list[Shape] = [("title", {}, _told(step, state))]
    if step.scope:
        # one of several behind it: the step runs once per item
        behind: Attributes = {
            "x": _px(box.x + 3),
            "y": _px(box.y + 3),
            **outline,
            "fill": "none",
            "stroke-opacity": 0.7,
        }
        parts.append(("rect", behind, ""))
    ground: Attributes = {"fill": line} if filled else {"fill": "#808080", "fill-opacity": 0.08}
    dashes: Attributes = {"stroke-dasharray": "4 3"} if status == "skipped" else {}
    parts.append(("rect", {"x": _px(box.x), "y": _px(box.y), **outline, **ground, **dashes}, ""))
    ink = "#ffffff" if filled else GREY
    name = f"{mark(status)} {step.name}" if status else step.name
    at = 17.0 if second else box.height / 2 + 4.3
    parts.append(_line(box, at, name, NAME_SIZE, {"fill": ink, "font-weight": 600}))
    if second:
        parts.append(_line(box, 31.0, second, SMALL_SIZE, {"fill": ink, "fill-opacity": 0.92}))
    if state and state.total > 1:
        parts += _progress(box, state, ink)
    return "g", {}, parts


def _line(box: Box, y: float, text: str, size: float, paint: Attributes) -> Shape:
    where: Attributes = {"x": _px(box.x + PAD), "y": _px(box.y + y), "font-size": size}
    return "text", {**where, **paint}, fitted(one_line(text), box.width - 2 * PAD, size)


def _progress(box: Box, state: StepState, ink: str) -> list[Shape]:
    """Return the thin bar along the lower end of a box."""
    whole = box.width - 2 * PAD
    done = whole * min(1.0, state.done / state.total)
    bar: Attributes = {"x": _px(box.x + PAD), "y": _px(box.y + box.height - 6), "height": 2.5, "rx": 1.2}
    track: Attributes = {**bar, "fill": ink, "width": _px(whole), "fill-opacity": 0.28}
    return [("rect", track, ""), ("rect", {**bar, "fill": ink, "width": _px(done)}, "")]


def _px(length: float) -> float:
    return round(length, 1)


def _told(step: StepSummary, state: StepState | None) -> str:
    """Return all that a drawing knows of a step, on one line."""
    said = [step.name, step.label]
    if step.scope and step.scope[-1] != step.name:
        said.append(f"per item of {step.scope[-1]}")
    if state:
        said += [state.status, state.count, state.note]
    return " · ".join(one_line(part, 200) for part in said if part)
