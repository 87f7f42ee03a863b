"""What a run will do, a line a step: as HTML and as text."""

from __future__ import annotations

from nbflow.cards import html as h
from nbflow.cards.figures import duration, several
from nbflow.cards.html import Content
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.plan.foreseen import Fate, Forecast, StepForecast

#: fate → the status whose mark and colour it has
_LOOKS: dict[Fate, str] = {"reused": "reused", "runs": "running", "perhaps": "waiting", "skipped": "skipped"}
#: most reasons of one step, and most characters of its name
_REASONS, _NAME = 4, 32


def text(forecast: Forecast, title: str, *, width: int = 100) -> str:
    """Return the plan as lines of at most `width` characters."""
    rows = [(one_line(each.step, _NAME), _what(each), _took(each)) for each in forecast.steps]
    name, what, took = (max((len(row[column]) for row in rows), default=0) for column in range(3))
    lines = [title]
    for step, row in zip(forecast.steps, rows, strict=True):
        told = f"  {row[2]:>{took}}" if took else ""
        lines.append(f"  {mark(_LOOKS[_fate(step)])} {row[0]:<{name}}  {row[1]:<{what}}{told}  {_why(step)}".rstrip())
    lines.append(f"  {summary(forecast)}")
    return "\n".join(line if len(line) <= width else line[: width - 1].rstrip() + "…" for line in lines)


def html(forecast: Forecast, title: str) -> str:
    """Return the plan as a table."""
    rows: list[tuple[Content, ...]] = [
        (_name(step), h.text(_what(step), "white-space:nowrap"), _took(step), h.faint(_why(step)))
        for step in forecast.steps
    ]
    return h.block(
        h.text(one_line(title, 200), "font-weight:bold"),
        h.table(rows, head=("step", "tasks", "last time", "why"), align="llrl"),
        h.faint(summary(forecast)),
        style="font-size:13px;line-height:1.5;margin:2px 0",
    )


def line(step: StepForecast) -> str:
    """Return a step in one line: `27 reused, 13 run · never ran`."""
    why = _why(step)
    return f"{_what(step)} · {why}" if why else _what(step)


def summary(forecast: Forecast) -> str:
    """Return the whole in one line: `13 tasks run, 2 perhaps, 27 reused · 4.1 s of work last time, up to 5.2 s`."""
    runs, perhaps = sum(step.runs for step in forecast.steps), sum(step.perhaps for step in forecast.steps)
    reused = sum(step.reused for step in forecast.steps)
    said = [f"{several(runs, 'task')} run{'s' if runs == 1 else ''}"] if runs else []
    said += [f"{perhaps} perhaps"] if perhaps else []
    said += [f"{reused} reused"] if reused else []
    if unknown := sum(step.total is None for step in forecast.steps):
        said.append(f"{several(unknown, 'step')} with a number of items that is not known yet")
    elif not (runs or perhaps):
        said.insert(0, "nothing has to run")
    took = _work(forecast)
    return ", ".join(said) + (f" · {took}" if took else "")


def _work(forecast: Forecast) -> str:
    sure, perhaps = forecast.seconds, forecast.perhaps_seconds
    said = [] if sure is None else [f"{duration(sure)} of work last time"]
    if perhaps is not None:
        most = duration((sure or 0.0) + perhaps)
        said.append(f"up to {most}" if said else f"up to {most} of work last time")
    if forecast.untimed and said:
        said.append(f"{several(forecast.untimed, 'task')} never timed")
    return ", ".join(said)


def _fate(step: StepForecast) -> Fate:
    """Return what the step as a whole is marked by."""
    if step.runs:
        return "runs"
    if step.perhaps or step.total is None:
        return "perhaps"
    return "reused" if step.reused else "skipped"


def _name(step: StepForecast) -> Content:
    status = _LOOKS[_fate(step)]
    shown = h.text(one_line(step.step, _NAME), "font-weight:bold")
    return h.text(h.join([h.text(mark(status), f"color:{colour(status)}"), " ", shown]), "white-space:nowrap")


def _what(step: StepForecast) -> str:
    starts = step.on_batch and (step.runs or step.perhaps or step.total is None)
    return f"{_counted(step)} on AWS Batch" if starts else _counted(step)


def _counted(step: StepForecast) -> str:
    if not step.many:
        return _fate(step)
    counted = ((step.reused, "reused"), (step.runs, "run"), (step.perhaps, "perhaps"), (step.skipped, "skipped"))
    said = ", ".join(f"{count} {word}" for count, word in counted if count)
    if step.total is None and step.perhaps and not (step.runs or step.reused):
        return f"perhaps about {step.perhaps} run"
    if step.total is None:
        return f"about {said}" if said else "?"
    return said or "none"


def _why(step: StepForecast) -> str:
    """Return the reasons, each with its number of tasks where they are not the same for all that do not go as before."""
    counted = step.many and len(step.reasons) > 1
    said = [f"{each.tasks} {each.text}" if counted else each.text for each in step.reasons[:_REASONS]]
    if more := sum(each.tasks for each in step.reasons[_REASONS:]):
        said.append(f"{more} for other reasons")
    return one_line("; ".join(said), 300)


def _took(step: StepForecast) -> str:
    known = [each for each in (step.seconds, step.perhaps_seconds) if each is not None]
    return duration(sum(known)) if known else ""
