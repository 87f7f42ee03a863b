"""The list of artifacts as lines of a table that unfold, for a file: no control is needed to see more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import several, size
from nbflow.cards.html import Content, Html
from nbflow.cards.printable import one_line
from nbflow.client.preview_said import counted
from nbflow.views.artifacts.groups import Group

#: widths of the columns, the first with a step's name
WIDTHS = ("26%", "24%", "16%", "11%", "23%")
#: sizes are numbers, whose ends stand below each other
ALIGN = "lllrl"
#: those of a file's lines, each with a gap to the next one
_APART = ("24%", "22%", "16%", "9%", "24%")
HEAD = ("step", "artifact", "type", "size", "value")
_CELL = "display:inline-block;vertical-align:top;overflow:hidden;text-overflow:ellipsis"
_LINE = f"line-height:1.7;border-top:{h.LINE}"
#: what a line has in place of the mark of one that unfolds, which takes a little of each line
_INDENT = h.tag("span", style="display:inline-block;width:14px")
_ROW = "display:inline-block;width:96%;vertical-align:top;white-space:nowrap"


def lines(groups: Sequence[Group], seen: Callable[[Group], Html | None], *, steps: bool) -> Html:
    """Return one line per group, that unfolds to what `seen` gives; None: there is no more to be seen here."""
    head = _cells([h.faint(each) for each in (HEAD if steps else HEAD[1:])], steps=steps)
    made = [h.block(_INDENT, head, style="line-height:1.7")]
    before = ""
    for group in groups:
        cells = _cells(cells_of(group, steps=steps, again=group.step == before), steps=steps)
        before = group.step
        more = seen(group)
        if more is None:
            made.append(h.block(_INDENT, cells, style=_LINE))
        else:
            summary = h.tag("summary", cells, style="cursor:pointer")
            body = h.block(more, style="padding:2px 0 10px 14px;overflow-x:auto")
            made.append(h.tag("details", summary, body, style=_LINE))
    return h.block(*made, style="font-size:13px")


def cells_of(group: Group, *, steps: bool, again: bool = False) -> list[Content]:
    """Return what a row says of a group."""
    name = h.text(h.breaking(one_line(group.name, 80)), "font-weight:600", title=group.name)
    marks = []
    if not group.own:
        marks.append("handed on")
    if not group.single and group.items:
        marks.append(many_said(group))
    shown = h.join([name, *([" ", h.faint(" · ".join(marks))] if marks else [])])
    kind: Content = h.faint("–") if group.dropped else one_line(group.type, 60)
    weight: Content = "" if group.dropped else size(group.size)
    said = group.said
    value = h.faint(said) if group.dropped else h.text(said, title=said if len(said) > 30 else None)
    step: list[Content] = [_step(one_line(group.step, 60), again=again)]
    return [*(step if steps else []), shown, kind, weight, value]


def _step(name: str, *, again: bool) -> Html:
    """Return a step's name, which takes the lines it needs; again, it is one faint line, cut where its column ends."""
    return h.text(name, f"{h.FAINT};white-space:nowrap", title=name) if again else h.text(h.breaking(name), title=name)


def many_said(group: Group) -> str:
    """Return of how many items it is."""
    if len(group.items) < group.tasks:
        return f"{counted(len(group.items))} of {several(group.tasks, 'item')}"
    return f"{counted(len(group.items))} items"


def _cells(cells: Sequence[Content], *, steps: bool) -> Html:
    widths = _APART if steps else ("29%", "23%", "11%", "34%")
    made = [
        h.tag("span", each, style=f"{_CELL};width:{wide};margin-right:1%")
        for each, wide in zip(cells, widths, strict=True)
    ]
    return h.tag("span", *made, style=_ROW)
