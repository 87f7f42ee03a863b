"""What `nbflow deploy` does with a file, and what it says."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from nbflow.deploy.deployment import MISSING, Deployment
from nbflow.deploy.notebook_job.deploying import KIND
from nbflow.errors import TagError, UsageError, raise_for
from nbflow.flowspec.values import FromText
from nbflow.frontends.classes.opened import ClassFlow, load_flow_file, open_class
from nbflow.frontends.cli.notebook import given_parameters, open_notebook, say
from nbflow.frontends.deploying import making
from nbflow.frontends.deploying.asking import of_class, of_notebook
from nbflow.frontends.deploying.rhythm import schedule_of, timetable_asked
from nbflow.frontends.deploying.wish import Wish
from nbflow.graph.added import moved
from nbflow.runtime.request import RunRequest
from nbflow.schedules.timetable import Timetable
from nbflow.workspace import Workspace

MakeWish = Callable[[argparse.Namespace, list[str], str, Timetable | None], Wish]


def deploy_file(arguments: argparse.Namespace, make_wish: MakeWish, out: TextIO) -> int:
    """Deploy the flow of a notebook or of a file with a class; return 0.

    Raises:
        NbflowError: something of it makes no sense, or AWS refused it; nothing was created in the first case.
    """
    command = shlex.join(["nbflow", "deploy", arguments.file])
    asked = timetable_asked(arguments)
    given = given_parameters(arguments.parameters)
    try:
        if arguments.file.endswith(".ipynb"):
            request, workspace, wish = _of_notebook(arguments, given, make_wish, command, asked)
        else:
            request, workspace, wish = _of_class(arguments, given, make_wish, command, asked)
    except TagError as wrong:
        raise UsageError(wrong.problems) from None
    return finish(request, workspace, wish, out, only_json=arguments.only_json)


def finish(request: RunRequest, workspace: Workspace, wish: Wish, out: TextIO, *, only_json: bool) -> int:
    """Deploy what was read, or print its state machine."""
    if only_json:
        sys.stdout.write(making.only_json(request, workspace, wish) + "\n")
        return 0
    deployment = making.deploy(request, workspace, wish, lambda line: print(line, file=out))
    tell(deployment, out)
    return 0


def tell(deployment: Deployment, out: TextIO) -> None:
    """Say what is deployed and what to type next."""
    name = deployment.name
    lines = [f"{deployment.flow} is deployed as {name}", f"  its runs are in namespace {deployment.namespace}"]
    if deployment.schedule:
        lines.append(f"  it runs {deployment.schedule['said']}, next {deployment.schedule['next']}")
    else:
        # also where it ran by the clock until now
        lines.append("  it runs when it is triggered, not by the clock")
    parameters = {key: value for key, (_, value, origin) in deployment.parameters.items() if origin != MISSING}
    late = [key for key, (_, _, origin) in deployment.parameters.items() if origin == MISSING]
    if parameters:
        lines.append(f"  with {', '.join(f'{key}={value}' for key, value in parameters.items())}"[:200])
    if late:
        lines.append(f"  {', '.join(late)} must be given to each run")
    words = "".join(f" -p {key}=…" for key in late)
    lines += [
        f"run it now:  nbflow deployed trigger {name}{words}",
        f"its runs:    {f'nbflow history {deployment.flow}' if deployment.kind == KIND else f'nbflow deployed runs {name}'}",
        f"end it:      nbflow deployed delete {name}",
    ]
    print("\n".join(lines), file=out)


def _of_notebook(
    arguments: argparse.Namespace,
    given: Mapping[str, Any],
    make_wish: MakeWish,
    command: str,
    asked: Timetable | None,
) -> tuple[RunRequest, Workspace, Wish]:
    if typed := f"--branch {arguments.branch}" if arguments.branch else "--production" if arguments.production else "":
        message = "a branch is one of a project, and a notebook has none"
        fix = (
            f"leave it out, or deploy under a name of its own: nbflow deploy {shlex.quote(arguments.file)} --name NAME"
        )
        raise_for("A014", option="nbflow deploy", given=typed, message=message, fix=fix)
    opened = open_notebook(arguments.file)
    say(opened.problems)
    workspace = Workspace.find(local=[str(opened.path.resolve().parent)])
    wish = make_wish(arguments, arguments.tag, command, asked)
    request = of_notebook(opened, workspace, given, wish, arguments.with_specs)
    if not wish.include:
        # files that go along are found where they were
        say(moved(opened.graph, request.graph))
    return request, workspace, wish


def _of_class(
    arguments: argparse.Namespace,
    given: Mapping[str, Any],
    make_wish: MakeWish,
    command: str,
    asked: Timetable | None,
) -> tuple[RunRequest, Workspace, Wish]:
    file, _, name = arguments.file.partition(":")
    flow = open_class(load_flow_file(file, name or None), with_specs=arguments.with_specs)
    workspace = Workspace.find(local=[str(Path(file).resolve().parent)])
    return class_request(flow, workspace, given, arguments, make_wish(arguments, arguments.tag, command, asked))


def class_request(
    flow: ClassFlow, workspace: Workspace, given: Mapping[str, Any], arguments: argparse.Namespace, wish: Wish
) -> tuple[RunRequest, Workspace, Wish]:
    """Return the request of a class, which may say itself when it runs."""
    say(flow.problems)
    wish = schedule_of(flow.prepared, wish, wanted=not getattr(arguments, "no_schedule", False))
    typed = {key: FromText(each) if isinstance(each, str) else each for key, each in given.items()}
    request = of_class(flow, workspace, typed, wish, branch=arguments.branch, production=arguments.production)
    return request, workspace, wish
