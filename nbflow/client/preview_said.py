"""What is said beside a preview, in every form: how large it is, and what of it is shown."""

from __future__ import annotations

from nbflow.cards.figures import several, size
from nbflow.cards.printable import one_line
from nbflow.store.peek.values import ArrayFacts, BytesStart, FileStart, Head, Spread, TextStart

#: why an object is not shown
CLOSED = "stored as a pickle: to open it is to run its code"


def counted(number: int) -> str:
    """Return a count with its digits in groups: `10,000`."""
    return f"{number:,}"


def frame_said(head: Head) -> str:
    """Return how large a table is, and what of it is shown."""
    rows = "many rows" if head.rows is None else f"{counted(head.rows)} {'row' if head.rows == 1 else 'rows'}"
    said = [f"{rows} × {counted(head.columns)} {'column' if head.columns == 1 else 'columns'}"]
    shown = max((len(column.cells) for column in (*head.shown, *head.index)), default=0)
    parts = []
    if head.rows is None or shown < head.rows:
        parts.append(several(shown, "row"))
    if len(head.shown) < head.columns:
        parts.append(several(len(head.shown), "column"))
    said += [f"the first {' and '.join(parts)}"] if parts else []
    return " · ".join([*said, *([head.remark] if head.remark else [])])


def array_said(facts: ArrayFacts) -> str:
    """Return the shape and type of an array."""
    shape = " × ".join(map(counted, facts.shape))
    return " · ".join(filter(None, [shape or "one value", facts.dtype]))


def spread_said(spread: Spread) -> list[tuple[str, str]]:
    """Return the figures of an array by name."""
    figures = [("least", spread.least), ("mean", spread.mean), ("most", spread.most)]
    said = [(name, text) for name, text in figures if text]
    if spread.missing:
        said.append(("not finite", counted(spread.missing)))
    return said


def sample_said(spread: Spread) -> str:
    """Return that figures are of a sample; empty when all was read."""
    if spread.seen >= spread.total:
        return ""
    return f"of a sample: {counted(spread.seen)} of {counted(spread.total)} values"


def text_said(text: TextStart) -> str:
    """Return how long a text is."""
    lines = "" if text.lines is None else f"{counted(text.lines)} {'line' if text.lines == 1 else 'lines'}"
    return " · ".join(filter(None, [lines, size(text.size), "its beginning" if text.cut else ""]))


def bytes_said(data: BytesStart) -> str:
    """Return how many bytes there are."""
    cut = f" · the first {len(data.start)}" if len(data.start) < data.size else ""
    return f"{counted(data.size)} {'byte' if data.size == 1 else 'bytes'}{cut}"


def file_said(file: FileStart) -> str:
    """Return what a file is called, and how large it is."""
    return " · ".join(filter(None, [one_line(file.name, 80), size(file.size), "may be run" if file.executable else ""]))


def hexadecimal(data: bytes) -> str:
    """Return bytes as numbers and letters, sixteen a line."""
    lines = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        letters = "".join(chr(each) if 32 <= each < 127 else "·" for each in part)
        lines.append(f"{at:04x}  {part.hex(' '):<47}  {letters}")
    return "\n".join(lines)
