"""The page of a run: how it stands, its steps, and its timeline below."""

from __future__ import annotations

from collections.abc import Mapping

from nbflow.cards import html as h
from nbflow.cards.figures import parameters
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import mark
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.client.facts import RunFacts
from nbflow.client.thing import said
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.views.failures import alike
from nbflow.views.inline import parts
from nbflow.views.moments import took
from nbflow.views.places.page import TIMELINE, facts, title, trail
from nbflow.views.places.steps import steps_table
from nbflow.views.places.timeline import Chart
from nbflow.views.run_panel import status_of
from nbflow.views.timeline import page as drawn
from nbflow.views.timeline.text import text

#: failures told in full, and lines of each
_FAILURES, _LINES = 3, 40
#: facts that share one line
_BRIEF = ("began", "took", "by")
_SHEET = "font-size:13px;line-height:1.5;margin:4px 0 8px 0"


class RunPage:
    """A run."""

    def __init__(self, found: RunFacts) -> None:
        self._chart = Chart(found)

    def regions(self) -> Mapping[str, Html]:
        plan = self._chart.plan
        timeline = parts.link(h.text("timeline", "font-weight:bold"), "go", self._chart.place + TIMELINE)
        return {
            "title": self._title(live=True),
            "facts": self._facts(),
            "failures": h.join(self._failures(live=True)),
            "steps": self._steps(live=True),
            "timeline": h.block(timeline, style="margin-top:8px"),
            "controls": drawn.controls(plan),
            "chart": parts.scrolled(drawn.live(plan, self._chart.place), height=640),
            "legend": drawn.legend(plan),
        }

    def static(self) -> Html:
        head = [self._title(live=False), self._facts(), *self._failures(live=False), self._steps(live=False)]
        name = h.block(h.text("timeline", "font-weight:bold"), style="margin-top:8px")
        return h.block(*head, name, drawn.static(self._chart.all_of_it()), style=_SHEET)

    def text(self) -> str:
        run = self._chart.times.run
        lines = [f"{mark(status_of(run))} {self._chart.place} {status_of(run)}"]
        lines += [f"  {name:<12}{one_line(value, 100)}" for name, value in self._told(run)]
        for each in alike(self._tasks)[:_FAILURES]:
            lines += [f"  ✗ {each.who}: {each.head}"]
        return "\n".join([*lines, "", text(self._chart.all_of_it(), "timeline")])

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        self._chart.act(act, argument, fields)

    def poll(self) -> bool:
        return self._chart.poll()

    @property
    def _tasks(self) -> list[TaskRecord]:
        return [track.task for track in self._chart.times.tracks]

    def _title(self, *, live: bool) -> Html:
        return title(status_of(self._chart.times.run), trail(self._chart.place, live=live))

    def _facts(self) -> Html:
        known = self._told(self._chart.times.run)
        return facts([each for each in known if each[0] in _BRIEF], [each for each in known if each[0] not in _BRIEF])

    def _told(self, run: RunRecord) -> list[tuple[str, str]]:
        given = ", ".join(f"{one_line(name, 40)} = {value}" for name, value, _ in parameters(run.parameters))
        found = [
            ("began", said(run.started_at or run.created_at)),
            ("took", took(run, self._chart.times.now)),
            ("by", run.user),
            ("from", run.source),
            ("resumed from", f"{run.flow}/{run.origin_run}" if run.origin_run else ""),
            ("parameters", given),
            ("tags", ", ".join(sorted(run.tags))),
            # what failed is told below
            ("failed", "" if alike(self._tasks) else run.reason),
        ]
        return [(name, one_line(value, 300)) for name, value in found if value]

    def _steps(self, *, live: bool) -> Html:
        times = self._chart.times
        ended = times.run.status.ended
        return steps_table(self._chart.place, times.steps, self._tasks, times.now, live=live, ended=ended)

    def _failures(self, *, live: bool) -> list[Html]:
        found = alike(self._tasks)
        shown = []
        for each in found[:_FAILURES]:
            task = each.tasks[0]
            who: Content = h.text(each.who, "font-weight:bold")
            if live:
                who = parts.link(who, "go", f"{self._chart.place}/{task.step}/{task.id}")
            trace = "\n".join(part for part in (each.rest, tail(log_text(each.trace), _LINES)) if part)
            head = h.join([h.text("✗ ", "color:#e0443e;font-weight:bold"), who, ": ", each.head])
            shown.append(h.block(head, h.preformatted(trace, height=220) if trace else ""))
        if len(found) > _FAILURES:
            shown.append(h.faint(f"and {len(found) - _FAILURES} other failures"))
        return shown
