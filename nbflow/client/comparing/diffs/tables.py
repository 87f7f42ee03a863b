"""Tables: columns that came, went or have another type, rows that came or went, cells that changed.

Rows are paired by their labels where these are unique and say something, else by their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nbflow.cards.figures import several
from nbflow.client.comparing.diffs.shape import WIDE, Diff, counted, same, shown
from nbflow.client.comparing.wording import number_text

#: cells compared at most, columns told of, cells named in each
_MOST, _COLUMNS, _NAMED = 50_000_000, 40, 3
#: names listed
_LISTED = 12

Fact = tuple[str, str, str]
#: facts of a frame that a series says in its own way
_SIZES = frozenset({"rows × columns", "rows"})


def frames(old: Any, new: Any) -> Diff:
    """Return how one pandas DataFrame became another."""
    if not (old.columns.is_unique and new.columns.is_unique):
        return _by_place(old, new)
    gone = [name for name in old.columns if name not in new.columns]
    come = [name for name in new.columns if name not in old.columns]
    both = [name for name in old.columns if name in new.columns]
    retyped = [name for name in both if old[name].dtype != new[name].dtype]
    facts = [("rows × columns", _shape(old), _shape(new))] if old.shape != new.shape else []
    facts += [("columns only here", _list(gone), _list(come))] if gone or come else []
    facts += [(f"type of {_name(name)}", str(old[name].dtype), str(new[name].dtype)) for name in retyped[:_COLUMNS]]
    one, other, rows = _paired(old, new)
    facts += rows
    if len(one) * max(len(both), 1) > _MOST:
        return Diff("table", "too large to compare cell by cell", facts=tuple(facts))
    changed = _changed(one, other, both)
    if not facts and not changed and both == list(new.columns):
        return same("table")
    if not changed and not facts:
        return Diff("table", "the columns stand in another order")
    cells = sum(count for _, count, _ in changed)
    total = len(one) * len(both)
    headline = f"{counted(cells, total)} cells differ" if cells else "the cells that both have are equal"
    if cells and len(changed) < len(both):
        headline += f", in {several(len(changed), 'column')} of {len(both)}"
    if both != [name for name in new.columns if name in old.columns]:
        facts.append(("order of columns", _list(list(old.columns)), _list(list(new.columns))))
    rows_told = tuple(
        (_name(name), counted(count, len(one)), told, *_examples(one, other, name))
        for name, count, told in changed[:_COLUMNS]
    )
    head = ("column", "cells that differ", "by at most", "for example")
    return Diff("table", headline, facts=tuple(facts), head=head, rows=rows_told, more=max(0, len(changed) - _COLUMNS))


def series(old: Any, new: Any) -> Diff:
    """Return how one pandas Series or Index became another."""
    import pandas as pd

    if isinstance(old, pd.Index):
        old, new = (
            pd.Series(each.to_frame(index=False).apply(tuple, axis=1) if each.nlevels > 1 else each.array)
            for each in (old, new)
        )
    found = frames(old.to_frame("values"), new.to_frame("values"))
    names = (("name", shown(old.name), shown(new.name)),) if old.name != new.name else ()
    if found.equal and not names:
        return found
    length = (("length", f"{len(old):,}", f"{len(new):,}"),) if len(old) != len(new) else ()
    facts = tuple(
        (what.replace(" of values", ""), one, other) for what, one, other in found.facts if what not in _SIZES
    )
    headline = "the name is another" if found.equal else found.headline
    return replace(
        found,
        headline=headline,
        equal=False,
        facts=(*names, *length, *facts),
        head=found.head[1:],
        rows=tuple(row[1:] for row in found.rows),
    )


def arrow_tables(old: Any, new: Any) -> Diff:
    """Return how one Arrow table became another."""
    if old.equals(new):
        return same("table")
    return frames(old.to_pandas(), new.to_pandas())


def _paired(old: Any, new: Any) -> tuple[Any, Any, list[Fact]]:
    """Return the rows that both have, in one order, and what is said of the others."""
    import pandas as pd

    by_label = all(
        not isinstance(each.index, pd.RangeIndex) and each.index.is_unique and not each.index.hasnans
        for each in (old, new)
    )
    if by_label and old.index.nlevels == new.index.nlevels:
        both = old.index[old.index.isin(new.index)]
        gone, come = len(old) - len(both), len(new) - len(both)
        if len(both) or not len(old):
            facts = (
                [("rows only here", _labels(old.index, new.index, gone), _labels(new.index, old.index, come))]
                if gone or come
                else []
            )
            return old.loc[both], new.loc[both], facts
    short = min(len(old), len(new))
    facts = [("rows", f"{len(old):,}", f"{len(new):,}")] if len(old) != len(new) else []
    if not facts and not old.index.equals(new.index):
        facts = [("labels of rows", _list(list(old.index[:3])), _list(list(new.index[:3])))]
    return old.iloc[:short], new.iloc[:short], facts


def _labels(index: Any, other: Any, count: int) -> str:
    if not count:
        return "–"
    few = _list(list(index[~index.isin(other)][:3]))
    return f"{count:,}: {few}" if count <= 3 else f"{count:,}: {few} …"


def _changed(old: Any, new: Any, names: Sequence[Any]) -> list[tuple[Any, int, str]]:
    """Return (column, cells that differ, by how much at most) of each column that differs, the most changed first."""
    found = []
    for name in names:
        unequal = _unequal(old[name], new[name])
        if count := int(unequal.sum()):
            found.append((name, count, _gap(old[name], new[name])))
    found.sort(key=lambda each: -each[1])
    return found


def _unequal(one: Any, other: Any) -> Any:
    """Return where two columns of equal length differ; what is missing in both does not."""
    import numpy as np

    gone, come = one.isna().to_numpy(), other.isna().to_numpy()
    try:
        values = np.asarray(_plain(one) != _plain(other), dtype=bool)
    except Exception:  # noqa: BLE001  cells may be anything, and comparing them raise
        values = np.array([shown(a) != shown(b) for a, b in zip(one, other, strict=True)], dtype=bool)
    return (values & ~(gone & come)) | (gone != come)


def _plain(column: Any) -> Any:
    """Return cells that compare cell by cell: categories of two columns need not be the same."""
    import numpy as np

    kind = column.dtype
    simple = isinstance(kind, np.dtype) and kind.kind != "O"
    return column.to_numpy() if simple else column.astype(object).to_numpy()


def _is_numeric(column: Any) -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _gap(one: Any, other: Any) -> str:
    if not (_is_numeric(one) and _is_numeric(other)):
        return ""
    try:
        gaps = (other.astype(float).to_numpy() - one.astype(float).to_numpy()).__abs__()
    except (TypeError, ValueError):
        return ""
    import numpy as np

    there = gaps[np.isfinite(gaps)]
    return number_text(float(there.max())) if there.any() else ""


def _examples(old: Any, new: Any, name: Any) -> tuple[str]:
    places = _unequal(old[name], new[name]).nonzero()[0][:_NAMED]
    said = [f"{shown(old.index[at])}: {shown(old[name].iloc[at])} → {shown(new[name].iloc[at])}" for at in places]
    told = "; ".join(said)
    return (told if len(told) <= 2 * WIDE else told[: 2 * WIDE - 1] + "…",)


def _by_place(old: Any, new: Any) -> Diff:
    """Two columns of one name: they are compared by place, or not at all."""
    if old.shape != new.shape or list(old.columns) != list(new.columns):
        facts = (
            ("rows × columns", _shape(old), _shape(new)),
            ("columns", _list(list(old.columns)), _list(list(new.columns))),
        )
        return Diff("table", "columns of one name are there more than once, and the columns differ", facts=facts)
    numbered = [
        each.set_axis([f"{n}: {shown(name)}" for n, name in enumerate(each.columns)], axis=1) for each in (old, new)
    ]
    return frames(*numbered)


def _shape(frame: Any) -> str:
    return f"{len(frame):,} × {frame.shape[1]:,}"


def _name(name: Any) -> str:
    return name if isinstance(name, str) else shown(name)


def _list(names: Sequence[Any]) -> str:
    said = ", ".join(_name(name) for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{said}{more}" or "–"
