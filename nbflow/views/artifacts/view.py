"""The browser: a list to search and sort in, and below it what was chosen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nbflow.cards import html as h
from nbflow.cards.document import document, draws, framed
from nbflow.cards.figures import size
from nbflow.cards.html import Content, Html
from nbflow.cards.mime import bundle_height, bundle_html
from nbflow.cards.printable import one_line
from nbflow.client.holdings import Holdings
from nbflow.client.preview import LARGE, Preview
from nbflow.client.preview_html import preview_html
from nbflow.client.preview_said import counted
from nbflow.client.preview_text import preview_text
from nbflow.views.artifacts.groups import ORDERS, Group, Item, groups_of, in_order, matching, matching_items, totals
from nbflow.views.artifacts.lines import ALIGN, HEAD, WIDTHS, cells_of
from nbflow.views.artifacts.picture import heading, picture, seen_head, value_of
from nbflow.views.artifacts.text import text
from nbflow.views.inline import parts

#: opens an artifact in a process of its own: its pathspec to a bundle of MIME types
Opener = Callable[[str], Mapping[str, Any]]

#: rows of the list, and of a page of items
_ROWS, _PAGE = 300, 50
#: groups from which on there is something to search in; artifacts that stay open
_MANY, _OPENED = 6, 8


class ArtifactsView:
    """What is left at a place, as it is now."""

    name = "artifacts"

    def __init__(self, holdings: Holdings, opener: Opener) -> None:
        self._holdings = holdings
        self._opener = opener
        self._groups = self._read()
        self._find = self._find_item = ""
        self._order = "flow"
        #: (step, name) whose artifact or items are shown
        self._chosen: tuple[str, str] | None = None
        #: the task whose artifact is shown, of several
        self._task: str | None = None
        self._offset = 0
        #: place → what its opening gave, the latest ones
        self._opened: dict[str, Mapping[str, Any]] = {}
        #: digest → what was seen
        self._seen: dict[str, Preview] = {}
        if holdings.artifact or len(self._groups) == 1:
            self._choose_only()

    # ---- what is shown

    def regions(self) -> Mapping[str, Html]:
        found = in_order(matching(self._groups, self._find), self._order)
        made = {"head": heading(self._holdings, self._totals)}
        if len(self._groups) >= _MANY or self._find:
            made["controls"] = self._controls(len(found))
        if not self._holdings.artifact:
            made["list"] = self._list(found)
        if (group := self._group()) is not None:
            made["detail"] = self._detail(group)
        return made

    def static(self) -> Html:
        self.poll()
        if self._holdings.artifact and (group := self._group()) is not None and group.items:
            shown = self._look(group.items[0])
            return h.block(heading(self._holdings, shown.said), seen_head(shown), preview_html(shown))
        return picture(self._holdings, self._groups, self._totals)

    def text(self) -> str:
        self.poll()
        if self._holdings.artifact and (group := self._group()) is not None and group.items:
            shown = self._look(group.items[0])
            return f"{one_line(self._holdings.pathspec)}  {shown.said}\n{preview_text(shown)}"
        return text(self._holdings, self._groups, self._totals)

    def poll(self) -> bool:
        if not self._holdings.changed():
            return False
        groups = self._read()
        before, self._groups = self._groups, groups
        return groups != before

    # ---- what is done

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        self._take(fields)
        if act == "choose":
            step, name, *_ = json.loads(argument)
            again = self._chosen == (step, name) and self._task is None
            self._chosen = None if again else (step, name)
            self._task, self._offset, self._find_item = None, 0, ""
        elif act == "item":
            self._task = argument
        elif act == "back":
            self._task = None
        elif act == "close":
            self._chosen = self._task = None
        elif act == "page":
            self._offset = max(0, int(argument)) if argument.isdecimal() else 0
        elif act == "open":
            # each may be megabytes
            kept = list(self._opened.items())[1 - _OPENED :]
            self._opened = {**dict(kept), argument: self._opener(argument)}

    def _take(self, fields: Mapping[str, str]) -> None:
        self._find = fields.get("find", self._find)
        order = fields.get("order", self._order)
        self._order = order if order in ORDERS else "flow"
        find = fields.get("item", self._find_item)
        if find != self._find_item:
            self._find_item, self._offset = find, 0

    # ---- regions

    def _controls(self, found: int) -> Html:
        cut = f"{counted(found)} of {counted(len(self._groups))}" if self._find else ""
        return parts.bar(
            parts.field("find", self._find, placeholder="step, name or type", width=220, label="find artifacts"),
            parts.choice("order", ORDERS.items(), self._order, label="order"),
            *([h.faint(cut)] if cut else []),
        )

    def _list(self, found: Sequence[Group]) -> Html:
        steps = self._holdings.of_run
        if not found:
            return h.block(h.faint("no artifact has this in its step, name or type" if self._find else ""))
        rows = []
        before: str | None = None
        for group in found[:_ROWS]:
            rows.append(self._row(group, steps=steps, again=group.step == before))
            before = group.step if self._order == "flow" else None
        widths = WIDTHS if steps else ("30%", "24%", "12%", "34%")
        align = ALIGN if steps else ALIGN[1:]
        made = h.table(rows, head=HEAD if steps else HEAD[1:], width="100%", widths=widths, align=align)
        more = len(found) - _ROWS
        rest = [h.block(h.faint(f"and {counted(more)} more: search for what you want"))] if more > 0 else []
        return parts.scrolled(h.join([made, *rest]), height=360)

    def _row(self, group: Group, *, steps: bool, again: bool) -> list[Content]:
        cells = cells_of(group, steps=steps, again=again)
        place = 1 if steps else 0
        if group.items:
            key = json.dumps([group.step, group.name])
            chosen = self._chosen == (group.step, group.name)
            label = h.join([h.faint("▾ "), cells[place]]) if chosen else cells[place]
            cells[place] = parts.link(label, "choose", key, title="close" if chosen else "show")
        return cells

    def _detail(self, group: Group) -> Html:
        item = self._item(group)
        title: list[Content] = [h.tag("b", f"{group.step}.{group.name}")]
        if not group.single and item is not None:
            title += [" ", h.faint(" · ".join(filter(None, [f"task {item.task}", item.label])))]
        buttons = [] if self._holdings.artifact else [parts.button("close", "close")]
        if item is not None and not group.single:
            buttons.insert(0, parts.button("‹ all items", "back"))
        bar = parts.bar(h.join(title), *buttons)
        body = self._items(group) if item is None else self._one(group, item)
        return h.block(bar, body, style=f"border-top:{h.LINE};margin-top:8px;padding-top:4px")

    def _one(self, group: Group, item: Item) -> Html:
        shown = self._look(item)
        place = self._holdings.place(group.step, item.task, group.name)
        made = [seen_head(shown)]
        if place in self._opened:
            made.append(_opened_html(self._opened[place]))
        elif shown.opens_with_code:
            title = "run its code in a process of its own, and show what it displays"
            made.append(parts.bar(parts.button("Open", "open", place, title=title), h.faint("in a process of its own")))
        made.append(preview_html(shown))
        # a name that a record holds may be anything
        name = f".{group.name}" if group.name.isidentifier() else f"[{group.name!r}]"
        code = h.code(f'Run("{self._holdings.run}")["{group.step}"]{_index(group, item)}.data{name}')
        made.append(h.block(h.faint("to load it: "), code, style="font-size:12px;margin-top:6px"))
        return h.join(made)

    def _items(self, group: Group) -> Html:
        found = matching_items(group.items, self._find_item)
        shown = found[self._offset : self._offset + _PAGE]
        rows = [
            (
                parts.link(item.task, "item", item.task),
                one_line(item.label, 60),
                value_of(self._holdings, item),
                size(item.ref.size),
            )
            for item in shown
        ]
        made: list[Html] = []
        if len(group.items) > _PAGE:
            made.append(self._pager(len(group.items), len(found)))
        made.append(h.table(rows, head=("task", "item", "value", "size"), align="lllr"))
        return h.join(made)

    def _pager(self, total: int, found: int) -> Html:
        first, last = self._offset + 1, min(self._offset + _PAGE, found)
        said = f"{counted(first)} – {counted(last)} of {counted(found)}" if found else "none"
        if found < total:
            said += f" (of {counted(total)})"
        back, on = max(0, self._offset - _PAGE), self._offset + _PAGE
        return parts.bar(
            parts.field("item", self._find_item, placeholder="item or value", width=160, label="find items"),
            parts.button("‹", "page", str(back), disabled=self._offset == 0, title="the items before"),
            parts.button("›", "page", str(on), disabled=on >= found, title="the items behind"),
            h.faint(said),
        )

    # ---- what is chosen

    def _read(self) -> tuple[Group, ...]:
        groups = groups_of(self._holdings.steps(), self._holdings.tasks())
        wanted = self._holdings.artifact
        found = tuple(each for each in groups if wanted in {None, each.name})
        self._totals = totals(found, ended=self._holdings.ended)
        return found

    def _choose_only(self) -> None:
        group = self._groups[0] if self._groups else None
        self._chosen = (group.step, group.name) if group is not None else None

    def _group(self) -> Group | None:
        return next((each for each in self._groups if (each.step, each.name) == self._chosen and each.items), None)

    def _item(self, group: Group) -> Item | None:
        if group.single:
            return group.items[0]
        return next((item for item in group.items if item.task == self._task), None)

    def _look(self, item: Item) -> Preview:
        key = item.ref.digest
        if key not in self._seen or self._seen[key].is_damaged:
            # a few are kept: what is on the page is drawn again and again
            self._seen = {**dict(list(self._seen.items())[-8:]), key: self._holdings.look(item.ref, LARGE)}
        return self._seen[key]


def _index(group: Group, item: Item) -> str:
    if group.single:
        return ".task"
    return f"[{item.task.replace('-', ', ')}]" if "~" not in item.task else f'["{item.task}"]'


def _opened_html(bundle: Mapping[str, Any]) -> Html:
    """Return what an opened object displays: safe as it stands, drawn by a script only within a frame of its own."""
    shown, needs = bundle_html(bundle)
    page = document(shown, title="opened", needs=needs)
    # with the margins of a page
    height = 50 + bundle_height(bundle)
    return framed(page, height=height, scripts=draws(page), title="what it displays")
