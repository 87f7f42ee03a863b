"""`nbflow deployed VERB`: what AWS runs by itself, and what to do with it."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbflow.frontends.cli.parser import Parser, whole_number

if TYPE_CHECKING:
    from nbflow.deploy.deployment import Deployment
    from nbflow.workspace import Workspace

_VERBS = {
    "list": "list what is deployed from this store",
    "show": "show one deployment",
    "trigger": "run it now",
    "runs": "list its runs",
    "stop": "end one of its runs",
    "pause": "stop its clock",
    "resume": "start its clock again",
    "delete": "delete it; its runs stay",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    made = parser.add_subparsers(dest="deed", metavar="|".join(_VERBS), required=True, parser_class=Parser)
    for verb, said in _VERBS.items():
        sub = made.add_parser(verb, help=said, description=f"{said[0].upper()}{said[1:]}.")
        if verb != "list":
            sub.add_argument(
                "deployment", metavar="NAME[/RUN]" if verb == "stop" else "NAME", help="its name, or its flow's"
            )
        if verb == "trigger":
            sub.add_argument(
                "-p", "--param", action="append", default=[], metavar="NAME=VALUE", dest="parameters", help="a value"
            )
            sub.add_argument("--run-id-file", metavar="FILE", help="write the run's id there")
        if verb == "runs":
            sub.add_argument(
                "-n", type=whole_number, default=20, metavar="N", help="most that are listed (default: 20)"
            )
            states = sub.add_mutually_exclusive_group()
            for state in ("running", "succeeded", "failed", "timed-out", "aborted"):
                states.add_argument(
                    f"--{state}", dest="state", action="store_const", const=state, help=f"only {state} ones"
                )
        if verb == "stop":
            sub.add_argument("run", nargs="?", metavar="RUN", help="as `nbflow deployed runs` has it")
        if verb in {"stop", "pause", "resume", "delete"}:
            sub.add_argument("--authorize", metavar="TOKEN", help="of what somebody else deployed")


def main(arguments: argparse.Namespace) -> int:
    """Do it."""
    from nbflow.workspace import Workspace

    workspace = Workspace.find()
    if arguments.deed == "list":
        return _list(workspace)
    from nbflow.deploy.deployment import find
    from nbflow.frontends.deploying.deeds import far_of

    name, _, run = arguments.deployment.partition("/")
    deployment = find(far_of(workspace), name)
    if arguments.deed == "stop":
        arguments.run = arguments.run or run
    return _DEEDS[arguments.deed](workspace, deployment, arguments)


def _list(workspace: Workspace) -> int:
    from nbflow.deploy.deployment import every
    from nbflow.frontends.deploying.deeds import far_of

    found = every(far_of(workspace))
    if not found:
        _say("nothing is deployed from this store: nbflow deploy FILE")
        return 0
    rows = [
        (
            each.name,
            each.flow,
            each.user,
            each.schedule["said"] if each.schedule else "when triggered",
            _day(each.created_at),
        )
        for each in found
    ]
    _table(("NAME", "FLOW", "BY", "RUNS", "DEPLOYED"), rows)
    return 0


def _show(workspace: Workspace, deployment: Deployment, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - as all deeds
    from nbflow.deploy.deployment import MISSING

    facts = {
        "flow": deployment.flow,
        "from": deployment.source,
        "by": f"{deployment.user}, {_day(deployment.created_at)}",
        "namespace": deployment.namespace,
        "runs": deployment.schedule["said"] if deployment.schedule else "when triggered",
        "state machine": deployment.arn,
        "tags": ", ".join(deployment.tags),
    }
    print(deployment.name)
    for name, text in facts.items():
        if text:
            print(f"  {name + ':':15}{text}")
    for name, (kind, value, origin) in deployment.parameters.items():
        print(f"  {name + ':':15}{'must be given' if origin == MISSING else value}  ({kind})")
    return 0


def _trigger(workspace: Workspace, deployment: Deployment, arguments: argparse.Namespace) -> int:
    from nbflow.deploy.notebook_job.deploying import KIND
    from nbflow.frontends.cli.notebook import given_parameters
    from nbflow.frontends.deploying.deeds import trigger
    from nbflow.frontends.writable import check_writable

    check_writable("--run-id-file", arguments.run_id_file)
    if deployment.kind == KIND:
        return _trigger_notebook(workspace, deployment, arguments)
    given = {name: str(value) for name, value in given_parameters(arguments.parameters).items()}
    execution = trigger(workspace, deployment, given)
    if arguments.run_id_file:
        from pathlib import Path

        Path(arguments.run_id_file).write_text(execution.run, encoding="utf-8")
    print(f"{deployment.flow}/{execution.run}")
    _say(f"watch it:  nbflow attach {deployment.flow}/{execution.run}")
    _say(f"end it:    nbflow deployed stop {deployment.name}/{execution.run}")
    return 0


def _trigger_notebook(workspace: Workspace, deployment: Deployment, arguments: argparse.Namespace) -> int:
    from nbflow.deploy.notebook_job.deploying import trigger_notebook
    from nbflow.frontends.cli.notebook import given_parameters

    if arguments.run_id_file:
        from nbflow.errors import raise_for

        message = "its job begins the run, and is not there yet"
        raise_for("A014", option="--run-id-file", given="", message=message, fix=f"nbflow history {deployment.flow}")
    given = {name: str(value) for name, value in given_parameters(arguments.parameters).items()}
    print(trigger_notebook(workspace, deployment, given))
    _say(f"its run:   nbflow history {deployment.flow}")
    return 0


def _runs(workspace: Workspace, deployment: Deployment, arguments: argparse.Namespace) -> int:
    from itertools import islice

    from nbflow.cards.figures import duration
    from nbflow.frontends.deploying.deeds import executions

    state = arguments.state.replace("-", "_").upper() if arguments.state else None
    rows = [
        (
            f"{deployment.flow}/{each.run}",
            each.status.lower().replace("_", " "),
            time.strftime("%Y-%m-%d %H:%M", time.localtime(each.started_at)),
            duration((each.ended_at or time.time()) - each.started_at),
        )
        for each in islice(executions(workspace, deployment, state), arguments.n)
    ]
    if not rows:
        kind = f"{arguments.state} run" if arguments.state else "run"
        more = (
            f"nbflow deployed runs {deployment.name}"
            if arguments.state
            else f"nbflow deployed trigger {deployment.name}"
        )
        _say(f"{deployment.name} has no {kind}:  {more}  {'lists all' if arguments.state else 'starts one'}")
        return 0
    _table(("RUN", "STATUS", "STARTED", "TOOK"), rows)
    return 0


def _stop(workspace: Workspace, deployment: Deployment, arguments: argparse.Namespace) -> int:
    from nbflow.frontends.deploying.deeds import stop

    if not arguments.run:
        from nbflow.errors import raise_for

        fix = f"nbflow deployed runs {deployment.name} --running  lists them"
        raise_for("A014", option="nbflow deployed stop", given=deployment.name, message="say which run", fix=fix)
    record = stop(workspace, deployment, arguments.run, authorize=arguments.authorize)
    _say(f"{deployment.flow}/{record.id} {record.status}")
    return 0


def _pause(workspace: Workspace, deployment: Deployment, arguments: argparse.Namespace) -> int:
    from nbflow.frontends.deploying.deeds import pause

    paused = arguments.deed == "pause"
    pause(workspace, deployment, paused=paused, authorize=arguments.authorize)
    _say(f"{deployment.name} is paused" if paused else f"{deployment.name} runs by its clock again")
    return 0


def _delete(workspace: Workspace, deployment: Deployment, arguments: argparse.Namespace) -> int:
    from nbflow.frontends.deploying.deeds import delete

    delete(workspace, deployment, authorize=arguments.authorize)
    _say(f"{deployment.name} is deleted; runs under way go on, and all runs stay in the store")
    return 0


_DEEDS = {
    "show": _show,
    "trigger": _trigger,
    "runs": _runs,
    "stop": _stop,
    "pause": _pause,
    "resume": _pause,
    "delete": _delete,
}


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    width = shutil.get_terminal_size().columns
    for row in (head, *rows):
        line = "  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
        print(line[:width] if sys.stdout.isatty() else line)


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))


def _say(text: str) -> None:
    print(text, file=sys.stderr)
