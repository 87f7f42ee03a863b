"""`python flow.py spin STEP`: one task of an earlier run again, by itself, with the code as it is now."""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

from nbflow.errors import raise_for
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.parsing import FlowParser
from nbflow.frontends.flowspec.terminal.run import add_files

#: the name that a module with values for artifacts gives them
_NAME = "ARTIFACTS"


def add(parser: FlowParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    parser.add_argument("what", metavar="STEP", help="a step, of the latest run; RUN/STEP or RUN/STEP/TASK of another")
    parser.add_argument(
        "--artifacts-module",
        metavar="FILE",
        help=f"a Python file with {_NAME} = {{name: value}}: in the place of what the step was given",
    )
    parser.add_argument(
        "--skip-decorators", action="store_true", help="leave the step's decorators out: no retry, no catch"
    )
    parser.add_argument("--persist", action="store_true", help=argparse.SUPPRESS)
    add_files(parser)


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Run it; return 0 when it succeeded, 1 when it failed."""
    from nbflow.frontends.classes.spinning import spun
    from nbflow.frontends.flowspec.terminal.running import run

    call.introduce()
    flow = call.opened()
    artifacts = _artifacts(arguments.artifacts_module) if arguments.artifacts_module else {}
    request = spun(flow, call.workspace, arguments.what, artifacts=artifacts, skip_decorators=arguments.skip_decorators)
    return run(call, flow, request, arguments)


def _artifacts(file: str) -> dict[str, Any]:
    if not Path(file).is_file():
        raise_for("R054", what=f"--artifacts-module {file}: no such file", fix=f"a Python file with {_NAME} = {{...}}")
    found = runpy.run_path(file).get(_NAME)
    if not isinstance(found, dict):
        raise_for("R054", what=f"--artifacts-module {file} has no dict {_NAME}", fix=f"{_NAME} = {{'x': 1}}")
    return found
