"""The port of a page: what one place shows, within a view that can go to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from nbflow.cards import html as h
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.views.inline import parts

#: what leads to the timeline of the run whose pathspec stands before it
TIMELINE = "#timeline"


class Page(Protocol):
    """What one place shows."""

    def regions(self) -> Mapping[str, Html]:
        """Return its live form."""
        ...

    def static(self) -> Html:
        """Return what a file keeps."""
        ...

    def text(self) -> str:
        """Return it for a terminal."""
        ...

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        """Do what a control asks for."""
        ...

    def poll(self) -> bool:
        """Look whether something has changed that is shown."""
        ...


def title(status: str, *content: Content) -> Html:
    """Return the first line of a page."""
    sign: list[Content] = [h.text(mark(status), f"color:{colour(status)};font-weight:bold"), " "] if status else []
    said: list[Content] = (
        [h.text(status, f"color:{colour(status)};font-weight:bold;padding-left:6px")] if status else []
    )
    return h.block(*sign, *content, *said, style="font-size:14px;margin:2px 0")


def trail(place: str, *, live: bool, last: str = "") -> Html:
    """Return `sales / 12 / train / 3`, each part a link to its own page; `last` stands behind it."""
    flow, *rest = place.split("/")
    said: list[Content] = [h.faint(one_line(flow, 60))]
    for count, part in enumerate(rest, 1):
        bold = h.text(one_line(part, 80), "font-weight:bold")
        here = count == len(rest) and not last
        said.append(parts.link(bold, "go", "/".join([flow, *rest[:count]])) if live and not here else bold)
    if last:
        said.append(h.text(last, "font-weight:bold"))
    return h.join(said, h.faint(" / "))


def facts(brief: Iterable[tuple[str, Content]], rows: Iterable[tuple[str, Content]] = ()) -> Html:
    """Return facts: the brief ones on one line, the others in rows below. Those without a value are left out."""
    line = [h.join([h.faint(f"{name} "), value]) for name, value in brief if value]
    named = [(h.text(name, f"{h.FAINT};white-space:nowrap"), value) for name, value in rows if value]
    return h.block(
        h.block(h.join(line, h.faint("\u00a0 · "))), h.table(named, cell="overflow-wrap:anywhere") if named else ""
    )
