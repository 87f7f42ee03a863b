"""The run panel: one run on one page, live or from the store, as HTML and as text. Pure but for the local time zone."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from nbflow.cards import html as h
from nbflow.cards.figures import duration, parameters, several
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import GREY, RED, colour, mark
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.errors import Problem
from nbflow.graph import draw
from nbflow.graph.draw import StepState
from nbflow.graph.draw.svg import size
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.views.failures import Alike, alike
from nbflow.views.remaining import expected
from nbflow.views.step_table import step_table
from nbflow.views.tally import Tally, tallies

#: failures told in full, parameters named, lines of log and of traceback shown
_FAILURES, _PARAMETERS, _LOG_LINES, _TRACE_LINES = 3, 8, 12, 60


def html(
    run: RunRecord,
    tasks: Sequence[TaskRecord],
    *,
    now: float,
    logs: Mapping[str, str] = MappingProxyType({}),
    problems: Sequence[Problem] = (),
) -> str:
    """Return the panel of `run` as it stands at `now`.

    Args:
        run: the run's record.
        tasks: its tasks, those that wait included where they are known.
        now: seconds since the epoch.
        logs: by task, ends of the logs worth showing; the first is unfolded while the run goes on.
        problems: notices and warnings of the flow.
    """
    steps = tallies(run.steps, tasks)
    failures = _failed(tasks, "file" if run.source.endswith(".py") else "cell")
    onward = _onward(run, now)
    parts = [_header(run, steps, now), h.block(onward, style=h.FAINT) if onward else Html("")]
    parts += [_given(run, failed=bool(failures)), *failures]
    parts += [_picture(run, steps, now), step_table(run, steps, now)]
    parts += [_logs(logs, ended=run.status.ended)]
    parts += _notices(tasks, problems)
    style = f"border-left:3px solid {colour(status_of(run))};padding:1px 0 1px 14px;margin:4px 0 8px 0;font-size:13px;line-height:1.5"
    return h.block(*parts, style=style)


def text(
    run: RunRecord,
    tasks: Sequence[TaskRecord],
    *,
    now: float,
    logs: Mapping[str, str] = MappingProxyType({}),
    problems: Sequence[Problem] = (),
    lasting: bool = False,
    width: int = 100,
) -> str:
    """Return the panel of `run` for a terminal `width` characters wide. `lasting`: a file may keep it while the run goes on."""
    steps = tallies(run.steps, tasks)
    lines = [_title(run, steps, now)]
    if lasting and (onward := _onward(run, now)):
        lines.append("  " + onward)
    if run.parameters:
        lines.append(
            "  " + ", ".join(f"{one_line(name, 40)} = {value}" for name, value, _ in parameters(run.parameters))
        )
    failures = alike(tasks)
    if run.reason and not failures:
        lines.append(_wrapped(one_line(run.reason), width, "  ", "  "))
    if summaries := tuple(tally.step for tally in steps):
        lines += ["", draw.text(summaries, _states(run, steps, now))]
    for each in failures[:_FAILURES]:
        lines += ["", f"✗ {each.who}", _indented(each.head, each.rest, tail(each.trace, _TRACE_LINES))]
    for found in notices(tasks, problems):
        lines += ["", _wrapped(found, width, "! ", "  ")]
    log = next(iter(logs.values()), "")
    if log.strip() and not run.status.ended:
        lines += ["", _indented(tail(log_text(log), _LOG_LINES))]
    return "\n".join(line if len(line) <= width else line[: width - 1] + "…" for line in "\n".join(lines).splitlines())


def _wrapped(text: str, width: int, first: str, rest: str) -> str:
    """Return a sentence in lines of `width`: what it tells to do stands at its end."""
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest)


def _title(run: RunRecord, steps: Sequence[Tally], now: float) -> str:
    parts = [f"{run.flow}/{run.id}", status_of(run), duration(elapsed(run, now)), _counts(run, steps)]
    return f"{mark(status_of(run))} " + " · ".join(one_line(part) for part in parts if part)


def status_of(run: RunRecord) -> str:
    """Return what a run is said to be."""
    # a kernel session's draft goes on as long as the session
    return "draft" if run.kind == "draft" and not run.status.ended else run.status.value


def elapsed(run: RunRecord, now: float) -> float | None:
    """Return the seconds it took, or has taken so far; None: it has no length."""
    if run.started_at is None or status_of(run) == "draft":
        return None
    # of a run whose owner is gone nothing is known after its last sign of life
    last = run.heartbeat_at if run.status.value == "lost" else now
    return (run.finished_at or last or now) - run.started_at


def counted(steps: Sequence[Tally], total: int, *, at_least: bool = False) -> str:
    """Return `12 of 40 tasks, 1 failed`; `total` is known, or what there is `at_least`."""
    done, failed = sum(tally.done for tally in steps), sum(tally.failed for tally in steps)
    if not total:
        return ""
    said = several(total, "task") if done == total else f"{done} of {'at least ' * at_least}{several(total, 'task')}"
    return said + (f", {failed} failed" if failed else "")


def _counts(run: RunRecord, steps: Sequence[Tally]) -> str:
    counts = expected(run, steps).values()
    return counted(steps, sum(each or 0 for each in counts), at_least=None in counts)


# ---- html


def _header(run: RunRecord, steps: Sequence[Tally], now: float) -> Html:
    status = status_of(run)
    name = f"{one_line(run.flow, 60)}/{one_line(run.id, 40)}"
    parts: list[Content] = [
        h.text(mark(status), f"color:{colour(status)};font-weight:bold"),
        " ",
        h.text(name, "font-weight:bold;font-size:14px", title=when(run)),
        " ",
        h.text(status, f"color:{colour(status)};font-weight:bold;padding-left:6px"),
    ]
    for said in (
        duration(elapsed(run, now)),
        _counts(run, steps),
        f"from run {one_line(run.origin_run, 40)}" if run.origin_run else "",
    ):
        if said:
            parts += [h.faint("\u00a0· "), said]
    parts += [h.join([" ", _tag(each)]) for each in sorted(run.tags)]
    return h.block(*parts)


def _states(run: RunRecord, steps: Sequence[Tally], now: float) -> dict[str, StepState]:
    """Return what a drawing says of each step."""
    counts = expected(run, steps)
    return {tally.step.name: tally.state(now, counts[tally.step.name]) for tally in steps}


def _tag(name: str) -> Html:
    style = "font-size:11px;border:1px solid rgba(128,128,128,0.45);border-radius:8px;padding:0 7px;margin-left:4px"
    return h.text(one_line(name, 40), style)


def _onward(run: RunRecord, now: float) -> str:
    """Return of when a picture of a run under way is, and what shows the rest: in a saved notebook it says so for good."""
    if status_of(run) not in {"pending", "running", "cancelling"}:
        return ""
    local = datetime.fromtimestamp(now, UTC).astimezone()
    return f"as of {local:%Y-%m-%d %H:%M:%S}; %flow attach {one_line(run.id, 40)} shows how it went on"


def when(run: RunRecord) -> str:
    """Return when it started, by whom and from what."""
    moment = run.started_at or run.created_at
    local = datetime.fromtimestamp(moment, UTC).astimezone()
    who = f" by {run.user}" if run.user else ""
    source = f" from {run.source}" if run.source else ""
    return one_line(f"started {local:%Y-%m-%d %H:%M:%S}{who}{source}", 200)


def _given(run: RunRecord, *, failed: bool) -> Html:
    """Return the parameters on one line, and the reason of the run's end."""
    known = parameters(run.parameters)
    said: list[Content] = []
    for name, value, origin in known[:_PARAMETERS]:
        whence = "default" if origin == "default" else f"from: {origin}"
        said.append(
            h.text(
                h.join([h.faint(f"{one_line(name, 40)} "), h.text(value, h.MONO + ";font-size:12px")]),
                "white-space:nowrap",
                whence,
            )
        )
    if len(known) > _PARAMETERS:
        rest = [(name, value) for name, value, _ in known[_PARAMETERS:]]
        said.append(h.text(f"and {len(rest)} more", h.FAINT, "\n".join(f"{name} {value}" for name, value in rest)))
    lines = [h.block(h.join(said, h.faint("\u00a0· ")))] if said else []
    if run.reason and not failed:
        lines.append(h.block(one_line(run.reason, 300), style=h.FAINT))
    return h.join(lines)


