"""The sections of a comparison as HTML: what differs first, what is equal counted and folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import duration, several
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import GREEN, GREY, RED
from nbflow.cards.printable import one_line
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.rows import Artifact, Duration, Metric, Row, alike, difference, share
from nbflow.client.comparing.side import Number
from nbflow.client.comparing.wording import delta_text, number_text, percent_of
from nbflow.views.changes import coloured
from nbflow.views.compare import marks
from nbflow.views.compare.words import (
    NONE,
    Rows,
    counted,
    gap_of,
    names_of,
    parted,
    tallied,
)

#: rows of a section, items of a metric and lines of a diff that are shown
_ROWS, _ITEMS, _LINES = 200, 60, 400
_NUMBER = "white-space:nowrap;font-variant-numeric:tabular-nums"
_DIFF_HEIGHT = 420
#: characters of a text that is not broken; longer ones have at least so much room
SHORT = 36
#: the same of the name of what a step left
_NAME = 24
_LONG = "display:inline-block;min-width:170px;overflow-wrap:anywhere"


def section(title: str, said: str, *content: Content, unfolded: bool = True) -> Html:
    """Return one section under its title; wide tables scroll inside it."""
    head = h.join([h.tag("b", title), "\u2002", h.faint(said)])
    return h.details(head, h.block(*content, style="margin:0 0 8px 14px;overflow-x:auto"), unfolded=unfolded)


def metrics(comparison: Comparison, *, only: bool = False) -> Html:
    """Return the numbers in columns, their deltas, and a small chart of each."""
    rows = comparison.metrics
    if not rows:
        return section("Metrics", "no step left a number", unfolded=False)
    names = names_of(comparison.sides)
    differ, equal = parted(rows, comparison)
    parts: list[Content] = [_metric_table(differ, names)] if differ else []
    parts += [_items(row, names) for row in differ if row.items]
    parts += folded(equal, _equal_metrics, only=only)
    return section("Metrics", counted(rows, comparison), *parts)


def parameters(comparison: Comparison, *, only: bool = False) -> Html:
    """Return the parameters' values in columns."""
    return _plain_rows("Parameters", comparison.parameters, comparison, only=only)


def environment(comparison: Comparison, *, only: bool = False) -> Html:
    """Return who, where and with what versions."""
    differ = any(row.differs for row in comparison.environment)
    return _plain_rows("Environment", comparison.environment, comparison, only=only, unfolded=differ)


def code(comparison: Comparison) -> Html:
    """Return the diff of each cell that is not the same, folded."""
    changes = comparison.code
    if len(comparison.sides) < 2:
        return Html("")
    if not changes:
        return section("Code", "equal", unfolded=False)
    names = names_of(comparison.sides)
    parts: list[Content] = []
    for runs in dict.fromkeys(change.runs for change in changes):
        if len(names) > 2:
            which = f"run{'s' if len(runs) > 1 else ''} {', '.join(names[run] for run in runs)}"
            parts.append(h.block(h.faint(f"{which}, compared with {names[0]}"), style="margin-top:4px"))
        mine = [change for change in changes if change.runs == runs]
        parts += [_code_change(change.name, change.how, change.diff) for change in mine[:_ROWS]]
    return section("Code", f"{several(len(changes), 'piece')} differ{'s' if len(changes) == 1 else ''}", *parts)


def durations(comparison: Comparison) -> Html:
    """Return how long each step took."""
    rows = comparison.durations
    if not rows:
        return section("Durations", "no step has ended", unfolded=False)
    names = names_of(comparison.sides)
    whole = [side.seconds for side in comparison.sides]
    said = " → ".join(duration(each) or NONE for each in whole) if len(whole) <= 4 else several(len(rows), "step")
    largest = max((each for row in rows for each in row.seconds if each is not None), default=0.0)
    table = h.table(
        [_duration_cells(row, largest, names) for row in rows],
        head=["step", "", *names, *(["Δ"] if len(names) == 2 else [])],
        align="ll" + "r" * (len(names) + 1),
    )
    return section("Durations", said, table, unfolded=False)


