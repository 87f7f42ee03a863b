"""What differs between runs, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.client.code import Code
from nbflow.client.comparing.codes import CodeChange, code_changes
from nbflow.client.comparing.diffs import Diff
from nbflow.client.comparing.environment import code_or_none, environment_rows
from nbflow.client.comparing.opening import diff_of, named
from nbflow.client.comparing.pictures import Pictured, pictures_of
from nbflow.client.comparing.rows import (
    Artifact,
    Duration,
    Metric,
    Row,
    artifacts_of,
    durations_of,
    metrics_of,
    parameters_of,
)
from nbflow.client.comparing.side import Side
from nbflow.client.comparing.verdict import Verdict, judged
from nbflow.client.run import Run
from nbflow.errors import Problem, RegressionError, error, problem


class Comparison:
    """Runs side by side. Everything here is read from records; only `diff` opens values.

    `runs` are in the order of the columns. Deltas are to `base`: the baseline where there is one, else the first run.
    """

    def __init__(self, runs: Sequence[Run], *, baseline: Run | None = None, sought: str = "") -> None:
        """Compare `runs`; `baseline`, which is one of them, comes first. `sought`: the word it was looked for by."""
        first = [baseline] if baseline is not None else []
        self.runs: tuple[Run, ...] = tuple(dict.fromkeys([*first, *runs]))
        #: what the runs are compared with; None: there is none (yet)
        self.baseline = baseline
        self.sought = sought
        self.verdicts: tuple[Verdict, ...] = ()

    # ---- what is compared

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """The records of each run."""
        return tuple(map(Side, self.runs))

    @cached_property
    def parameters(self) -> tuple[Row, ...]:
        """The parameters' values, those that differ first."""
        return parameters_of(self.sides)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The numbers that steps left, those that differ first."""
        return metrics_of(self.sides)

    @cached_property
    def artifacts(self) -> tuple[Artifact, ...]:
        """What else steps left, those that differ first: told apart by digest, not opened."""
        return artifacts_of(self.sides)

    @cached_property
    def durations(self) -> tuple[Duration, ...]:
        """How long each step took."""
        return durations_of(self.sides)

    @cached_property
    def code(self) -> tuple[CodeChange, ...]:
        """How the code of each run differs from that of the first, cell by cell."""
        return code_changes(self._codes)

    @cached_property
    def pictures(self) -> tuple[Pictured, ...]:
        """The pictures that steps show and that differ."""
        return pictures_of(self.sides)

    @cached_property
    def environment(self) -> tuple[Row, ...]:
        """Who ran them, where, and with which versions; what differs first."""
        return environment_rows(self.sides, self._codes)

    @cached_property
    def _codes(self) -> tuple[Code | None, ...]:
        return tuple(map(code_or_none, self.sides))

    @property
    def differs(self) -> bool:
        """Whether parameters, metrics, artifacts or code are not the same in all runs."""
        rows: tuple[Row | Metric | Artifact, ...] = (*self.parameters, *self.metrics, *self.artifacts)
        return bool(self.code) or any(row.differs for row in rows)

    # ---- the condition

    @property
    def passed(self) -> bool:
        """No condition was given, or it holds of no run, or there is no baseline yet by which to judge."""
        return all(each.passed for each in self.verdicts)

    def judge(self, condition: str, given: Mapping[str, Any] | None = None) -> None:
        """Let `verdicts` tell of each run but the base whether it is worse.

        Args:
            condition: holds where a run is worse, as in `rmse > 1.05 * baseline.rmse`.
            given: values by name that beat those the runs left.

        Raises:
            ViewError: V014, V015, the condition makes no sense here.
        """
        base = self.sides[0] if len(self.sides) > 1 or self.baseline is not None else None
        others = self.sides[1:] if base is not None else self.sides
        # a baseline that is the run itself was named so
        self.verdicts = tuple(judged(condition, each, base, given) for each in others or self.sides)

    def require(self) -> None:
        """Do nothing if it passed. Raises V010, RegressionError, with both values and the percent."""
        worse = [each for each in self.verdicts if not each.passed]
        if not worse:
            return
        failed = error([_told(each) for each in worse])
        assert isinstance(failed, RegressionError), "V010 has a class of its own"
        failed.comparison = self
        raise failed

    # ---- values, opened

    def diff(self, name: str, *, load: bool = False, run: int = -1) -> Diff:
        """Return how an artifact differs between the first run and another, the last unless told otherwise.

        Args:
            name: `model`, `train.model`; one item of a foreach as in `train.model[eu]` or `train.model[3]`.
            load: open pickles, too, which runs their code. Else they are told apart by type, size and digest.
            run: place of the other run among `runs`.

        Raises:
            ViewError: V016, there is no such artifact.
        """
        where, key = named(self.sides, name)
        return diff_of((self.sides[0], self.sides[run]), where, key, load=load)


def _told(verdict: Verdict) -> Problem:
    # a bound of its own has compared it with no other run
    asked = any(each.baseline is not None for each in verdict.readings)
    baseline = verdict.baseline if asked and verdict.baseline else "it may be"
    both = f"{verdict.baseline} {verdict.run}" if verdict.baseline else verdict.run
    return problem(
        "V010",
        run=verdict.run,
        baseline=baseline,
        condition=one_line(verdict.condition, 200),
        told=verdict.told or "the condition holds",
        fix=f"nbflow compare {both}  shows what differs; where the change is meant, change the condition",
    )
