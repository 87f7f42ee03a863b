"""Whether a run is worse than its baseline: a condition, and what it reads of the two."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal, NoReturn

from nbflow.cards.figures import duration, several, value
from nbflow.cards.printable import one_line
from nbflow.client.comparing.condition import UNKNOWN, ConditionError, Unknown, called, evaluate, named, parse
from nbflow.client.comparing.rows import share
from nbflow.client.comparing.side import Side, Where, is_number
from nbflow.client.comparing.wording import number_text, percent_of
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.model.value import decode

#: names that a condition gives to the two runs, and to how long they took
BASELINE, RUN, SECONDS = "baseline", "run", "seconds"

#: names that are told of those there are
_KNOWN = 12

Chain = tuple[str, ...]


@frozen
class Reading:
    """A value that the condition read."""

    #: as in `rmse`, `train.seconds`, of a foreach with the call that made one value of many, as in `max(train.rmse)`;
    #: without the baseline's prefix
    name: str
    run: Any = None
    #: of the baseline; None where it has none, or was not asked for
    baseline: Any = None

    @property
    def share(self) -> float | None:
        """By how much the run's is more than the baseline's."""
        return share(self.baseline, self.run) if is_number(self.run) and is_number(self.baseline) else None

    def told(self, baseline: str) -> str:
        """Return both values in words; `baseline` is what that run is called."""
        name, show = one_line(self.name, 60), _shown_for(self.name)
        is_or_has = "has" if isinstance(self.baseline if self.run is None else self.run, list) else "is"
        if self.baseline is None:
            return f"{name} {is_or_has} {show(self.run)}"
        percent = "" if self.share is None else f" ({percent_of(self.share)})"
        if self.run is None:
            return f"{name} of {baseline} {is_or_has} {show(self.baseline)}"
        return f"{name} {is_or_has} {show(self.run)}, of {baseline} {show(self.baseline)}{percent}"


@frozen
class Verdict:
    """What a condition says of one run."""

    condition: str
    #: the run judged, and its baseline
    run: str
    baseline: str | None
    #: worse: the condition holds. open: it cannot be judged, since something is not known of the baseline
    state: Literal["passed", "worse", "open"]
    readings: tuple[Reading, ...] = ()
    #: why it is open
    why: str = ""

    @property
    def passed(self) -> bool:
        """The condition does not hold, or cannot be judged yet."""
        return self.state != "worse"

    @property
    def told(self) -> str:
        """What was read, in words: both values and the percent."""
        return "; ".join(each.told(self.baseline or "the baseline") for each in self.readings)


def judged(condition: str, side: Side, base: Side | None, given: Mapping[str, Any] | None = None) -> Verdict:
    """Return what `condition` says of a run and its baseline.

    Args:
        condition: holds where the run is worse.
        side: the run.
        base: its baseline; None: there is none yet, and what is asked of it is not known.
        given: values of the run by name, which beat what it left: those of a step that is not done yet.

    Raises:
        ViewError: V014, it cannot be read, or says nothing of these values. V015, there is no such value.
    """
    try:
        tree = parse(condition)
    except ConditionError as wrong:
        _refuse(condition, str(wrong))
    names = _Names(side, base, given or {})
    try:
        found = evaluate(tree, names)
    except ConditionError as wrong:
        _refuse(condition, str(wrong), names.readings(tree), base)
    state: Any = "open" if isinstance(found, Unknown) else "worse" if found else "passed"
    readings = names.readings(tree)
    baseline = base.pathspec if base else None
    why = "" if state != "open" else names.unknown or "there is no baseline yet"
    return Verdict(" ".join(condition.split()), side.pathspec, baseline, state, readings, why)


class _Names:
    """What the names of a condition mean."""

    def __init__(self, side: Side, base: Side | None, given: Mapping[str, Any]) -> None:
        self._side = side
        self._base = base
        self._given = {name: plain(each) for name, each in given.items()}
        #: what is not known of the baseline, in words
        self.unknown = ""

    def __call__(self, chain: Chain) -> Any:
        """Return what a chain stands for, as `evaluate` asks. Raises V015."""
        whose, rest = _whose(chain)
        if whose == BASELINE:
            return self._of_baseline(rest)
        found = self._of_run(rest)
        if found is _NOTHING:
            self._unknown_name(chain, rest)
        return found

    def _of_run(self, rest: Chain) -> Any:
        if len(rest) == 1 and rest[0] in self._given:
            return self._given[rest[0]]
        return _looked_up(self._side, rest)

    def _of_baseline(self, rest: Chain) -> Any:
        name = ".".join(rest)
        if self._base is None:
            self.unknown = "there is no baseline yet"
            return UNKNOWN
        found = _looked_up(self._base, rest)
        if found is _NOTHING:
            if self._of_run(rest) is _NOTHING:
                self._unknown_name((BASELINE, *rest), rest)
            self.unknown = f"{self._base.pathspec} left no {one_line(name, 60)}"
            return UNKNOWN
        if any(
            isinstance(each, float) and math.isnan(each) for each in (found if isinstance(found, list) else [found])
        ):
            self.unknown = f"{one_line(name, 60)} of {self._base.pathspec} is NaN"
            return UNKNOWN
        return found

    def readings(self, tree: ast.expr) -> tuple[Reading, ...]:
        """Return what was read of both, a name at a time."""
        rows: dict[str, dict[str, Any]] = {}
        for call, chain in named(tree):
            whose, rest = _whose(chain)
            found = _looked_up(self._base, rest) if whose == BASELINE and self._base else _NOTHING
            found = self._of_run(rest) if whose == RUN else found
            if found is not _NOTHING:
                name, found = _one_of(call, ".".join(rest), found)
                rows.setdefault(name, {})[whose] = found
        return tuple(Reading(name, row.get(RUN), row.get(BASELINE)) for name, row in rows.items())

    def _unknown_name(self, chain: Chain, rest: Chain) -> NoReturn:
        name, asked = one_line(".".join(chain), 80), ".".join(rest)
        sides = [self._side, *([self._base] if self._base else [])]
        hint, why, fix = "", "", "name one of those"
        if not self._side.record.status.ended:
            fix = "in a step what ran before counts: --after STEP; of its own, values={'rmse': rmse}"
        if self._base and chain[0] != BASELINE and _looked_up(self._base, rest) is not _NOTHING:
            why = (
                f"{self._base.pathspec} left it, and this run did not{'' if self._side.record.status.ended else ' yet'}"
            )
        elif strange := _strange(sides, rest):
            why, fix = (
                strange,
                f"leave a number that says what matters of it, and name that: {rest[-1]}_mean = float(…)",
            )
        else:
            known = list(dict.fromkeys([*self._given, *(each for side in sides for each in known_names(side))]))
            left = [name for side in sides for step, short in side.left for name in (short, f"{step}.{short}")]
            hint = did_you_mean(asked, [*known, *left])
            more = f" and {len(known) - _KNOWN} more" if len(known) > _KNOWN else ""
            why = f"what can be compared: {', '.join(one_line(each, 40) for each in known[:_KNOWN])}{more}"
        raise_for("V015", name=name, run=self._side.pathspec, hint=hint, why=why, fix=fix)


_NOTHING = object()


def _one_of(call: str, name: str, found: Any) -> tuple[str, Any]:
    """Return what a call makes of a list, with the call in its name; else what it was."""
    if not call or not isinstance(found, list):
        return name, found
    try:
        return f"{call}({name})", called(call, [found])
    except (ArithmeticError, TypeError, ValueError):
        return name, found


def plain(given: Any) -> Any:
    """Return a given value as a condition sees it: numbers of NumPy as Python's."""
    item = getattr(given, "item", None)
    if callable(item) and type(given).__module__ == "numpy" and getattr(given, "ndim", 0) == 0:
        return item()
    if isinstance(given, list | tuple):
        return [plain(each) for each in given]
    return given


