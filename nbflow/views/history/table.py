"""A list of runs as a table: HTML for a notebook, trusted or not, and text for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from nbflow.cards import html as h
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import RED, colour, mark
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.views.history.rows import Listing, Row

#: characters of a reason, of a metric's heading, of a name before it is broken, and tags of a row
_REASON, _HEADING, _NAME, _TAGS = 140, 14, 10, 6
_NOWRAP = "white-space:nowrap"
_ANYWHERE = "overflow-wrap:anywhere"
_CELL = (
    "padding:3px 8px 3px 0;vertical-align:top;line-height:1.45;border:none;background-color:transparent;"
    "white-space:normal;overflow-wrap:normal"
)
_ROW = "background-color:transparent"
_CUT = "display:inline-block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom"
_CHIP = (
    f"{_CUT};max-width:150px;font-size:11px;line-height:1.5;margin:0 4px 2px 0;padding:0 6px;border-radius:8px;"
    f"background-color:{h.TINT}"
)
_REASON_STYLE = f"color:{RED};font-size:12px;{_ANYWHERE};min-width:96px"
_GIVEN = f"{h.MONO};font-size:12px;{_ANYWHERE}"
_FIGURE = f"{_NOWRAP};font-variant-numeric:tabular-nums"
_BY = f"{h.FAINT};{_CUT};font-size:12px;max-width:150px"
#: short names of these styles, for a live page, whose style sheet has them (`page.css`)
CLASSES = {
    "cell": _CELL,
    "row": _ROW,
    "chip": _CHIP,
    "reason": _REASON_STYLE,
    "given": _GIVEN,
    "figure": _FIGURE,
    "by": _BY,
}


@frozen
class Controls:
    """What a live table has beside its words."""

    #: the box before a run
    tick: Callable[[Row], Html]
    #: a heading by which the runs can be sorted: what it says, and the key
    heading: Callable[[str, str], Content]
    #: the name of a run
    name: Callable[[Row], Html]


@frozen
class Column:
    """One column: what is above it, on which side its cells are, and what it says of a run."""

    head: Content
    side: str
    cell: Callable[[Row], Content]


class Table:
    """Writes the table of a listing: with styles on each element for a file, with classes for a live page."""

    def __init__(self, found: Listing, controls: Controls | None = None) -> None:
        self._found = found
        self._controls = controls
        self._wide = min(_NAME, max((len(row.short) + 4 * bool(row.origin) for row in found.rows), default=0))

    def html(self) -> Html:
        """Return the table, with what is said of all runs below it."""
        columns = list(self._columns())
        head = [
            self._element("th", "cell", each.head, f"text-align:{each.side};font-weight:normal") for each in columns
        ]
        rows = (self._row([(each.cell(row), each.side) for each in columns]) for row in self._found.rows)
        first = h.tag("tr", *head, style=f"border-bottom:{h.LINE};{_ROW}")
        style = "border-collapse:collapse;border:none;margin:2px 0;font-size:13px;width:100%;table-layout:auto"
        parts = [h.tag("table", h.tag("thead", first), h.tag("tbody", *rows), style=style)]
        said = [each for each in (self._found.shared, self._found.lost) if each]
        parts += [h.block(h.faint(each), style="font-size:12px;margin-top:3px") for each in said]
        return h.block(*parts, style="overflow-x:auto")

    def _row(self, cells: Iterable[tuple[Content, str]]) -> Html:
        made = [
            self._element("td", "cell", cell, "" if side == "left" else f"text-align:{side}") for cell, side in cells
        ]
        return self._element("tr", "row", h.join(made))

    def _element(self, tag: str, kind: str, content: Content, style: str = "", title: str | None = None) -> Html:
        """Return an element of a kind: its style is on it, or in the style sheet of the live page."""
        if self._controls is not None:
            return h.tag(tag, content, style=style, title=title, **{"class": f"nbf-runs-{kind}"})
        # cells to the left say so: notebooks align them to the right
        side = "text-align:left" if tag == "td" and not style else style
        return h.tag(tag, content, style=";".join(each for each in (CLASSES[kind], side) if each), title=title)

    def _columns(self) -> Iterator[Column]:
        found, controls = self._found, self._controls
        heading: Callable[[str, str], Content] = (
            controls.heading if controls else lambda said, _: h.faint(h.breaking(said))
        )
        if controls is not None:
            yield Column("", "left", controls.tick)
        yield Column(heading("run", "run"), "left", self._name)
        yield Column(heading("status", "status"), "left", _status)
        yield Column(heading("started", "started"), "left", lambda row: h.text(_whole(row.started), title=row.began))
        yield Column(heading("took", "took"), "right", _took)
        for name in found.metrics:
            yield Column(heading(one_line(name, _HEADING), f"metric:{name}"), "right", partial(self._metric, name))
        heads = ["parameters", *(["tags"] if found.tags else []), *(["by whom"] if found.users else [])]
        if found.details:
            yield Column(h.faint(", ".join(heads)), "left", self._details)

    def _name(self, row: Row) -> Html:
        name = self._controls.name(row) if self._controls else named(row)
        origin = [h.text(f" ←\u00a0{row.origin}", h.FAINT, f"went on from run {row.origin}")] if row.origin else []
        return h.block(name, *origin, style=f"{_ANYWHERE};min-width:{self._wide}ch")

    def _metric(self, name: str, row: Row) -> Content:
        return self._element("span", "figure", row.metrics[name]) if name in row.metrics else ""

    def _details(self, row: Row) -> Content:
        """Return parameters, tags and user one after the other, and below them why the run failed."""
        parts = (
            [self._element("span", "given", ", ".join(row.parameters) + " ", title=row.given)] if row.parameters else []
        )
        parts += [self._element("span", "chip", tag, title=tag) for tag in row.tags[:_TAGS]]
        if rest := row.tags[_TAGS:]:
            parts.append(self._element("span", "chip", f"+{len(rest)}", title=", ".join(rest)))
        if self._found.users:
            parts.append(self._element("span", "by", row.user, title=f"run by {row.user}"))
        if row.reason:
            parts.append(self._element("div", "reason", h.breaking(one_line(row.reason, _REASON)), title=row.reason))
        return h.join(parts)


def html(found: Listing, controls: Controls | None = None) -> Html:
    """Return a listing as HTML; live with `controls`."""
    return Table(found, controls).html()


def named(row: Row) -> Html:
    """Return what a run is called; where there is little room it breaks between flow and run."""
    flow, slash, run = row.short.rpartition("/")
    said = h.join([h.text(flow + slash, _NOWRAP), h.tag("wbr"), run]) if flow else row.short
    return h.text(said, "font-weight:bold", title=row.run if row.run != row.short else None)


def _status(row: Row) -> Html:
    return h.text(f"{mark(row.status)} {row.status}", f"color:{colour(row.status)};{_NOWRAP}", title=row.reason or None)


def _took(row: Row) -> str:
    # broken before "so far", and not within the time
    time, so_far, _ = row.took.partition(" so far")
    return _whole(time) + so_far.replace("so far", "so\u00a0far")


def _whole(said: str) -> str:
    return said.replace(" ", "\u00a0")


def text(found: Listing) -> str:
    """Return the table for a terminal."""
    head = ("run", "status", "started", "took", *found.metrics, "parameters", "tags", "by")
    rows = [_line(row, found.metrics) for row in found.rows]
    table = [head, *rows]
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    lines = ["  ".join(_padded(line, widths, len(found.metrics))).rstrip() for line in table]
    return "\n".join([*lines, *(said for said in (found.shared, found.lost) if said)])


def _line(row: Row, metrics: Sequence[str]) -> tuple[str, ...]:
    name = f"{row.run} ← {row.origin}" if row.origin else row.run
    numbers = (row.metrics.get(each, "") for each in metrics)
    return (name, row.status, row.started, row.took, *numbers, ", ".join(row.parameters), ", ".join(row.tags), row.user)


def _padded(line: Sequence[str], widths: Sequence[int], metrics: int) -> list[str]:
    """Return the cells as wide as their columns; figures stand right."""
    figures = range(3, 4 + metrics)
    return [
        each.rjust(wide) if number in figures else each.ljust(wide)
        for number, (each, wide) in enumerate(zip(line, widths, strict=True))
    ]
