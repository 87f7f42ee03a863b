"""`python flow.py run`: the flow, in parallel workers; its parameters are options."""

from __future__ import annotations

import argparse

from nbflow.frontends.cli.parser import whole_number
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.options import add_notify, add_with
from nbflow.frontends.flowspec.terminal.parameters import add_parameters, as_option, given
from nbflow.frontends.flowspec.terminal.parsing import FlowParser


def add(parser: FlowParser, call: Call) -> None:
    """Declare the arguments."""
    add_common(parser)
    parser.add_argument("--namespace", metavar="NAME", help="what the client sees in tasks (default: your own runs)")
    parser.add_argument("-p", "--param", action="append", default=[], dest="parameters", help=argparse.SUPPRESS)
    add_parameters(parser, call.prepared)
    parser.hints.append(lambda word: as_option(parser, word))


def add_common(parser: argparse.ArgumentParser) -> None:
    """Declare what `resume` takes, too."""
    parser.add_argument(
        "--tag", action="append", default=[], dest="tags", metavar="TAG", help="label the run (may be repeated)"
    )
    parser.add_argument("--max-workers", type=whole_number, metavar="N", help="most tasks at once (default: the cores)")
    parser.add_argument(
        "--max-num-splits",
        type=whole_number,
        default=100,
        metavar="N",
        help="most tasks that one foreach may start (default: 100)",
    )
    add_with(parser)
    add_notify(parser)
    add_files(parser)


def add_files(parser: argparse.ArgumentParser) -> None:
    """Declare what every command that starts tasks takes."""
    parser.add_argument(
        "--max-log-size",
        type=whole_number,
        default=10,
        metavar="MB",
        help="most that is shown of what a task writes; all of it is kept (default: 10)",
    )
    parser.add_argument("--run-id-file", metavar="FILE", help="write the run's id there as soon as it is known")
    parser.add_argument("--runner-attribute-file", metavar="FILE", help=argparse.SUPPRESS)


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Run the flow; return 0 when it succeeded, 1 when a step failed."""
    # most of nbflow, which the commands that run nothing do without
    from nbflow.frontends.classes.asking import request_of
    from nbflow.frontends.flowspec.terminal.running import run

    call.introduce()
    flow = call.opened(with_specs=arguments.decospecs, max_splits=arguments.max_num_splits)
    request = request_of(
        flow,
        call.workspace,
        given(arguments, flow.prepared),
        tags=arguments.tags,
        namespace=arguments.namespace,
        max_workers=arguments.max_workers,
        notify=arguments.notify,
        branch=call.options.branch,
        production=call.options.production,
    )
    return run(call, flow, request, arguments)
