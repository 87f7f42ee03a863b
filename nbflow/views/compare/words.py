"""What a comparison's views say in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from nbflow.cards.figures import duration, several, size, value
from nbflow.cards.printable import one_line
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.rows import Artifact, Metric, Row, difference
from nbflow.client.comparing.side import Left, Side
from nbflow.client.comparing.verdict import Verdict
from nbflow.client.comparing.wording import told_apart
from nbflow.model.graph import Missing

#: characters of a scalar that are compared
_WHOLE = 5000
#: what stands where a run has nothing
NONE = "–"
Rows = TypeVar("Rows", Metric, Artifact, Row)

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MARKS = {"passed": "✓", "worse": "✗", "open": "○"}


def names_of(sides: Sequence[Side]) -> list[str]:
    """Return what each run is called: its id where all are of one flow."""
    one_flow = len({side.record.flow for side in sides}) == 1
    return [one_line(side.record.id if one_flow else side.pathspec, 60) for side in sides]


def title_of(comparison: Comparison) -> str:
    """Return what is compared, in one line."""
    flows = list(dict.fromkeys(side.record.flow for side in comparison.sides))
    return one_line(" and ".join(flows), 80)


def subtitle_of(comparison: Comparison) -> str:
    """Return which runs, and what they are compared with."""
    names = names_of(comparison.sides)
    sought = f" ({comparison.sought.replace('_', ' ')})" if comparison.sought else ""
    if comparison.baseline is not None and len(names) > 1:
        rest = f"run {names[1]}" if len(names) == 2 else several(len(names) - 1, "run")
        return f"{rest} against the baseline {names[0]}{sought}"
    if len(names) == 1:
        if comparison.sought == "previous":
            return f"run {names[0]}; there is no run before it to compare it with"
        return f"run {names[0]}; " + ("there is no baseline yet" if comparison.sought else "no other run")
    return f"run {names[0]} and run {names[1]}" if len(names) == 2 else several(len(names), "run")


def parted(rows: Sequence[Rows], comparison: Comparison) -> tuple[list[Rows], list[Rows]]:
    """Return the rows that differ and those that do not; of one run alone all are worth being seen."""
    if len(comparison.sides) < 2:
        return list(rows), []
    return [row for row in rows if row.differs], [row for row in rows if not row.differs]


def counted(rows: Sequence[Metric | Artifact | Row], comparison: Comparison) -> str:
    """Return `2 differ, 5 equal`."""
    return tallied([row.differs for row in rows]) if len(comparison.sides) > 1 else str(len(rows))


def tallied(found: Sequence[bool]) -> str:
    """Return `2 differ, 5 equal` of what says whether it differs."""
    differ = sum(found)
    equal = len(found) - differ
    if not found:
        return "none"
    said = [f"{differ} differ{'s' if differ == 1 else ''}"] if differ else []
    said += [f"{equal} equal" if differ else "all equal" if equal > 1 else "equal"] if equal else []
    return ", ".join(said)


def started(side: Side) -> str:
    """Return when a run started, as a person reads it."""
    at = datetime.fromtimestamp(side.record.started_at or side.record.created_at).astimezone()
    return f"{at:%Y-%m-%d %H:%M:%S}"


def gap_of(old: float | None, new: float | None) -> str:
    """Return how much longer the newer one took: `+0.11 s`; nothing where that is next to nothing."""
    delta = difference(old, new)
    if delta is None or abs(delta) < 0.0005:
        return ""
    return f"{'−' if delta < 0 else '+'}{duration(abs(delta))}"


def took(side: Side) -> str:
    """Return how long a run took, or has taken so far."""
    so_far = "" if side.record.status.ended else " so far"
    return f"{duration(side.seconds)}{so_far}" if side.seconds is not None else ""


def said_of(left: Left, *, sized: bool = True) -> str:
    """Return what a run has of an artifact in a few words: a scalar itself, else type, shape and perhaps size."""
    ref = left.single
    if ref is None:
        kinds = sorted({each.type for each in left.refs.values()})
        return f"{several(len(left.refs), 'item')} of {one_line(' and '.join(kinds), 40)}" if left.refs else NONE
    if not isinstance(ref.scalar, Missing) and sized:
        return value(ref.scalar, _WHOLE)
    return one_line(" ".join(filter(None, (ref.type, ref.summary, f"({size(ref.size)})" if sized else ""))), 60)


def said_of_all(row: Artifact, limit: int) -> list[str]:
    """Return what each run has of an artifact, in so many characters."""
    return [each or NONE for each in told_apart([said_of(left) for left in row.left], limit)]


def how_of(row: Artifact, names: Sequence[str]) -> str:
    """Return how an artifact stands between the runs."""
    if row.state == "partly":
        there = [name for name, left in zip(names, row.left, strict=True) if left.refs]
        return f"only in {', '.join(there[:4])}" + (f" and {len(there) - 4} more" if len(there) > 4 else "")
    if row.total > 1:
        return f"{row.changed} of {row.total} items {'differ' if row.changed else 'equal'}"
    return "changed" if row.changed else "equal"


def verdict_lines(verdict: Verdict) -> tuple[str, str, str]:
    """Return a verdict's mark, its headline and what was read."""
    run = one_line(verdict.run, 80)
    condition = one_line(verdict.condition, 200)
    heads = {
        "worse": f"{run} is worse: {condition}",
        "passed": f"{run} passed: {condition} does not hold",
        "open": f"{run} was not judged: {condition}",
    }
    told = verdict.why if verdict.state == "open" else verdict.told
    return _MARKS[verdict.state], heads[verdict.state], told


def versions_of(row: Artifact, limit: int = 24) -> list[str]:
    """Return what each run has of an artifact: a short scalar itself, else a letter, the same where they are equal."""
    if all(left.single is not None and not isinstance(left.single.scalar, Missing) for left in row.left if left.refs):
        said = said_of_all(row, limit)
        # texts that are cut say less than which of them are equal
        if not any(each.endswith("…") for each in said):
            return said
    known: dict[tuple[str, ...], str] = {}
    letters = []
    for left in row.left:
        digests = tuple(sorted(f"{key}{ref.digest}" for key, ref in left.refs.items()))
        letters.append(known.setdefault(digests, _letter(len(known))) if digests else NONE)
    return letters


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else str(number + 1)