def pictures(comparison: Comparison, *, most: int, limit: int) -> Html:
    """Return pictures that differ side by side, folded; at most `most` pairs of no more than `limit` bytes in all."""
    found = comparison.pictures
    if not found:
        return Html("")
    names, room, parts = names_of(comparison.sides), limit, []
    for row in found[:most]:
        weight = sum(len(each.data) for each in row.pictures if each)
        if weight > room:
            break
        room -= weight
        images = [
            _image(picture.url if picture else None, name) for picture, name in zip(row.pictures, names, strict=True)
        ]
        where = " · ".join(
            filter(
                None, (one_line(row.step, 60), one_line(row.item, 40), f"picture {row.place + 1}" if row.place else "")
            )
        )
        parts.append(h.details(where, h.block(h.table([images], head=names), style="overflow-x:auto")))
    left = len(found) - len(parts)
    if left:
        parts.append(
            h.block(
                h.faint(
                    f"{several(left, 'more picture')} that differ{'s' if left == 1 else ''}: too large to be kept here"
                )
            )
        )
    return section("Pictures", f"{len(found)} differ{'s' if len(found) == 1 else ''}", *parts)


# ---- rows


def _metric_table(rows: Sequence[Metric], names: Sequence[str]) -> Html:
    two = len(names) == 2
    largest = max((abs(part) for row in rows if (part := row.share(1)) is not None), default=0.0) if two else 0.0
    cells = []
    for row in rows[:_ROWS]:
        numbers = [_number(each) for each in row.values]
        said = f"{row.label}: {', '.join(number_text(each) if each is not None else NONE for each in row.values[:8])}"
        if two:
            part = row.share(1)
            chart = marks.gap(part, largest, said) if part is not None else ""
            cells.append(
                (
                    name_of(row),
                    *numbers,
                    _small(delta_text(row.delta(1))),
                    _small(percent_of(part) if part is not None else ""),
                    chart,
                )
            )
        else:
            chart = marks.dots(row.values, said) if len(names) > 2 else ""
            cells.append((name_of(row), chart, *numbers))
    if two:
        return cut(h.table(cells, head=["metric", *names, "Δ", "%", ""], align="lrrrrl"), len(rows))
    return cut(h.table(cells, head=["metric", "", *names], align="ll" + "r" * len(names)), len(rows))


def _equal_metrics(rows: Sequence[Metric]) -> Html:
    return cut(h.table([(name_of(row), _number(row.values[0])) for row in rows[:_ROWS]], align="lr"), len(rows))


def _items(row: Metric, names: Sequence[str]) -> Html:
    differ = [each for each in row.items if not alike(each[1])]
    # one run alone has nothing that could be equal
    how = tallied([not alike(values) for _, values in row.items]) if len(names) > 1 else several(len(row.items), "item")
    said = f"{one_line(row.label, 80)} by item: {how}"
    cells = []
    two = len(names) == 2
    shown = (differ or row.items)[:_ITEMS]
    shares = [share(*values) for _, values in shown] if two else []
    largest = max((abs(each) for each in shares if each is not None), default=0.0)
    for place, (label, values) in enumerate(shown):
        line: list[Content] = [one_line(label, 60), *map(_number, values)]
        if two:
            part = shares[place]
            line += [_small(delta_text(difference(*values))), _small(percent_of(part) if part is not None else "")]
            line.append(marks.gap(part, largest, percent_of(part)) if part is not None else "")
        cells.append(line)
    head = ["item", *names, *(["Δ", "%", ""] if two else [])]
    return h.details(
        said, cut(h.table(cells, head=head, align="l" + "r" * (len(names) + 2)), len(differ or row.items), _ITEMS)
    )


def _plain_rows(title: str, rows: Sequence[Row], comparison: Comparison, *, only: bool, unfolded: bool = True) -> Html:
    if not rows:
        return section(title, "none", unfolded=False)
    names = names_of(comparison.sides)
    differ, equal = parted(rows, comparison)

    def table(found: Sequence[Row]) -> Html:
        cells = [(_named(row.name), *(cell(each) for each in row.values)) for row in found[:_ROWS]]
        return cut(h.table(cells, head=["", *names]), len(found))

    def once(found: Sequence[Row]) -> Html:
        # what is equal is said once
        return cut(h.table([(_named(row.name), cell(row.values[0])) for row in found[:_ROWS]]), len(found))

    parts: list[Content] = [table(differ)] if differ else []
    parts += folded(equal, once, only=only)
    return section(title, counted(rows, comparison), *parts, unfolded=unfolded and bool(differ))


