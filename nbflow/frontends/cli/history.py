"""`nbflow history [FLOW]`: runs, newest first."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from nbflow.cards.printable import one_line
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.cli.progress import seconds
from nbflow.model.ids import FlowName, flow_name_of
from nbflow.model.record import RunRecord
from nbflow.workspace import Workspace


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
    runs.sort(key=lambda run: run.created_at, reverse=True)
    if not runs:
        print("no runs yet: nbflow run NOTEBOOK.ipynb", file=sys.stderr)
        return 0
    rows = [("RUN", "STATUS", "STARTED", "TOOK", "PARAMETERS", "TAGS"), *map(_row, runs[: arguments.n])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _row(run: RunRecord) -> tuple[str, ...]:
    took = seconds(run.finished_at - run.started_at) if run.finished_at and run.started_at else ""
    given = [f"{name}={value}" for name, (_, value, origin) in run.parameters.items() if origin != "default"]
    started = datetime.fromtimestamp(run.created_at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return (
        f"{run.flow}/{run.id}",
        run.status.value,
        started,
        took,
        one_line(", ".join(given))[:60],
        one_line(", ".join(sorted(run.tags))),
    )
