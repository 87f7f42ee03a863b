"""What a list of runs says of each: plain texts, ready to be escaped. Pure but for the local time zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from nbflow.cards.figures import parameter, several
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.views.moments import moment, took

#: flow and id
Name = tuple[str, str]

#: parameters a row names, and characters of a value and of a flow
_PARAMETERS, _VALUE, _FLOW = 6, 30, 18
#: metrics that have a column, in a list of one flow and of several, whose metrics are seldom the same
_METRICS, _METRICS_OF_SEVERAL = 3, 2


@frozen
class Row:
    """What the list says of one run."""

    name: Name
    #: as it is called here, the same with the middle of a long flow's name left out, and the run it went on from
    run: str
    short: str
    origin: str
    status: str
    #: why it failed; empty otherwise
    reason: str
    #: in few characters, and in full
    started: str
    began: str
    took: str
    #: those in which the runs differ, as `alpha=0.1`
    parameters: tuple[str, ...]
    #: all of them, a line each
    given: str
    metrics: Mapping[str, str]
    tags: tuple[str, ...]
    user: str


@frozen
class Listing:
    """Rows, and what is said of all of them once."""

    rows: tuple[Row, ...]
    #: metrics that have a column
    metrics: tuple[str, ...]
    #: parameters that are the same in all
    shared: str
    #: what to do about those that are lost
    lost: str
    #: more than one person ran them
    users: bool

    @property
    def tags(self) -> bool:
        """Some run has a tag."""
        return any(row.tags for row in self.rows)

    @property
    def details(self) -> bool:
        """Some run has something of its own to tell."""
        return self.users or any(row.parameters or row.reason or row.tags for row in self.rows)


def listing(
    runs: Sequence[RunRecord],
    metrics: Mapping[Name, Mapping[str, float]] | None = None,
    *,
    now: float,
    with_flow: bool = False,
    first: str = "",
) -> Listing:
    """Return what a list of `runs` says.

    Args:
        runs: in their order.
        metrics: of each run; none unless given.
        now: seconds since the epoch.
        with_flow: the runs are called by their flow, too.
        first: a metric that has a column whatever others there are.
    """
    shared = _shared(runs)
    found = metrics or {}
    return Listing(
        tuple(_row(run, found.get((run.flow, run.id), {}), shared, now, with_flow=with_flow) for run in runs),
        _columns(found, first, _METRICS_OF_SEVERAL if with_flow else _METRICS),
        _in_all(shared),
        _lost(runs, with_flow=with_flow),
        len({run.user for run in runs}) > 1,
    )


def _row(
    run: RunRecord, metrics: Mapping[str, float], shared: Mapping[str, str], now: float, *, with_flow: bool
) -> Row:
    values = _values(run)
    given = [f"{name}={value}" for name, value in values.items()]
    own = [f"{name}={value}" for name, value in values.items() if name not in shared]
    named = own[:_PARAMETERS] + ([f"and {len(own) - _PARAMETERS} more"] if len(own) > _PARAMETERS else [])
    began = run.started_at or run.created_at
    flow, short = (f"{one_line(run.flow, 60)}/", f"{_without_middle(one_line(run.flow))}/") if with_flow else ("", "")
    return Row(
        (run.flow, run.id),
        f"{flow}{one_line(run.id, 40)}",
        f"{short}{one_line(run.id, 40)}",
        one_line(run.origin_run or "", 40),
        status_of(run),
        one_line(run.reason, 300),
        moment(began, now),
        f"{datetime.fromtimestamp(began).astimezone():%A, %Y-%m-%d %H:%M:%S}",
        took(run, now),
        tuple(named),
        "\n".join(given),
        {name: number(value) for name, value in metrics.items()},
        tuple(one_line(tag, 80) for tag in sorted(run.tags)),
        one_line(run.user, 40),
    )


def _without_middle(name: str) -> str:
    """Return a name that leaves room for others in its row: names of one team often begin alike, or end so."""
    return name if len(name) <= _FLOW else f"{name[: _FLOW - 10]}…{name[-9:]}"


def status_of(run: RunRecord) -> str:
    """Return how a run stands, in a word; a draft, whose cells come and go, is one until it is lost."""
    return "draft" if run.kind == "draft" and not run.status.ended else run.status.value


def number(value: float) -> str:
    """Return a metric in few characters."""
    whole = abs(value) < 1e9 and (value.is_integer() or abs(value) >= 1e4)
    return f"{value:.0f}" if whole else f"{value:.4g}"


def _columns(metrics: Mapping[Name, Mapping[str, float]], first: str, most: int) -> tuple[str, ...]:
    """Return the metrics that most runs have."""
    having = Counter(name for each in metrics.values() for name in each)
    names = sorted(having, key=lambda name: (name != first, -having[name], name))
    return tuple(names[:most])


def _values(run: RunRecord) -> dict[str, str]:
    return {one_line(name, 30): parameter(raw, _VALUE) for name, (_, raw, _) in run.parameters.items()}


def _shared(runs: Sequence[RunRecord]) -> dict[str, str]:
    """Return the parameters that have one value in all of several runs: what they do not differ in is said once."""
    first, *others = [_values(run) for run in runs if run.kind == "run"] or [{}]
    if not others:
        return {}
    return {name: value for name, value in first.items() if all(each.get(name) == value for each in others)}


def _in_all(shared: Mapping[str, str]) -> str:
    if not shared:
        return ""
    said = [f"{name}={value}" for name, value in shared.items()]
    rest = f" and {len(said) - _PARAMETERS} more" if len(said) > _PARAMETERS else ""
    return f"all with {', '.join(said[:_PARAMETERS])}{rest}"


def _lost(runs: Sequence[RunRecord], *, with_flow: bool) -> str:
    lost = [run for run in runs if run.status is RunStatus.LOST and run.kind == "run"]
    if not lost:
        return ""
    name = f"{lost[0].flow}/{lost[0].id}" if with_flow else lost[0].id
    many = f" (so are {several(len(lost) - 1, 'other')})" if len(lost) > 1 else ""
    # %flow resume knows the runs of its own flow
    line = f"nbflow resume {name}" if with_flow else f"%flow resume {name}"
    return f"{name} is lost{many}: the process that ran it is gone. {line}  goes on from it"
