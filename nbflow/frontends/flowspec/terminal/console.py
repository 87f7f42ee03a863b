"""The two streams of a command: what it is asked for goes to the output stream, what it says beside to the error stream."""

from __future__ import annotations

import io
import shutil
import sys

from nbflow.frontends.ink import has_colours, ink

BOLD, FAINT, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN = 1, 2, 31, 32, 33, 34, 35, 36


class Console:
    """Writes whole lines, and one moving line below them where a person looks at a terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        #: a person looks at what goes to the error stream
        self.watched = sys.stderr.isatty()
        self._colours = {"stdout": has_colours(sys.stdout), "stderr": has_colours(sys.stderr)}
        self._painted = False
        if isinstance(sys.stdout, io.TextIOWrapper):
            # what a task wrote may have letters that the terminal has not
            sys.stdout.reconfigure(errors="replace")

    def say(self, text: str = "") -> None:
        """Write a line beside what was asked for, unless quiet was asked for."""
        if not self.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        """Write a line to the error stream in any case."""
        self.wipe()
        # both may go to one file
        sys.stdout.flush()
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def tell(self, text: str) -> None:
        """Write a line of what was asked for."""
        self.wipe()
        sys.stdout.write(f"{text}\n")

    def flush(self) -> None:
        """Let readers of a pipe have all that was told."""
        sys.stdout.flush()

    def paint(self, text: str) -> None:
        """Draw the moving line, which the next line takes the place of."""
        if self.watched:
            sys.stdout.flush()
            width = shutil.get_terminal_size().columns
            sys.stderr.write(f"\r\x1b[2K{text[: width - 1]}")
            sys.stderr.flush()
            self._painted = True

    def wipe(self) -> None:
        """Take the moving line away."""
        if self._painted:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._painted = False

    def ink(self, text: str, *codes: int, stream: str = "stderr") -> str:
        """Return `text` in colour where the stream is a terminal that has any."""
        if not (codes and text and self._colours[stream]):
            return text
        return ink(text, *codes)
