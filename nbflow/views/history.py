"""The runs of a flow as a table, newest first, as HTML and as text. Pure but for the local time zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from nbflow.cards import html as h
from nbflow.cards.figures import duration, parameter, several
from nbflow.cards.html import Content
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus

#: parameters a row names, and characters of a value
_PARAMETERS, _VALUE = 6, 30
_HEAD = ("run", "status", "started", "took", "parameters", "tags", "by")


@frozen
class Row:
    """What the table says of one run."""

    run: str
    status: str
    #: why it failed; empty otherwise
    reason: str
    started: str
    took: str
    parameters: str
    tags: str
    user: str
    #: the run it went on from
    origin: str

    @property
    def name(self) -> str:
        """The run, and where it came from."""
        return f"{self.run} ← {self.origin}" if self.origin else self.run


def html(runs: Sequence[RunRecord], *, now: float) -> str:
    """Return the table for a notebook, trusted or not."""
    if not runs:
        return h.block(h.faint("no runs yet"))
    shared = _shared(runs)
    lines = [h.table([_cells(row) for row in _rows(runs, shared, now)], head=_HEAD, align="lllrlll")]
    lines += [h.block(h.faint(said), style="font-size:13px") for said in (_in_all(shared), _lost(runs)) if said]
    return h.block(*lines)


def text(runs: Sequence[RunRecord], *, now: float) -> str:
    """Return the table for a terminal."""
    if not runs:
        return "no runs yet"
    shared = _shared(runs)
    rows = _rows(runs, shared, now)
    table = [_HEAD, *((r.name, r.status, r.started, r.took, r.parameters, r.tags, r.user) for r in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(_HEAD))]
    lines = ["  ".join(each.ljust(wide) for each, wide in zip(line, widths, strict=True)).rstrip() for line in table]
    lines += [said for said in (_in_all(shared), _lost(runs)) if said]
    return "\n".join(lines)


def _cells(row: Row) -> Sequence[Content]:
    status: list[Content] = [
        h.text(f"{mark(row.status)} {row.status}", f"color:{colour(row.status)}", title=row.reason)
    ]
    origin = [h.faint(f" ← {row.origin}", title=f"went on from run {row.origin}")] if row.origin else []
    return (
        h.join([h.text(row.run, "font-weight:bold"), *origin]),
        h.text(h.join(status), "white-space:nowrap"),
        h.text(row.started, "white-space:nowrap"),
        h.text(row.took, "white-space:nowrap"),
        h.text(row.parameters, h.MONO + ";font-size:12px") if row.parameters else "",
        row.tags,
        h.faint(row.user),
    )


def _rows(runs: Sequence[RunRecord], shared: Mapping[str, str], now: float) -> list[Row]:
    return [_row(run, shared, now) for run in runs]


def _row(run: RunRecord, shared: Mapping[str, str], now: float) -> Row:
    given = [f"{one_line(name, 30)}={value}" for name, value in _values(run).items() if name not in shared]
    named = given[:_PARAMETERS] + ([f"and {len(given) - _PARAMETERS} more"] if len(given) > _PARAMETERS else [])
    status = "draft" if run.kind == "draft" and not run.status.ended else run.status.value
    return Row(
        one_line(run.id, 40),
        status,
        one_line(run.reason, 300),
        _moment(run.started_at or run.created_at, now),
        _took(run, now),
        ", ".join(named),
        ", ".join(one_line(tag, 40) for tag in sorted(run.tags)),
        one_line(run.user, 40),
        one_line(run.origin_run or "", 40),
    )


def _values(run: RunRecord) -> dict[str, str]:
    return {name: parameter(raw, _VALUE) for name, (_, raw, _) in run.parameters.items()}


def _shared(runs: Sequence[RunRecord]) -> dict[str, str]:
    """Return the parameters that have one value in all of several runs: what they do not differ in is said once."""
    first, *others = [_values(run) for run in runs if run.kind == "run"] or [{}]
    if not others:
        return {}
    return {name: value for name, value in first.items() if all(each.get(name) == value for each in others)}


def _in_all(shared: Mapping[str, str]) -> str:
    if not shared:
        return ""
    said = [f"{one_line(name, 30)}={value}" for name, value in shared.items()]
    rest = f" and {len(said) - _PARAMETERS} more" if len(said) > _PARAMETERS else ""
    return f"all with {', '.join(said[:_PARAMETERS])}{rest}"


def _lost(runs: Sequence[RunRecord]) -> str:
    lost = [run.id for run in runs if run.status is RunStatus.LOST and run.kind == "run"]
    if not lost:
        return ""
    many = f" (so are {several(len(lost) - 1, 'other')})" if len(lost) > 1 else ""
    return f"{lost[0]} is lost{many}: the process that ran it is gone. %flow resume {lost[0]}  goes on from it"


def _moment(seconds: float, now: float) -> str:
    """Return a moment as a person reads it: of today without the day."""
    local, today = datetime.fromtimestamp(seconds).astimezone(), datetime.fromtimestamp(now).astimezone()
    return f"{local:%H:%M:%S}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}"


def _took(run: RunRecord, now: float) -> str:
    """Return how long it took; of one that has no end, how long it is known to have gone on."""
    began = run.started_at or run.created_at
    if run.kind == "draft":
        return ""
    if run.status is RunStatus.LOST:
        return f"≥ {duration(run.heartbeat_at - began)}" if run.heartbeat_at else ""
    if run.finished_at is not None:
        return duration(run.finished_at - began)
    return f"{duration(now - began)} so far"
