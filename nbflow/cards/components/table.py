"""Rows of values, and of other components."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent, trouble
from nbflow.cards.components.rows import rows_of_frame
from nbflow.cards.figures import value
from nbflow.cards.html import LINE, Html
from nbflow.cards.printable import one_line

#: rows that a table shows at most, and of a data frame unless all are asked for
MOST, SHORT = 10_000, 100


class Table(CardComponent):
    """A table whose cells are values or other components.

    Args:
        data: rows, each a list of values or components. A data frame does, too.
        headers: names of the columns.
        disable_updates: without meaning here; components in the cells can always be updated.
    """

    def __init__(
        self,
        data: Iterable[Iterable[Any]] | None = None,
        headers: Iterable[Any] | None = None,
        disable_updates: bool = False,  # noqa: FBT001, FBT002, ARG002 - as in Metaflow
    ) -> None:
        self._wrong = ""
        self._more = 0
        self._headers: list[Any] = []
        self._rows: list[list[Any]] = []
        if (frame := rows_of_frame(data, MOST)) is not None:
            self._headers, self._rows, self._more = frame
            return
        try:
            self._headers = [] if headers is None else list(headers)
            self._rows = [] if data is None else [_row(each) for each in data]
        except TypeError:
            self._wrong = f"data is a list of rows, each a list of cells; this is {_kind(data)}"
        self._more = max(0, len(self._rows) - MOST)
        del self._rows[MOST:]

    @classmethod
    def from_dataframe(cls, dataframe: Any = None, truncate: bool = True) -> Table:  # noqa: FBT001, FBT002 - as in Metaflow
        """Return a table of a data frame of pandas, polars or Arrow: its first rows, or with `truncate=False` all."""
        table = cls()
        frame = rows_of_frame(dataframe, SHORT if truncate else MOST)
        if frame is None:
            table._wrong = f"from_dataframe takes a data frame; this is {_kind(dataframe)}"
        else:
            table._headers, table._rows, table._more = frame
        return table

    def render(self) -> Html:
        if self._wrong:
            return trouble("This table cannot be shown", self._wrong)
        columns = max((len(row) for row in [self._headers, *self._rows]), default=0)
        align = "".join("r" if _is_number_column(self._rows, number) else "l" for number in range(columns))
        body = ([_cell(each) for each in row] for row in self._rows)
        drawn = html.table(
            body,
            head=[_heading(each) for each in self._headers],
            align=align,
            cell=f"border-bottom:{LINE};padding:5px 18px 5px 0",
        )
        more = html.block(html.faint(f"… {self._more:,} more rows"), style="font-size:12px") if self._more else ""
        return html.block(drawn, more, style="overflow-x:auto;max-width:100%")

    def text(self) -> str:
        if self._wrong:
            return f"(no table: {self._wrong})"
        rows = [[one_line(_cell_text(each), 400) for each in row] for row in [self._headers, *self._rows] if row]
        columns = max(map(len, rows), default=0)
        widths = [max((len(row[n]) for row in rows if n < len(row)), default=0) for n in range(columns)]
        lines = ["  ".join(each.ljust(widths[n]) for n, each in enumerate(row)).rstrip() for row in rows]
        return "\n".join([*lines, *([f"… {self._more:,} more rows"] if self._more else [])])

    def height(self) -> int:
        cells = [[each.height() for each in row if isinstance(each, CardComponent)] for row in self._rows[:40]]
        return 34 + sum(max([30, *(height + 10 for height in row)]) for row in cells)


def _row(given: Any) -> list[Any]:
    if isinstance(given, str | bytes):
        raise TypeError
    return list(given.values()) if isinstance(given, dict) else list(given)


def _is_number_column(rows: Sequence[Sequence[Any]], number: int) -> bool:
    cells = [row[number] for row in rows if number < len(row) and row[number] is not None]
    return bool(cells) and all(isinstance(each, numbers.Real) and not isinstance(each, bool) for each in cells)


def _heading(given: Any) -> html.Content:
    return given.html() if isinstance(given, CardComponent) else one_line(given, 200)


def _cell(given: Any) -> html.Content:
    if isinstance(given, CardComponent):
        return given.html()
    return html.faint("–") if given is None else _cell_text(given)


def _cell_text(given: Any) -> str:
    if isinstance(given, CardComponent):
        return one_line(given.text(), 60)
    if given is None:
        return "–"
    if isinstance(given, str):
        return given
    try:
        if isinstance(given, numbers.Real) and not isinstance(given, numbers.Integral | bool):
            return value(float(given))
        return str(given) if isinstance(given, numbers.Integral) else value(given, 400)
    except Exception:  # noqa: BLE001 - a person's __repr__ or __str__
        return f"({_kind(given)})"


def _kind(given: Any) -> str:
    kind = type(given)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
