"""Dictionaries, lists and objects as a tree, bounded in width, depth and all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nbflow.cards.figures import several
from nbflow.store.codecs.inert import Beside, Cut, Note, Taken, plain_start
from nbflow.store.codecs.pickler import Tag
from nbflow.store.peek.columns import list_start
from nbflow.store.peek.source import Source
from nbflow.store.peek.spelling import spelled, type_of
from nbflow.store.peek.values import Branch, Leaf, Limits

_CONTAINERS = (dict, list, tuple, set, frozenset)


def tree_of(value: Any, source: Source, limits: Limits, *, cut: bool = False) -> Leaf | Branch:
    """Return an unopened value as a tree; `cut`: its stream was not read to its end."""
    return _Grower(source, limits).grow(value, limits.depth, cut=cut)


def state_of(note: Note, source: Source, limits: Limits) -> Branch | None:
    """Return what an object is made of, as far as that is no object of its own; None: nothing is told."""
    state = note.state
    if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
        # what slots hold
        state = {**(state[0] or {}), **state[1]}
    if not state:
        # what it was made from: `Counter({"a": 2})`, the items of a deque
        given = note.args if isinstance(note.args, tuple) else ()
        made_from = next((each for each in given if isinstance(each, dict)), None)
        state = dict(note.pairs) or note.items or made_from
    if not isinstance(state, dict | list) or not state:
        return None
    grown = _Grower(source, limits).grow(state, limits.depth, cut=False)
    return grown if isinstance(grown, Branch) else None


class _Grower:
    """Grows one tree; a value that holds itself ends at the depth."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._left = limits.nodes

    def grow(self, value: Any, depth: int, *, cut: bool) -> Leaf | Branch:
        self._left -= 1
        if isinstance(value, Taken):
            return self._taken(value, depth)
        if isinstance(value, Note) or not isinstance(value, _CONTAINERS):
            closed = isinstance(value, Note | Beside)
            return Leaf(spelled(value, self._limits.cell * 2, quoted=True), closed)
        many = None if cut or isinstance(value, Cut) else len(value)
        label = _label(type_of(value), many)
        if depth <= 0 or (self._left <= 0 and value):
            return Leaf(label, closed=True)
        pairs = value.items() if isinstance(value, dict) else _numbered(value)
        return self._branch(label, pairs, many, depth, keyed=isinstance(value, dict))

    def _branch(
        self, label: str, pairs: Iterable[tuple[Any, Any]], many: int | None, depth: int, *, keyed: bool
    ) -> Branch:
        items: list[tuple[str, Leaf | Branch]] = []
        for key, each in pairs:
            if len(items) >= self._limits.entries or self._left <= 0:
                break
            named = spelled(key, self._limits.cell, quoted=keyed and not isinstance(key, str))
            items.append((named, self.grow(each, depth - 1, cut=False)))
        return Branch(label, tuple(items), None if many is None else many - len(items))

    def _taken(self, taken: Taken, depth: int) -> Leaf | Branch:
        if taken.tag == Tag.LIST:
            values, many = list_start(taken, self._source, self._limits.entries)
            return self._branch(_label("list", many), enumerate(values), many, depth, keyed=False)
        if taken.tag == Tag.DICT:
            found = self._simple(taken.parts[0])
            given = found.root if isinstance(found.root, dict) else {}
            many = None if found.cut else len(given)
            return self._branch(_label("dict", many), given.items(), many, depth, keyed=True)
        if taken.tag == Tag.SET:
            frozen, data = taken.parts
            found = (data, False) if isinstance(data, list) else self._simple(data)
            values, many = list(found[0]), None if found[1] else len(found[0])
            return self._branch(
                _label("frozenset" if frozen else "set", many), _nameless(values), many, depth, keyed=False
            )
        return Leaf(spelled(taken, self._limits.cell * 2), closed=taken.tag != Tag.SCALAR)

    def _simple(self, data: Any) -> Any:
        raw = self._source.buffer(data) if isinstance(data, int) else data
        return plain_start(raw, steps=self._limits.entries * 4 + 4_000)


def _numbered(values: Any) -> Iterable[tuple[Any, Any]]:
    return _nameless(values) if isinstance(values, set | frozenset) else enumerate(values)


def _nameless(values: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    return (("", each) for each in values)


def _label(kind: str, many: int | None) -> str:
    return f"{kind}, many items" if many is None else f"{kind}, {several(many, 'item')}"