def known_names(side: Side) -> list[str]:
    """Return the names a condition may use of a run: numbers first, with their step where several leave one."""
    usable = [where for where in side.left if _of_where(side, where) is not _NOTHING]
    usable.sort(key=lambda where: not side.left[where].is_metric)
    steps = Counter(name for _, name in usable)
    return [*(f"{step}.{name}" if steps[name] > 1 else name for step, name in usable), SECONDS]


def _whose(chain: Chain) -> tuple[str, Chain]:
    """Return whose value a chain asks for, and which."""
    return (chain[0], chain[1:]) if chain[0] in {BASELINE, RUN} and len(chain) > 1 else (RUN, chain)


def _looked_up(side: Side, rest: Chain) -> Any:
    """Return the value of `rmse` (of the last step that left it) or `train.rmse`; of a foreach a list."""
    if len(rest) == 2:
        found = _of_where(side, (rest[0], rest[1]))
        if found is _NOTHING and rest[1] == SECONDS:
            return side.step_seconds.get(rest[0], _NOTHING)
        return found
    if len(rest) != 1:
        return _NOTHING
    name = rest[0]
    for where in reversed(list(side.left)):
        if where[1] == name:
            return _of_where(side, where)
    if name in side.record.parameters:
        return _parameter(side, name)
    if name == SECONDS and side.seconds is not None:
        return side.seconds
    return _NOTHING


def _of_where(side: Side, where: Where) -> Any:
    left = side.left.get(where)
    if left is None or len(left.scalars) < len(left.refs):
        return _NOTHING
    return left.scalars[()] if () in left.scalars else list(left.scalars.values())


def _parameter(side: Side, name: str) -> Any:
    try:
        found = decode(side.record.parameters[name][1])
    except (ValueError, TypeError, KeyError):
        return _NOTHING
    return found if found is None or isinstance(found, bool | int | float | str) else _NOTHING


def _strange(sides: list[Side], rest: Chain) -> str:
    """Return why a name that is there has no value to compare."""
    for side in sides:
        for (step, name), left in side.left.items():
            if rest in {(name,), (step, name)} and _of_where(side, (step, name)) is _NOTHING:
                kinds = {ref.type for ref in left.refs.values()}
                return f"{name} of step {step} is a {' or '.join(sorted(kinds))}, and a condition reads numbers, texts and truths"
    return ""


def _refuse(condition: str, message: str, readings: tuple[Reading, ...] = (), base: Side | None = None) -> NoReturn:
    told = "; ".join(each.told(base.pathspec if base else "the baseline") for each in readings)
    raise_for("V014", condition=one_line(condition, 200), message=message, why=told)


def _shown_for(name: str) -> Any:
    if name == SECONDS or name.endswith(f".{SECONDS}"):
        return lambda given: duration(given) if is_number(given) else _shown(given)
    return _shown


def _shown(given: Any) -> str:
    if isinstance(given, list):
        return several(len(given), "value")
    return number_text(given) if is_number(given) else value(given)
