"""`python flow.py step-functions create|trigger|list-runs|terminate|delete`, with Metaflow's options."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.frontends.deploying.options import add_options, wish_of
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.options import add_with
from nbflow.frontends.flowspec.terminal.parameters import add_parameters, given
from nbflow.frontends.flowspec.terminal.parsing import FlowParser

if TYPE_CHECKING:
    from nbflow.deploy.deployment import Deployment

_STATES = ("running", "succeeded", "failed", "timed-out", "aborted")


def add(parser: FlowParser, call: Call) -> None:
    """Declare the arguments."""
    match call.command.removeprefix("step-functions "):
        case "create":
            add_options(parser)
            parser.add_argument("--tag", action="append", default=[], dest="tags", metavar="TAG", help="label its runs")
            add_with(parser)
            _add_given(parser, call)
            for option in ("--use-distributed-map", "--compress-state-machine"):
                parser.add_argument(option, action="store_true", help="as it always is")
            parser.add_argument("--deployer-attribute-file", metavar="FILE", help=argparse.SUPPRESS)
        case "trigger":
            _add_name(parser)
            _add_given(parser, call)
            parser.add_argument("--run-id-file", metavar="FILE", help="write the run's id there")
            parser.add_argument("--deployer-attribute-file", metavar="FILE", help=argparse.SUPPRESS)
        case "list-runs":
            _add_name(parser)
            states = parser.add_mutually_exclusive_group()
            for state in _STATES:
                states.add_argument(f"--{state}", dest="state", action="store_const", const=state, help=f"only {state}")
        case "terminate":
            _add_name(parser)
            parser.add_argument("run", metavar="RUN", help="as list-runs has it")
            parser.add_argument("--authorize", metavar="TOKEN", help="of what somebody else deployed")
        case "delete":
            _add_name(parser)
            parser.add_argument("--authorize", metavar="TOKEN", help="of what somebody else deployed")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Do it."""
    verb = call.command.removeprefix("step-functions ")
    if verb == "create":
        return _create(call, arguments)
    return _DEEDS[verb](call, arguments, _deployment(call, arguments))


def _add_name(parser: FlowParser) -> None:
    parser.add_argument("--name", metavar="NAME", help="of the state machine (default: made of the flow's)")


def _add_given(parser: FlowParser, call: Call) -> None:
    parser.add_argument("-p", "--param", action="append", default=[], dest="parameters", help=argparse.SUPPRESS)
    add_parameters(parser, call.prepared)


def _create(call: Call, arguments: argparse.Namespace) -> int:
    from nbflow.frontends.deploying import making
    from nbflow.frontends.deploying.asking import of_class
    from nbflow.frontends.deploying.door import tell
    from nbflow.frontends.deploying.rhythm import schedule_of

    flow = call.opened(with_specs=arguments.decospecs)
    wish = schedule_of(flow.prepared, wish_of(arguments, arguments.tags, call.told("step-functions create"), None))
    request = of_class(
        flow,
        call.workspace,
        given(arguments, flow.prepared),
        wish,
        branch=call.options.branch,
        production=call.options.production,
    )
    if arguments.only_json:
        sys.stdout.write(making.only_json(request, call.workspace, wish) + "\n")
        return 0
    deployment = making.deploy(request, call.workspace, wish, call.console.say)
    tell(deployment, sys.stderr)
    _write(arguments.deployer_attribute_file, call, name=deployment.name)
    return 0


def _deployment(call: Call, arguments: argparse.Namespace) -> Deployment:
    from nbflow.configuration.settings import settings
    from nbflow.deploy import deployment as kept
    from nbflow.flowspec.project import project_of
    from nbflow.frontends.deploying.deeds import far_of

    project = project_of(
        call.prepared, user=call.workspace.user, branch=call.options.branch, production=call.options.production
    )
    whole = (project or {}).get("project_flow_name", "")
    name = kept.name_of(call.flow, prefix=settings().deploy.name_prefix, project=whole, name=arguments.name)
    return kept.at(far_of(call.workspace), call.flow, name) or kept.find(far_of(call.workspace), name)


def _trigger(call: Call, arguments: argparse.Namespace, deployment: Deployment) -> int:
    from nbflow.frontends.deploying.deeds import trigger
    from nbflow.frontends.writable import check_writable

    check_writable("--run-id-file", arguments.run_id_file)
    execution = trigger(call.workspace, deployment, given(arguments, call.prepared))
    if arguments.run_id_file:
        Path(arguments.run_id_file).write_text(execution.run, encoding="utf-8")
    call.console.say(f"{call.flow}/{execution.run} is on its way")
    call.console.tell(execution.run)
    _write(arguments.deployer_attribute_file, call, name=deployment.name, pathspec=f"{call.flow}/{execution.run}")
    return 0


def _list(call: Call, arguments: argparse.Namespace, deployment: Deployment) -> int:
    from nbflow.frontends.deploying.deeds import executions
    from nbflow.views.moments import moment

    state = arguments.state.replace("-", "_").upper() if arguments.state else None
    found = list(executions(call.workspace, deployment, state))
    for each in found:
        call.console.tell(f"{each.run}  {each.status.lower()}  {moment(each.started_at, time.time())}")
    if not found:
        call.console.say("There are no such runs.")
    return 0


def _terminate(call: Call, arguments: argparse.Namespace, deployment: Deployment) -> int:
    from nbflow.frontends.deploying.deeds import stop

    stop(call.workspace, deployment, arguments.run, authorize=arguments.authorize)
    call.console.say(f"{call.flow}/{arguments.run} is cancelled")
    return 0


def _delete(call: Call, arguments: argparse.Namespace, deployment: Deployment) -> int:
    from nbflow.frontends.deploying.deeds import delete

    delete(call.workspace, deployment, authorize=arguments.authorize)
    call.console.say(f"{deployment.name} is deleted; its runs stay")
    return 0


_DEEDS = {"trigger": _trigger, "list-runs": _list, "terminate": _terminate, "delete": _delete}


def _write(file: str | None, call: Call, **more: str) -> None:
    """Write the file by which a program that started the command learns what came of it."""
    if file:
        Path(file).write_text(json.dumps({"flow_name": call.flow, **more}), encoding="utf-8")
