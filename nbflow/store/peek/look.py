"""A stored value looked at: what its kind and its stream tell, no more of its bytes than are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nbflow.cards.figures import value as shown
from nbflow.cards.printable import one_line
from nbflow.errors import NbflowError
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Missing
from nbflow.store.codecs.inert import Beside, CutText, Note, Taken, Unopened, unopened
from nbflow.store.codecs.pickler import Tag
from nbflow.store.peek.arrays import array_of, facts_of
from nbflow.store.peek.cells import cells_of_objects
from nbflow.store.peek.drawn import drawn
from nbflow.store.peek.files import picture_in
from nbflow.store.peek.folders import file_start, folder_tree
from nbflow.store.peek.frames import frame_head, index_head, series_head
from nbflow.store.peek.source import Source
from nbflow.store.peek.spelling import spelled
from nbflow.store.peek.tables import stream_head, table_head
from nbflow.store.peek.trees import state_of, tree_of
from nbflow.store.peek.values import (
    LARGE,
    ArrayFacts,
    Branch,
    BytesStart,
    Closed,
    Column,
    Head,
    Leaf,
    Limits,
    Peeked,
    TextStart,
    Unseen,
)
from nbflow.store.store import Store

_DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
#: bytes of a text whose lines are counted
_COUNTED = 64 << 20
_BYTES = 256
#: bytes of a value that is told on one line
_BRIEF = 4096


def look(store: Store, ref: ArtifactRef, limits: Limits = LARGE) -> Peeked:
    """Return what is seen of a value without opening it. What is damaged or missing is an `Unseen` that says so."""
    if ref.kind == "scalar":
        return _scalar(ref, limits)
    source = Source(store, ref)
    try:
        return _look(source, ref, limits)
    except NbflowError as error:
        return Unseen(_first(error))
    except Exception as error:  # noqa: BLE001 - a stream of another program may hold anything
        return Unseen(f"its form is not one that is known here ({one_line(f'{type(error).__name__}: {error}', 120)})")


def brief(store: Store, ref: ArtifactRef, limit: int = 60) -> str:
    """Return a small container on one line, as `{'gamma': 0.25}`; empty for what that says nothing about."""
    if ref.kind != "plain" or ref.size > _BRIEF:
        return ""
    try:
        root = unopened(Source(store, ref).stream).root
    except NbflowError:
        return ""
    return "" if isinstance(root, Taken) else spelled(root, limit, quoted=True)


def _first(error: NbflowError) -> str:
    found = error.problems[0]
    said = f"{found.what}: {found.why}" if found.why else found.what
    return one_line(_DIGEST.sub(r"\1…", said), 300)


def _scalar(ref: ArtifactRef, limits: Limits) -> Peeked:
    if isinstance(ref.data, str) and ref.type == "str":
        return _text(ref.data, len(ref.data.encode("utf-8", "surrogatepass")), None, limits)
    if isinstance(ref.scalar, Missing):
        return _scalar_of_numpy(ref, limits)
    return Leaf(shown(ref.scalar, limits.cell * 2))


def _scalar_of_numpy(ref: ArtifactRef, limits: Limits) -> Peeked:
    if isinstance(ref.data, dict):
        parts = (ref.data["dtype"], bytes.fromhex(ref.data["bytes"]))
        return Leaf(spelled(Taken(Tag.SCALAR, parts), limits.cell * 2))
    return Leaf(ref.type)


def _look(source: Source, ref: ArtifactRef, limits: Limits) -> Peeked:
    stream = source.stream
    found = unopened(stream)
    root = found.root
    match root:
        case Taken():
            return _taken(root, found, source, ref, limits)
        case Beside(number=number):
            return _bytes(source.buffer(number), limits)
        case bytes():
            return _bytes(root, limits)
        case str():
            return _text(root, len(root.encode("utf-8", "surrogatepass")), None, limits)
        case CutText(start=str(start), size=size):
            return _text(start, size, stream, limits)
        case CutText(start=bytes(start), size=size):
            return BytesStart(start[:_BYTES], size)
        case Note():
            return _note(root, source, ref, limits)
    return _counted(tree_of(root, source, limits, cut=found.cut), ref)


def _counted(tree: Leaf | Branch, ref: ArtifactRef) -> Peeked:
    """Return a tree whose items could not be counted with the number that was noted when it was stored."""
    if isinstance(tree, Leaf) or tree.left_off is not None or not ref.summary.endswith(("item", "items")):
        return tree
    many = int(ref.summary.split()[0])
    return Branch(f"{ref.type}, {ref.summary}", tree.items, max(0, many - len(tree.items)))


def _taken(taken: Taken, found: Unopened, source: Source, ref: ArtifactRef, limits: Limits) -> Peeked:
    parts = taken.parts
    if taken.tag == Tag.ARRAY:
        return facts_of(array_of(parts, source), limits)
    if taken.tag == Tag.OBJECTS:
        return _objects(parts, ref, limits, cut=found.cut)
    if taken.tag == Tag.FRAME:
        return frame_head(parts, source, limits, ref.summary)
    if taken.tag in _BY_FORM:
        return _BY_FORM[taken.tag](parts, source, limits)
    return _counted(tree_of(taken, source, limits, cut=found.cut), ref)


_BY_FORM: dict[int, Callable[[Any, Source, Limits], Peeked]] = {
    Tag.SERIES: series_head,
    Tag.INDEX: index_head,
    Tag.ARROW: table_head,
    Tag.FILE: file_start,
    Tag.DIRECTORY: folder_tree,
}


def _objects(parts: Any, ref: ArtifactRef, limits: Limits, *, cut: bool) -> Peeked:
    """Return an array of Python objects, whose values stand in the stream."""
    shape, _, values = parts if not cut else (*parts[:2], parts[-1])
    listed = values if isinstance(values, list) else []
    cells = cells_of_objects(listed[: limits.rows], limits.cell)
    index = Column("", "", tuple(map(str, range(len(cells.cells)))))
    wide = 1 if len(shape) == 1 else 0
    corner = Head(shape[0] if shape else 1, 1, (index,), (Column("", "", cells.cells, cells.right),)) if wide else None
    return ArrayFacts(tuple(shape), f"objects{f' ({ref.type})' if ref.type != 'ndarray' else ''}", None, corner)


def _text(text: str, size: int, stream: memoryview | None, limits: Limits) -> TextStart:
    start = text[: limits.text]
    cut = len(start) < len(text) or stream is not None
    lines: int | None = None
    if stream is None:
        lines = text.count("\n") + (not text.endswith("\n"))
    elif size <= _COUNTED:
        # its bytes are nearly all of the stream, whose other ones are no line breaks but by chance
        lines = sum(bytes(stream[at : at + (1 << 20)]).count(b"\n") for at in range(0, len(stream), 1 << 20))
    return TextStart(start, size, lines, cut)


def _bytes(data: bytes | memoryview, limits: Limits) -> Peeked:
    return picture_in(data, limits.picture) or BytesStart(bytes(data[:_BYTES]), len(data))


# ---- objects


def _note(note: Note, source: Source, ref: ArtifactRef, limits: Limits) -> Peeked:
    if note.full_name == "polars.dataframe.frame.DataFrame":
        data = source.buffer(note.state.number) if isinstance(note.state, Beside) else note.state
        if isinstance(data, bytes | memoryview):
            return stream_head(data, limits)
    if ref.kind != "pickle":
        # a date, a number with a sign of its own: immutable, and spelled out
        return Leaf(spelled(note, limits.cell * 2))
    if (found := drawn(note, source, limits)) is not None:
        return found
    if not note.module or note.module.startswith("cloudpickle"):
        # a class or function that is written whole has no name outside; a function's state is its surroundings
        return Closed("", (), None if note.module else state_of(note, source, limits))
    return Closed(note.full_name, (), state_of(note, source, limits))
