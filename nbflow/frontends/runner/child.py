"""The process of a run that a Runner started, and what it writes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

Stream = Literal["stdout", "stderr"]
STREAMS: tuple[Stream, Stream] = ("stdout", "stderr")

#: not by PYTHONPATH, which the tasks' own child processes would inherit
_START = "import sys; sys.path.append(sys.argv.pop(1)); from nbflow.frontends.runner.leash import main; main()"
_PACKAGE = str(Path(__file__).resolve().parents[3])
#: seconds that a process may take to end after it was asked to
_PATIENCE = 30.0

#: the runs that go on, and our ends of their leashes: kept whoever forgets them
_held: dict[int, tuple[subprocess.Popen[bytes], int]] = {}


class Child:
    """One process.

    Responsibilities: start it in a session of its own, so that an interrupt reaches it only by us and only once; keep
    what it writes; end it. It dies with this process.
    """

    def __init__(self) -> None:
        self.timed_out = False
        self._folder = Path(tempfile.mkdtemp(prefix="nbflow-runner-"))
        #: where it says which run it is
        self.about = self._folder / "about"
        #: what it wrote, once its files are gone
        self._kept: dict[Stream, bytes] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None) -> None:
        """Start `command`: a file of Python or `nbflow`, and its words."""
        reader, writer = os.pipe2(os.O_CLOEXEC)
        try:
            with (self._folder / "stdout").open("wb") as out, (self._folder / "stderr").open("wb") as err:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-c", _START, _PACKAGE, str(reader), *command],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    pass_fds=[reader],
                    start_new_session=True,
                    cwd=cwd,
                    # lines are there when they are written
                    env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
                )
        except BaseException:
            os.close(writer)
            raise
        finally:
            os.close(reader)
        _held[self._process.pid] = self._process, writer

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process is not None, "it was started"
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code; None while it runs."""
        assert self._process is not None, "it was started"
        code = self._process.poll()
        if code is not None and (held := _held.pop(self._process.pid, None)):
            os.close(held[1])
        return code

    def interrupt(self) -> None:
        """Ask it to end, as Ctrl-C does; a second time to end at once."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGINT)

    def end(self) -> None:
        """End it: ask twice, then insist. Returns when it is gone."""
        for _ in range(2):
            self.interrupt()
            deadline = time.monotonic() + _PATIENCE
            while self.returncode is None and time.monotonic() < deadline:
                time.sleep(0.01)
        if self.returncode is None:
            assert self._process is not None
            self._process.kill()
            self._process.wait()

    def written(self, stream: Stream, position: int = 0) -> bytes:
        """Return what it has written so far, from byte `position` on."""
        if stream in self._kept:
            return self._kept[stream][position:]
        with (self._folder / stream).open("rb") as file:
            file.seek(position)
            return file.read()

    def clean_up(self) -> None:
        """Delete its files; what it wrote so far is kept in memory."""
        if self._folder.exists():
            if self._process is not None:
                self._kept = {stream: self.written(stream) for stream in STREAMS}
            shutil.rmtree(self._folder, ignore_errors=True)


class Written(Protocol):
    """Something that writes."""

    def written(self, stream: Stream, position: int = 0) -> bytes:
        """Return what it has written so far, from byte `position` on."""


class Lines:
    """The lines of one stream, from a place on.

    Responsibilities: hand out whole lines as they come, and at the end what is left.
    """

    def __init__(self, child: Written, stream: Stream, position: int = 0) -> None:
        self.position = position
        self._child = child
        self._stream: Stream = stream

    def new(self, *, last: bool) -> list[tuple[int, str]]:
        """Return the new lines, each with the place behind it; `last`: nothing more will come."""
        found: list[tuple[int, str]] = []
        for line in self._child.written(self._stream, self.position).splitlines(keepends=True):
            if not line.endswith(b"\n") and not last:
                break
            self.position += len(line)
            found.append((self.position, line.decode("utf-8", "replace").rstrip("\r\n")))
        return found
