"""Where in a value the thing is that cannot be stored."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from types import FunctionType
from typing import Any

#: values looked at before giving up
_MOST = 200_000


def path_to(culprit: object, root: object) -> str | None:
    """Return how to reach `culprit` from `root`, as in `.conn` or `['k'][3]`: empty when it is the root itself.

    None: it is not reachable by attributes and items.
    """
    try:
        return _search(culprit, root)
    except Exception:  # noqa: BLE001 - attributes of foreign objects may do anything; the path is only a help
        return None


def _search(culprit: object, root: object) -> str | None:
    if culprit is root:
        return ""
    seen = {id(root): root}
    todo: deque[tuple[object, str]] = deque([(root, "")])
    while todo and len(seen) < _MOST:
        value, path = todo.popleft()
        for step, member in islice(_members(value), _MOST):
            if member is culprit:
                return path + step
            if id(member) not in seen and not isinstance(member, (str, bytes, int, float, type)):
                seen[id(member)] = member
                todo.append((member, path + step))
    return None


def _members(value: Any) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield f"[{_short(key)}]", member
            yield f" key {_short(key)}", key
    elif isinstance(value, (list, tuple)):
        for place, member in enumerate(value):
            yield f"[{place}]", member
    elif isinstance(value, (set, frozenset, deque)):
        for member in value:
            yield " item", member
    elif isinstance(value, FunctionType):
        yield from _closure(value)
    yield from _held(value)


def _held(value: Any) -> Iterator[tuple[str, object]]:
    """Yield what objects and the objects of frames and arrays hold."""
    state = getattr(value, "__dict__", None)
    if isinstance(state, dict):
        for name, member in state.items():
            yield f".{name}", member
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            if name not in {"__dict__", "__weakref__"} and hasattr(value, name):
                yield f".{name}", getattr(value, name)
    if type(value).__module__.partition(".")[0] == "pandas" and type(value).__name__ in {"DataFrame", "Series"}:
        for name in value.columns if hasattr(value, "columns") else ():
            yield f"[{_short(name)}]", value[name]
        if str(getattr(value, "dtype", "")) == "object":
            yield from ((f"[{place}]", member) for place, member in enumerate(value.array))
    elif getattr(getattr(value, "dtype", None), "hasobject", False):
        yield from ((f"[{place}]", member) for place, member in enumerate(getattr(value, "flat", ())))
    for name in ("func", "__self__"):
        if (member := getattr(value, name, None)) is not None:
            yield f".{name}", member


def _closure(function: FunctionType) -> Iterator[tuple[str, object]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            yield f" closure {name}", cell.cell_contents
        except ValueError:
            continue


def _short(key: object) -> str:
    text = repr(key) if isinstance(key, (str, int, float, bool, type(None), tuple)) else f"<{type(key).__name__}>"
    return text if len(text) <= 40 else text[:37] + "…"
