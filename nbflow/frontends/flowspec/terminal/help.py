"""`python flow.py help [COMMAND]`: the commands, or the options of one."""

from __future__ import annotations

import argparse

from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.commands import COMMANDS, GROUPS
from nbflow.frontends.flowspec.terminal.options import TopParser
from nbflow.frontends.flowspec.terminal.parsing import command_parser
from nbflow.frontends.flowspec.terminal.refusal import no_command


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    parser.add_argument("words", nargs="*", metavar="COMMAND", help="the command whose options are listed")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Print it."""
    name = " ".join(arguments.words)
    if not name:
        call.console.tell(TopParser(call.flow_class, call.script).format_help().rstrip())
        return 0
    names = [each for each in COMMANDS if each.startswith(f"{name} ")] if name in GROUPS else [name]
    for number, each in enumerate(names):
        if each not in COMMANDS:
            no_command(call, each)
        if number:
            call.console.tell("")
        _, parser = command_parser(call, each)
        call.console.tell(parser.format_help().rstrip())
    return 0
