"""`nbflow cancel FLOW[/RUN]`: end a run, whatever process runs it."""

from __future__ import annotations

import argparse
import sys

from nbflow.frontends.cancelling import cancel
from nbflow.frontends.choosing import named_run, only_one_under_way, require_runs
from nbflow.frontends.cli.named import of_its_flow
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run", help="FLOW/RUN; FLOW, or its notebook, is the one run of it that is under way")


def main(arguments: argparse.Namespace) -> int:
    """Cancel it, wait until no process of it is left, and return 0 if it did not come to an end of its own."""
    workspace = Workspace.find()
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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
