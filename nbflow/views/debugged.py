"""What `%flow debug` says: how a task ended, its traceback, and what the notebook holds of it now."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards import html as h
from nbflow.cards.html import Content
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import log_text, one_line
from nbflow.frozen import frozen

#: pixels a traceback may be high
_HEIGHT = 360
#: characters of a cell of the table
_WIDE = 72


@frozen
class Lent:
    """A name that the notebook has from the task."""

    name: str
    #: what it is, as `DataFrame 442×11`
    what: str
    #: where it is from, as `load` or `item 3`
    origin: str = ""
    #: what stood under the name before
    instead_of: str = ""


@frozen
class Debugged:
    """A task that is looked into. It holds text only."""

    pathspec: str
    status: str
    #: one line: what it failed with, or what it left
    headline: str
    facts: tuple[tuple[str, str], ...] = ()
    traceback: str = ""
    lent: tuple[Lent, ...] = ()
    #: what is not as it was, and what is missing
    remarks: tuple[str, ...] = ()
    #: what comes next
    advice: str = ""
    #: the cell that was offered
    cell: str = ""

    def _repr_html_(self) -> str:
        return html(self)

    def __repr__(self) -> str:
        return text(self)


_HEAD = ("now here", "", "from", "instead of")


def text(told: Debugged) -> str:
    """Return it as lines."""
    lines = [f"{mark(told.status)} {told.pathspec}  {one_line(told.headline)}".rstrip()]
    wide = max((len(name) for name, _ in told.facts), default=0)
    lines += [f"  {name:<{wide}}  {one_line(said)}" for name, said in told.facts]
    lines += [f"  ! {one_line(each)}" for each in told.remarks]
    if told.traceback:
        lines += ["", *(f"  {each}".rstrip() for each in log_text(told.traceback).rstrip().splitlines())]
    if told.lent:
        lines += ["", *(f"  {each}" for each in _columns([_HEAD, *_rows(told.lent)]))]
    return "\n".join([*lines, *(["", f"  {told.advice}"] if told.advice else [])])


def _rows(lent: Sequence[Lent]) -> list[tuple[str, str, str, str]]:
    return [
        (one_line(each.name), one_line(each.what, _WIDE), one_line(each.origin), one_line(each.instead_of, _WIDE))
        for each in lent
    ]


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    # a column that says nothing takes no room
    used = [number for number in range(len(_HEAD)) if any(row[number] for row in rows[1:])]
    widths = [max(len(row[number]) for row in rows) for number in used]
    shown = ([row[number] for number in used] for row in rows)
    return ["   ".join(map(str.ljust, row, widths)).rstrip() for row in shown]


def html(told: Debugged) -> str:
    """Return it as HTML."""
    sign = h.text(mark(told.status), f"color:{colour(told.status)}")
    parts: list[Content] = [
        h.block(sign, " ", h.text(told.pathspec, "font-weight:bold"), "\u00a0 ", one_line(told.headline))
    ]
    if told.facts:
        parts.append(h.block(h.pairs((name, one_line(said)) for name, said in told.facts), style="margin-left:14px"))
    parts += [
        h.block(h.text("! ", "font-weight:bold"), one_line(each), style="margin-left:14px") for each in told.remarks
    ]
    if told.traceback:
        parts.append(h.preformatted(log_text(told.traceback).rstrip(), height=_HEIGHT))
    if told.lent:
        parts.append(h.block(_table(told.lent), style="margin-left:14px"))
    parts.append(h.block(h.faint(told.advice), style="margin-left:14px"))
    return h.block(*parts, style="font-size:13px;line-height:1.5")


def _table(lent: Sequence[Lent]) -> Content:
    rows = _rows(lent)
    used = [number for number in range(len(_HEAD)) if any(row[number] for row in rows)]
    return h.table(
        [[h.code(row[number]) if number == 0 else row[number] for number in used] for row in rows],
        head=[_HEAD[number] for number in used],
    )
