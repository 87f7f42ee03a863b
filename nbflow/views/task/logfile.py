"""Reading a log in pieces, whatever its size: its end, a page before or after, and the lines around a place."""

from __future__ import annotations

from pathlib import Path

from nbflow.cards.printable import log_text
from nbflow.frozen import frozen

#: lines and bytes of a page; bytes on either side of a place; characters of a line
LINES, ROOM, AROUND, LONG = 200, 128_000, 16_000, 2000


@frozen
class Piece:
    """A part of a log, in whole lines where these are not longer than a page."""

    #: bytes from the start of the log
    start: int
    end: int
    #: bytes of the log
    size: int
    lines: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return self.start == 0 and self.end == self.size


def size_of(path: Path) -> int:
    """Return the bytes of a log; none when it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def before(path: Path, end: int | None = None, *, lines: int = LINES) -> Piece:
    """Return the page that ends at byte `end`; None: the end of the log, as it is now."""
    size = size_of(path)
    end = size if end is None else min(end, size)
    start = max(0, end - ROOM)
    data = _read(path, start, end - start)
    end = start + len(data)
    if start > 0:
        # a line that begins before is not shown in part, but for one that is longer than the page
        at = data.find(b"\n")
        if 0 <= at < len(data) - 1:
            data, start = data[at + 1 :], start + at + 1
    kept = _by_newline(data)
    if len(kept) > lines:
        start += sum(map(len, kept[:-lines]))
        kept = kept[-lines:]
    return Piece(start, end, size, readable(b"".join(kept)))


def after(path: Path, start: int, *, lines: int = LINES) -> Piece:
    """Return the page that begins at byte `start`."""
    size = size_of(path)
    start = min(start, size)
    data = _read(path, start, ROOM)
    if start + len(data) < size:
        at = data.rfind(b"\n")
        data = data[: at + 1] if at >= 0 else data
    kept = _by_newline(data)[:lines]
    return Piece(start, start + sum(map(len, kept)), size, readable(b"".join(kept)))


def around(path: Path, offset: int, context: int) -> tuple[list[str], str, list[str]]:
    """Return the line that begins at byte `offset`, with up to `context` lines before and after."""
    start = max(0, offset - AROUND)
    data = _read(path, start, offset - start + AROUND)
    head, tail = data[: offset - start], data[offset - start :]
    line, *following = tail.split(b"\n")
    if len(tail) == AROUND and following:
        # the last one is cut
        following.pop()
    elif following and not following[-1]:
        following.pop()
    leading = head.split(b"\n")[:-1]
    if start > 0:
        leading = leading[1:]
    shown = leading[len(leading) - context :] if 0 < context <= len(leading) else leading if context else []
    return [_clean(each) for each in shown], _clean(line), [_clean(each) for each in following[:context]]


def readable(data: bytes) -> tuple[str, ...]:
    """Return lines of a log as a terminal would leave them, each cut where it is very long."""
    text = log_text(data.decode("utf-8", "replace"))
    return tuple(cut(line) for line in text.removesuffix("\n").split("\n")) if text else ()


def cut(line: str) -> str:
    """Return a line, cut where it is very long."""
    return line if len(line) <= LONG else f"{line[:LONG]}… and {len(line) - LONG:,} more characters"


def _clean(line: bytes) -> str:
    return cut(log_text(line.decode("utf-8", "replace")).replace("\n", " "))


def _by_newline(data: bytes) -> list[bytes]:
    # a carriage return overwrites a line; it does not end one
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _read(path: Path, start: int, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(count)
    except OSError:
        return b""
