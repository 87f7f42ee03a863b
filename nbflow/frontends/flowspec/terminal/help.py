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
    if name in GROUPS:
        for each, command in COMMANDS.items():
            if each.startswith(f"{name} "):
                call.console.tell(f"{call.program} {each} [OPTIONS]{command.takes and f' {command.takes}'}")
                call.console.tell(f"    {command.text}")
        call.console.tell(f"\n{call.program} help {name} …  lists the options of one")
        return 0
    if name not in COMMANDS:
        no_command(call, name)
    _, parser = command_parser(call, name)
    call.console.tell(parser.format_help().rstrip())
    return 0
