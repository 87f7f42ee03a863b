"""`nbflow resume NOTEBOOK.ipynb | FLOW[/RUN] [STEP]`: go on from an earlier run, without a kernel."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from nbflow.frontends.cli import flowfile, run
from nbflow.frontends.cli.parser import Parser


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "what", help="a notebook, or a flow whose latest run, or FLOW/RUN which, to go on from as its text is now"
    )
    parser.add_argument("step", nargs="?", help="a step that runs again, with all below it, finished or not")
    parser.add_argument("--run", metavar="RUN", help="the run to go on from (default: the latest, resumed or not)")
    run.add_common(parser)


def main(arguments: argparse.Namespace) -> int:
    """Resume and return 0 when the new run succeeded, 1 when a step failed."""
    if arguments.step and "=" in arguments.step:
        from nbflow.errors import raise_for

        message, fix = "a step has no = in its name, and a parameter is given by -p", f"-p {arguments.step}"
        raise_for("R004", option=arguments.step, message=message, fix=fix)
    if not arguments.what.endswith(".ipynb") and (source := _flow_file(arguments)):
        return flowfile.main("resume", source, list(_words(arguments)))
    return run.start(arguments, "resume_notebook")


def _flow_file(arguments: argparse.Namespace) -> str | None:
    """Return the file and class of the flow that is asked for, when it is one of a file."""
    # a notebook's process has other things to import first
    from nbflow.frontends.resuming import origin_of
    from nbflow.model.ids import Pathspec
    from nbflow.workspace import Workspace

    spec = Pathspec.parse(arguments.what)
    origin = origin_of(Workspace.find(), spec.flow, spec.run or arguments.run)
    arguments.run = origin.run.id
    return f"{origin.run.source}:{spec.flow}" if origin.run.source.endswith(".py") else None


def _words(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield what was asked for in the words of a flow file's terminal."""
    if arguments.step:
        yield arguments.step
    yield from ("--origin-run-id", arguments.run)
    for tag in arguments.tag:
        yield from ("--tag", tag)
    for spec in arguments.with_specs:
        yield from ("--with", spec)
    for given in arguments.parameters:
        name, _, value = given.partition("=")
        yield from (f"--{name}", value)
    options = {"max_workers": "max-workers", "max_items": "max-num-splits", "run_id_file": "run-id-file"}
    for name, option in options.items():
        if (value := getattr(arguments, name)) is not None:
            yield from (f"--{option}", str(value))
