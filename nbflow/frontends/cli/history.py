"""`nbflow history [FLOW]`: runs, newest first."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from nbflow.cards.figures import parameters
from nbflow.cards.printable import one_line
from nbflow.client.facts import require_flow
from nbflow.client.thing import said
from nbflow.frontends.cli.named import of_its_flow
from nbflow.frontends.ink import has_colours, ink
from nbflow.metadata.port import Metadata
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.views.history.asked import Asked, asked_for
from nbflow.views.history.rows import Name, number, status_of
from nbflow.views.moments import took
from nbflow.workspace import Workspace

_HEAD = ("RUN", "STATUS", "STARTED", "TOOK", "PARAMETERS", "TAGS")
_COLOURS = {
    RunStatus.SUCCEEDED: 32,
    RunStatus.RUNNING: 34,
    RunStatus.FAILED: 31,
    RunStatus.CANCELLING: 33,
    RunStatus.CANCELLED: 33,
    RunStatus.LOST: 35,
}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("flow", nargs="?", help="a flow's name or its notebook (default: every flow)")
    parser.add_argument("count", nargs="?", type=int, metavar="N", help="the same as -n N")
    parser.add_argument("-n", type=int, default=20, metavar="N", help="how many runs (default: 20)")
    statuses = ", ".join(RunStatus)
    parser.add_argument("--status", action="append", default=[], metavar="S", help=f"only runs that are so: {statuses}")
    parser.add_argument("--tag", action="append", default=[], metavar="T", help="only runs with this tag")
    parser.add_argument("--user", action="append", default=[], metavar="U", help="only runs of this user; me: your own")
    parser.add_argument("--since", metavar="WHEN", help="only runs made since then, as 7d, yesterday, 2026-11-01")
    parser.add_argument("--until", metavar="WHEN", help="only runs made until then")
    parser.add_argument("--where", metavar="EXPR", help="only runs with such parameters, as 'alpha>0.1, region=eu'")
    parser.add_argument(
        "--sort",
        metavar="KEY",
        help="by took, status, a parameter or a metric, the smallest first; --sort=-KEY: the largest",
    )
    parser.add_argument("--drafts", action="store_true", help="draft runs of notebook sessions, too")
    parser.add_argument("--json", action="store_true", help="as JSON, with all parameters and metrics")


def main(arguments: argparse.Namespace) -> int:
    """Print a table of runs."""
    if arguments.count is None and (arguments.flow or "").isdecimal():
        # no flow is called by a number, and %flow history takes it so
        arguments.flow, arguments.count = None, int(arguments.flow)
    if arguments.count is not None:
        arguments.n = arguments.count
    workspace = Workspace.find()
    metadata, asked = workspace.metadata, _asked(workspace, arguments)
    query = asked.query(time.time())
    runs = metadata.find(query, limit=arguments.n)
    if arguments.json:
        left = metadata.metrics((run.flow, run.id) for run in runs)
        print(json.dumps([_plain(run, left[run.flow, run.id]) for run in runs], indent=2))
        return 0
    if not runs:
        _say_that_there_is_none(metadata, asked)
        return 0
    by = asked.sort.name if asked.sort is not None and asked.sort.kind == "metric" else ""
    metrics = {name: each.get(by) for name, each in metadata.metrics((run.flow, run.id) for run in runs).items()}
    _print_table(runs, by, metrics if by else {}, coloured=has_colours(sys.stdout))
    _say_what_is_lost(runs)
    total = sum(metadata.count(query).values()) if len(runs) == arguments.n else len(runs)
    if total > len(runs):
        print(f"\n{len(runs)} of {total} runs: -n {total} lists them all", file=sys.stderr)
    return 0


def _asked(workspace: Workspace, arguments: argparse.Namespace) -> Asked:
    """Return what is asked for. Raises M001, V001 to V007."""
    flows: tuple[str, ...] = ()
    if arguments.flow:
        flows = (of_its_flow(arguments.flow),)
        require_flow(workspace, *flows)
    return asked_for(
        workspace.metadata,
        flows,
        status=arguments.status,
        tag=arguments.tag,
        user=arguments.user,
        since=arguments.since,
        until=arguments.until,
        where=arguments.where,
        drafts=arguments.drafts,
        sort=arguments.sort,
        now=time.time(),
    )


def _say_that_there_is_none(metadata: Metadata, asked: Asked) -> None:
    if asked.narrowed:
        print(f"no run fits: {', '.join(asked.said())}", file=sys.stderr)
        return
    drafts = "" if asked.drafts or not metadata.flows() else "; what cells computed is in nbflow history --drafts"
    print(f"no runs yet: nbflow run NOTEBOOK.ipynb{drafts}", file=sys.stderr)


def _plain(run: RunRecord, metrics: Mapping[str, float]) -> dict[str, Any]:
    """Return a run as JSON. Parameters are as they are recorded, a date as {"$date": "2026-01-01"}."""
    began = run.started_at or run.created_at
    return {
        "run": f"{run.flow}/{run.id}",
        "flow": run.flow,
        "status": status_of(run),
        "started": _iso(began),
        "finished": _iso(run.finished_at),
        "seconds": None if run.finished_at is None else round(run.finished_at - began, 3),
        "user": run.user,
        "tags": sorted(run.tags),
        "origin": f"{run.flow}/{run.origin_run}" if run.origin_run else None,
        "reason": run.reason,
        "source": run.source,
        "parameters": {name: raw for name, (_, raw, _) in run.parameters.items()},
        "metrics": dict(metrics),
    }


def _iso(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _print_table(
    runs: Sequence[RunRecord], metric: str, values: Mapping[Name, float | None], *, coloured: bool
) -> None:
    """Print a line for each run, with the metric that they are sorted by, if any."""
    rows = [_HEAD, *map(_row, runs)]
    if metric:
        found = (values.get((run.flow, run.id)) for run in runs)
        said = [one_line(metric, 20), *("" if value is None else number(value) for value in found)]
        rows = [(*row[:4], each, *row[4:]) for row, each in zip(rows, said, strict=True)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    colours = [None, *(_COLOURS.get(run.status) for run in runs)]
    figures = {3, 4} if metric else {3}
    for row, colour in zip(rows, colours, strict=True):
        cells = [
            text.rjust(width) if place in figures else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        if coloured and colour:
            cells[1] = ink(cells[1], colour)
        print("  ".join(cells).rstrip())


def _row(run: RunRecord) -> tuple[str, ...]:
    given = [f"{name}={value}" for name, value, origin in parameters(run.parameters) if origin != "default"]
    return (
        f"{run.flow}/{run.id}",
        run.status.value,
        said(run.created_at),
        took(run, time.time()),
        one_line(", ".join(given), 60),
        one_line(", ".join(sorted(run.tags))),
    )


def _say_what_is_lost(runs: Sequence[RunRecord]) -> None:
    """Tell what the word means, and how to go on from the newest such run."""
    lost = next((run for run in runs if run.status is RunStatus.LOST and run.kind == "run"), None)
    if lost is not None:
        print(
            f"\nlost: the process that ran it is gone. Go on with  nbflow resume {lost.flow}/{lost.id}", file=sys.stderr
        )
    draft = next((run for run in runs if run.status is RunStatus.LOST and run.kind == "draft"), None)
    if draft is not None:
        print(f"\nlost draft: its kernel is gone. Bring it back with  %flow restore {draft.id}", file=sys.stderr)
