"""Unopened values in a few characters, each by what is written in its stream."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any
from uuid import UUID

from nbflow.cards.printable import one_line
from nbflow.store.codecs.inert import Beside, Cut, CutText, Note, Taken
from nbflow.store.codecs.pickler import Tag

#: bits from which on a number is not written out
_LONG = 1024

_NAMES: dict[type, str] = {Beside: "bytes", Cut: "tuple", type(None): "None"}
_WHAT = {
    Tag.LIST: "list",
    Tag.DICT: "dict",
    Tag.SET: "set",
    Tag.FRAME: "DataFrame",
    Tag.SERIES: "Series",
    Tag.INDEX: "Index",
    Tag.ARROW: "Table",
    Tag.FILE: "File",
    Tag.DIRECTORY: "Directory",
}


def spelled(value: Any, limit: int, *, quoted: bool = False) -> str:
    """Return `value` on one line of at most `limit` characters; a text in quotes if `quoted`."""
    return one_line(_spelled(value, limit, quoted=quoted), limit)


def number(value: float) -> str:
    """Return a number as a table shows it: six digits of a fraction, all of a whole number."""
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _LONG else f"a number of {value.bit_length()} bits"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return f"{value:.1f}"
    return f"{value:.6g}"


def type_of(value: Any) -> str:
    """Return the type of an unopened value as its owner would say it."""
    if isinstance(value, Note):
        return value.name.rpartition(".")[2] or "object"
    if isinstance(value, Taken):
        return {Tag.ARRAY: "ndarray", Tag.OBJECTS: "ndarray", Tag.SCALAR: "number"}.get(value.tag) or _WHAT[value.tag]
    if isinstance(value, CutText):
        return type(value.start).__name__
    kind: Any = type(value)
    return _NAMES.get(kind) or str(kind.__name__)


def _spelled(value: Any, limit: int, *, quoted: bool) -> str:
    if isinstance(value, CutText):
        value = value.start
    if isinstance(value, str | bytes):
        start = value[: limit + 1]
        return repr(start) if quoted or isinstance(start, bytes) else start
    if isinstance(value, bool | None):
        return str(value)
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Note):
        return _note(value, limit)
    if isinstance(value, Taken):
        return _taken(value)
    return "bytes" if isinstance(value, Beside) else _container(value, limit)


def _container(value: Any, limit: int) -> str:
    """Return a container of a cell: what is in it, as far as there is room."""
    pairs = isinstance(value, dict)
    left, right = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
    said: list[str] = []
    room = limit
    for each in value.items() if pairs else value:
        if room <= 0:
            said.append("…")
            break
        # one level: what is deeper is named by its type
        parts = each if pairs else (each,)
        text = ": ".join(_inner(part, limit) for part in parts)
        room -= len(text) + 2
        said.append(text)
    return f"{left}{', '.join(said)}{right}"


def _inner(value: Any, limit: int) -> str:
    if isinstance(value, dict | list | tuple | set | frozenset) and not isinstance(value, CutText):
        return type_of(value) if value else "empty"
    return _spelled(value, limit, quoted=True)


def _taken(value: Taken) -> str:
    if value.tag == Tag.SCALAR:
        return _numpy_scalar(value.parts)
    if value.tag == Tag.ARRAY and isinstance(value.parts, tuple) and len(value.parts) == 4:
        descr, shape, *_ = value.parts
        kind = _element(descr) if isinstance(descr, str) else "fields"
        return f"array {'×'.join(map(str, shape))} {kind}" if shape else f"array {kind}"
    if value.tag == Tag.OBJECTS and isinstance(value.parts, tuple) and value.parts:
        return f"array {'×'.join(map(str, value.parts[0]))} of objects"
    return type_of(value)


def _element(descr: str) -> str:
    import numpy as np

    return np.dtype(descr).name


def _numpy_scalar(parts: Any) -> str:
    import numpy as np

    descr, data = parts
    made = np.ndarray((), np.dtype(np.lib.format.descr_to_dtype(descr)), data)[()]
    plain = made.item()
    return number(plain) if isinstance(plain, int | float) and not isinstance(plain, bool) else str(made)


# ---- objects of well-known types, by what their pickles hold


def _note(note: Note, limit: int) -> str:
    if note.args is None:
        return note.full_name
    spell = _KNOWN.get(note.full_name)
    if spell is not None:
        try:
            return spell(note)
        except Exception:  # noqa: BLE001, S110 - no pickle of that type says so: it is shown as any other
            pass
    name = type_of(note)
    args = note.args if isinstance(note.args, tuple) else ()
    plain = [arg for arg in args if isinstance(arg, int | float | str | None)]
    return f"{name}({', '.join(_spelled(arg, limit, quoted=True) for arg in plain)})" if plain else name


def _moment(note: Note) -> str:
    data, *zone = note.args
    # bytes, as pickles give them
    made = _DATETIME(data)
    offset = f" {_zone(zone[0])}" if zone and zone[0] is not None else ""
    return f"{made.isoformat(' ')}{offset}"


def _zone(zone: Any) -> str:
    if isinstance(zone, Note) and zone.full_name == "datetime.timezone":
        (delta, *_) = zone.args
        days, seconds, _ = delta.args
        minutes = days * 1440 + seconds // 60
        return (
            "UTC" if not minutes else f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        )
    words = [arg for arg in zone.args if isinstance(arg, str)] if isinstance(zone, Note) else []
    return words[-1] if words else "with a zone"


def _date(note: Note) -> str:
    return dt.date(*note.args).isoformat()


def _time(note: Note) -> str:
    return dt.time(note.args[0]).isoformat()


def _delta(note: Note) -> str:
    return str(dt.timedelta(*note.args))


def _timestamp(note: Note) -> str:
    import numpy as np

    value, _, zone, resolution = [*note.args, 10][:4]
    unit: Any = {7: "s", 8: "ms", 9: "us", 10: "ns"}[resolution]
    return f"{np.datetime64(value, unit)}".replace("T", " ") + (f" {_zone(zone)}" if zone is not None else "")


def _path(note: Note) -> str:
    first, *rest = note.args
    return "/".join([first.rstrip("/"), *rest]) if rest else first


def _uuid(note: Note) -> str:
    return str(UUID(int=note.state["int"]))


def _word(note: Note) -> str:
    return str(note.args[0])[:200]


def _fraction(note: Note) -> str:
    return "/".join(map(number, note.args))


def _complex(note: Note) -> str:
    real, imaginary = note.args
    return f"{number(real)}{'+' if imaginary >= 0 else '-'}{number(abs(imaginary))}j"


def _range(note: Note) -> str:
    start, stop, *step = note.args
    return f"range({start}, {stop}{f', {step[0]}' if step and step[0] != 1 else ''})"


_DATETIME: Any = dt.datetime
_PATHS = ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
_KNOWN: dict[str, Callable[[Note], str]] = {
    "datetime.datetime": _moment,
    "datetime.date": _date,
    "datetime.time": _time,
    "datetime.timedelta": _delta,
    "decimal.Decimal": _word,
    "fractions.Fraction": _fraction,
    "uuid.UUID": _uuid,
    "complex": _complex,
    "range": _range,
    **{f"{module}.{name}": _path for module in ("pathlib", "pathlib._local") for name in _PATHS},
    "pandas._libs.tslibs.timestamps._unpickle_timestamp": _timestamp,
}
