"""`python flow.py [OPTIONS] COMMAND [OPTIONS]`: reads the words, does the command, turns errors into text and an exit code.

Exit codes: 0 it worked; 1 something failed, or the flow's steps do not fit together; 2 it was typed wrongly.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import nbflow
from nbflow.frontends.flowspec.terminal.call import Call, script_name
from nbflow.frontends.flowspec.terminal.commands import COMMANDS, command_in
from nbflow.frontends.flowspec.terminal.console import Console
from nbflow.frontends.flowspec.terminal.options import TopParser, settle, split
from nbflow.frontends.flowspec.terminal.parsing import command_parser

if TYPE_CHECKING:
    from nbflow.backends.zygote import Zygote

_ASKS_HELP = frozenset({"-h", "--help"})


def main(flow_class: type, words: Sequence[str], argument: str, zygote: Zygote | None = None) -> int:
    """Do what `words` ask of a flow and return the exit code.

    Args:
        flow_class: the flow.
        words: what was typed after the file's name.
        argument: the file's name as it was typed.
        zygote: one that was started ahead.
    """
    console = Console()
    try:
        return _command(flow_class, list(words), script_name(argument), console, zygote)
    # loaded now, if ever
    except nbflow.NbflowError as error:
        from nbflow.frontends.flowspec.terminal.refusal import refuse

        return refuse(error, console)
    except KeyboardInterrupt:
        console.complain("Interrupted.")
        return 1
    except BrokenPipeError:
        # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def _command(flow_class: type, words: list[str], script: str, console: Console, zygote: Zygote | None) -> int:
    parser = TopParser(flow_class, script)
    count = split(words, parser)
    options = parser.parse_args([word for word in words[:count] if word not in _ASKS_HELP])
    console.quiet = options.quiet
    call = Call(flow_class, script, options, console)
    call.zygote = zygote
    settle(call)
    if _ASKS_HELP.intersection(words[:count]):
        return _do(call, "help", [])
    if count == len(words):
        return _do(call, "check", []) or _say_what_next(call)
    return _do(call, *command_in(words[count:]))


def _do(call: Call, name: str, words: list[str]) -> int:
    """Do one command."""
    command = COMMANDS.get(name)
    if command is None:
        from nbflow.frontends.flowspec.terminal.refusal import no_command

        no_command(call, name)
    if command.runs and call.zygote is None and not _ASKS_HELP.intersection(words):
        from nbflow.backends.zygote import spawn

        # it starts while this process still reads and checks the flow, and ends by itself when that makes no sense
        call.zygote = spawn()
        # nothing of what is imported until the run starts is garbage to look for
        gc.disable()
    module, parser = command_parser(call, name)
    code: int = module.main(call, parser.parse_args(words))
    return code


def _say_what_next(call: Call) -> int:
    for name in ("show", "run", "help"):
        call.console.say(f"{call.told(name):<{len(call.program) + 6}}  {COMMANDS[name].text}")
    return 0
