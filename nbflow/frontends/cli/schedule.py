"""`nbflow schedule VERB …`: notebooks and flows that run by the clock, or after one another, on this machine."""

from __future__ import annotations

import argparse
import sys

from nbflow.frontends.cli.parser import Parser
from nbflow.frontends.scheduling.options import SAID, add_verbs


def add(parser: Parser) -> None:
    """Declare the arguments."""
    add_verbs(parser)


def main(arguments: argparse.Namespace) -> int:
    """Do it."""
    # who asks for help waits for none of it
    from nbflow.frontends.scheduling.verbs import carry_out
    from nbflow.workspace import Workspace

    assert arguments.schedule_verb in SAID, "the parser knows no others"
    return carry_out(arguments, Workspace.find(), _tell, _say)


def _tell(text: str) -> None:
    # a log is read while it grows
    print(text, flush=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
