"""An artifact of two runs, opened to be compared: unpickled only where that was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from nbflow.cards.figures import size
from nbflow.cards.printable import one_line
from nbflow.client.comparing.diffs import Diff, diff
from nbflow.client.comparing.diffs.shape import same
from nbflow.client.comparing.side import ItemKey, Left, Side, Where
from nbflow.errors import StoreError, did_you_mean, raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.store.peek.look import look
from nbflow.store.peek.values import Picture

#: `train.model`, `train.model[3]`
_NAME = re.compile(r"(?:(?P<step>[^.\[\]]+)\.)?(?P<name>[^.\[\]]+)(?:\[(?P<item>.*)\])?", re.DOTALL)
#: what is not opened unless told to is shown as this kind
CLOSED = "pickle"
#: names listed
_LISTED = 10


def diff_of(sides: tuple[Side, Side], where: Where, key: ItemKey, *, load: bool) -> Diff:
    """Return how an artifact differs between two runs. Not `load`: pickles stay closed, which their diff says."""
    one, other = (refs_of(side, where).get(key) for side in sides)
    if one is None or other is None:
        there = other or one
        return Diff(
            "object", f"only the {'second' if one is None else 'first'} run left it: a {there.type if there else ''}"
        )
    if one.digest == other.digest:
        return same("object")
    if not load and CLOSED in {one.kind, other.kind}:
        return _closed(one, other, sides)
    try:
        old, new = (_opened(side, ref, where[1], load=load) for side, ref in zip(sides, (one, other), strict=True))
    except StoreError as failed:
        # a table may hold objects in its cells
        if load or failed.code != "NBF-S005":
            raise
        return _closed(one, other, sides)
    return diff(old, new)


def refs_of(side: Side, where: Where) -> Mapping[ItemKey, ArtifactRef]:
    """Return the references of an artifact in a run, by item."""
    return side.left.get(where, Left()).refs


def labels_of(sides: Sequence[Side]) -> dict[ItemKey, str]:
    """Return how items are called; of equal ones that differ in their place as the first run has it."""
    return {key: label for side in reversed(sides) for key, label in side.labels.items()}


def named(sides: Sequence[Side], text: str) -> tuple[Where, ItemKey]:
    """Return the place and the item that `text` names, as `train.model[3]`. Raises V016."""
    found = _NAME.fullmatch(text)
    places = list(dict.fromkeys(where for side in reversed(sides) for where in side.left))
    fitting = [where for where in places if found and where[1] == found["name"] and found["step"] in {None, where[0]}]
    if not found or not fitting:
        known = [f"{step}.{name}" for step, name in places]
        _refuse(text, text, known, "the runs left", [name for _, name in places])
    where, item = fitting[-1], found["item"]
    keys = list(dict.fromkeys(key for side in sides for key in refs_of(side, where)))
    if item is None:
        return where, keys[0]
    labels = labels_of(sides)
    by_label = {labels[key]: key for key in reversed(keys) if key}
    number = item.lstrip("#")
    if item not in by_label and number.isdecimal() and int(number) < len(keys):
        return where, keys[int(number)]
    if item not in by_label:
        _refuse(text, item, [labels[key] for key in keys if key], "its items are")
    return where, by_label[item]


def _refuse(text: str, part: str, names: Sequence[str], what: str, short: Sequence[str] = ()) -> NoReturn:
    told = ", ".join(one_line(name, 40) for name in names[:_LISTED]) or "nothing"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    raise_for("V016", name=one_line(text, 80), hint=did_you_mean(part, [*names, *short]), why=f"{what} {told}{more}")


def _opened(side: Side, ref: ArtifactRef, name: str, *, load: bool) -> Any:
    if load:
        return side.facts.load(ref, name)
    return side.facts.workspace.store.get(ref, name=name, trusted=False)


def _closed(one: ArtifactRef, other: ArtifactRef, sides: tuple[Side, Side]) -> Diff:
    facts = [("type", f"{one.type} {one.summary}".rstrip(), f"{other.type} {other.summary}".rstrip())]
    facts += [("size", size(one.size), size(other.size)), ("digest", one.digest[:12], other.digest[:12])]
    headline = "stored as pickles: opening them runs their code, so they were left closed"
    # an image's pixels can be read as they are
    seen = [look(side.facts.workspace.store, ref) for side, ref in zip(sides, (one, other), strict=True)]
    pictures = tuple(each.data for each in seen if isinstance(each, Picture) and each.mime == "image/png")
    return Diff(CLOSED, headline, facts=tuple(facts), pictures=pictures if len(pictures) == len(seen) else ())
