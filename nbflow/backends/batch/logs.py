"""Brings files that grow to the bucket while they grow."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from nbflow.storage.base import Storage

#: seconds between two looks; a file that takes long to bring is brought less often
_SOONEST = 1.0
_SHARE = 10.0


class LogFiles:
    """The logs of one attempt, and the cards it makes on the way.

    Each is put whole, under its own name: a bucket's objects do not grow.
    """

    def __init__(self, root: Path, far: Storage, files: Sequence[Path], *, echo: bool = False) -> None:
        self._root = root
        self._far = far
        self._files = tuple(files)
        self._sizes: dict[Path, tuple[int, int]] = {}
        self._echo = echo
        self._echoed = dict.fromkeys(files, 0)
        self._closed = Event()
        self._thread = Thread(target=self._serve, name="nbflow-logs", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Copy to our own streams what came: what is looked for in the cloud's own log is found there, too."""
        if not self._echo:
            return
        for path, stream in zip(self._files, (sys.stdout, sys.stderr), strict=False):
            with suppress(OSError), path.open("rb") as file:
                file.seek(self._echoed[path])
                if data := file.read():
                    self._echoed[path] += len(data)
                    stream.buffer.write(data)
                    stream.flush()

    def close(self) -> None:
        """Bring what is left."""
        self._closed.set()
        self._thread.join()
        self.look()
        self._bring()

    def _serve(self) -> None:
        pause = _SOONEST
        while not self._closed.wait(pause):
            begun = time.monotonic()
            # the next look may succeed, and the last one must
            with suppress(Exception):
                self._bring()
            pause = max(_SOONEST, _SHARE * (time.monotonic() - begun))

    def _bring(self) -> None:
        folder = self._files[0].parent
        for path in (*self._files, *sorted(folder.glob("*-card-*.json"))):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            now = (stat.st_size, stat.st_mtime_ns)
            if stat.st_size and self._sizes.get(path) != now:
                self._far.put_file(path.relative_to(self._root).as_posix(), path)
                self._sizes[path] = now
