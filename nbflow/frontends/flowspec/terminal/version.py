"""`python flow.py version`."""

from __future__ import annotations

import argparse

import nbflow
from nbflow.frontends.flowspec.terminal.call import Call


def add(parser: argparse.ArgumentParser, call: Call) -> None:
    """Declare the arguments: there are none."""


def main(call: Call, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - as all commands
    """Print it."""
    call.console.tell(f"nbflow {nbflow.__version__}")
    return 0
