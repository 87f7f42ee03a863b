"""The page of a step: its tasks as a table, those that failed first, a page of them at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import duration, several
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import URGENCY, colour, mark
from nbflow.cards.printable import one_line
from nbflow.client.facts import RunFacts
from nbflow.client.thing import between, said
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.inline import parts
from nbflow.views.kept import kept
from nbflow.views.pace import Pace
from nbflow.views.places.page import facts, title, trail
from nbflow.views.tally import Tally, tallies
from nbflow.views.timeline.words import item_of, place_of

#: tasks on a page, and in a file
_PAGE, _SAVED = 100, 100
_WIDTHS = ("22%", "16%", "11%", "")
_SHEET = "font-size:13px;line-height:1.5;margin:4px 0 8px 0"

#: what orders tasks
_ORDERS = {"urgent": "failed first", "item": "in order", "longest": "longest first", "latest": "latest first"}


class StepPage:
    """A step of a run."""

    def __init__(self, found: RunFacts, step: str) -> None:
        """Take the records of its run. Raises M003."""
        self._facts = found
        self._step = found.require_step(step)
        self._place = f"{found.flow}/{found.id}/{step}"
        self._pace = Pace()
        self._records: tuple[TaskRecord, ...] | None = None
        self._order, self._status, self._sought, self._page = "urgent", "", "", 0

    def regions(self) -> Mapping[str, Html]:
        found = self._chosen()
        last = max(0, (len(found) - 1) // _PAGE)
        self._page = min(self._page, last)
        first = self._page * _PAGE
        return {
            "title": self._title(live=True),
            "facts": self._facts_html(live=True),
            "controls": self._controls(),
            "tasks": parts.scrolled(self._table(found[first : first + _PAGE], live=True), height=560),
            "pages": self._pages(len(found), first),
        }

    def static(self) -> Html:
        chosen = self._chosen()
        more = len(chosen) - _SAVED
        rest = [h.block(h.faint(f"and {more:,} more tasks"))] if more > 0 else []
        table = self._table(chosen[:_SAVED], live=False)
        return h.block(self._title(live=False), self._facts_html(live=False), table, *rest, style=_SHEET)

    def text(self) -> str:
        tally, chosen = self._tally, self._chosen()
        lines = [f"{mark(tally.status)} {self._place} {tally.status}"]
        lines += [f"  {name:<10}{value}" for name, value in self._told()]
        for task in chosen[:_SAVED]:
            place = f"{place_of(task.key) or task.id} {item_of(task, 24)}".strip()
            lines.append(
                f"  {mark(task.status.value)} {place:<28} {task.status.value:<10} {_took(task):>8}  {_about(task, 60)}".rstrip()
            )
        if len(chosen) > _SAVED:
            lines.append(f"  and {len(chosen) - _SAVED:,} more tasks")
        return "\n".join(lines)

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        if act == "page" and argument.isdecimal():
            self._page = int(argument)
        elif act == "fields":
            order = fields.get("order", "")
            self._order = order if order in _ORDERS else self._order
            self._status, self._sought, self._page = fields.get("status", ""), fields.get("sought", ""), 0

    def poll(self) -> bool:
        if self._facts.record.status.ended or not self._pace.due():
            return False
        before, self._records = self._records, None
        # what runs has a time that grows
        return self._tasks != before or any(not task.status.ended for task in self._tasks)

    # ---- what there is

    @property
    def _tasks(self) -> tuple[TaskRecord, ...]:
        if self._records is None:
            self._records = self._pace.timed(lambda: self._facts.tasks(self._step.name))
        return self._records

    @property
    def _tally(self) -> Tally:
        return next(each for each in tallies([self._step], self._tasks) if each.step.name == self._step.name)

    def _chosen(self) -> Sequence[TaskRecord]:
        word = self._sought.strip().lower()
        found = [task for task in self._tasks if self._status in {"", task.status.value} and _has(task, word)]
        if self._order == "urgent":
            rank = {status: place for place, status in enumerate(URGENCY)}
            return sorted(found, key=lambda task: rank.get(task.status.value, len(rank)))
        if self._order == "longest":
            return sorted(found, key=lambda task: -(_seconds(task) or 0.0))
        if self._order == "latest":
            return sorted(found, key=lambda task: -(task.started_at or 0.0))
        return found

    # ---- how it looks

    def _title(self, *, live: bool) -> Html:
        return title(self._tally.status, trail(self._place, live=live))

    def _told(self) -> list[tuple[str, str]]:
        counts = Counter(task.status.value for task in self._tasks)
        many = [f"{counts[status]:,} {status}" for status in URGENCY if counts[status]]
        starts = [task.started_at for task in self._tasks if task.started_at and task.status is not TaskStatus.REUSED]
        took = sorted(each for task in self._tasks if (each := _seconds(task)) is not None)
        found = [
            ("tasks", ", ".join(many) or "none yet"),
            ("how", one_line(self._step.label, 200)),
            ("about", one_line(self._step.doc, 300)),
            ("began", said(min(starts, default=None))),
            ("took", _spread(took)),
        ]
        return [(name, value) for name, value in found if value]

    def _facts_html(self, *, live: bool) -> Html:
        given: list[tuple[str, Content]] = list(self._told())
        after = self._links([str(name) for name in self._step.givers], live=live)
        before = self._links([each.name for each in self._facts.steps() if self._step.name in each.givers], live=live)
        given += [("after", after)] if after else []
        given += [("before", before)] if before else []
        return facts([], given)

    def _links(self, names: Sequence[str], *, live: bool) -> Html:
        run = self._place.rpartition("/")[0]
        return h.join((parts.link(name, "go", f"{run}/{name}") if live else name for name in names), ", ")

    def _controls(self) -> Html:
        statuses: list[tuple[str, Content]] = [("", "any status")]
        statuses += [(each, each) for each in dict.fromkeys(task.status.value for task in self._tasks)]
        return parts.bar(
            parts.choice("order", list(_ORDERS.items()), self._order, label="order"),
            parts.choice("status", statuses, self._status, label="status"),
            parts.field("sought", self._sought, placeholder="item or failure", width=180),
        )

    def _pages(self, count: int, first: int) -> Html:
        last = min(count, first + _PAGE)
        if count <= _PAGE:
            return h.block(h.faint(several(count, "task"))) if count != len(self._tasks) else Html("")
        return parts.bar(
            parts.button("◂", "page", str(self._page - 1), title="those before", disabled=first == 0),
            h.faint(f"{first + 1:,} to {last:,} of {count:,}"),
            parts.button("▸", "page", str(self._page + 1), title="those after", disabled=last >= count),
        )

    def _table(self, tasks: Sequence[TaskRecord], *, live: bool) -> Html:
        if not tasks:
            return h.block(h.faint("no task is like that" if self._tasks else "it has no tasks yet"))
        rows = [_row(task, self._place, live=live) for task in tasks]
        return h.table(
            rows,
            head=("task", "status", "took", "left, or why not"),
            width="100%",
            widths=_WIDTHS,
            cell="white-space:nowrap",
        )


def _row(task: TaskRecord, place: str, *, live: bool) -> list[Content]:
    name: Content = h.text(place_of(task.key) or task.id, "font-weight:bold", title=f"{place}/{task.id}")
    shown = parts.link(name, "go", f"{place}/{task.id}") if live else name
    item = item_of(task, 30)
    sign = h.text(mark(task.status.value), f"color:{colour(task.status.value)};font-weight:bold")
    status = task.status.value + (f", attempt {task.attempt + 1}" if task.attempt and not task.origin else "")
    about = h.text(_about(task, 160), title=_about(task, 400))
    head = h.join([sign, " ", shown, *([h.faint(f"\u00a0 {item}", title=item_of(task, 200))] if item else [])])
    return [head, "caught" if task.caught else h.text(status, title=status), _took(task), about]


def _seconds(task: TaskRecord) -> float | None:
    if task.status is TaskStatus.REUSED:
        return None
    return between(task.started_at, task.finished_at, ended=task.status.ended)


def _took(task: TaskRecord) -> str:
    return duration(_seconds(task))


def _spread(took: Sequence[float]) -> str:
    """Return how long tasks took, of times in their order."""
    if len(took) < 2:
        return duration(took[0]) if took else ""
    half = duration(took[len(took) // 2])
    return f"{duration(took[0])} to {duration(took[-1])} each, half of them less than {half}"


def _about(task: TaskRecord, limit: int) -> str:
    if task.failure and not (task.status.has_result and not task.caught):
        return one_line(task.failure.told, limit)
    if task.status is TaskStatus.REUSED and task.origin:
        return one_line(f"the result of {task.origin}", limit)
    return one_line(task.reason or kept([task], 6), limit)


def _has(task: TaskRecord, word: str) -> bool:
    if not word:
        return True
    told = task.failure.told if task.failure else ""
    return any(word in each.lower() for each in (str(task.key), task.id, item_of(task, 200), told))
