"""Files and folders: what their listing says, and how a file begins. No more of them is read."""

from __future__ import annotations

from typing import Any

from nbflow.cards.figures import several
from nbflow.cards.figures import size as size_said
from nbflow.cards.printable import one_line
from nbflow.store.codecs.inert import Beside
from nbflow.store.files.listing import ROW, Entry, Link, Regular, Tree, files_in, read, refuse
from nbflow.store.peek.files import picture_in
from nbflow.store.peek.source import Source
from nbflow.store.peek.values import Branch, BytesStart, FileStart, Leaf, Limits, Picture, TextStart

_BYTES = 256
#: what stands in no text
_CONTROLS = bytes({*range(32)} - {9, 10, 12, 13, 27})


def file_start(parts: Any, source: Source, limits: Limits) -> FileStart:
    """Return a file with its beginning: a picture, a text, or bytes. Raises S001, S002."""
    name, file = read(bytes(_bytes(parts[0], source)))
    if not isinstance(file, Regular):
        refuse("it is of no File")
    return FileStart(one_line(name, 120), file.size, file.executable, _start(file, parts[1], source, limits))


def folder_tree(parts: Any, source: Source, limits: Limits) -> Branch:
    """Return what is in a folder, with sizes. Raises S001, S002."""
    _, tree = read(bytes(_bytes(parts[0], source)))
    if not isinstance(tree, dict):
        refuse("it is of no Directory")
    made, _ = _branch(_label(tree, "folder"), tree, limits, limits.nodes, limits.depth)
    return made


def _start(file: Regular, table: Any, source: Source, limits: Limits) -> Picture | TextStart | BytesStart:
    if not file.size:
        return BytesStart(b"", 0)
    rows = _bytes(table, source)
    number, _, _ = ROW.unpack_from(rows, file.first * ROW.size)
    # a picture is shown whole or not at all
    head = source.beginning(number, file.start, min(file.size, max(limits.text * 4, 4096)))
    if file.size <= limits.picture and picture_in(head, len(head)) is not None:
        whole = picture_in(source.beginning(number, file.start, file.size), limits.picture)
        if whole is not None:
            return whole
    text = _as_text(head, whole=len(head) >= file.size)
    if text is None:
        return BytesStart(head[:_BYTES], file.size)
    shown = text[: limits.text]
    cut = len(shown) < len(text) or len(head) < file.size
    return TextStart(shown, file.size, None if len(head) < file.size else len(text.splitlines()), cut)


def _as_text(data: bytes, *, whole: bool) -> str | None:
    """Return the beginning of a file as text; None: it is none."""
    if data.translate(None, _CONTROLS) != data:
        return None
    for cut in range(1 if whole else 4):
        # it may end within a letter
        try:
            return data[: len(data) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return None


def _branch(label: str, tree: Tree, limits: Limits, left: int, depth: int) -> tuple[Branch, int]:
    """Return a folder as a branch, and how many more entries may be shown."""
    items: list[tuple[str, Leaf | Branch]] = []
    for name, entry in sorted(tree.items()):
        if len(items) >= limits.entries or left <= 0:
            break
        left -= 1
        shown = one_line(name, limits.cell)
        if isinstance(entry, dict) and entry and depth > 0:
            below, left = _branch(_label(entry, "folder"), entry, limits, left, depth - 1)
            items.append((shown, below))
        else:
            items.append((shown, _leaf(entry, limits)))
    return Branch(label, tuple(items), len(tree) - len(items)), left


def _leaf(entry: Entry, limits: Limits) -> Leaf:
    if isinstance(entry, Regular):
        return Leaf(f"{size_said(entry.size)}{', may be run' if entry.executable else ''}")
    if isinstance(entry, Link):
        return Leaf(one_line(f"→ {entry.target}", limits.cell * 2))
    return Leaf(_label(entry, "folder"), closed=True)


def _label(tree: Tree, what: str) -> str:
    sizes = [file.size for _, file in files_in(tree)]
    return f"{what}, {several(len(sizes), 'file')}, {size_said(sum(sizes))}"


def _bytes(given: Any, source: Source) -> bytes | memoryview:
    if isinstance(given, Beside):
        return source.buffer(given.number)
    if not isinstance(given, bytes):
        refuse("it is no bytes")
    return given
