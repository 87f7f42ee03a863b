"""The kernel's main thread while a run is on its way: shows output as it comes, and turns an interrupt into a cancel.

The engine never prints. Logs are files that this thread follows; rich displays come as events, each with the number
of log bytes that were written before it, so that both appear in order.
"""

from __future__ import annotations

import codecs
import contextlib
import itertools
import os
import queue
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from nbflow.cards.figures import several, size
from nbflow.frontends.following import Watcher
from nbflow.model.event import AttemptEnded, Displayed, Event, Marked, Noticed, RunEnded, TaskStarted
from nbflow.runtime.handle import RunHandle

#: seconds between looks at the logs
TICK = 0.05
#: bytes of a log that a cell shows as they come, and how many of its end when there were more: a notebook has to hold
#: them, and every browser that opens it
HEAD, TAIL = 300_000, 50_000


class Follower:
    """One growing log file, copied to a stream from where it was last left: its beginning and its end, if it is long."""

    def __init__(self, path: str, stream: Callable[[], IO[str]]) -> None:
        self._path = path
        self._stream = stream
        self._file: IO[bytes] | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._full = False
        self.position = 0
        #: bytes of the file when it was last looked at
        self.seen = 0

    def grown(self) -> bool:
        """Look at the file: whether it has more than was copied. `seen` says how much."""
        with contextlib.suppress(OSError):
            self.seen = Path(self._path).stat().st_size
        return not self._full and self.seen > self.position

    def copy(self, upto: int | None = None) -> None:
        """Copy what is new, at most up to byte `upto` of the file."""
        if self._full or not self._opened():
            return
        self._copy(min(HEAD, HEAD if upto is None else upto))
        if self.position >= HEAD and self._size() > HEAD:
            self._full = True
            self._say("there is more than a cell shows: its end follows when the task has ended")

    def close(self) -> None:
        """Copy the rest, or the end of it."""
        self.copy()
        if self._full:
            self._skip_to(self._size() - TAIL)
            self._copy(None)
        self._write(b"", final=True)
        if self._file is not None:
            self._file.close()

    def _opened(self) -> bool:
        if self._file is None:
            with contextlib.suppress(OSError):
                self._file = Path(self._path).open("rb")  # noqa: SIM115 - followed over many calls
        return self._file is not None

    def _size(self) -> int:
        assert self._file is not None
        return os.fstat(self._file.fileno()).st_size

    def _skip_to(self, start: int) -> None:
        """Go to the line that begins at `start` or after it, and say how much was left out."""
        if start <= self.position:
            return
        assert self._file is not None
        self._file.seek(start)
        cut = self._file.readline()
        # a line that is longer than all that is shown begins anywhere
        start = start + len(cut) if len(cut) < TAIL else start
        self._file.seek(start)
        left_out, self.position = start - self.position, start
        self._write(b"", final=True)
        self._decoder.reset()
        self._say(f"{size(left_out)} are left out; to see all: less {shlex.quote(self._path)}")

    def _copy(self, upto: int | None) -> None:
        assert self._file is not None
        data = self._file.read(-1 if upto is None else max(0, upto - self.position))
        if data:
            self.position += len(data)
            self._write(data)

    def _write(self, data: bytes, *, final: bool = False) -> None:
        if text := self._decoder.decode(data, final=final):
            self._stream().write(text)

    def _say(self, what: str) -> None:
        self._stream().write(f"\n… {what} …\n")


class CellOutput:
    """Shows a step's output under its cell: prints as text, displays as they are."""

    def __init__(self, show: Callable[[Displayed], None], mark: Callable[[], bool]) -> None:
        """Show displays by `show`; `mark` asks for a Marked, and says whether it will come."""
        self._show = show
        self._mark = mark
        self._marked = False
        self._logs: dict[Any, tuple[Follower, Follower]] = {}

    def see(self, event: Event) -> None:
        """Follow a task's logs from its start to its end; show a display after the text before it."""
        match event:
            case TaskStarted(key, stdout=stdout, stderr=stderr):
                self._logs[key] = (Follower(stdout, lambda: sys.stdout), Follower(stderr, lambda: sys.stderr))
            case Displayed(key, stdout_at=stdout_at, stderr_at=stderr_at):
                if key in self._logs:
                    out, err = self._logs[key]
                    out.copy(stdout_at)
                    err.copy(stderr_at)
                    sys.stdout.flush()
                self._show(event)
            case Marked():
                self._marked = False
                self._copy_what_was_seen()
            case AttemptEnded(key) if key in self._logs:
                for follower in self._logs.pop(key):
                    follower.close()

    def tick(self) -> None:
        """Copy what the logs have gained, once it is known that nothing was displayed before it that is not shown yet."""
        if self._marked:
            return
        grown = [follower.grown() for follower in self._followers()]
        if any(grown):
            self._marked = self._mark()
            if not self._marked:
                self._copy_what_was_seen()

    def _copy_what_was_seen(self) -> None:
        for follower in self._followers():
            follower.copy(follower.seen)

    def _followers(self) -> Iterator[Follower]:
        return itertools.chain.from_iterable(self._logs.values())


def follow(handle: RunHandle, *watchers: Watcher) -> None:
    """Block until the run is over, feeding `watchers`.

    Raises KeyboardInterrupt after an interrupt: the run is asked to stop, killed after a grace time or
    at a second interrupt, and gone when this returns.
    """
    try:
        _drain(handle, watchers)
    except KeyboardInterrupt:
        began = time.monotonic()
        _cancel(handle, watchers)
        left = f"{several(len(handle.left), 'job')} may still run" if handle.left else "no worker left"
        raise interrupted(f"cancelled; {left} after {time.monotonic() - began:.1f} s") from None


def interrupted(text: str) -> KeyboardInterrupt:
    """Return a KeyboardInterrupt, since front ends and papermill look at the class name, that IPython shows in one line."""
    error = KeyboardInterrupt(text)
    error.__dict__["_render_traceback_"] = lambda: [f"KeyboardInterrupt: {text}"]
    return error


def _drain(handle: RunHandle, watchers: tuple[Watcher, ...]) -> None:
    while True:
        over = handle.done.is_set()
        try:
            event = handle.events.get(timeout=TICK)
        except queue.Empty:
            if over:
                # an interrupt took its last event away
                return
            event = None
        if isinstance(event, RunEnded):
            handle.done.wait()
            for watcher in watchers:
                watcher.see(event)
            return
        if isinstance(event, Noticed):
            sys.stderr.write(f"{event.text}\n")
        for watcher in watchers:
            if event is not None:
                watcher.see(event)
            watcher.tick()


def _cancel(handle: RunHandle, watchers: tuple[Watcher, ...]) -> None:
    handle.cancel()
    pressed_again = False
    # the engine kills by itself after a while; a second press does not wait for that
    while True:
        try:
            _drain(handle, watchers)
        except KeyboardInterrupt:
            if not pressed_again:
                handle.cancel(kill=True)
            pressed_again = True
        else:
            return
