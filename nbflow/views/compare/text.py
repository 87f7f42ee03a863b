"""A comparison for a terminal: aligned, only what differs, as wide as the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nbflow.cards.figures import duration, several
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line, printable
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.rows import Metric, Row, alike, difference, share
from nbflow.client.comparing.side import Number
from nbflow.client.comparing.wording import delta_text, number_text, percent_of, told_apart
from nbflow.views.compare.words import (
    NONE,
    counted,
    gap_of,
    how_of,
    names_of,
    parted,
    said_of_all,
    started,
    subtitle_of,
    title_of,
    took,
    verdict_lines,
    versions_of,
)

#: rows of a section, items of a metric, lines of one diff
_ROWS, _ITEMS, _LINES = 30, 8, 30
#: characters of a cell
_CELL = 34

#: gives a line its colour: what it is (good, bad, doubt, more, less, title, faint) and the line
Paint = Callable[[str, str], str]


def plain(_: str, line: str) -> str:
    """Return the line as it is."""
    return line


def text(comparison: Comparison, *, width: int = 100, paint: Paint = plain) -> str:
    """Return a comparison as lines of at most `width` characters."""
    return "\n".join(_lines(comparison, width, paint))


def _lines(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    yield _cut(f"{paint('title', title_of(comparison))}  {subtitle_of(comparison)}", width + 12)
    yield from _grid(_runs(comparison), width, "lllrll")
    for verdict in comparison.verdicts:
        sign, said, told = verdict_lines(verdict)
        tone = {"worse": "bad", "passed": "good"}.get(verdict.state, "doubt")
        yield ""
        yield paint(tone, _cut(f"{sign} {said}", width))
        yield from (_cut(f"  {part}", width) for part in told.split("; ") if part)
    yield from _metrics(comparison, width, paint)
    yield from _parameters(comparison, width, paint)
    yield from _artifacts(comparison, width, paint)
    yield from _code(comparison, width, paint)
    yield from _durations(comparison, width, paint)
    yield from _environment(comparison, width, paint)


def _runs(comparison: Comparison) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for side, name in zip(comparison.sides, names_of(comparison.sides), strict=True):
        status = side.record.status.value
        is_base = comparison.baseline is not None and side.run == comparison.baseline
        tags = one_line(", ".join(sorted(side.record.tags)), _CELL)
        rows.append(
            (
                name,
                f"{mark(status)} {status}",
                started(side),
                took(side),
                one_line(side.record.user, 20),
                *(["baseline" if is_base else ""] if comparison.baseline is not None else []),
                tags,
            )
        )
    return rows


def _metrics(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    rows = comparison.metrics
    if not rows:
        return
    yield from _title("METRICS", counted(rows, comparison), paint)
    names = names_of(comparison.sides)
    table = [["", *names, *(["Δ", "%"] if len(names) == 2 else [])]]
    differ, _ = parted(rows, comparison)
    for row in differ[:_ROWS]:
        table.append(_numbers(_label(row), row.values))
        table += [_numbers(f"  {one_line(label, 30)}", values) for label, values in _differing(row)[:_ITEMS]]
        if (more := len(_differing(row)) - _ITEMS) > 0:
            table.append([f"  and {more} more items", *[""] * (len(table[0]) - 1)])
    if differ:
        yield from _grid(table, width, "l" + "r" * (len(table[0]) - 1))
    yield from _more(len(differ), _ROWS)


def _label(row: Metric) -> str:
    return one_line(row.label, 44) + (f" (mean of {len(row.items)})" if row.items else "")


def _differing(row: Metric) -> list[tuple[str, tuple[Number | None, ...]]]:
    return [each for each in row.items if not alike(each[1])]


def _numbers(label: str, values: Sequence[Number | None]) -> list[str]:
    cells = [label, *(NONE if each is None else number_text(each) for each in values)]
    if len(values) == 2:
        part = share(*values)
        cells += [delta_text(difference(*values)), percent_of(part) if part is not None else ""]
    return cells


def _parameters(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    rows = comparison.parameters
    if not rows:
        return
    yield from _title("PARAMETERS", counted(rows, comparison), paint)
    differ, _ = parted(rows, comparison)
    yield from _facts(differ, comparison, width)


def _artifacts(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    rows = comparison.artifacts
    if not rows:
        return
    yield from _title("ARTIFACTS", counted(rows, comparison), paint)
    names = names_of(comparison.sides)
    differ, _ = parted(rows, comparison)
    labels = [one_line(row.label, 36) for row in differ[:_ROWS]]
    hows = ["" if (how := how_of(row, names)) == "changed" or len(names) == 1 else how for row in differ[:_ROWS]]
    # all columns stand beside each other: what they say is cut
    room = width - 2 - max(map(len, labels), default=0) - max(map(len, hows), default=0) - 2
    limit = max(12, min(_CELL, room // 2 - 2))
    cells = []
    for row, label, how in zip(differ, labels, hows, strict=False):
        said = versions_of(row, _CELL // 2) if len(names) > 2 else said_of_all(row, limit)
        cells.append([label, *said, how])
    if cells:
        yield from _grid([["", *names, ""], *cells], width)
    yield from _more(len(differ), _ROWS)


def _code(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    changes = comparison.code
    names = names_of(comparison.sides)
    yield from (
        _title("CODE", f"{several(len(changes), 'piece')} differ" if len(changes) != 1 else "1 piece differs", paint)
        if changes
        else ()
    )
    for change in changes[:_ROWS]:
        lines = change.diff.splitlines()
        of = f"  (run {', '.join(names[run] for run in change.runs)})" if len(names) > 2 else ""
        yield _cut(f"  {one_line(change.name, 60)} {change.how}{of}", width)
        for line in lines[:_LINES]:
            tone = {"+": "more", "-": "less", "@": "faint"}.get(line[:1], "")
            yield paint(tone, _cut(f"    {printable(line)}", width)) if tone else _cut(f"    {printable(line)}", width)
        if len(lines) > _LINES:
            yield f"    and {len(lines) - _LINES} more lines"
    yield from _more(len(changes), _ROWS)


def _durations(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    rows = comparison.durations
    if not rows:
        return
    names = names_of(comparison.sides)
    two = len(names) == 2
    yield from _title("DURATIONS", "", paint)
    table: list[Sequence[str]] = [["", *names, *(["Δ"] if two else [])]]
    for row in rows[:_ROWS]:
        pairs = zip(row.seconds, row.reused, strict=True)
        cells = [duration(each) if each is not None else "taken over" if reused else NONE for each, reused in pairs]
        table.append([one_line(row.step, 40), *cells, *([gap_of(*row.seconds)] if two else [])])
    yield from _grid(table, width, "l" + "r" * (len(table[0]) - 1))
    yield from _more(len(rows), _ROWS)


def _environment(comparison: Comparison, width: int, paint: Paint) -> Iterator[str]:
    differ = [row for row in comparison.environment if row.differs]
    if differ:
        yield from _title("ENVIRONMENT", counted(comparison.environment, comparison), paint)
        yield from _facts(differ, comparison, width)


def _facts(rows: Sequence[Row], comparison: Comparison, width: int) -> Iterator[str]:
    """Yield a line for each fact, with what it is in each run."""
    if not rows:
        return
    limit = _CELL if len(comparison.sides) < 3 else _CELL // 2
    cells = [
        [one_line(row.name, 40), *(each or NONE for each in told_apart(row.values, limit))] for row in rows[:_ROWS]
    ]
    yield from _grid([["", *names_of(comparison.sides)], *cells], width)
    yield from _more(len(rows), _ROWS)


def _title(title: str, said: str, paint: Paint) -> Iterator[str]:
    yield ""
    yield f"{paint('title', title)}  {paint('faint', said)}".rstrip()


def _more(count: int, most: int) -> Iterator[str]:
    if count > most:
        yield f"  and {count - most} more"


def _grid(rows: Sequence[Sequence[str]], width: int, align: str = "") -> Iterator[str]:
    """Yield rows in columns; columns that do not fit beside the first come below, under their heads again."""
    if not rows:
        return
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    groups: list[list[int]] = [[]]
    room = width - 2 - widths[0]
    for column in range(1, len(widths)):
        if groups[-1] and widths[column] + 2 > room:
            groups.append([])
            room = width - 2 - widths[0]
        groups[-1].append(column)
        room -= widths[column] + 2
    for group in groups:
        for row in rows:
            cells = (
                row[n].rjust(widths[n]) if align[n : n + 1] == "r" else row[n].ljust(widths[n]) for n in (0, *group)
            )
            yield _cut(f"  {'  '.join(cells)}".rstrip(), width)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
