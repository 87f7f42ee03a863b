"""What steps displayed: the pictures that runs do not have in common. They are read as text; nothing is opened."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from typing import Any

from nbflow.client.comparing.side import ItemKey, Side
from nbflow.errors import NbflowError
from nbflow.frozen import frozen

#: kinds of pictures, the better one first
_KINDS = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
#: pictures of one run
_MOST = 200


@frozen
class Picture:
    """One picture."""

    kind: str
    data: bytes

    @property
    def url(self) -> str:
        """The picture itself, as an address that asks nobody."""
        return f"data:{self.kind};base64,{base64.b64encode(self.data).decode('ascii')}"


@frozen
class Pictured:
    """A picture that a step shows, in each run; None: the run has none there."""

    step: str
    item: str
    #: its place among the pictures of its task
    place: int
    pictures: tuple[Picture | None, ...]


def pictures_of(sides: Sequence[Side]) -> tuple[Pictured, ...]:
    """Return the pictures that differ between runs, in flow order."""
    shown = [dict(_shown(side)) for side in sides]
    labels = {key: label for side in reversed(sides) for key, label in side.labels.items()}
    found = []
    for step, key, place in dict.fromkeys(where for each in reversed(shown) for where in each):
        pictures = tuple(each.get((step, key, place)) for each in shown)
        if len(set(pictures)) > 1:
            found.append(Pictured(step, labels.get(key, "") if key else "", place, pictures))
    return tuple(found)


def _shown(side: Side) -> Iterator[tuple[tuple[str, ItemKey, int], Picture]]:
    count = 0
    for task, key in side.in_order():
        if task.displays is None or count >= _MOST:
            continue
        place = 0
        for bundle in _bundles(side, task.displays):
            picture = _picture(bundle.get("data"))
            if picture is not None:
                yield (task.step, key, place), picture
                place, count = place + 1, count + 1


def _bundles(side: Side, digest: Any) -> list[dict[str, Any]]:
    try:
        found = json.loads(side.facts.workspace.store.get_bytes(digest))
    except (NbflowError, ValueError):
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _picture(data: Any) -> Picture | None:
    """Return the best picture of a bundle."""
    for kind in _KINDS if isinstance(data, dict) else ():
        text = data.get(kind)
        if not isinstance(text, str):
            continue
        if kind == "image/svg+xml":
            return Picture(kind, text.encode("utf-8", "replace"))
        try:
            return Picture(kind, base64.b64decode("".join(text.split()), validate=True))
        except (binascii.Error, ValueError):
            continue
    return None
