"""The list of artifacts for a file: bounded in rows and bytes, with small previews of what is cheap to see."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards import html as h
from nbflow.cards.html import Html
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.client.holdings import Holdings
from nbflow.client.preview import SMALL, Preview
from nbflow.client.preview_html import preview_html
from nbflow.client.preview_said import counted
from nbflow.views.artifacts.groups import Group, Item
from nbflow.views.artifacts.lines import lines

#: rows of a file, those whose values are looked at, items of a group, and bytes of all previews together
ROWS, LOOKED, ITEMS, BYTES = 200, 60, 10, 110_000
#: characters of a scalar that its row says whole
_SAID = 50


def heading(holdings: Holdings, said: str) -> Html:
    """Return what is looked through, and how it stands."""
    status = holdings.status
    sign = h.text(mark(status), f"color:{colour(status)}")
    title = h.text(one_line(holdings.pathspec, 200), "font-weight:bold;overflow-wrap:anywhere")
    return h.block(sign, " ", title, " ", h.faint(f"{status} · {said}"), style="margin:2px 0 6px")


def picture(holdings: Holdings, groups: Sequence[Group], said: str) -> Html:
    """Return the list for a file; `said` of all of it."""
    head = heading(holdings, said)
    if not groups:
        return h.block(head)
    room = _Room(holdings)
    made = lines(groups[:ROWS], room.seen, steps=holdings.of_run)
    left = f"and {counted(len(groups) - ROWS)} more" if len(groups) > ROWS else ""
    return h.block(head, made, *([h.block(h.faint(left), style="margin:4px 0;font-size:12px")] if left else []))


class _Room:
    """What there is room for: previews until they are too many bytes together."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._looked = 0
        self._left = BYTES

    def seen(self, group: Group) -> Html | None:
        if group.dropped or self._looked >= LOOKED or self._left <= 0:
            return None
        if not group.single:
            return self._fitting(items_table(self._holdings, group, ITEMS))
        found = group.items[0].ref
        if found.kind == "scalar" and found.size < _SAID:
            return None
        self._looked += 1
        shown = self._holdings.look(found, SMALL)
        return self._fitting(h.join([seen_head(shown), preview_html(shown)]))

    def _fitting(self, html: Html) -> Html | None:
        if len(html) > self._left:
            return None
        self._left -= len(html)
        return html


def seen_head(preview: Preview) -> Html:
    """Return how an artifact is stored."""
    return h.block(h.faint(preview.stored), style="font-size:12px")


def items_table(holdings: Holdings, group: Group, most: int) -> Html:
    """Return the first items of a group."""
    shown = group.items[:most]
    labelled = any(item.label for item in shown)
    rows = [(h.faint(item.task), *([item.label] if labelled else []), value_of(holdings, item)) for item in shown]
    head = ("task", *(["item"] if labelled else []), one_line(group.name, 40))
    more = len(group.items) - len(rows)
    made = h.table(rows, head=head, cell="font-size:12px")
    return h.join([made, *([h.block(h.faint(f"and {counted(more)} more"), style="font-size:12px")] if more else [])])


def value_of(holdings: Holdings, item: Item) -> str:
    """Return what an item is, in a few words."""
    return holdings.brief(item.ref) or item.said or one_line(item.ref.type, 60)
