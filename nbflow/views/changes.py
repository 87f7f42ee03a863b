"""Why a step would run or be taken over, and what changed since it last did, with the diff: as HTML and as text."""

from __future__ import annotations

from nbflow.cards import html as h
from nbflow.cards.html import Content
from nbflow.cards.palette import BLUE, GREEN, RED, colour, mark
from nbflow.cards.printable import one_line, printable
from nbflow.frozen import frozen

#: pixels a diff may be high
_HEIGHT = 420


@frozen
class Section:
    """One thing that changed."""

    title: str
    #: what changed, in words
    lines: tuple[str, ...] = ()
    #: unified diff
    diff: str = ""


@frozen
class Explained:
    """All that is said of one step or task."""

    #: as in `train[3]`
    task: str
    #: status whose mark it has: reused, running, waiting, skipped
    status: str
    #: one sentence
    headline: str
    sections: tuple[Section, ...] = ()

    def _repr_html_(self) -> str:
        return html(self)

    def __repr__(self) -> str:
        return text(self)


def text(explained: Explained) -> str:
    """Return it as lines."""
    lines = [f"{mark(explained.status)} {one_line(explained.task)}  {one_line(explained.headline)}"]
    for section in explained.sections:
        lines.append(f"  {one_line(section.title)}")
        lines += [f"    {one_line(each)}" for each in section.lines]
        lines += [f"    {each}".rstrip() for each in printable(section.diff).splitlines()]
    return "\n".join(lines)


def html(explained: Explained) -> str:
    """Return it as HTML."""
    head = h.join(
        [
            h.text(mark(explained.status), f"color:{colour(explained.status)}"),
            " ",
            h.text(one_line(explained.task), "font-weight:bold"),
            "\u00a0 ",
            one_line(explained.headline),
        ]
    )
    return h.block(head, *(_section(each) for each in explained.sections), style="font-size:13px;line-height:1.5")


def _section(section: Section) -> Content:
    parts: list[Content] = [h.block(h.faint(one_line(section.title)))]
    parts += [h.block(one_line(each), style="padding-left:14px") for each in section.lines]
    if section.diff:
        parts.append(h.preformatted(coloured(section.diff), height=_HEIGHT))
    return h.block(*parts, style="margin:4px 0 0 14px")


def coloured(diff: str) -> Content:
    """Return a unified diff with its added and removed lines in colour."""
    return h.join((_line(each) for each in diff.splitlines()), "\n")


def _line(line: str) -> Content:
    if line.startswith("@@"):
        return h.text(line, f"color:{BLUE}")
    looks = {"+": f"color:{GREEN}", "-": f"color:{RED}"}.get(line[:1])
    return h.text(line, looks) if looks else line
