"""`nbflow history [FLOW]`: runs, newest first."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from nbflow.cards.figures import duration, parameters
from nbflow.cards.printable import one_line
from nbflow.errors import did_you_mean, raise_for
from nbflow.model.ids import FlowName, flow_name_of
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
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
    parser.add_argument("-n", type=int, default=20, metavar="N", help="how many runs (default: 20)")
    parser.add_argument("--drafts", action="store_true", help="draft runs of notebook sessions, too")


def main(arguments: argparse.Namespace) -> int:
    """Print a table of runs."""
    metadata = Workspace.find().metadata
    flows = metadata.flows()
    if arguments.flow:
        wanted = flow_name_of(Path(arguments.flow).stem) if arguments.flow.endswith(".ipynb") else arguments.flow
        if wanted not in flows:
            known = f"the flows here are: {', '.join(flows)}" if flows else "nothing has run in this store yet"
            raise_for("M001", name=wanted, hint=did_you_mean(wanted, flows), why=known)
        flows = (FlowName(wanted),)
    runs = [run for flow in flows for run in metadata.runs(flow, drafts=arguments.drafts, limit=arguments.n)]
    runs = sorted(runs, key=lambda run: run.created_at, reverse=True)[: arguments.n]
    if not runs:
        drafts = "" if arguments.drafts or not flows else "; what cells computed is in nbflow history --drafts"
        print(f"no runs yet: nbflow run NOTEBOOK.ipynb{drafts}", file=sys.stderr)
        return 0
    _print_table(runs, coloured=sys.stdout.isatty())
    _say_what_is_lost(runs)
    return 0


def _print_table(runs: Sequence[RunRecord], *, coloured: bool) -> None:
    rows = [_HEAD, *map(_row, runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    colours = [None, *(_COLOURS.get(run.status) for run in runs)]
    for row, colour in zip(rows, colours, strict=True):
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        cells[3] = row[3].rjust(widths[3])
        if coloured and colour:
            cells[1] = f"\x1b[{colour}m{cells[1]}\x1b[0m"
        print("  ".join(cells).rstrip())


def _row(run: RunRecord) -> tuple[str, ...]:
    given = [f"{name}={value}" for name, value, origin in parameters(run.parameters) if origin != "default"]
    started = datetime.fromtimestamp(run.created_at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return (
        f"{run.flow}/{run.id}",
        run.status.value,
        started,
        _took(run),
        one_line(", ".join(given), 60),
        one_line(", ".join(sorted(run.tags))),
    )


def _took(run: RunRecord) -> str:
    """How long it took; of one that has no end, how long it is known to have gone on."""
    began = run.started_at or run.created_at
    if run.status is RunStatus.LOST:
        return f"≥ {duration(run.heartbeat_at - began)}" if run.heartbeat_at else ""
    if run.finished_at is not None:
        return duration(run.finished_at - began)
    return f"{duration(time.time() - began)} so far" if run.kind == "run" else ""


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
