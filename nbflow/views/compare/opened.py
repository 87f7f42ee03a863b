"""One artifact opened: how it became another, as HTML."""

from __future__ import annotations

import base64

from nbflow.cards import html as h
from nbflow.cards.html import Content, Html
from nbflow.cards.printable import one_line
from nbflow.client.comparing.diffs import Diff
from nbflow.views.changes import coloured
from nbflow.views.compare.sections import SHORT

_HEIGHT, _LINES, _WIDE = 420, 1000, 160


def opened(diff: Diff, names: tuple[str, str]) -> Html:
    """Return what is said of two values; `names` are what the two runs are called."""
    parts: list[Content] = [h.block(one_line(diff.headline, 300))]
    if diff.facts:
        parts.append(
            h.table([(h.faint(one_line(what, 60)), *map(_cell, both)) for what, *both in diff.facts], head=("", *names))
        )
    if diff.pictures:
        parts.append(
            h.table([[_picture(each, name) for each, name in zip(diff.pictures, names, strict=True)]], head=names)
        )
    if diff.rows:
        head = [{"old": names[0], "new": names[1]}.get(each, each) for each in diff.head]
        parts.append(h.table([tuple(map(_cell, row)) for row in diff.rows], head=head))
    if diff.more:
        parts.append(h.block(h.faint(f"and {diff.more:,} more")))
    if diff.text:
        lines = diff.text.splitlines()
        parts.append(h.preformatted(coloured("\n".join(lines[:_LINES])), height=_HEIGHT))
        if len(lines) > _LINES:
            parts.append(h.block(h.faint(f"and {len(lines) - _LINES:,} more lines")))
    return h.block(*parts, style="overflow-x:auto")


def _picture(png: bytes, name: str) -> Html:
    url = f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
    style = "max-width:400px;height:auto;background-color:#fff;border-radius:3px"
    return h.tag("img", src=url, alt=f"as run {one_line(name, 60)} has it", style=style)


def _cell(text: str) -> Html:
    how = "white-space:nowrap" if len(text) <= SHORT else "overflow-wrap:anywhere"
    return h.text(one_line(text, _WIDE), f"{h.MONO};font-size:12px;{how}")
