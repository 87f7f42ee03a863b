"""The page of a run's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nbflow.cards import html as h
from nbflow.cards.html import Html
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line
from nbflow.client.facts import RunFacts
from nbflow.client.thing import said
from nbflow.views.inline import parts
from nbflow.views.pace import Pace
from nbflow.views.places.page import title, trail
from nbflow.views.timeline import page as drawn
from nbflow.views.timeline.plan import ORDERS, Plan, Wanted, plan
from nbflow.views.timeline.reading import Times, read_times
from nbflow.views.timeline.text import text


class Chart:
    """A run's timeline, and what of it somebody wants to see. It reads the store when it is asked to look."""

    def __init__(self, facts: RunFacts) -> None:
        self._facts = facts
        self._pace = Pace()
        self._wanted = Wanted()
        self._times: Times | None = None
        self._plan: Plan | None = None

    @property
    def place(self) -> str:
        return f"{self._facts.flow}/{self._facts.id}"

    @property
    def times(self) -> Times:
        """The run as it was at the last look."""
        if self._times is None:
            self._times = self._pace.timed(lambda: read_times(self._facts))
        return self._times

    @property
    def plan(self) -> Plan:
        """What is shown of it."""
        if self._plan is None:
            times = self.times
            self._plan = plan(times.run, times.steps, times.tracks, self._wanted, times.now)
        return self._plan

    def all_of_it(self) -> Plan:
        """Return the plan of the whole run, for a file, which nobody can ask for more."""
        times = self.times
        return plan(times.run, times.steps, times.tracks, Wanted(order=self._wanted.order), times.now)

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> bool:
        """Do what a control of the chart asks for; return whether it was one."""
        wanted = self._wanted
        if act == "fold":
            unfolded = dict(wanted.unfolded)
            if self.plan.wanted.step == argument:
                # a step that is shown alone is unfolded already
                wanted = replace(wanted, step="")
            elif unfolded.pop(argument, None) is None:
                unfolded[argument] = 0
            self._want(replace(wanted, unfolded=unfolded))
        elif act == "page":
            step, _, number = argument.rpartition(" ")
            if number.isdecimal():
                self._want(replace(wanted, unfolded={**wanted.unfolded, step: int(number)}))
        elif act == "fields":
            self._choose(fields)
        else:
            return False
        return True

    def poll(self) -> bool:
        """Look at the store; return whether there may be something new to show."""
        if self.times.run.status.ended or not self._pace.due():
            return False
        self._times = self._plan = None
        return True

    def _choose(self, fields: Mapping[str, str]) -> None:
        order, status, step = (fields.get(name, "") for name in ("order", "status", "step"))
        known = self.plan
        self._want(
            replace(
                self._wanted,
                order=order if order in ORDERS else self._wanted.order,
                status=status if status in known.statuses else "",
                step=step if step in known.steps else "",
            )
        )

    def _want(self, wanted: Wanted) -> None:
        self._wanted, self._plan = wanted, None


class TimelinePage:
    """The timeline of a run, by itself."""

    def __init__(self, facts: RunFacts, *, width: int = 100) -> None:
        """Take the records of a run; as text it is `width` characters wide."""
        self._chart = Chart(facts)
        self._width = width

    def regions(self) -> Mapping[str, Html]:
        found, place = self._chart.plan, self._chart.place
        return {
            # of a run without a task the chart says so
            "title": h.block(self._title(live=True), drawn.head(found) if found.rows else ""),
            "controls": drawn.controls(found),
            "chart": parts.scrolled(drawn.live(found, place), height=640),
            "legend": drawn.legend(found),
        }

    def static(self) -> Html:
        return h.block(self._title(live=False), drawn.static(self._chart.all_of_it()), style=_SHEET)

    def text(self) -> str:
        run = self._chart.times.run
        head = f"{mark(run.status.value)} {self._chart.place} {run.status.value} · began {said(run.started_at or run.created_at)}"
        return text(
            self._chart.all_of_it(), f"{head}: {one_line(self._reason, 300)}" if self._reason else head, self._width
        )

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        self._chart.act(act, argument, fields)

    def poll(self) -> bool:
        return self._chart.poll()

    def _title(self, *, live: bool) -> Html:
        run = self._chart.times.run
        began = h.text(f"\u00a0 began {said(run.started_at or run.created_at)}", f"{h.FAINT};white-space:nowrap")
        first = title(run.status.value, trail(self._chart.place, live=live, last="timeline"), began)
        return h.block(first, h.block(one_line(self._reason, 300))) if self._reason else first

    @property
    def _reason(self) -> str:
        """Why no task ran, where that is known."""
        return self._chart.times.run.reason if self._chart.plan.empty else ""


_SHEET = "font-size:13px;line-height:1.5;margin:4px 0 8px 0"
