"""One worker as its backend knows it: how to start it, and the pipe on which it speaks."""

from __future__ import annotations

import itertools
import json
import os
import signal
from pathlib import Path
from typing import Any

from nbflow.task.report import START

#: reads in a row: a worker that never stops writing must not keep the scheduler from the others
_READS = 64


class Flight:
    """One worker."""

    def __init__(self, spec: bytes, logs: tuple[Path, Path], pipe: int) -> None:
        #: what it takes to start it, until it has started
        self.order: tuple[bytes, tuple[Path, Path]] | None = (spec, logs)
        self.pipe = pipe
        self.pid: int | None = None
        #: a stop that was asked for; before the worker's pid is known it is still to be sent
        self.stopped: signal.Signals | None = None
        #: zygotes that fell before they could start it
        self.falls = 0
        #: something else than messages came out of the pipe
        self.garbled = False
        #: parts of a message whose end has not come yet
        self._begun: list[bytes] = []

    def messages(self, *, most: int | None = _READS) -> tuple[list[dict[str, Any]], bool]:
        """Return what was said since the last call, in at most `most` reads, and whether the pipe is at its end."""
        found: list[dict[str, Any]] = []
        for _ in itertools.count() if most is None else range(most):
            try:
                data = os.read(self.pipe, 1 << 20)
            except BlockingIOError:
                break
            if not data:
                return found, True
            self._take(data, found)
        return found, False

    def _take(self, data: bytes, found: list[dict[str, Any]]) -> None:
        *lines, rest = data.split(b"\n")
        if lines:
            lines[0] = b"".join([*self._begun, lines[0]])
            self._begun.clear()
        for line in lines:
            message = self._read(line)
            if message is not None:
                found.append(message)
        if rest:
            self._begun.append(rest)
        if self._begun and START not in self._begun[0]:
            # it may go on for ever
            self.garbled = True
            self._begun.clear()

    def _read(self, line: bytes) -> dict[str, Any] | None:
        """Return the message of a line; the body may have written into the pipe, too, before it."""
        before, start, text = line.rpartition(START)
        try:
            message = json.loads(text) if start else None
        except ValueError:
            message = None
        if before or not isinstance(message, dict):
            self.garbled = True
        return message if isinstance(message, dict) else None
