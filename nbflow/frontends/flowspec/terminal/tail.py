"""The growing log of one attempt, line by line."""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from nbflow.cards.figures import size

#: bytes that are read at once: a task that writes without end must not keep the others from being heard
_PIECE = 1 << 20
#: bytes of a line that are shown before its end has come
_LONGEST = 1 << 16


class LogTail:
    """Hands on each new line of a log file, up to `limit` bytes of it."""

    def __init__(self, path: str, emit: Callable[[str], None], limit: int) -> None:
        self._path = path
        self._emit = emit
        self._left = limit
        self._limit = limit
        self._file: IO[bytes] | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""

    def copy(self) -> bool:
        """Hand on the lines that are new and whole; say whether there may be more."""
        if self._left <= 0 or not self._opened():
            return False
        assert self._file is not None
        data = self._file.read(min(_PIECE, self._left))
        self._left -= len(data)
        *lines, self._begun = (self._begun + self._decoder.decode(data)).split("\n")
        for line in lines:
            self._put(line)
        if len(self._begun) > _LONGEST:
            self._put(self._begun)
            self._begun = ""
        if self._left <= 0:
            self._emit(f"… there is more than {size(self._limit)} (--max-log-size); all of it is in {self._path}")
        return len(data) == _PIECE

    def close(self) -> None:
        """Hand on the rest."""
        while self.copy():
            pass
        if rest := self._begun + self._decoder.decode(b"", final=True):
            self._put(rest)
        self._begun, self._left = "", 0
        if self._file is not None:
            self._file.close()

    def _opened(self) -> bool:
        if self._file is None:
            # an attempt that wrote nothing leaves no file
            with contextlib.suppress(OSError):
                self._file = Path(self._path).open("rb")  # noqa: SIM115 - followed over many calls
        return self._file is not None

    def _put(self, line: str) -> None:
        # of a line that was drawn again and again, as progress bars do, what came last
        *_, last = [part for part in line.split("\r") if part] or [""]
        self._emit(last)
