"""Figures and images: by what they draw, else by what they are made of. Their code has run where they are compared."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from nbflow.client.comparing.diffs import plain
from nbflow.client.comparing.diffs.shape import Diff, counted

#: pixels of a side of a picture that is shown
_SIDE = 720
_ALIKE = "they draw the same picture"


def plots(old: Any, new: Any) -> Diff:
    """Return how one figure of matplotlib became another, by their pixels: two of the same data are never the same bytes."""
    return _compared("figure", _painted(old), _painted(new))


def images(old: Any, new: Any) -> Diff:
    """Return how one image of Pillow became another."""
    return _compared("image", old, new)


def plotly(old: Any, new: Any) -> Diff:
    """Return how one figure of plotly became another: where their data and their layout differ."""
    found = plain.containers(*(_listed(each.to_plotly_json()) for each in (old, new)))
    if found.equal:
        return Diff("figure", "they draw the same figure", equal=True)
    return Diff("figure", found.headline, head=found.head, rows=found.rows, more=found.more)


def _painted(figure: Any) -> Any:
    from PIL import Image

    data = BytesIO()
    figure.savefig(data, format="png")
    return Image.open(data)


def _compared(kind: str, old: Any, new: Any) -> Diff:
    facts = (("size", _size(old), _size(new)), ("mode", old.mode, new.mode))
    differing = tuple(fact for fact in facts if fact[1] != fact[2])
    pictures = (_png(old), _png(new))
    if old.size != new.size:
        return Diff(kind, "their sizes differ", facts=differing, pictures=pictures)
    many = _differing(old, new)
    if not many and not differing:
        return Diff(kind, _ALIKE, equal=True)
    said = f"{counted(many, old.size[0] * old.size[1])} pixels differ" if many else f"{_ALIKE} in another mode"
    return Diff(kind, said, facts=differing, pictures=pictures if many else ())


def _differing(old: Any, new: Any) -> int:
    """Return how many pixels of two images of one size differ in some channel."""
    from PIL import ImageChops

    gap = ImageChops.difference(old.convert("RGBA"), new.convert("RGBA")).split()
    most = gap[0]
    for channel in gap[1:]:
        most = ImageChops.lighter(most, channel)
    return int(old.size[0] * old.size[1] - most.histogram()[0])


def _png(image: Any) -> bytes:
    small = image.convert("RGBA")
    small.thumbnail((_SIDE, _SIDE))
    data = BytesIO()
    small.save(data, format="png")
    return data.getvalue()


def _size(image: Any) -> str:
    return f"{image.size[0]} × {image.size[1]}"


def _listed(given: Any) -> Any:
    """Return a part of a figure with its arrays as lists."""
    if isinstance(given, Mapping) and {"bdata", "dtype"} <= given.keys():
        return _numbers(given)
    if isinstance(given, Mapping):
        return {key: _listed(each) for key, each in given.items()}
    if isinstance(given, list | tuple):
        return [_listed(each) for each in given]
    return given.tolist() if hasattr(given, "tolist") else given


def _numbers(given: Mapping[str, Any]) -> Any:
    """Return an array that plotly wrote in base64."""
    import numpy as np

    found = np.frombuffer(base64.b64decode(given["bdata"]), given["dtype"])
    shape = given.get("shape")
    return found.reshape([int(each) for each in str(shape).split(",")] if shape else -1).tolist()
