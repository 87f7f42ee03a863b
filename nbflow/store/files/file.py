"""`nbflow.File`: a file as a value."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, Any, ClassVar

from nbflow.store.files.chunks import Put, views
from nbflow.store.files.listing import Regular
from nbflow.store.files.opened import place_for
from nbflow.store.files.taking import Taken, take_file
from nbflow.store.files.value import FileValue


class File(FileValue):
    """A file that a step leaves, as large as it may be: only where it is crosses from step to step.

        %%step train
        model.save("model.onnx")
        model_file = nbflow.File("model.onnx")

        %%step check
        session = onnxruntime.InferenceSession(model_file.path)

    Its content is what the file holds at the moment of this call: in a step it is stored right here, in chunks, and
    what is written to the path afterwards, or that it is removed, changes nothing. So make the File after the last
    write, and close what you wrote with first. Outside of steps nothing is stored until a step is given the File; then
    the file must be as it was.

    Chunks that are in the store are not stored again: a file that did not change, or grew at its end, costs nothing, or
    what was added.

    Args:
        path: of the file; a link is followed. Relative paths are relative to the folder that the task runs in.
        name: what it is called from now on; by default as the file is.

    Raises:
        StoreError: S030, there is no such file, or it is none; S031, it was written to meanwhile; S006, no room.
    """

    _kind: ClassVar[str] = "File"

    def _take(self, path: Path, put: Put) -> Taken:
        return take_file(path, put)

    def _placed(self, taken: Taken) -> Path:
        return place_for(self._home).file(self._name, _only(taken), taken.chunks)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        if self._taken is None:
            self._check_unchanged()
            assert self._origin is not None
            return self._origin.stat().st_size
        return _only(self._taken).size

    @property
    def executable(self) -> bool:
        """Whether it may be run: the owner's bit, which is kept."""
        if self._taken is None:
            assert self._origin is not None
            return os.access(self._origin, os.X_OK)
        return _only(self._taken).executable

    def read_bytes(self) -> bytes:
        """Return all of its bytes, in memory. Raises S001, S002."""
        if self._taken is None:
            self._check_unchanged()
            assert self._origin is not None
            return self._origin.read_bytes()
        return b"".join(views(_only(self._taken), self._taken.chunks))

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return it as text, every line end a newline. Raises UnicodeDecodeError; S001, S002."""
        with io.TextIOWrapper(io.BytesIO(self.read_bytes()), encoding, errors) as text:
            return text.read()

    def open(self, mode: str = "rb", encoding: str | None = None, **more: Any) -> IO[Any]:
        """Open it for reading, as bytes unless `mode` is "r"; the rest as Python's own `open`.

        Raises:
            ValueError: `mode` is for writing. A File does not change: write a new file, and make a File of that.
        """
        if set(mode) - set("rbt"):
            raise ValueError(f"mode {mode!r}: a File does not change; write a new file, and make a File of that")
        text = "b" not in mode
        return self.path.open(mode, encoding=(encoding or "utf-8") if text else None, **more)


def _only(taken: Taken) -> Regular:
    assert isinstance(taken.entry, Regular)
    return taken.entry
