"""`python flow.py resume [STEP]`: go on from an earlier run, with its parameters."""

from __future__ import annotations

import argparse

from nbflow.errors import raise_for
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.parameters import parameter_options
from nbflow.frontends.flowspec.terminal.parsing import FlowParser
from nbflow.frontends.flowspec.terminal.run import add_common


def add(parser: FlowParser, call: Call) -> None:
    """Declare the arguments."""
    parser.add_argument("step", nargs="?", metavar="STEP", help="a step that runs again, with all that follow it")
    parser.add_argument(
        "--origin-run-id", metavar="RUN", help="the run to go on from (default: the latest, resumed or not)"
    )
    add_common(parser)
    parser.hints.append(lambda option: _of_parameter(call, option))


def _of_parameter(call: Call, option: str) -> str:
    """Return what is said of the option of a parameter; nothing of other ones."""
    if option not in parameter_options(call.prepared):
        return ""
    return (
        f"resume takes no {option}: a resumed run has the parameters of the run it goes on from. "
        f"To run with others: {call.told('run')} {option} ..."
    )


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Resume; return 0 when the new run succeeded, 1 when a step failed."""
    from nbflow.frontends.classes.resuming import resumed
    from nbflow.frontends.flowspec.terminal.running import run

    for option in ("config", "config_value"):
        if getattr(call.options, option):
            message = "a resumed run has the configs of the run it goes on from"
            raise_for("R004", option=f"--{option.replace('_', '-')}", message=message, fix=call.told("resume"))
    call.introduce()
    flow = call.opened(with_specs=arguments.decospecs, max_splits=arguments.max_num_splits)
    request = resumed(
        flow,
        call.workspace,
        step=arguments.step,
        origin=arguments.origin_run_id,
        tags=arguments.tags,
        max_workers=arguments.max_workers,
        notify=arguments.notify,
    )
    return run(call, flow, request, arguments)
