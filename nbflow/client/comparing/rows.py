"""Rows of a comparison: one thing and what each run has of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from nbflow.cards.figures import parameter
from nbflow.client.comparing.side import ItemKey, Left, Number, Side, Where
from nbflow.client.comparing.wording import told_apart
from nbflow.frozen import frozen

#: how an artifact stands between runs
State = Literal["equal", "changed", "partly"]


@frozen
class Row:
    """One named value in each run, as a person reads it; None: the run has none."""

    name: str
    values: tuple[str | None, ...]
    differs: bool


@frozen
class Metric:
    """A number in each run; of a foreach the mean of its items. None: the run has none."""

    step: str
    name: str
    values: tuple[Number | None, ...]
    #: of a foreach: (item, its number in each run), those that differ first
    items: tuple[tuple[str, tuple[Number | None, ...]], ...] = ()

    @property
    def label(self) -> str:
        """As in `train.rmse`."""
        return f"{self.step}.{self.name}"

    @property
    def differs(self) -> bool:
        """Some runs have another number than others, or none."""
        return not alike(self.values) or any(not alike(values) for _, values in self.items)

    def delta(self, run: int, base: int = 0) -> Number | None:
        """Return by how much the number of a run is more than that of another; None where one is missing."""
        return difference(self.values[base], self.values[run])

    def share(self, run: int, base: int = 0) -> float | None:
        """Return that as a share of the other number; None where there is none."""
        return share(self.values[base], self.values[run])


@frozen
class Artifact:
    """An artifact that is no number, in each run."""

    step: str
    name: str
    left: tuple[Left, ...]
    state: State
    #: items (one where there is no foreach) that are not equal in all runs, and how many there are
    changed: int = 0
    total: int = 1

    @property
    def label(self) -> str:
        """As in `train.model`."""
        return f"{self.step}.{self.name}"

    @property
    def differs(self) -> bool:
        """Runs left different ones, or some none."""
        return self.state != "equal"


@frozen
class Duration:
    """How long a step took in each run."""

    step: str
    seconds: tuple[float | None, ...]
    #: runs that took its results over
    reused: tuple[bool, ...] = field(default_factory=tuple)


def difference(old: Number | None, new: Number | None) -> Number | None:
    """Return `new - old`; None where one is missing, or there is no such number."""
    if old is None or new is None:
        return None
    try:
        made = new - old
    except OverflowError:
        return None
    return None if isinstance(made, float) and math.isnan(made) else made


def share(old: Number | None, new: Number | None) -> float | None:
    """Return by how much `new` is more than `old`, as a share of it; None where that says nothing."""
    delta = difference(old, new)
    if delta is None or not old:
        return None
    try:
        made = delta / abs(old)
    except OverflowError:
        return None
    return made if math.isfinite(made) else None


def alike(values: Iterable[Number | None]) -> bool:
    """Say whether all are the same number; what is no number (NaN) is like itself."""
    first, *others = values
    return all(_same(first, each) for each in others)


def _same(one: Number | None, other: Number | None) -> bool:
    return one == other or (one is not None and other is not None and one != one and other != other)  # noqa: PLR0124 - two NaNs are the same


def mean(numbers: Sequence[Number]) -> float:
    """Return the mean; NaN where there is none."""
    try:
        return math.fsum(numbers) / len(numbers)
    except (OverflowError, ValueError, ZeroDivisionError):
        return math.nan


def parameters_of(sides: Sequence[Side]) -> tuple[Row, ...]:
    """Return the parameters, those that differ first."""
    recorded = [side.record.parameters for side in sides]
    rows = []
    for name in _names(recorded):
        raws = [each[name][1] if name in each else _ABSENT for each in recorded]
        whole = [None if raw is _ABSENT else parameter(raw, _WHOLE) for raw in raws]
        shown = tuple(told_apart(whole, _CUT))
        # 1 and true are no equals here, as they are not in JSON
        rows.append(Row(name, shown, len({repr(raw) for raw in raws}) > 1))
    return _differing_first(rows)


def metrics_of(sides: Sequence[Side]) -> tuple[Metric, ...]:
    """Return what is a number in every run that has it, in flow order, those that differ first."""
    labels = {key: label for side in reversed(sides) for key, label in side.labels.items()}
    found = (_metric(where, sides, labels) for where in _places(sides) if _is_metric(where, sides))
    return _differing_first(list(found))


def artifacts_of(sides: Sequence[Side]) -> tuple[Artifact, ...]:
    """Return what is no metric, in flow order, those that differ first."""
    found = [_artifact(where, sides) for where in _places(sides) if not _is_metric(where, sides)]
    return _differing_first(found)


def durations_of(sides: Sequence[Side]) -> tuple[Duration, ...]:
    """Return how long each step took, in flow order; steps that ran in no run are left out."""
    rows = []
    for step in _names([dict.fromkeys(side.steps) for side in sides]):
        seconds = tuple(side.step_seconds.get(step) for side in sides)
        reused = tuple(step in side.reused for side in sides)
        if any(each is not None for each in seconds) or any(reused):
            rows.append(Duration(step, seconds, reused))
    return tuple(rows)


_ABSENT = object()
#: characters of a parameter's value that are compared, and that are shown
_WHOLE, _CUT = 5000, 60
_NOTHING = Left()


def _names(several: Sequence[Mapping[Any, Any]]) -> list[Any]:
    """Return the keys of all in the order of the last, which is the newest, with others where they stood."""
    last = list(several[-1]) if several else []
    known = set(last)
    #: what stands behind a key elsewhere; behind None what stands first
    behind: dict[Any, list[Any]] = {}
    for each in several:
        before = None
        for name in each:
            if name not in known:
                known.add(name)
                behind.setdefault(before, []).append(name)
            before = name
    order: list[Any] = []
    rest = [*reversed(last), *reversed(behind.get(None, ()))]
    while rest:
        name = rest.pop()
        order.append(name)
        rest += reversed(behind.get(name, ()))
    return order


def _places(sides: Sequence[Side]) -> list[Where]:
    return _names([side.left for side in sides])


def _lefts(where: Where, sides: Sequence[Side]) -> tuple[Left, ...]:
    return tuple(side.left.get(where, _NOTHING) for side in sides)


def _is_metric(where: Where, sides: Sequence[Side]) -> bool:
    return all(left.is_metric for left in _lefts(where, sides) if left.refs)


def _metric(where: Where, sides: Sequence[Side], labels: Mapping[ItemKey, str]) -> Metric:
    numbers = [left.numbers for left in _lefts(where, sides)]
    values = tuple(_one(each) for each in numbers)
    keys = _names(numbers)
    items = [(labels.get(key, ""), tuple(each.get(key) for each in numbers)) for key in keys if key]
    items.sort(key=lambda item: alike(item[1]))
    return Metric(where[0], where[1], values, tuple(items))


def _one(numbers: Mapping[ItemKey, Number]) -> Number | None:
    if not numbers:
        return None
    return numbers[()] if () in numbers else mean(list(numbers.values()))


def _artifact(where: Where, sides: Sequence[Side]) -> Artifact:
    lefts = _lefts(where, sides)
    keys = _names([left.refs for left in lefts])
    digests = [[left.refs[key].digest if key in left.refs else None for left in lefts] for key in keys]
    changed = sum(1 for each in digests if len(set(each)) > 1)
    state: State = "equal" if not changed else "changed" if all(left.refs for left in lefts) else "partly"
    return Artifact(*where, lefts, state, changed, len(keys))


def _differing_first(rows: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=lambda row: not row.differs))
