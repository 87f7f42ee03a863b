"""`nbflow cancel FLOW[/RUN]`: end a run, whatever process runs it."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from nbflow.errors import raise_for
from nbflow.frontends.cancelling import cancel
from nbflow.frontends.choosing import named_run, only_one_under_way, require_runs, under_way
from nbflow.frontends.cli.named import of_its_flow
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "run", nargs="?", help="FLOW/RUN; FLOW, or its notebook, is the one run of it that is under way"
    )


def main(arguments: argparse.Namespace) -> int:
    """Cancel it, wait until no process of it is left, and return 0 if it did not come to an end of its own.

    Raises R004: none is named.
    """
    workspace = Workspace.find()
    if arguments.run is None:
        _ask_for_run(workspace)
    word = of_its_flow(arguments.run)
    if "/" in word:
        found = named_run(workspace, "", word)
    else:
        last = require_runs(workspace, word)
        going = only_one_under_way(workspace, word, "nbflow cancel")
        # one without an owner is still to be marked
        found = going or last
        if going is None and last.status is not RunStatus.LOST:
            _say(f"no run of {word} is under way")
            return 1
    try:
        ended = cancel(workspace, found, _say, resume=f"nbflow resume {found.flow}/{found.id}")
    except KeyboardInterrupt:
        return 130
    return 0 if ended.status in {RunStatus.CANCELLED, RunStatus.LOST} else 1


def _ask_for_run(workspace: Workspace) -> NoReturn:
    """Raise R004 with the runs that could be ended: which of a store that others use, too, is not for us to guess."""
    going = [run for flow in workspace.metadata.flows() for run in under_way(workspace, flow)]
    fixes = [f"nbflow cancel {run.flow}/{run.id}" for run in going[:8]]
    message = "it ends a run, and none is named" + ("" if going else "; none is under way")
    raise_for("R004", option="nbflow cancel", message=message, fix="\n".join(fixes) or "nbflow cancel FLOW/RUN")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
