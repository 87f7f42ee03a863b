"""One metric over many runs: a table of numbers, read from records alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.client.comparing.rows import mean
from nbflow.client.comparing.side import Number, Side
from nbflow.client.run import Run
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen


@frozen
class Measured:
    """The numbers of one run."""

    run: str
    status: str
    #: seconds since the epoch
    started_at: float
    #: `train.rmse` → its number; of a foreach the mean of its items
    values: Mapping[str, Number]
    #: `train.rmse` → item → its number
    items: Mapping[str, Mapping[str, Number]]
    #: recorded parameters, by name
    parameters: Mapping[str, Any]


@frozen
class MetricTable:
    """The numbers of several runs, a row a run, in the order they were given."""

    rows: tuple[Measured, ...]

    @property
    def names(self) -> list[str]:
        """The metrics that some run has, as in `train.rmse`, in the order of the first run that has them."""
        return list(dict.fromkeys(name for row in self.rows for name in row.values))

    def full(self, name: str) -> str:
        """Return the metric `name` with its step; of `rmse` that of the last step that leaves it. Raises V017."""
        names = self.names
        if name in names:
            return name
        fitting = [each for each in names if each.rpartition(".")[2] == name]
        if not fitting:
            short = [each.rpartition(".")[2] for each in names]
            known = ", ".join(one_line(each, 100) for each in names[:12])
            why = f"the metrics are {known}" if names else "no run left a number"
            raise_for("V017", name=one_line(name, 80), hint=did_you_mean(name, [*names, *short]), why=why)
        return fitting[-1]

    def series(self, name: str) -> list[tuple[str, float, Number | None]]:
        """Return (run, when it started, its number) of each run. Raises V017."""
        full = self.full(name)
        return [(row.run, row.started_at, row.values.get(full)) for row in self.rows]

    def __iter__(self) -> Iterator[Measured]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def metrics_over(runs: Iterable[Run]) -> MetricTable:
    """Return the numbers that each of `runs` left. Nothing is loaded; a run costs one look at its records."""
    return MetricTable(tuple(measured(Side(run)) for run in runs))


def measured(side: Side) -> Measured:
    """Return the numbers of one run."""
    values: dict[str, Number] = {}
    items: dict[str, dict[str, Number]] = {}
    for (step, name), left in side.left.items():
        if not left.is_metric:
            continue
        numbers = left.numbers
        label = f"{step}.{name}"
        if () in numbers:
            values[label] = numbers[()]
        else:
            values[label] = mean(list(numbers.values()))
            items[label] = {side.labels[key]: number for key, number in numbers.items()}
    record = side.record
    given = {name: raw for name, (_, raw, _) in record.parameters.items()}
    started = record.started_at or record.created_at
    return Measured(side.pathspec, record.status.value, started, values, items, given)
