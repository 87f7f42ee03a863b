"""Previews as lines for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nbflow.cards.printable import one_line, printable
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
    TextStart,
    Unseen,
)

#: characters of a table's line, lines of a text and of a tree
_WIDE, _LINES, _TREE = 110, 20, 40
_BLOCKS = "▁▂▃▄▅▆▇█"


def preview_text(preview: Preview) -> str:
    """Return what is seen of an artifact."""
    return seen_text(preview.seen)


def seen_text(seen: Peeked) -> str:
    """Return what is seen of a value."""
    return "\n".join(_LINES_OF[type(seen)](seen))


def _frame(head: Head) -> Iterator[str]:
    yield frame_said(head)
    yield from _table(head)


def _picture(picture: Picture) -> Iterator[str]:
    yield f"a picture, {counted(picture.width)} × {counted(picture.height)} pixels, {picture.mime}"


def _text(text: TextStart) -> Iterator[str]:
    lines = printable(text.start).splitlines()
    yield text_said(text)
    yield from lines[:_LINES]
    if text.cut or len(lines) > _LINES:
        yield "…"


def _bytes(data: BytesStart) -> Iterator[str]:
    yield bytes_said(data)
    yield hexadecimal(data.start[:64])


def _file(file: FileStart) -> Iterator[str]:
    yield file_said(file)
    yield from _LINES_OF[type(file.start)](file.start)


def _tree(branch: Branch) -> Iterator[str]:
    yield from _cut([branch.label, *_branch(branch, "  ")])


def _array(facts: ArrayFacts) -> Iterator[str]:
    yield array_said(facts)
    spread = facts.spread
    if facts.picture is not None:
        yield f"a picture{f': {facts.picture.remark}' if facts.picture.remark else ''}"
    elif spread is not None:
        bars = ""
        if spread.bins:
            most = max(spread.bins)
            bars = "".join(_BLOCKS[round(each / most * 7)] if each else " " for each in spread.bins)
        yield " · ".join(f"{name} {text}" for name, text in spread_said(spread)) + (f"   {bars}" if bars else "")
        if said := sample_said(spread):
            yield said
    if facts.corner is not None and len(facts.shape) == 1 and not facts.corner.shown[0].name:
        cells = facts.corner.shown[0].cells
        more = "" if facts.corner.rows is not None and len(cells) >= facts.corner.rows else ", …"
        yield ", ".join("–" if each is None else each for each in cells) + more
    elif facts.corner is not None:
        yield from _table(facts.corner)


def _closed(closed: Closed) -> Iterator[str]:
    if closed.type:
        yield one_line(closed.type, 200)
    yield from (f"{name}: {text}" for name, text in closed.facts)
    if closed.state is not None:
        yield from _cut(list(_branch(closed.state, "  ")))
    yield CLOSED


def _branch(branch: Branch, indent: str) -> Iterator[str]:
    for name, node in branch.items:
        named = f"{name}: " if name else ""
        yield f"{indent}{named}{node.text if isinstance(node, Leaf) else node.label}"
        if isinstance(node, Branch):
            yield from _branch(node, indent + "  ")
    if branch.left_off is None or branch.left_off:
        yield f"{indent}and {'more' if branch.left_off is None else f'{counted(branch.left_off)} more'}"


def _cut(lines: Sequence[str]) -> list[str]:
    return [*lines] if len(lines) <= _TREE else [*lines[: _TREE - 1], f"… and {len(lines) - _TREE + 1} more lines"]


def _table(head: Head) -> Iterator[str]:
    columns = [_column(column) for column in (*head.index, *head.shown)]
    if not columns:
        return
    shown: list[list[str]] = []
    wide = 0
    for lines, right in columns:
        width = max(map(len, lines))
        if shown and wide + width + 2 > _WIDE:
            break
        wide += width + 2
        shown.append([line.rjust(width) if right else line.ljust(width) for line in lines])
    left = len(columns) - len(shown)
    rows = ["  ".join(cells).rstrip() for cells in zip(*shown, strict=True)]
    for number, row in enumerate(rows):
        if row or number > 1:
            yield row + (f"  and {left} more" if left and number == 0 else "")


def _column(column: Column) -> tuple[list[str], bool]:
    kind = "" if column.dtype == "range" else column.dtype
    return [
        one_line(column.name, 40),
        one_line(kind, 24),
        *("–" if each is None else each for each in column.cells),
    ], column.right


_LINES_OF: dict[type, Callable[[Any], Iterable[str]]] = {
    Head: _frame,
    ArrayFacts: _array,
    Picture: _picture,
    TextStart: _text,
    BytesStart: _bytes,
    FileStart: _file,
    Branch: _tree,
    Closed: _closed,
    Unseen: lambda unseen: [f"✗ {unseen.why}"],
    Leaf: lambda leaf: [leaf.text],
}
