"""Looking through a log of any size: which lines have what is sought. What a log grows by is looked through as it comes."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

from nbflow.cards.printable import log_text
from nbflow.views.task.logfile import size_of
from nbflow.views.task.sought import Sought

#: bytes looked through at once, and of a log in all unless more is asked for; lines that are remembered
_CHUNK, MOST, _HITS = 1_000_000, 256_000_000, 100_000


class Search:
    """The lines of a log that have what is sought, as far as it was looked through: its newest part first."""

    def __init__(self, path: Path, sought: Sought, most: int = MOST) -> None:
        self.path, self.sought = path, sought
        self.most = most
        self._begin()

    def _begin(self) -> None:
        #: byte offsets of lines, and their numbers, counted from 0 where the search began
        self.offsets, self.numbers = array("Q"), array("Q")
        #: how often it was found, and in how many lines
        self.found = self.lines = 0
        size = size_of(self.path)
        #: bytes that are looked through: from here, up to there
        self.start = self.end = max(0, size - self.most)
        self._line = 0
        if self.start > 0:
            self._skip_a_part_of_a_line()

    def go_on(self, *, ended: bool) -> bool:
        """Look through what has come since; the last line too where the log has `ended`. Return whether more was found."""
        before = self.found
        if size_of(self.path) < self.end:
            # it is another file by now
            self._begin()
            before = -1
        try:
            with self.path.open("rb") as file:
                file.seek(self.end)
                for chunk in _chunks(file.read, ended=ended):
                    self._take(chunk)
        except OSError:
            pass
        return self.found != before

    def _take(self, chunk: bytes) -> None:
        plain = self.sought.expression is None and chunk.isascii() and b"\x1b" not in chunk and b"\r" not in chunk
        for offset, line, times in self._plainly(chunk) if plain else self._line_by_line(chunk):
            self.offsets.append(self.end + offset)
            self.numbers.append(self._line + line)
            self.lines += 1
            self.found += times
        if len(self.offsets) > 2 * _HITS:
            # the newest are worth most
            self.offsets, self.numbers = self.offsets[-_HITS:], self.numbers[-_HITS:]
        self._line += chunk.count(b"\n")
        self.end += len(chunk)

    def _plainly(self, chunk: bytes) -> Iterator[tuple[int, int, int]]:
        """Yield (offset, line, how often) in a piece that is plain text: the most there is, and fast."""
        low, wanted = chunk.lower(), self.sought.plain.encode()
        at, seen, line = low.find(wanted), 0, 0
        while at >= 0:
            start = low.rfind(b"\n", 0, at) + 1
            end = low.find(b"\n", at)
            end = len(low) if end < 0 else end
            line += low.count(b"\n", seen, start)
            seen = start
            yield start, line, low.count(wanted, start, end)
            at = low.find(wanted, end)

    def _line_by_line(self, chunk: bytes) -> Iterator[tuple[int, int, int]]:
        """Yield the same of any text, as it is shown: without colours, and of an overwritten line what came last."""
        raw = chunk.split(b"\n")
        cleaned = log_text(chunk.decode("utf-8", "replace")).split("\n")
        if len(cleaned) != len(raw):
            # a sequence that a terminal would swallow went over the end of a line
            cleaned = [log_text(line.decode("utf-8", "replace")) for line in raw]
        starts: list[int] = []
        for number, line in enumerate(cleaned):
            if self.sought.expression is None and self.sought.plain not in line.lower():
                continue
            if times := len(self.sought.in_line(line)):
                starts = starts or [0, *accumulate(len(each) + 1 for each in raw)]
                yield starts[number], number, times

    def _skip_a_part_of_a_line(self) -> None:
        with self.path.open("rb") as file:
            file.seek(self.start)
            at = file.read(_CHUNK).find(b"\n")
        if at >= 0:
            self.start += at + 1
            self.end = self.start


def _chunks(read: Callable[[int], bytes], *, ended: bool) -> Iterator[bytes]:
    """Yield pieces that end with a line; a line longer than a piece is cut."""
    rest = b""
    while data := read(_CHUNK):
        data = rest + data
        at = data.rfind(b"\n")
        if at < 0:
            if len(data) >= _CHUNK:
                yield data
                rest = b""
            else:
                rest = data
            continue
        yield data[: at + 1]
        rest = data[at + 1 :]
    if rest and ended:
        yield rest
