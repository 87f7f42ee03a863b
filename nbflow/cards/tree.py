"""Nested values as a tree that unfolds, and as text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbflow.cards import html
from nbflow.cards.html import MONO, Html
from nbflow.cards.palette import BLUE, GREEN, GREY, VIOLET
from nbflow.cards.printable import one_line

#: what is shown of a tree: values in all, levels, members of one, characters of a text
VALUES, LEVELS, MEMBERS, CHARACTERS = 3000, 12, 500, 2000

_BELOW = "margin-left:7px;padding-left:11px;border-left:1px solid rgba(128,128,128,0.22)"


def tree(value: Any, *, levels: int = 2) -> Html:
    """Return `value` as a tree of which the first `levels` are unfolded."""
    drawing = _Drawing(levels)
    return html.block(drawing.node("", value, 0), style=f"{MONO};font-size:12.5px;line-height:1.6")


class _Drawing:
    def __init__(self, unfolded: int) -> None:
        self._unfolded = unfolded
        self._left = VALUES

    def node(self, name: str, value: Any, level: int) -> Html:
        self._left -= 1
        label = html.text(f"{name}: ", f"color:{BLUE}") if name else Html("")
        members = _members(value)
        if members is None or level >= LEVELS:
            return html.block(label, leaf(value) if members is None else html.faint("…"))
        count, opening = len(value), "{}" if isinstance(value, Mapping) else "[]"
        if not count:
            return html.block(label, opening)
        if (line := _on_a_line(value)) is not None:
            return html.block(label, line)
        inside = []
        for number, (key, each) in enumerate(members):
            if number >= MEMBERS or self._left <= 0:
                inside.append(html.block(html.faint(f"… {count - number:,} more")))
                break
            inside.append(self.node(key, each, level + 1))
        summary = html.join([label, html.faint(f"{opening[0]} {count:,} {opening[1]}")])
        return html.details(summary, html.block(*inside, style=_BELOW), unfolded=level < self._unfolded)


def _on_a_line(value: Any) -> Html | None:
    """Return a short list of plain values as one line; None when it is none."""
    if isinstance(value, Mapping) or len(value) > 12 or any(_members(each) is not None for each in value):
        return None
    leaves = [leaf(each) for each in value]
    short = sum(len(str(each)) for each in value) <= 70
    return html.join(["[", html.join(leaves, ", "), "]"]) if short else None


def _members(value: Any) -> Iterator[tuple[str, Any]] | None:
    if isinstance(value, Mapping):
        return ((one_line(key, 200) or '""', each) for key, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return ((str(number), each) for number, each in enumerate(value))
    return None


def leaf(value: Any) -> Html:
    """Return a value that has no members, in the colour of its kind."""
    if value is None or isinstance(value, bool):
        return html.text({None: "null", True: "true", False: "false"}[value], f"color:{GREY}")
    if isinstance(value, int | float):
        return html.text(repr(value), f"color:{VIOLET}")
    if not isinstance(value, str):
        return html.text(one_line(value, CHARACTERS))
    cut = value if len(value) <= CHARACTERS else value[:CHARACTERS] + "…"
    return html.text(json.dumps(cut, ensure_ascii=False), f"color:{GREEN};overflow-wrap:anywhere")


def plain(value: Any, level: int = 0) -> Any:
    """Return `value` as JSON has it: what JSON has no word for is its text, a text that is JSON stays one."""
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            # what is more than that, as a number of numpy, is that
            return kind(value)
    if level >= 40:
        return "…"
    if isinstance(value, Mapping):
        return {str(key): plain(each, level + 1) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(each, level + 1) for each in value]
    if isinstance(value, set | frozenset):
        return [plain(each, level + 1) for each in sorted(value, key=str)]
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        # a number of numpy
        return plain(item(), level + 1)
    return str(value)


def json_text(value: Any) -> str:
    """Return `value` as JSON of plain ASCII, with null for what is no number in JSON."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        return json.dumps(_finite(plain(value)), allow_nan=False, separators=(",", ":"))


def _finite(given: Any) -> Any:
    if isinstance(given, dict):
        return {key: _finite(each) for key, each in given.items()}
    if isinstance(given, list):
        return [_finite(each) for each in given]
    return None if isinstance(given, float) and not math.isfinite(given) else given
