"""Numbers, texts, and what Python builds of them: dicts key by key, lists place by place, however deep."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from nbflow.cards.figures import duration, several
from nbflow.client.comparing.diffs.shape import ROWS, WIDE, Diff, apart, same, shown
from nbflow.client.comparing.rows import difference, share
from nbflow.client.comparing.side import is_number
from nbflow.client.comparing.wording import number_text, percent_of
from nbflow.code.compare import text_diff

#: lines of a text that are compared line by line, parts of a value that are walked, depth to which
_LINES, _PARTS, _DEPTH = 4000, 200_000, 40


def numbers(old: Any, new: Any) -> Diff:
    """Return how one number became another."""
    if old == new or (old != old and new != new):  # noqa: PLR0124  NaN
        return same("number")
    delta, part = difference(old, new), share(old, new)
    by = "" if delta is None else f", {'more' if delta > 0 else 'less'} by {number_text(abs(delta))}"
    percent = "" if part is None else f" ({percent_of(part)})"
    return Diff("number", f"{number_text(old)} became {number_text(new)}{by}{percent}")


def moments(old: Any, new: Any) -> Diff:
    """Return how a date, a time, a span or an exact number became another."""
    if old == new:
        return same("number")
    try:
        gap = new - old
    except (TypeError, ArithmeticError):
        return Diff("number", f"{shown(old)} became {shown(new)}")
    said = duration(abs(gap.total_seconds())) if isinstance(gap, timedelta) else shown(abs(gap))
    above = gap > type(gap)()
    how = (
        f"{said} {'later' if above else 'earlier'}"
        if isinstance(old, date)
        else f"{'more' if above else 'less'} by {said}"
    )
    return Diff("number", f"{shown(old)} became {shown(new)}, {how}")


EXACT = (date, timedelta, Decimal, Fraction)


def texts(old: str, new: str) -> Diff:
    """Return how one text became another, as a unified diff."""
    if old == new:
        return same("text")
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > _LINES:
        facts = (("lines", f"{len(before):,}", f"{len(after):,}"), ("characters", f"{len(old):,}", f"{len(new):,}"))
        place = next(
            (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
        )
        return Diff("text", f"two long texts; they part on line {place + 1:,}", facts=facts)
    if before == after:
        return Diff("text", "the texts differ in how their lines end")
    if len(before) <= 1 and len(after) <= 1 and max(len(old), len(new)) <= WIDE:
        return Diff("text", f"{shown(old)} became {shown(new)}")
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False) if len(before) + len(after) <= 1000 else None
    alike = "" if matcher is None else f"; {100 * matcher.ratio():.0f}% of the lines are alike"
    return Diff(
        "text", f"{several(len(before), 'line')} became {several(len(after), 'line')}{alike}", text=text_diff(old, new)
    )


def bytes_(old: bytes, new: bytes) -> Diff:
    """Return how bytes became others."""
    if old == new:
        return same("text")
    place = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return Diff("text", f"{len(old):,} bytes became {len(new):,}; they part at byte {place:,}")


def containers(old: Any, new: Any) -> Diff:
    """Return how a dict, list, tuple or set became another of its kind."""
    kind = "mapping" if isinstance(old, Mapping) else "list"
    walk = _Walk()
    found: list[tuple[str, str, str]] = []
    more = 0
    for row in walk.parts(old, new, "", 0):
        if len(found) < ROWS:
            found.append(row)
        else:
            more += 1
    if not found:
        return same(kind)
    facts = (("length", str(len(old)), str(len(new))),) if len(old) != len(new) else ()
    count = len(found) + more
    headline = f"{several(count, 'part')} {'differs' if count == 1 else 'differ'}"
    if walk.cut:
        headline = f"at least {headline}; only the first {_PARTS:,} were looked at"
    return Diff(kind, headline, facts=facts, head=("where", "old", "new"), rows=tuple(found), more=more)


class _Walk:
    """A walk through two values side by side."""

    def __init__(self) -> None:
        self._left = _PARTS
        #: not all of it was looked at
        self.cut = False
        self._around: set[tuple[int, int]] = set()

    def parts(self, old: Any, new: Any, where: str, depth: int) -> Iterator[tuple[str, str, str]]:
        """Yield (where, old, new) of what differs."""
        self._left -= 1
        if self._left < 0:
            self.cut = True
            return
        pair = (id(old), id(new))
        # what holds itself has been seen
        if old is new or pair in self._around:
            return
        together = type(old) is type(new) and depth < _DEPTH
        if together and isinstance(old, Mapping | list | tuple | set | frozenset):
            self._around.add(pair)
            yield from self._within(old, new, where, depth)
            self._around.discard(pair)
        elif not alike(old, new):
            yield where or "all of it", *_both(old, new)

    def _within(self, old: Any, new: Any, where: str, depth: int) -> Iterator[tuple[str, str, str]]:
        if isinstance(old, Mapping):
            for key in dict.fromkeys((*old, *new)):
                at = f"{where}[{shown(key)}]"
                if key in old and key in new:
                    yield from self.parts(old[key], new[key], at, depth + 1)
                else:
                    yield (at, shown(old[key]), "–") if key in old else (at, "–", shown(new[key]))
        elif isinstance(old, set | frozenset):
            yield from ((f"{where} item".strip(), shown(each), "–") for each in _ordered(old - new))
            yield from ((f"{where} item".strip(), "–", shown(each)) for each in _ordered(new - old))
        else:
            yield from self._places(old, new, where, depth)

    def _places(self, old: Any, new: Any, where: str, depth: int) -> Iterator[tuple[str, str, str]]:
        if len(old) == len(new):
            for place, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from self.parts(one, other, f"{where}[{place}]", depth + 1)
            return
        yield from _moved(old, new, where)


def _moved(old: Any, new: Any, where: str) -> Iterator[tuple[str, str, str]]:
    """Yield what came and went of lists of different lengths: a first item that is gone moves all others."""
    before, after = [shown(each) for each in old], [shown(each) for each in new]
    if len(before) + len(after) > _LINES:
        yield f"{where} length".strip(), str(len(old)), str(len(new))
        return
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for change, first, last, new_first, new_last in matcher.get_opcodes():
        if change == "equal":
            continue
        for step in range(max(last - first, new_last - new_first)):
            one = before[first + step] if first + step < last else "–"
            other = after[new_first + step] if new_first + step < new_last else "–"
            yield f"{where}[{first + step if one != '–' else new_first + step}]", one, other


def alike(old: Any, new: Any) -> bool:
    """Say whether two parts are equal, of one type, NaN like itself; arrays and tables all over."""
    if type(old) is not type(new):
        return False
    if is_number(old):
        return bool(old == new or (old != old and new != new))  # noqa: PLR0124  NaN
    from nbflow.client.comparing.diffs.door import diff

    if _is_tabular(old):
        return diff(old, new).equal
    try:
        return bool(old == new)
    except Exception:  # noqa: BLE001  comparing may raise anything
        return shown(old) == shown(new)


def _both(old: Any, new: Any) -> tuple[str, str]:
    """Return two parts in words: arrays and tables of one type by what differs in them."""
    if _is_tabular(old) and type(old) is type(new):
        from nbflow.client.comparing.diffs.door import diff

        return f"{type(old).__name__} {_shape(old)}", diff(old, new).headline
    return apart(old, new) if isinstance(old, float) else (_said(old, new), _said(new, old))


def _said(one: Any, other: Any) -> str:
    """Return a part in words: by its value, else by its type where that differs."""
    said = f"{type(one).__name__} {_shape(one)}".strip() if _is_tabular(one) else shown(one)
    return f"{said} ({type(one).__name__})" if said == shown(other) and type(one) is not type(other) else said


def _is_tabular(given: Any) -> bool:
    return type(given).__module__.partition(".")[0] in {"numpy", "pandas", "pyarrow"} and hasattr(given, "shape")


def _shape(given: Any) -> str:
    return "×".join(map(str, given.shape))


def _ordered(values: Any) -> list[Any]:
    return sorted(values, key=shown)
