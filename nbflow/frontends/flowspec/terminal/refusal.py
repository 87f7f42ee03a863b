"""What is said when something cannot be done, and the exit code that goes with it."""

from __future__ import annotations

import sys
from typing import NoReturn

from nbflow.cards.figures import several
from nbflow.errors import LintError, NbflowError, ParameterError, UsageError, did_you_mean
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.commands import COMMANDS, ELSEWHERE, GROUPS
from nbflow.frontends.flowspec.terminal.console import BOLD, RED, Console


def refuse(error: NbflowError, console: Console) -> int:
    """Say what is wrong and return the exit code: 2 for what was typed, 1 for the flow and its runs."""
    if isinstance(error, LintError):
        found = "an issue" if len(error.problems) == 1 else several(len(error.problems), "issue")
        console.complain(console.ink(f"Validity checker found {found}", BOLD, RED))
    console.complain(str(error))
    return 2 if isinstance(error, UsageError | ParameterError) else 1


def no_command(call: Call, name: str) -> NoReturn:
    """Say that there is no such command, which one was meant, and exit."""
    known = list(dict.fromkeys([*COMMANDS, *(each.partition(" ")[0] for each in COMMANDS)]))
    group, _, word = name.partition(" ")
    if group in GROUPS:
        ours = [each.partition(" ")[2] for each in COMMANDS if each.startswith(f"{group} ")]
        what = f"unknown command '{name}'.{did_you_mean(word, ours)}" if word else f"{group} what?"
        rest = f"usage: {call.program} {group} {{{','.join(ours)}}}"
    elif group in ELSEWHERE:
        what, rest = f"'{group}' is a command of Metaflow's that nbflow does not have yet", ""
    else:
        what = f"unknown command '{name}'.{did_you_mean(name, known)}"
        rest = f"usage: {call.program} [OPTIONS] COMMAND [OPTIONS]"
    call.console.complain("\n".join(part for part in (f"{call.script}: {what}", rest) if part))
    call.console.complain(f"more:  {call.program} help")
    sys.exit(2)
