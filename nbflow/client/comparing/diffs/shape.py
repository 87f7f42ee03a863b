"""What is said of two values, in a form that every view can show."""

from __future__ import annotations

from typing import Any

from nbflow.cards.figures import value
from nbflow.client.comparing.wording import number_text
from nbflow.frozen import frozen

#: rows told of one diff, and characters of a value in it
ROWS, WIDE = 60, 80


@frozen
class Diff:
    """How one value became another. Two equal values have one that says so and nothing else."""

    #: number, text, mapping, list, array, table, file, figure, image or object
    kind: str
    #: one sentence, as `3 of 442 cells differ (0.7%), by 0.25 at most`
    headline: str
    equal: bool = False
    #: (what, in the old one, in the new one)
    facts: tuple[tuple[str, str, str], ...] = ()
    #: where they differ: a head and rows
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    #: rows that are left out
    more: int = 0
    #: unified diff, of texts
    text: str = ""
    #: what the old one and the new one look like, as PNG files; nothing where they look alike
    pictures: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return not self.equal

    def __str__(self) -> str:
        lines = [self.headline]
        if self.facts:
            lines += _columns([("", "old", "new"), *self.facts])
        if self.rows:
            lines += _columns([self.head, *self.rows])
        if self.more:
            lines.append(f"  and {self.more} more")
        return "\n".join([*lines, *self.text.splitlines()])

    def _repr_pretty_(self, printer: Any, *_: object) -> None:
        printer.text(str(self))


def same(kind: str) -> Diff:
    """Return what is said of equal values."""
    return Diff(kind, "they are equal", equal=True)


def apart(old: object, new: object) -> tuple[str, str]:
    """Return two values on a line each, with so many digits that they tell them apart."""
    said = shown(old), shown(new)
    return (repr(old)[:WIDE], repr(new)[:WIDE]) if said[0] == said[1] and isinstance(old, float) else said


def shown(given: Any) -> str:
    """Return a value on one line, whatever it is."""
    try:
        if type(given).__module__ == "numpy" and getattr(given, "shape", None) == () and given.dtype.kind in "biufcU":
            given = given.item()
        return number_text(given) if isinstance(given, float) else value(given, WIDE)
    except Exception as failed:  # noqa: BLE001  a value's own repr may raise anything
        return f"<{type(given).__name__} whose repr raises {type(failed).__name__}>"


def counted(count: int, total: int) -> str:
    """Return `3 of 442 (0.7%)`."""
    part = 100 * count / total if total else 0.0
    said = f"{part:.0f}" if part >= 9.5 else f"{part:.1f}" if part >= 0.05 else "under 0.1"
    return f"{count:,} of {total:,} ({said}%)"


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