def _code_change(name: str, how: str, diff: str) -> Html:
    lines = diff.splitlines()
    more, less = (sum(1 for line in lines if line.startswith(sign)) for sign in "+-")
    head = h.join(
        [
            h.text(one_line(name, 80), h.MONO + ";font-size:12px"),
            "\u2002",
            h.faint(how),
            "\u2002",
            h.text(f"+{more}", f"color:{GREEN}"),
            " ",
            h.text(f"−{less}", f"color:{RED}"),
        ]
    )
    cut = [h.block(h.faint(f"and {len(lines) - _LINES} more lines"))] if len(lines) > _LINES else []
    return h.details(head, h.preformatted(coloured("\n".join(lines[:_LINES])), height=_DIFF_HEIGHT), *cut)


def _duration_cells(row: Duration, largest: float, names: Sequence[str]) -> Sequence[Content]:
    said = [
        duration(each) if each is not None else "taken over" if reused else NONE
        for each, reused in zip(row.seconds, row.reused, strict=True)
    ]
    alt = f"{row.step}: {', '.join(said[:8])}"
    cells: list[Content] = [
        h.breaking(one_line(row.step, 64)),
        marks.lengths(row.seconds, largest, one_line(alt, 200)) if len(names) <= 8 else "",
    ]
    cells += [
        h.faint(text) if each is None else _small(text, faint=False)
        for text, each in zip(said, row.seconds, strict=True)
    ]
    if len(names) == 2:
        cells.append(_small(gap_of(*row.seconds)))
    return cells


def _image(url: str | None, name: str) -> Html:
    if url is None:
        return h.faint("no picture")
    style = "max-width:460px;height:auto;background-color:#fff;border-radius:3px"
    return h.tag("img", src=url, alt=f"as run {name} shows it", style=style)


# ---- pieces


def folded(equal: Sequence[Rows], table: Callable[[Sequence[Rows]], Html], *, only: bool) -> list[Content]:
    """Return the rows that are equal, counted and folded; nothing where only differences are asked for."""
    if not equal or only:
        return []
    return [h.details(h.faint(f"{len(equal)} equal"), table(equal))]


def cut(table: Html, count: int, most: int = _ROWS) -> Html:
    """Return a table, with how many of its `count` rows are left out."""
    return h.join([table, h.block(h.faint(f"and {count - most} more"))]) if count > most else table


def name_of(row: Metric | Artifact) -> Html:
    """Return the name of what a step left, its step faint."""
    of = h.faint(f" mean of {_items_of(row)}") if isinstance(row, Metric) and row.items else ""
    long = len(row.label) > _NAME
    step, name = f"{one_line(row.step, 64)}.", one_line(row.name, 48)
    # a seam is one on a line that may not be broken, too
    parts = [h.faint(h.breaking(step)), h.tag("wbr"), h.breaking(name)] if long else [h.faint(step), name]
    said = h.join([*parts[:-1], h.text(parts[-1], "font-weight:bold"), of])
    return h.text(said, _LONG if long else "white-space:nowrap", title=one_line(row.label, 200))


def _items_of(row: Metric) -> str:
    """Return of how many items a mean is: `12`, or `6 to 12` where some run has fewer."""
    counts = [sum(values[run] is not None for _, values in row.items) for run in range(len(row.values))]
    least, most = min(filter(None, counts), default=0), max(counts)
    return f"{most}" if least == most else f"{least} to {most}"


def _named(name: str) -> Html:
    long = len(name) > SHORT
    said = one_line(name, 60)
    return h.text(h.breaking(said) if long else said, _LONG if long else "white-space:nowrap")


def _number(given: Number | None) -> Html:
    return h.text(NONE if given is None else number_text(given), f"color:{GREY}" if given is None else _NUMBER)


def _small(text: str, *, faint: bool = True) -> Html:
    return h.text(text, f"{_NUMBER};{h.FAINT}" if faint else _NUMBER)


def cell(text: str | None) -> Html:
    """Return what a run has of something; short texts are not broken."""
    if text is None or text == NONE:
        return h.faint(NONE)
    return h.text(one_line(text, 160), "white-space:nowrap" if len(text) <= SHORT else _LONG)
