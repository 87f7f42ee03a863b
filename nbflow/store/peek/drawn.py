"""Figures and images, as far as their pickles tell: an image's pixels, and what a figure shows in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbflow.cards.figures import several
from nbflow.cards.printable import one_line
from nbflow.store.codecs.inert import Beside, Note
from nbflow.store.peek.arrays import picture_of
from nbflow.store.peek.source import Source
from nbflow.store.peek.values import Closed, Limits, Peeked, Picture

#: modes of Pillow whose pixels are bytes as they stand → channels
_CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4}
Fact = tuple[str, str]


def drawn(note: Note, source: Source, limits: Limits) -> Peeked | None:
    """Return what an image or a figure shows; None: it is neither."""
    if note.module.startswith("PIL.") and isinstance(note.state, list) and len(note.state) >= 5:
        return _image(note, source, limits)
    if note.full_name == "matplotlib.figure.Figure":
        return Closed(note.full_name, (("picture", "drawn when it is opened"), *_charts(note.state)))
    if note.module.startswith("plotly.") and (facts := _traces(note)):
        return Closed(note.full_name, facts)
    return None


def _image(note: Note, source: Source, limits: Limits) -> Peeked | None:
    """Return an image of Pillow: its info, mode, size, palette and pixels stand one after the other."""
    _, mode, size, _, pixels = note.state[:5]
    if not (isinstance(size, tuple) and len(size) == 2 and all(isinstance(each, int) for each in size)):
        return None
    wide, high = size
    data = source.buffer(pixels.number) if isinstance(pixels, Beside) else pixels
    channels = _CHANNELS.get(mode) if isinstance(mode, str) else None
    if channels and isinstance(data, bytes | memoryview) and len(data) == wide * high * channels:
        import numpy as np

        shape = (high, wide) if channels == 1 else (high, wide, channels)
        found = picture_of(np.frombuffer(data, np.uint8).reshape(shape), limits)
        if found is not None:
            return Picture(found.mime, found.data, wide, high, ", ".join(filter(None, [mode, found.remark])))
    facts = (("picture", "drawn when it is opened"), ("size", f"{wide} × {high}"), ("mode", one_line(mode, 20)))
    return Closed(note.full_name, facts)


def _charts(state: Any) -> Iterator[Fact]:
    """Give how many charts a figure of matplotlib has, and their titles."""
    axes = state.get("_localaxes") if isinstance(state, dict) else None
    charts = [each for each in axes if isinstance(each, Note)] if isinstance(axes, list) else []
    if charts:
        yield "shows", several(len(charts), "chart")
    titles = [_text(_state(_state(each, "title"), "_text")) for each in charts]
    if said := ", ".join(filter(None, titles)):
        yield "title", one_line(said, 120)


def _state(given: Any, name: str) -> Any:
    state = given.state if isinstance(given, Note) else None
    return state.get(name) if isinstance(state, dict) else None


def _text(given: Any) -> str:
    return given if isinstance(given, str) else ""


def _traces(note: Note) -> tuple[Fact, ...]:
    """Return what a plotly figure shows: its traces and titles, which its pickle holds as plain values."""
    given = note.args[0] if isinstance(note.args, tuple) and note.args else None
    if not isinstance(given, dict):
        return ()
    traces = [each for each in given.get("data", ()) if isinstance(each, dict)]
    kinds = {kind: sum(each.get("type") == kind for each in traces) for kind in (str(t.get("type")) for t in traces)}
    layout = given.get("layout")
    layout = layout if isinstance(layout, dict) else {}
    titles = {
        "title": layout.get("title"),
        "x": _inside(layout.get("xaxis"), "title"),
        "y": _inside(layout.get("yaxis"), "title"),
    }
    said = [(name, text) for name, title in titles.items() if isinstance(text := _inside(title, "text"), str)]
    shown_traces = ", ".join(several(count, f"{kind} trace") for kind, count in kinds.items())
    return (
        ("shows", one_line(shown_traces, 120) or "nothing yet"),
        *((name, one_line(text, 120)) for name, text in said),
    )


def _inside(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, dict) else given
