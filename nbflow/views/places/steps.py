"""The steps of a run as rows with links."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import duration
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.model.record import StepSummary, TaskRecord
from nbflow.views.inline import parts
from nbflow.views.kept import kept
from nbflow.views.step_table import outcome, place, words
from nbflow.views.tally import Tally, tallies

_WIDTHS = ("30%", "25%", "12%", "")


def steps_table(
    run: str, steps: Sequence[StepSummary], tasks: Sequence[TaskRecord], now: float, *, live: bool, ended: bool
) -> Html:
    """Return a row for each step of the run with pathspec `run`; live, each is a link to its page."""
    rows = [_row(run, tally, now, live=live, ended=ended) for tally in tallies(steps, tasks)]
    return h.table(rows, head=("step", "tasks", "took", "left"), width="100%", widths=_WIDTHS)


def _row(run: str, tally: Tally, now: float, *, live: bool, ended: bool) -> list[Content]:
    status = tally.status
    name = h.text(h.breaking(one_line(tally.step.name, 80)), "font-weight:bold", title=place(tally))
    sign = h.text(mark(status), f"color:{colour(status)};font-weight:bold")
    single = len(tally.tasks) == 1 and not tally.step.scope
    leads_to = f"{run}/{tally.step.name}" + (f"/{tally.tasks[0].id}" if single else "")
    said = h.join([sign, "\u00a0", name])
    shown = parts.link(said, "go", leads_to) if live and tally.tasks else said
    left = kept(tally.tasks, 5)
    tasks, took = _tasks(tally, single=single, ended=ended), duration(tally.seconds(now))
    # names and counts take the lines they need; what is left may be long, and is cut where its column ends
    return [shown, tasks, took, h.text(left, "white-space:nowrap", title=left)]


def _tasks(tally: Tally, *, single: bool, ended: bool) -> Content:
    if not tally.tasks:
        return h.faint("not run" if ended else "waiting")
    if single:
        said = (h.text(what, title=why or None) for what, why in outcome(tally.tasks[0]))
        return h.join(said, h.faint("\u00a0· "))
    total = f"{len(tally.tasks):,} {'task' if len(tally.tasks) == 1 else 'tasks'}"
    return h.join((h.text(each, "white-space:nowrap") for each in (total, *words(tally))), ", ")
