"""A flow as an SVG image that reads on light and dark grounds, without script, style sheet or outside address."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from nbflow.cards.palette import GREY, ground_colour, mark
from nbflow.cards.printable import one_line
from nbflow.graph.draw.layout import Box, Layout, Point, layout
from nbflow.graph.draw.state import States, StepState
from nbflow.model.record import StepSummary

_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',Arial,sans-serif"
_NAME_SIZE, _SMALL_SIZE = 12.5, 10.5
_PAD = 10.0
#: a step's box at its narrowest and widest
_NARROW, _WIDE = 76.0, 190.0
#: widths of letters, in parts of the font's size
_THIN, _FAT = frozenset("iljtfr.,:;'|![]() "), frozenset("mwMW@%")


def svg(steps: Sequence[StepSummary], states: States | None = None, *, wide: float = 720.0) -> str:
    """Return `steps` as an SVG document about `wide` pixels wide at most, with their states where given."""
    states = states or {}
    seconds: dict[str, str] = {step.name: _second_line(step, states.get(step.name)) for step in steps}
    height = 42.0 if any(seconds.values()) else 30.0
    widths: dict[str, float] = {step.name: _box_width(step, states.get(step.name)) for step in steps}
    plan = layout(steps, widths, height, wide=wide)
    known: dict[str, StepSummary] = {step.name: step for step in steps}
    drawn = [_link(corners) for corners in plan.links]
    drawn += [_way(points) for _, _, points in plan.ways]
    drawn += [_box(box, known[box.name], seconds[box.name], states.get(box.name)) for box in plan.boxes]
    return _document(plan, drawn, _summary(steps, states))


def size(document: str) -> tuple[int, int]:
    """Return width and height that `svg` gave its document."""
    head = document[: document.index(">")]
    width, height = (head.partition(f' {side}="')[2].partition('"')[0] for side in ("width", "height"))
    return int(width), int(height)


def _document(plan: Layout, drawn: Iterable[str], title: str) -> str:
    width, height = round(plan.width), round(plan.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" font-family="{html.escape(_FONT)}"><title>{_text(title)}</title>{"".join(drawn)}</svg>'
    )


def _summary(steps: Sequence[StepSummary], states: States) -> str:
    said = (f"{each.name} {states[each.name].status}" if each.name in states else each.name for each in steps)
    return one_line(", ".join(said), 500)


def _second_line(step: StepSummary, state: StepState | None) -> str:
    count = state.count if state else ""
    return " · ".join(part for part in (count, one_line(step.label)) if part)


def _way(points: Sequence[Point]) -> str:
    """Return the curve through `points`: level at each of them."""
    parts = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        bend = f"C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
        parts.append(f"H{x1:.1f}" if abs(y0 - y1) < 0.5 else bend)
    return f'<path d="{"".join(parts)}" fill="none" stroke="{GREY}" stroke-width="1.3" stroke-opacity="0.75"/>'


def _link(corners: Sequence[Point]) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polyline points="{points}" fill="none" stroke="{GREY}" stroke-opacity="0.45" stroke-linejoin="round"/>'


def _box(box: Box, step: StepSummary, second: str, state: StepState | None) -> str:
    status = state.status if state else ""
    line = ground_colour(status)
    filled = status not in {"waiting", "ready", "skipped"}
    dashed = ' stroke-dasharray="4 3"' if status == "skipped" else ""
    parts = [f"<g><title>{_text(_told(step, state))}</title>"]
    outline = f'width="{box.width:.1f}" height="{box.height:.1f}" rx="6" stroke="{line}"'
    if step.scope:
        # one of several behind it: the step runs once per item
        parts.append(f'<rect x="{box.x + 3:.1f}" y="{box.y + 3:.1f}" {outline} fill="none" stroke-opacity="0.7"/>')
    ground = f'fill="{line}"' if filled else 'fill="#808080" fill-opacity="0.08"'
    parts.append(f'<rect x="{box.x:.1f}" y="{box.y:.1f}" {outline} {ground}{dashed}/>')
    ink = "#ffffff" if filled else GREY
    named = box.y + (box.height / 2 + 4.3 if not second else 17.0)
    name = f"{mark(status)} {step.name}" if status else step.name
    parts.append(_line(box, named, name, _NAME_SIZE, f'fill="{ink}" font-weight="600"'))
    if second:
        parts.append(_line(box, box.y + 31.0, second, _SMALL_SIZE, f'fill="{ink}" fill-opacity="0.92"'))
    if state and state.total > 1:
        parts.append(_progress(box, state, ink))
    return "".join([*parts, "</g>"])


def _progress(box: Box, state: StepState, ink: str) -> str:
    """Return the thin bar along the lower end of a box."""
    whole = box.width - 2 * _PAD
    share = min(1.0, state.done / state.total)
    where = f'x="{box.x + _PAD:.1f}" y="{box.y + box.height - 6:.1f}" height="2.5" rx="1.2" fill="{ink}"'
    return f'<rect {where} width="{whole:.1f}" fill-opacity="0.28"/><rect {where} width="{whole * share:.1f}"/>'


def _told(step: StepSummary, state: StepState | None) -> str:
    said = [step.name, step.label]
    if step.scope and step.scope[-1] != step.name:
        said.append(f"per item of {step.scope[-1]}")
    if state:
        said += [state.status, state.count, state.note]
    return " · ".join(one_line(part, 200) for part in said if part)


def _line(box: Box, y: float, text: str, size: float, attributes: str) -> str:
    fitted = _fitted(one_line(text), box.width - 2 * _PAD, size)
    return f'<text x="{box.x + _PAD:.1f}" y="{y:.1f}" font-size="{size}" {attributes}>{_text(fitted)}</text>'


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _box_width(step: StepSummary, state: StepState | None) -> float:
    # room for the mark, and for the count at its longest, so that a picture keeps still while a run goes on
    at_end = replace(state, done=state.total) if state else None
    name, second = _length(f"✓ {one_line(step.name)}", _NAME_SIZE), _length(_second_line(step, at_end), _SMALL_SIZE)
    wanted = max(name, second) + 2 * _PAD
    return min(_WIDE, max(_NARROW, wanted))


def _length(text: str, size: float) -> float:
    """Return about how many pixels `text` takes; fonts differ, so it is on the wide side, and names are bold."""
    return (
        size
        * sum(0.36 if c in _THIN else 0.95 if c in _FAT or ord(c) > 0x2E80 else 0.62 for c in text)
        * (1.07 if size == _NAME_SIZE else 1.0)
    )


def _fitted(text: str, width: float, size: float) -> str:
    if _length(text, size) <= width + 0.01:
        return text
    while text and _length(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
