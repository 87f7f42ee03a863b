"""Previews as HTML for every notebook, trusted or not."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from nbflow.cards import html as h
from nbflow.cards.figures import several
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import AMBER, BLUE
from nbflow.cards.printable import one_line
from nbflow.client.preview import Preview
from nbflow.client.preview_said import (
    CLOSED,
    array_said,
    bytes_said,
    counted,
    file_said,
    frame_said,
    hexadecimal,
    sample_said,
    spread_said,
    text_said,
)
from nbflow.store.peek.values import (
    ArrayFacts,
    Branch,
    BytesStart,
    Closed,
    Column,
    FileStart,
    Head,
    Leaf,
    Peeked,
    Picture,
    Spread,
    TextStart,
    Unseen,
)

#: pixels of a histogram, and the height of a text
_WIDE, _HIGH, _TEXT = 264, 54, 320
_SMALL = "font-size:12px"
#: entries up to which a branch below the first is unfolded
_UNFOLDED = 4
#: members up to which those of an object are unfolded
_HELD = 40


def preview_html(preview: Preview) -> Html:
    """Return what is seen of an artifact."""
    return seen_html(preview.seen)


def seen_html(seen: Peeked) -> Html:
    """Return what is seen of a value."""
    return _DRAWN[type(seen)](seen)


def _frame(head: Head) -> Html:
    return h.join([_note(frame_said(head)), _table(head)])


def _text(text: TextStart) -> Html:
    return h.join([_note(text_said(text)), h.preformatted(text.start + ("…" if text.cut else ""), height=_TEXT)])


def _bytes(data: BytesStart) -> Html:
    return h.join([_note(bytes_said(data)), h.preformatted(hexadecimal(data.start))])


def _file(file: FileStart) -> Html:
    return h.join([_note(file_said(file)), seen_html(file.start)])


def _tree(branch: Branch) -> Html:
    return h.block(_branch("", branch, unfolded=True), style=_SMALL)


def _leaf(leaf: Leaf) -> Html:
    return h.preformatted(leaf.text)


def _unseen(unseen: Unseen) -> Html:
    return h.block(h.text("✗ ", f"color:{AMBER}"), unseen.why, style=_SMALL)


# ---- tables


def _note(text: str) -> Html:
    return h.block(h.faint(text), style=_SMALL)


def _table(head: Head) -> Html:
    columns = [*head.index, *head.shown]
    if not columns:
        return Html("")
    beside = len(head.index)
    rows = max((len(column.cells) for column in columns), default=0)
    lines = [[_cell(column, row, quiet=n < beside) for n, column in enumerate(columns)] for row in range(rows)]
    # a heading where there is anything to say
    kinds = any(column.dtype not in {"", "range"} for column in columns)
    titles = [_title(column, kinds=kinds) for column in columns]
    named = any(column.name or column.dtype for column in columns[beside:])
    align = "".join("r" if column.right else "l" for column in columns)
    made = h.table(lines, head=titles if named else (), align=align, cell=f"white-space:nowrap;{_SMALL}")
    return h.block(made, style="overflow-x:auto;max-width:100%")


def _title(column: Column, *, kinds: bool) -> Html:
    missing = f", {counted(column.missing)} missing" if column.missing else ""
    kind = h.text(f"{column.dtype}{missing}", f"font-size:11px;{h.FAINT}")
    name = h.tag("b", one_line(column.name, 60)) if column.name else Html("\u00a0")
    if not kinds:
        return name
    return h.join([name, h.tag("br"), kind if column.dtype not in {"", "range"} else Html("\u00a0")])


def _cell(column: Column, row: int, *, quiet: bool) -> Content:
    text = column.cells[row] if row < len(column.cells) else ""
    if text is None:
        return h.text("–", "opacity:0.4", title="no value")
    return h.faint(text) if quiet else text


# ---- arrays and pictures


def _array(facts: ArrayFacts) -> Html:
    parts = [_note(array_said(facts))]
    if facts.picture is not None:
        parts.append(_picture(facts.picture))
    elif facts.spread is not None:
        parts.append(_spread(facts.spread))
    if facts.corner is not None and len(facts.shape) == 1 and not facts.corner.shown[0].name:
        parts.append(_row(facts.corner))
    elif facts.corner is not None:
        parts.append(_table(facts.corner))
        if shown := _corner_said(facts.corner):
            parts.append(_note(shown))
    return h.join(parts)


def _row(corner: Head) -> Html:
    """Return the first values of one dimension, side by side."""
    cells = corner.shown[0].cells
    more = "" if corner.rows is not None and len(cells) >= corner.rows else ", …"
    text = ", ".join("–" if each is None else each for each in cells)
    return h.block(h.text(text + more, h.MONO), style=f"{_SMALL};overflow-wrap:anywhere;margin:4px 0")


def _corner_said(corner: Head) -> str:
    rows = max((len(column.cells) for column in corner.shown), default=0)
    if corner.remark:
        return f"a corner of {corner.remark}"
    cut = (corner.rows is not None and rows < corner.rows) or len(corner.shown) < corner.columns
    return "its beginning" if cut else ""


def _spread(spread: Spread) -> Html:
    figures = h.join([h.join([h.faint(f"{name} "), text]) for name, text in spread_said(spread)], h.faint(" · "))
    parts = [h.block(figures, style=_SMALL)]
    if spread.bins:
        parts.append(h.block(histogram(spread), style="margin:4px 0 0"))
        ends = [(h.faint(spread.least), h.faint(spread.most))]
        parts.append(
            h.block(
                h.table(ends, align="lr", width="100%", cell="font-size:11px;padding:0;width:50%"),
                style=f"width:{_WIDE}px;max-width:100%",
            )
        )
    if said := sample_said(spread):
        parts.append(_note(said))
    return h.join(parts)


def histogram(spread: Spread) -> Html:
    """Return how often values occur, as a picture."""
    most = max(spread.bins)
    wide = _WIDE / len(spread.bins)
    bars = "".join(
        f'<rect x="{at * wide + 0.5:.1f}" y="{_HIGH - 1 - high:.1f}" width="{max(wide - 1, 0.6):.1f}" height="{high:.1f}"/>'
        for at, count in enumerate(spread.bins)
        # one that is there is seen
        if (high := max(1.0, count / most * (_HIGH - 4)) if count else 0.0)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f'<g fill="{BLUE}" fill-opacity="0.8">{bars}</g>'
        f'<rect y="{_HIGH - 1}" width="{_WIDE}" height="1" fill="#808080" fill-opacity="0.5"/></svg>'
    )
    alt = f"histogram of {several(len(spread.bins), 'bin')} from {spread.least} to {spread.most}"
    return h.picture(svg, alt, width=_WIDE, height=_HIGH)


def _picture(picture: Picture) -> Html:
    data = base64.b64encode(picture.data).decode("ascii")
    said = f"{counted(picture.width)} × {counted(picture.height)} pixels"
    note = " · ".join(filter(None, [said, picture.remark]))
    # small ones are drawn larger, with their pixels as they are
    grown = min(max(1, 120 // max(picture.width, picture.height)), 6)
    size_said = f"width:{picture.width * grown}px;image-rendering:pixelated;" if grown > 1 else ""
    style = f"{size_said}max-width:100%;max-height:420px;border:{h.LINE}"
    image = h.tag("img", src=f"data:{picture.mime};base64,{data}", alt=said, style=style)
    return h.join([h.block(image, style="margin:4px 0"), _note(note)])


# ---- trees and objects


def _branch(name: str, branch: Branch, *, unfolded: bool) -> Html:
    title = h.join([*([_key(name), " "] if name else []), h.faint(branch.label)])
    if not branch.items:
        return h.block(title, style="padding-left:16px")
    lines: list[Html] = [_item(key, each) for key, each in branch.items]
    if branch.left_off is None or branch.left_off:
        more = "more" if branch.left_off is None else f"{counted(branch.left_off)} more"
        lines.append(h.block(h.faint(f"and {more}"), style="padding-left:16px"))
    return h.details(
        title, h.block(*lines, style=f"margin-left:6px;padding-left:8px;border-left:{h.LINE}"), unfolded=unfolded
    )


def _item(name: str, node: Leaf | Branch) -> Html:
    if isinstance(node, Branch):
        return _branch(name, node, unfolded=0 < len(node.items) <= _UNFOLDED and _is_flat(node))
    value = h.faint(node.text) if node.closed else h.text(node.text, h.MONO)
    return h.block(
        *([_key(name), " "] if name else []), value, style="padding-left:16px;line-height:1.6;overflow-wrap:anywhere"
    )


def _key(name: str) -> Html:
    return h.text(name, "font-weight:600;margin-right:4px")


def _is_flat(branch: Branch) -> bool:
    return all(isinstance(each, Leaf) for _, each in branch.items)


def _closed(closed: Closed) -> Html:
    facts: Sequence[tuple[Content, Content]] = [
        *([("type", one_line(closed.type, 200))] if closed.type else []),
        *((name, text) for name, text in closed.facts),
    ]
    parts = [_note(CLOSED), *([h.block(h.pairs(facts))] if facts else [])]
    if closed.state is not None:
        held = Branch(
            f"what it holds, {several(_many(closed.state), 'item')}", closed.state.items, closed.state.left_off
        )
        parts.append(h.block(_branch("", held, unfolded=_many(held) <= _HELD), style=_SMALL))
    return h.join(parts)


def _many(branch: Branch) -> int:
    return len(branch.items) + (branch.left_off or 0)


_DRAWN: dict[type, Callable[[Any], Html]] = {
    Head: _frame,
    ArrayFacts: _array,
    Picture: _picture,
    TextStart: _text,
    BytesStart: _bytes,
    FileStart: _file,
    Branch: _tree,
    Closed: _closed,
    Unseen: _unseen,
    Leaf: _leaf,
}
