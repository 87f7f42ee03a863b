"""The history as a view: a list of runs that goes on, with what can be asked of it and done with some of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from nbflow.cards import html as h
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line
from nbflow.errors import NbflowError
from nbflow.metadata.port import Metadata
from nbflow.model.record import RunRecord
from nbflow.views.history import controls, table
from nbflow.views.history.asked import Asked, asked_for, sorted_by, statuses
from nbflow.views.history.controls import Typed, order_key
from nbflow.views.history.deeds import Deeds, Said, Told
from nbflow.views.history.page import Page, Pages
from nbflow.views.history.rows import Listing, Name, Row, listing
from nbflow.views.inline import parts

#: rows of a live page, and of the picture that a file keeps
SIZE, _PICTURED = 50, 20


class HistoryView:
    """Runs, newest first unless asked otherwise.

    Args:
        metadata: where they are recorded.
        asked: which of them.
        size: rows at a time.
        deeds: who compares, resumes and restores.
    """

    name = "history"

    def __init__(
        self,
        metadata: Metadata,
        asked: Asked | None = None,
        *,
        size: int | None = None,
        deeds: Deeds | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._metadata = metadata
        self._asked = asked or Asked()
        self._size = size or SIZE
        self._pictured = min(size or _PICTURED, SIZE)
        self._deeds = deeds or Said()
        self._clock = clock
        self._pages = Pages(metadata, clock)
        self._offset = 0
        self._chosen: dict[Name, None] = {}
        self._typed = Typed(where=", ".join(map(str, self._asked.where)))
        #: what is wrong with what was typed
        self._wrong = ""
        self._told = Told()

    # ---- what is seen

    def regions(self) -> Mapping[str, Html]:
        """Return the live page."""
        page = self._page()
        regions = {"head": self._head(page, live=True)}
        if not page.total and not self._narrowed(page):
            return {**regions, "runs": self._nothing(page)}
        choices = self._pages.choices(self._asked.flows)
        regions["filters"] = controls.filters(self._asked, self._typed, choices, page.flows)
        if self._wrong:
            regions["wrong"] = h.block(h.faint(self._wrong))
        regions["chosen"] = self._choosing()
        if self._told != Told():
            close = parts.link("close", "close", title="put this away")
            style = "border-left:3px solid rgba(128,128,128,0.45);padding:2px 0 2px 10px;margin:6px 0"
            regions["told"] = h.block(h.block(close, style="float:right"), self._told.html(), style=style)
        regions["runs"] = table.html(self._listing(page), self._controls()) if page.runs else self._nothing(page)
        regions["pager"] = controls.pager(page, self._size)
        return regions

    def static(self) -> Html:
        """Return the picture that a file keeps: the first rows, and what was asked for."""
        page = self._page(self._pictured)
        lines = [self._head(page, live=False), controls.words((*self._asked.said(), self._asked.ordered()))]
        lines.append(table.html(self._listing(page)) if page.runs else self._nothing(page))
        if page.total > len(page.runs):
            lines.append(h.block(h.faint(_part(page)), style="font-size:12px"))
        return h.block(*lines)

    def text(self) -> str:
        """Return it for a terminal."""
        page = self._page(self._pictured)
        if not page.runs:
            return f"no run fits: {', '.join(self._asked.said())}" if self._narrowed(page) else "no runs yet"
        lines = [table.text(self._listing(page))]
        if page.total > len(page.runs):
            lines.append(_part(page))
        return "\n".join(lines)

    def _page(self, most: int | None = None) -> Page:
        page = self._pages.page(self._asked, self._size, self._offset)
        return page if most is None else replace(page, runs=page.runs[:most])

    def _listing(self, page: Page) -> Listing:
        sort = self._asked.sort
        first = sort.name if sort is not None and sort.kind == "metric" else ""
        with_flow = len(self._asked.flows) != 1 and len(page.flows) > 1
        return listing(page.runs, page.metrics, now=self._clock(), with_flow=with_flow, first=first)

    def _head(self, page: Page, *, live: bool) -> Html:
        flows = self._asked.flows or page.flows
        of = f" of {one_line(flows[0], 60)}" if len(flows) == 1 else f" of {len(flows)} flows" if flows else ""
        title = h.text(f"Runs{of}", "font-weight:bold;font-size:14px", ", ".join(flows[:20]))
        return h.block(title, controls.counted(page.counts, self._asked, live=live))

    def _narrowed(self, page: Page) -> bool:
        """Say whether there may be runs that were not asked for."""
        return self._asked.narrowed and bool(page.flows)

    def _nothing(self, page: Page) -> Html:
        if self._narrowed(page):
            return h.block(h.faint("No run fits: "), controls.words(self._asked.said()), style="margin:8px 0")
        lines = [
            h.block("No runs yet.", style="font-weight:bold"),
            h.block("A run of the whole flow is made by ", h.code("%flow run"), " in a notebook that has step cells,"),
            h.block("or by ", h.code("nbflow run NOTEBOOK.ipynb"), " in a terminal. It appears here as it begins."),
        ]
        if page.drafts:
            line = h.code("%flow history --drafts")
            lines.append(h.block(h.faint("What cells computed so far is listed by "), line, style="margin-top:4px"))
        return h.block(*lines, style="margin:8px 0;line-height:1.7")

    def _choosing(self) -> Html:
        runs = self._records()
        ended = all(run.status.ended for run in runs)
        going = any(not run.status.ended and run.kind == "run" for run in runs)
        return controls.choosing(list(map(_name, runs)), ended=ended, going=going, tag=self._typed.tag)

    def _records(self) -> list[RunRecord]:
        """Return the chosen runs as they stand, the oldest first."""
        if not self._chosen:
            return []
        found = self._metadata.find(Asked(drafts=True, among=tuple(self._chosen)).query(self._clock()))
        return list(reversed(found))

    def _controls(self) -> table.Controls:
        return table.Controls(
            tick=lambda row: parts.tick("choose", _key(row), on=row.name in self._chosen, title=f"choose {_key(row)}"),
            heading=lambda said, key: controls.heading(said, key, self._asked.sort),
            name=lambda row: parts.link(table.named(row), "look", _key(row), title=f"show {_key(row)}"),
        )

    # ---- what is asked

    def poll(self) -> bool:
        """Look whether a run appeared or changed, or goes on."""
        return self._pages.has_news() or self._page().going

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        """Do what a control asks for."""
        self._typed = Typed(fields.get("where", self._typed.where), fields.get("tagged", self._typed.tag))
        match act:
            case "fields" if argument != "tagged":
                self._filter(fields)
            case "status":
                only = statuses([argument])
                self._ask(replace(self._asked, statuses=() if only == self._asked.statuses else only))
            case "drafts":
                self._ask(replace(self._asked, drafts=not self._asked.drafts))
            case "unfilter":
                self._typed = replace(self._typed, where="")
                self._ask(Asked(flows=self._asked.flows, drafts=self._asked.drafts, sort=self._asked.sort))
            case "sort":
                self._sort(argument)
            case "page":
                self._offset = max(0, int(argument))
            case "close":
                self._told = Told()
            case _:
                self._act_on_runs(act, argument)

    def _filter(self, fields: Mapping[str, str]) -> None:
        """Ask for what the fields say; while they say nothing that can be understood, the list stays."""
        asked, when = self._asked, fields.get("when", "as asked")
        flow = fields.get("flow")
        try:
            found = asked_for(
                self._metadata,
                asked.flows if flow is None else _several(flow),
                status=_several(fields.get("status", "")),
                tag=_several(fields.get("tag", "")),
                user=_several(fields.get("user", "")),
                since=asked.since if when == "as asked" else when or None,
                until=asked.until if when == "as asked" else None,
                where=self._typed.where,
                text=fields.get("text", ""),
                drafts=asked.drafts,
                sort=fields.get("sort"),
                now=self._clock(),
            )
        except NbflowError as error:
            self._wrong = f"{error.problems[0].what}. {error.problems[0].why}" if error.problems else str(error)
            return
        self._ask(replace(found, among=asked.among))

    def _ask(self, asked: Asked) -> None:
        self._wrong = ""
        if asked != self._asked:
            self._asked, self._offset = asked, 0

    def _sort(self, key: str) -> None:
        """Sort by a column; by the same one again, the other way round."""
        old = order_key(self._asked.sort)
        if key in {"run", "started"}:
            wanted = "oldest" if old == "newest" else "newest"
        else:
            # figures begin with the highest, words with the first
            first = f"-{key}" if key == "took" or ":" in key else key
            turned = key if first.startswith("-") else f"-{key}"
            wanted = turned if old == first else first
        self._ask(replace(self._asked, sort=sorted_by(self._metadata, self._asked.flows, wanted)))

    # ---- what is done

    def _act_on_runs(self, act: str, argument: str) -> None:
        runs = [_name(run) for run in self._records()]
        match act:
            case "choose":
                flow, _, run = argument.partition("/")
                if self._chosen.pop((flow, run), self) is self:
                    self._chosen[flow, run] = None
            case "unchoose":
                self._chosen.clear()
            case "look":
                self._told = self._deeds.look(argument)
            case "compare" if len(runs) > 1:
                self._told = self._deeds.compare(runs)
            case "resume" if len(runs) == 1:
                self._told = self._deeds.resume(runs[0])
            case "restore" if len(runs) == 1:
                self._told = self._deeds.restore(runs[0])
            case "cancel":
                self._cancel()
            case "tag" | "untag":
                self._tag(act)

    def _cancel(self) -> None:
        asked = [_name(run) for run in self._records() if self._metadata.ask_cancel(run.flow, run.id)]
        self._told = Told(f"asked to end: {', '.join(asked)}" if asked else "none of these is under way")

    def _tag(self, act: str) -> None:
        tag = self._typed.tag.strip()
        if not tag:
            self._told = Told("write a tag into the field before the button")
            return
        runs = self._records()
        for run in runs:
            given = {"add": [tag]} if act == "tag" else {"remove": [tag]}
            self._metadata.tag(run.flow, run.id, **given)
        done = "tagged" if act == "tag" else "no longer tagged"
        self._typed = replace(self._typed, tag="")
        self._told = Told(f"{done} {one_line(tag, 60)}: {', '.join(map(_name, runs))}")


def _several(text: str) -> tuple[str, ...]:
    """Return the values of a list to choose from; see controls."""
    return tuple(each for each in text.split("\n") if each)


def _name(run: RunRecord) -> str:
    return f"{run.flow}/{run.id}"


def _key(row: Row) -> str:
    return "/".join(row.name)


def _part(page: Page) -> str:
    first, last = page.offset + 1, page.offset + len(page.runs)
    return (
        f"{first}–{last} of {controls.runs_said(page.total)}"
        if page.offset
        else f"the first {last} of {controls.runs_said(page.total)}"
    )
