"""`nbflow.Directory`: a folder with all that is in it, as a value."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar

from nbflow.errors import near_or_all, raise_for
from nbflow.store.codecs.ports import Sink
from nbflow.store.files.chunks import Chunk, Put, chunks_of, only_looked_at
from nbflow.store.files.file import File
from nbflow.store.files.listing import Entry, Regular, Tree, files_in, found
from nbflow.store.files.opened import place_for
from nbflow.store.files.taking import Taken, arranged, take_folder
from nbflow.store.files.value import FileValue, handed


class Directory(FileValue):
    """A folder that a step leaves, with all files and folders in it.

        %%step train
        trainer.save_model("checkpoint")
        checkpoint = nbflow.Directory("checkpoint")

        %%step check
        model = AutoModel.from_pretrained(checkpoint.path)
        config = json.loads((checkpoint / "config.json").read_text())

    Its content is what the folder holds at the moment of this call, as with File: what changes there later changes
    nothing here. Files that are in the store, of this folder as it was or of any other, are not stored again.

    Kept are names, bytes, which files may be run, empty folders, and links to what is in the folder, too. Of a link to a
    file elsewhere that file is taken. Refused are links to folders elsewhere or to nothing, pipes, sockets and devices.

    Args:
        path: of the folder.
        name: what it is called from now on; by default as the folder is.

    Raises:
        StoreError: S030, there is no such folder, or something in it cannot be taken; S031, a file was written to
            meanwhile; S006, no room.
    """

    _kind: ClassVar[str] = "Directory"
    #: it is part of another one, in whose chunks its files are
    _is_part = False

    def _take(self, path: Path, put: Put) -> Taken:
        return take_folder(path, put)

    def _placed(self, taken: Taken) -> Path:
        return place_for(self._home).tree(self._name, _tree(taken), taken.chunks)

    def _own(self, sink: Sink, numbers: list[int]) -> Taken:
        taken = self._as_taken
        if not self._is_part:
            return super()._own(sink, numbers)

        def put(view: memoryview) -> Chunk:
            numbers.append(sink.add(view))
            return only_looked_at(view)

        def again(chunk: Chunk) -> Chunk:
            numbers.append(handed(chunk, sink))
            return chunk

        return arranged(_tree(taken), taken.chunks, put, again)

    @property
    def size(self) -> int:
        """Bytes of all its files; of a file that several links lead to once."""
        return sum(file.size for _, file in files_in(_tree(self._looked)))

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of all files below it, relative to it, with `/`, sorted; links are none of them."""
        return tuple(path for path, _ in files_in(_tree(self._looked)))

    def __truediv__(self, path: str | os.PathLike[str]) -> File | Directory:
        """Return the file or folder at a path within it, links followed. Nothing else of it is fetched. Raises S032."""
        taken, text = self._looked, os.fspath(path)
        entry = found(_tree(taken), text) if not text.startswith("/") else None
        if entry is None:
            known = [*self.files, *_tree(taken)]
            hint = near_or_all(text, known, "It has")
            raise_for("S032", path=text, directory=self._name, hint=hint)
        return self._child(Path(text).name or self._name, entry, Path(text))

    def __iter__(self) -> Iterator[File | Directory]:
        """Yield the files and folders that are directly in it, sorted by name."""
        return (self / name for name in sorted(_tree(self._looked)))

    def __contains__(self, path: str) -> bool:
        return found(_tree(self._looked), path) is not None

    def glob(self, pattern: str) -> list[File | Directory]:
        """Return the files and folders whose paths fit: `*.json`, `weights/*.bin`, `**/*.txt`; sorted by path."""
        parts = [part for part in pattern.split("/") if part not in {"", "."}]
        paths = {*_fitting(_tree(self._looked), parts, "")}
        return [self / path for path in sorted(paths) if path]

    def _child(self, name: str, entry: Entry, path: Path) -> File | Directory:
        if self._taken is None:
            assert self._origin is not None
            there = self._origin / path
            return File(there, name=name) if isinstance(entry, Regular) else Directory(there, name=name)
        if isinstance(entry, Regular):
            # its own bytes, and nothing of its neighbours
            own = chunks_of(entry, self._taken.chunks)
            return File.stored(name, Taken(replace(entry, first=0, start=0), own))
        made = Directory.stored(name, Taken(entry, self._taken.chunks))
        vars(made)["_is_part"] = True
        return made


def _tree(taken: Taken) -> Tree:
    assert isinstance(taken.entry, dict)
    return taken.entry


def _fitting(tree: Tree, parts: list[str], before: str) -> Iterator[str]:
    """Yield the paths below a folder that a pattern fits; links are not followed."""
    if not parts:
        return
    first, *rest = parts
    if first == "**":
        yield from _fitting(tree, rest or ["*"], before)
    for name, entry in tree.items():
        deeper = parts if first == "**" else rest if fnmatchcase(name, first) else None
        if deeper is None:
            continue
        if not deeper:
            yield before + name
        elif isinstance(entry, dict):
            yield from _fitting(entry, deeper, f"{before}{name}/")
