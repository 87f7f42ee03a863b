"""Any value, as Python writes it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import LINE_HEIGHT, CardComponent
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line, printable

#: characters that are written of a value, whole or shortened
_WHOLE, _SHORT = 20_000, 1500
#: members of one value, and levels, that are written of a shortened one
_MEMBERS, _LEVELS = 40, 6


class Artifact(CardComponent):
    """A value as Python writes it, with its type.

    Args:
        artifact: the value. It is written down now; later changes do not show.
        name: what it is called.
        compressed: shorten what is long.
    """

    REALTIME_UPDATABLE = True
    needs = frozenset[str]()

    def __init__(self, artifact: Any, name: Any = None, compressed: bool = True) -> None:  # noqa: FBT001, FBT002 - as in Metaflow
        self._name = name
        self._compressed = compressed
        self._take(artifact)

    def update(self, artifact: Any) -> None:
        """Show another value."""
        self._take(artifact)

    def _take(self, value: Any) -> None:
        self._type = type_name(value)
        self._written = written(value, compressed=self._compressed)

    def render(self) -> Html:
        name = [html.text(one_line(self._name, 200), "font-weight:600"), " "] if self._name is not None else []
        head = html.block(*name, html.faint(self._type), style="font-size:13px")
        return html.block(head, html.preformatted(self._written, height=420))

    def text(self) -> str:
        name = f"{one_line(self._name, 200)} = " if self._name is not None else ""
        return printable(f"{name}{self._written}")

    def height(self) -> int:
        return 46 + LINE_HEIGHT * min(20, self._written.count("\n") + 1 + len(self._written) // 120)


def type_name(value: Any) -> str:
    """Return the name of a value's type as people say it: `DataFrame`, `numpy.ndarray`, `int`."""
    kind = type(value)
    home = str(getattr(kind, "__module__", ""))
    return kind.__qualname__ if home in {"builtins", "__main__"} else f"{home.partition('.')[0]}.{kind.__qualname__}"


def written(value: Any, *, compressed: bool = True) -> str:
    """Return a value as Python writes it, over several lines where that reads better; never raises."""
    limit = _SHORT if compressed else _WHOLE
    try:
        text = value if isinstance(value, str) else _pretty(value, compressed=compressed)
    except Exception as failure:  # noqa: BLE001 - a person's __repr__ may raise anything
        return f"({type_name(value)}, whose repr() raises {type(failure).__name__})"
    return text if len(text) <= limit else f"{text[:limit]} … ({len(text):,} characters)"


def _pretty(value: Any, *, compressed: bool) -> str:
    import pprint

    if not isinstance(value, dict | list | tuple | set | frozenset):
        return repr(value)
    return pprint.pformat(_shortened(value, 0) if compressed else value, width=100, sort_dicts=False, compact=True)


class _Rest:
    """Stands for members that are left out."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __repr__(self) -> str:
        return f"… {self._count:,} more" if self._count else "…"


def _shortened(value: Any, level: int) -> Any:
    """Return a copy of a nested value with the first of its members only."""
    if not isinstance(value, dict | list | tuple):
        return value
    if level >= _LEVELS and value:
        return _Rest(0)
    rest = len(value) - _MEMBERS
    if isinstance(value, dict):
        kept = {key: _shortened(each, level + 1) for key, each in islice(value.items(), _MEMBERS)}
        return {**kept, **({_Rest(rest): _Rest(0)} if rest > 0 else {})}
    members = [*(_shortened(each, level + 1) for each in value[:_MEMBERS]), *([_Rest(rest)] if rest > 0 else [])]
    return tuple(members) if type(value) is tuple else members if type(value) is list else value
