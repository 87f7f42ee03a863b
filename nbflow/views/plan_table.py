"""What a run will do, a line a step: as HTML and as text."""

from __future__ import annotations

from nbflow.cards import html as h
from nbflow.cards.figures import duration, several
from nbflow.cards.html import Content
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.plan.forecast import Forecast, StepForecast

#: fate → the status whose mark and colour it has
_LOOKS = {"reused": "reused", "runs": "running", "perhaps": "waiting", "skipped": "skipped"}
#: most reasons of one step
_REASONS = 4


def text(forecast: Forecast, title: str, *, width: int = 100) -> str:
    """Return the plan as lines of at most `width` characters."""
    rows = [(mark(_LOOKS[_fate(s)]), one_line(s.step, 40), _what(s), _why(s), _took(s)) for s in forecast.steps]
    wide = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    lines = [one_line(title, width)]
    for row in rows:
        head = f"  {row[0]} {row[1]:<{wide[1]}}  {row[2]:<{wide[2]}}"
        room = max(12, width - len(head) - wide[4] - 4)
        tail = f"{one_line(row[3], room):<{min(room, wide[3])}}  {row[4]:>{wide[4]}}"
        lines.append(one_line_kept(f"{head}  {tail}".rstrip(), width))
    lines.append(one_line(f"  {summary(forecast)}", width) and f"  {one_line(summary(forecast), width - 2)}")
    return "\n".join(lines)


def one_line_kept(line: str, width: int) -> str:
    """Return a line whose spaces count, cut to `width`."""
    return line if len(line) <= width else line[: width - 1] + "…"


def html(forecast: Forecast, title: str) -> str:
    """Return the plan as a table."""
    rows: list[tuple[Content, ...]] = []
    for step in forecast.steps:
        status = _LOOKS[_fate(step)]
        name = h.join(
            [h.text(mark(status), f"color:{colour(status)}"), " ", h.text(one_line(step.step, 48), "font-weight:bold")]
        )
        rows.append((name, _what(step), h.faint(_why(step)), _took(step)))
    table = h.table(rows, head=("step", "", "why", "last time"), align="lllr")
    return h.block(
        h.block(h.text(one_line(title, 200), "font-weight:bold")), table, h.block(h.faint(summary(forecast)))
    )


def summary(forecast: Forecast) -> str:
    """Return the whole in one line: `13 tasks run, 2 perhaps, 27 reused · 4.1 s of work last time`."""
    runs = sum(step.runs for step in forecast.steps)
    perhaps = sum(step.perhaps for step in forecast.steps)
    reused = sum(step.reused for step in forecast.steps)
    said = [f"{several(runs, 'task')} run{'s' if runs == 1 else ''}" if runs else "nothing has to run"]
    said += [f"{perhaps} perhaps"] if perhaps else []
    said += [f"{reused} reused"] if reused else []
    took = []
    if forecast.seconds is not None:
        took.append(f"{duration(forecast.seconds)} of work last time")
    if forecast.perhaps_seconds is not None:
        most = (forecast.seconds or 0.0) + forecast.perhaps_seconds
        took.append(f"at most {duration(most)}" if took else f"at most {duration(most)} of work last time")
    return " · ".join([", ".join(said), *([", ".join(took)] if took else [])])


def _fate(step: StepForecast) -> str:
    if step.runs:
        return "runs"
    if step.perhaps or step.total is None:
        return "perhaps"
    return "reused" if step.reused else "skipped"


def _what(step: StepForecast) -> str:
    if not step.many:
        return {"runs": "runs", "perhaps": "perhaps", "reused": "reused", "skipped": "skipped"}[_fate(step)]
    about = "" if step.total is not None else "about "
    parts = [(step.reused, "reused"), (step.runs, "run"), (step.perhaps, "perhaps"), (step.skipped, "skipped")]
    return (
        about + ", ".join(f"{count} {word}" for count, word in parts if count)
        if any(c for c, _ in parts)
        else "?"
        if about
        else "none"
    )


def _why(step: StepForecast) -> str:
    several_reasons = len(step.reasons) > 1
    return ", ".join(
        f"{reason.tasks} {reason.text}" if several_reasons and step.many else reason.text
        for reason in step.reasons[:_REASONS]
    )


def _took(step: StepForecast) -> str:
    known = [each for each in (step.seconds, step.perhaps_seconds) if each is not None]
    return duration(sum(known)) if known else ""