def _failed(tasks: Sequence[TaskRecord], text: str) -> list[Html]:
    """Return the failures: the first ones in full, the others in one folded table. `text`: where their lines count."""
    found = alike(tasks)
    parts = [_failure(each, text, unfolded=len(found) == 1) for each in found[:_FAILURES]]
    if rest := found[_FAILURES:]:
        rows = [(each.who, each.head) for each in rest[:50]]
        parts.append(h.details(several(len(rest), "other error"), h.table(rows)))
    return parts


def _failure(found: Alike, text: str, *, unfolded: bool) -> Html:
    style = f"border-left:3px solid {RED};background-color:rgba(224,68,62,0.08);padding:4px 10px;margin:6px 0"
    head = h.join([h.text(found.who, "font-weight:bold"), "  ", h.text(found.head, h.MONO + ";font-size:12px")])
    parts: list[Content] = [h.block(head, style="overflow-wrap:break-word")]
    if found.rest:
        parts.append(h.preformatted(found.rest, height=200))
    if trace := tail(found.trace, _TRACE_LINES):
        line = f"traceback, line {found.failure.line} of the {text}" if found.failure.line else "traceback"
        parts.append(h.details(h.faint(line), h.preformatted(trace, height=320), unfolded=unfolded))
    return h.block(*parts, style=style)


