"""`nbflow attach FLOW[/RUN]`: show a run until it ends, whatever process runs it."""

from __future__ import annotations

import argparse
import sys

from nbflow.frontends.choosing import latest, named_run
from nbflow.frontends.cli.named import of_its_flow
from nbflow.frontends.cli.progress import Printer
from nbflow.frontends.following import Followed, follow
from nbflow.model.event import Event
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "run", help="FLOW/RUN; FLOW, or its notebook, is its latest run that is under way, or else its latest"
    )


def main(arguments: argparse.Namespace) -> int:
    """Show it and return 0 when it succeeded. Ctrl-C only stops the looking."""
    workspace = Workspace.find()
    word = of_its_flow(arguments.run)
    found = named_run(workspace, "", word) if "/" in word else latest(workspace, word)
    run = Followed(workspace, found.flow, found.id)
    printer = Printer(run, found.steps, terminal=sys.stderr.isatty())
    printer.begin()
    try:
        follow(run, _Paper(printer))
    except KeyboardInterrupt:
        printer.say(f"stopped looking; {found.flow}/{found.id} goes on")
        return 130
    status = printer.end()
    if status is RunStatus.LOST:
        printer.say(f"the process that ran it is gone; go on with  nbflow resume {found.flow}/{found.id}")
    return 0 if status is RunStatus.SUCCEEDED else 1


class _Paper:
    """Hands on to a printer what happens."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def see(self, event: Event) -> None:
        self._printer.see(event)

    def tick(self) -> None:
        self._printer.repaint()
