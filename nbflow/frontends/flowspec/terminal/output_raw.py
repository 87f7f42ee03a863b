"""`python flow.py output-raw [--json]`: the graph as a program reads it."""

from __future__ import annotations

import argparse
import json
import pprint
from pathlib import Path
from typing import Any

from nbflow.flowspec.parameter_facts import parameter_facts
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.graph.classes import graph_info


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="as JSON (default: as Python)")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Print it."""
    flow = call.opened()
    call.console.say("Internal representation of the flow:")
    found = described(flow)
    text = json.dumps(found, indent=2, default=str) if arguments.json else pprint.pformat(found, sort_dicts=False)
    call.console.tell(text)
    return 0


def described(flow: ClassFlow) -> dict[str, Any]:
    """Return a flow as plain values: its file, parameters, decorators and steps."""
    return {
        "name": flow.name,
        **graph_info(flow.graph, file=Path(flow.source).name, decorators=flow.draft.decorators),
        "parameters": [
            {"name": each.name, "type": each.type_name, "help": each.help} for each in parameter_facts(flow.prepared)
        ],
        "configs": list(flow.prepared.configs),
    }
