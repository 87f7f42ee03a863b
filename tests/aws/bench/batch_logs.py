"""A container's lines in CloudWatch, while it runs."""

from __future__ import annotations

import time
from typing import Any

#: the longest event that CloudWatch takes, less what it counts for the event itself
_LONGEST = 256 * 1024 - 26


class LogStream:
    """Cuts output into events: one for each line, with the time at which it came."""

    def __init__(self, logs: Any, group: str, name: str) -> None:
        self._logs = logs
        self._group = group
        self.name = name
        self._rest = b""

    def open(self) -> None:
        self._logs.ensure_log_group(self._group)
        self._logs.ensure_log_stream(self._group, self.name)

    def write(self, output: bytes, *, last: bool = False) -> None:
        """Take output as it comes; a line that is not finished waits for its end, or for `last`."""
        *lines, self._rest = (self._rest + output).split(b"\n")
        if last and self._rest:
            lines.append(self._rest)
            self._rest = b""
        texts = [line.decode(errors="replace").removesuffix("\r") for line in lines]
        # CloudWatch has no empty events: the driver leaves such lines out
        cut = [text[at : at + _LONGEST] for text in texts for at in range(0, len(text), _LONGEST)]
        if cut:
            now = int(time.time() * 1000)
            self._logs.put_log_events(self._group, self.name, [{"timestamp": now, "message": text} for text in cut])
