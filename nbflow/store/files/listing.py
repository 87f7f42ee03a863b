"""What there is of files: names, sizes, and in which chunks their bytes are. Plain data that crosses into the store.

As JSON: a file is `[size, digest, first chunk, where in it, 1 if executable]`, a link the text of its target, a folder
an object. What comes from a store is checked here: nothing in it leads out of its folder.
"""

from __future__ import annotations

import json
import posixpath
import struct
from collections.abc import Iterator
from typing import Any, NoReturn

from nbflow.errors import raise_for
from nbflow.frozen import frozen
from nbflow.model.ids import Digest
from nbflow.store.blobs import digest_of

#: of one chunk: its number among the value's buffers, its size, its digest
ROW = struct.Struct("<IQ32s")
#: folders within folders
DEEPEST = 200


@frozen
class Regular:
    """A file."""

    #: bytes
    size: int
    #: BLAKE3-256 of the bytes
    digest: Digest
    #: the chunk in which it begins
    first: int = 0
    #: where in that chunk
    start: int = 0
    executable: bool = False


@frozen
class Link:
    """A symbolic link to something in the same tree."""

    #: relative to the folder that the link is in
    target: str


#: what is in a folder, by name
Tree = dict[str, "Regular | Link | Tree"]
Entry = Regular | Link | Tree


def written(name: str, entry: Entry) -> bytes:
    """Return a file or folder called `name` as JSON."""
    return json.dumps([name, _plain(entry)], sort_keys=True, separators=(",", ":")).encode()


def read(data: bytes) -> tuple[str, Entry]:
    """Return what `written` wrote. Raises S001 for anything that it cannot have written."""
    try:
        name, raw = json.loads(data)
        entry = _entry(raw, 0)
        _check_links(entry, "", entry)
        return _name(name), entry
    except (ValueError, TypeError, RecursionError) as error:
        refuse(str(error))


def refuse(why: str) -> NoReturn:
    """Say that a listing is none."""
    raise_for("S001", digest="of a file", why=f"its listing cannot be right: {why}")


def digest_of_tree(entry: Entry) -> Digest:
    """Return what is equal for equal trees, wherever their bytes are."""
    return digest_of(json.dumps(_content(entry), sort_keys=True, separators=(",", ":")).encode())


def files_in(tree: Tree, before: str = "") -> Iterator[tuple[str, Regular]]:
    """Yield each file below a folder with its path, in the order of names."""
    for name, entry in sorted(tree.items()):
        if isinstance(entry, Regular):
            yield before + name, entry
        elif isinstance(entry, dict):
            yield from files_in(entry, f"{before}{name}/")


def found(tree: Tree, path: str) -> Entry | None:
    """Return what is at `path`, links followed as the system follows them; None: nothing is, or it leads out."""
    entry: Entry = tree
    at = ""
    todo = [part for part in reversed(path.split("/")) if part not in {"", "."}]
    for _ in range(DEEPEST * 4):
        if not todo:
            return entry
        part = todo.pop()
        if part == "..":
            if not at:
                return None
            at = posixpath.dirname(at)
            entry = _plainly(tree, at) if at else tree
            continue
        below = entry.get(part) if isinstance(entry, dict) else None
        if below is None:
            return None
        if isinstance(below, Link):
            todo += reversed([each for each in below.target.split("/") if each not in {"", "."}])
            continue
        entry, at = below, posixpath.join(at, part)
    return None


def _plainly(tree: Tree, path: str) -> Entry:
    entry: Entry = tree
    for part in path.split("/"):
        assert isinstance(entry, dict)
        entry = entry[part]
    return entry


def _plain(entry: Entry) -> Any:
    if isinstance(entry, Regular):
        return [entry.size, entry.digest, entry.first, entry.start, int(entry.executable)]
    return entry.target if isinstance(entry, Link) else {name: _plain(each) for name, each in entry.items()}


def _content(entry: Entry) -> Any:
    if isinstance(entry, Regular):
        return [entry.digest, int(entry.executable)]
    return entry.target if isinstance(entry, Link) else {name: _content(each) for name, each in entry.items()}


def _entry(raw: Any, depth: int) -> Entry:
    if isinstance(raw, dict) and depth <= DEEPEST:
        return {_name(name): _entry(each, depth + 1) for name, each in raw.items()}
    if isinstance(raw, str):
        return Link(raw)
    size, digest, first, start, executable = raw
    if (
        not all(isinstance(each, int) and each >= 0 for each in (size, first, start))
        or len(bytes.fromhex(digest)) != 32
    ):
        raise ValueError("a file in it has an odd size or digest")
    return Regular(size, Digest(digest), first, start, bool(executable))


def _name(name: Any) -> str:
    if not isinstance(name, str) or name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise ValueError(f"{name!r} is no name of a file")
    return name


def _check_links(entry: Entry, folder: str, root: Entry) -> None:
    for name, each in entry.items() if isinstance(entry, dict) else ():
        if isinstance(each, Link):
            if each.target.startswith("/") or "\0" in each.target:
                raise ValueError(f"link {name} leads out of it")
            if not isinstance(root, dict) or found(root, posixpath.join(folder, each.target)) is None:
                raise ValueError(f"link {name} leads nowhere, or out of it")
        else:
            _check_links(each, posixpath.join(folder, name), root)