def _picture(run: RunRecord, steps: Sequence[Tally], now: float) -> Html:
    if len(run.steps) < 2:
        return Html("")
    document = draw.svg(run.steps, _states(run, steps, now))
    width, height = size(document)
    shown = h.picture(document, f"graph of {one_line(run.flow, 60)}", width=width)
    limit = "max-height:460px;overflow:auto;" if height > 460 else ""
    return h.block(shown, style=f"{limit}margin:6px 0 4px -8px")


def _logs(logs: Mapping[str, str], *, ended: bool) -> Html:
    """Return the logs that are not empty, each folded but the first of a run that goes on."""
    written = [(task, log) for task, log in logs.items() if log.strip()]
    if not written:
        return Html("")
    folded = [
        h.details(
            h.faint(f"log of {one_line(task, 80)}"),
            h.preformatted(tail(log_text(log), _LOG_LINES), height=240),
            unfolded=not (ended or number),
        )
        for number, (task, log) in enumerate(written)
    ]
    # of many that are over, a person looks for one
    return h.details(h.faint(several(len(folded), "log")), *folded) if ended and len(folded) > 2 else h.join(folded)


def _notices(tasks: Sequence[TaskRecord], problems: Sequence[Problem]) -> list[Html]:
    told = notices(tasks, problems)
    if not told:
        return []
    lines = [h.block(h.text("! ", f"color:{GREY};font-weight:bold"), each) for each in told]
    return lines if len(lines) <= 3 else [h.details(h.faint(several(len(lines), "notice")), *lines)]


def notices(tasks: Sequence[TaskRecord], problems: Sequence[Problem]) -> list[str]:
    """Return notices of the flow and of its tasks, each text once."""
    said = [one_line(each.what + (f". {each.fix}" if each.fix else ""), 300) for each in problems]
    said += [f"{one_line(task.key, 60)}: {one_line(note, 300)}" for task in tasks for note in task.notes]
    return list(dict.fromkeys(said))


def _indented(*texts: str) -> str:
    return "\n".join(f"  {line}" for each in texts if each for line in each.splitlines())
