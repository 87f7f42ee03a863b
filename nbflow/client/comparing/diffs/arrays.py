"""Arrays: shape, type, how far apart they are, and where. Large ones are compared piece by piece."""

from __future__ import annotations

from typing import Any

from nbflow.cards.figures import size
from nbflow.client.comparing.diffs.shape import Diff, apart, counted, same
from nbflow.client.comparing.wording import number_text

#: cells compared at once, and the most that are at all
_PIECE, _MOST = 1 << 20, 1 << 28
#: differing cells that are named
_NAMED = 12


def arrays(old: Any, new: Any) -> Diff:
    """Return how one NumPy array became another."""
    facts = [
        ("shape", _shape(old), _shape(new)),
        ("dtype", str(old.dtype), str(new.dtype)),
    ]
    differing = tuple(fact for fact in facts if fact[1] != fact[2])
    if old.shape != new.shape:
        return Diff("array", "the shapes differ", facts=(*differing, *_summaries(old, new)))
    if old.dtype.names or new.dtype.names or old.dtype.hasobject or new.dtype.hasobject:
        return _of_objects(old, new, differing)
    if old.size > _MOST:
        return Diff("array", f"too large to compare cell by cell ({size(old.nbytes)})", facts=differing)
    return _cell_by_cell(old, new, differing)


def _cell_by_cell(old: Any, new: Any, facts: tuple[tuple[str, str, str], ...]) -> Diff:
    found = _Found(old.shape)
    one, other = old.reshape(-1), new.reshape(-1)
    for start in range(0, old.size, _PIECE):
        found.look(one[start : start + _PIECE], other[start : start + _PIECE], start)
    if not found.count:
        if facts:
            return Diff("array", "every cell is equal; the type is another", facts=facts)
        # bytes differ: a zero with a sign, or the way it lies in memory
        return same("array")
    headline = f"{counted(found.count, old.size)} cells differ"
    if found.largest is not None:
        where = f" at {_place(found.where, old.shape)}" if old.ndim and found.where is not None else ""
        headline += f", by {number_text(found.largest)} at most{where}"
    if found.nans:
        headline += f"; {found.nans:,} of them NaN in one only"
    rows = tuple((_place(at, old.shape), *apart(one[at].item(), other[at].item())) for at in found.places)
    more = found.count - len(rows)
    return Diff(
        "array", headline, facts=(*facts, *_summaries(old, new)), head=("where", "old", "new"), rows=rows, more=more
    )


class _Found:
    """What was found so far."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.count = self.nans = 0
        self.largest: float | None = None
        self.where: int | None = None
        self.places: list[int] = []

    def look(self, old: Any, new: Any, start: int) -> None:
        """Compare one piece, whose first cell is the `start`th."""
        import numpy as np

        try:
            unequal = old != new
        except TypeError:
            unequal = np.ones(old.shape, bool)
        gone, come = _missing(old), _missing(new)
        unequal = np.asarray(unequal) & ~(gone & come)
        places = np.flatnonzero(unequal)
        self.count += int(places.size)
        self.nans += int((gone != come).sum())
        self.places += [start + int(each) for each in places[: _NAMED - len(self.places)]]
        if places.size and old.dtype.kind in "biufc" and new.dtype.kind in "biufc":
            self._measure(old[places], new[places], places, start)

    def _measure(self, old: Any, new: Any, places: Any, start: int) -> None:
        import numpy as np

        with np.errstate(all="ignore"):
            kind = complex if "c" in {old.dtype.kind, new.dtype.kind} else float
            gaps = np.abs(new.astype(kind) - old.astype(kind))
        gaps = np.where(np.isfinite(gaps), gaps, -1)
        at = int(gaps.argmax())
        if gaps[at] >= 0 and (self.largest is None or gaps[at] > self.largest):
            self.largest, self.where = float(gaps[at]), start + int(places[at])


def _of_objects(old: Any, new: Any, facts: tuple[tuple[str, str, str], ...]) -> Diff:
    from nbflow.client.comparing.diffs.plain import containers

    found = containers(old.tolist() if old.ndim else [old.item()], new.tolist() if new.ndim else [new.item()])
    if found.equal and not facts:
        return same("array")
    headline = "every cell is equal; the type is another" if found.equal else found.headline
    return Diff("array", headline, facts=facts, head=found.head, rows=found.rows, more=found.more)


def _summaries(old: Any, new: Any) -> tuple[tuple[str, str, str], ...]:
    """Return least, mean and greatest of both, where they are numbers."""
    import numpy as np

    if any(each.dtype.kind not in "iuf" or not each.size or each.size > _MOST for each in (old, new)):
        return ()
    rows = []
    with np.errstate(all="ignore"):
        for name, take in (("least", np.fmin.reduce), ("mean", _mean), ("greatest", np.fmax.reduce)):
            values = [number_text(float(take(each.reshape(-1)))) for each in (old, new)]
            rows.append((name, *values))
    return tuple((name, one, other) for name, one, other in rows)


def _mean(cells: Any) -> Any:
    """Return the mean of those that are numbers."""
    import numpy as np

    there = cells[~_missing(cells)] if cells.dtype.kind == "f" else cells
    return there.mean(dtype=float) if there.size else np.nan


def _missing(cells: Any) -> Any:
    import numpy as np

    if cells.dtype.kind in "fc":
        return np.isnan(cells)
    if cells.dtype.kind in "mM":
        return np.isnat(cells)
    return np.zeros(cells.shape, bool)


def _place(flat: int, shape: tuple[int, ...]) -> str:
    places = []
    for length in reversed(shape):
        flat, place = divmod(flat, length)
        places.append(place)
    return f"[{', '.join(map(str, reversed(places)))}]"


def _shape(array: Any) -> str:
    return "×".join(map(str, array.shape)) or "one cell"
