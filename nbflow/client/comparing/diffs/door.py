"""Which family of types two values belong to, and what is said where they belong to none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nbflow.client.comparing.diffs import plain
from nbflow.client.comparing.diffs.shape import Diff, same, shown
from nbflow.client.comparing.side import is_number
from nbflow.store.codecs.types import way_of

_TEXTS = 20_000


def diff(old: Any, new: Any) -> Diff:
    """Return how `old` became `new`: what is said depends on what they are. It never raises."""
    if old is new:
        return same(_kind(old))
    try:
        return _diff(old, new)
    except Exception as failed:  # noqa: BLE001  values are of people's classes, whose methods may raise anything
        return Diff("object", f"they cannot be compared: {type(failed).__name__}: {shown(failed)}")


def _diff(old: Any, new: Any) -> Diff:
    old, new = _scalar(old), _scalar(new)
    if is_number(old) and is_number(new):
        return plain.numbers(old, new)
    for kinds, compare in _FAMILIES:
        if isinstance(old, kinds) and isinstance(new, kinds) and (type(old) is type(new) or kinds is Mapping):
            return compare(old, new)
    if type(old) is type(new) and way_of(type(old)) in {"file", "directory"}:
        from nbflow.client.comparing.diffs import files

        return files.files(old, new)
    family = _tabular(old)
    if family is not None and family == _tabular(new):
        return _tables(family)(old, new)
    look = _drawing(old)
    if look is not None and look == _drawing(new):
        from nbflow.client.comparing.diffs import drawn

        return {"plot": drawn.plots, "image": drawn.images, "plotly": drawn.plotly}[look](old, new)
    if type(old) is not type(new):
        facts = (("type", type(old).__qualname__, type(new).__qualname__), ("value", shown(old), shown(new)))
        return Diff("object", f"a {type(old).__qualname__} became a {type(new).__qualname__}", facts=facts)
    return _objects(old, new)


_FAMILIES: tuple[tuple[Any, Callable[[Any, Any], Diff]], ...] = (
    (str, plain.texts),
    (bytes, plain.bytes_),
    (plain.EXACT, plain.moments),
    (Mapping, plain.containers),
    (list, plain.containers),
    (tuple, plain.containers),
    (set, plain.containers),
    (frozenset, plain.containers),
)


def _objects(old: Any, new: Any) -> Diff:
    """Two objects of one class: by what they are made of, else by how they look."""
    if isinstance(old, bool | type(None)):
        return same("object") if old == new else Diff("object", f"{shown(old)} became {shown(new)}")
    settings = [_settings(each) for each in (old, new)]
    if all(settings):
        found = plain.containers(*settings)
        if not found.equal:
            return Diff("object", found.headline, head=found.head, rows=found.rows, more=found.more)
    looks = [repr(each)[:_TEXTS] for each in (old, new)]
    if looks[0] == looks[1]:
        alike = "what they are made of looks equal" if all(settings) else "they look alike"
        return Diff("object", f"two objects of type {type(old).__qualname__}: {alike}")
    found = plain.texts(*looks)
    return Diff("object", f"two objects of type {type(old).__qualname__}: {found.headline}", text=found.text)


def _settings(given: Any) -> dict[str, Any] | None:
    """Return what an object is made of: its attributes."""
    found = getattr(given, "__dict__", None)
    return dict(found) if isinstance(found, dict) else None


def _scalar(given: Any) -> Any:
    """Return a NumPy scalar as Python's number; anything else as it is."""
    if type(given).__module__ == "numpy" and getattr(given, "shape", None) == () and hasattr(given, "item"):
        item = given.item()
        return item if isinstance(item, bool | int | float | str) else given
    return given


def _tabular(given: Any) -> str | None:
    """Return the family of an array or a table, by its class's own name: nothing is imported to ask."""
    return _family(given, _TABULAR)


def _drawing(given: Any) -> str | None:
    """Return the family of a figure or an image, likewise."""
    return _family(given, _DRAWINGS)


def _family(given: Any, families: Mapping[tuple[str, str], str]) -> str | None:
    names = {(each.__module__.partition(".")[0], each.__qualname__) for each in type(given).__mro__}
    return next((family for name, family in families.items() if name in names), None)


_TABULAR = {
    ("numpy", "ndarray"): "array",
    ("pandas", "DataFrame"): "frame",
    ("pandas", "Series"): "series",
    ("pandas", "Index"): "series",
    ("pyarrow", "Table"): "arrow",
}
_DRAWINGS = {("matplotlib", "Figure"): "plot", ("plotly", "BaseFigure"): "plotly", ("PIL", "Image"): "image"}


def _tables(family: str) -> Callable[[Any, Any], Diff]:
    # they are imported by those who have such values
    from nbflow.client.comparing.diffs import arrays, tables

    return {"array": arrays.arrays, "frame": tables.frames, "series": tables.series, "arrow": tables.arrow_tables}[
        family
    ]


def _kind(given: Any) -> str:
    if is_number(given):
        return "number"
    for kinds, name in ((str | bytes, "text"), (dict, "mapping"), (list | tuple, "list")):
        if isinstance(given, kinds):
            return name
    family = _tabular(given)
    return "object" if family is None else "array" if family == "array" else "table"
