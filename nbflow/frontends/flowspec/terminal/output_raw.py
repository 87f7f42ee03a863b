"""`python flow.py output-raw [--json]`: the graph as a program reads it."""

from __future__ import annotations

import argparse
import json
import pprint
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbflow.flowspec.parameter_facts import parameter_facts
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.model.flowclass import DecoratorSpec
from nbflow.model.graph import Node


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
        "file": Path(flow.source).name,
        "doc": flow.graph.doc,
        "decorators": _decorators(flow.draft.decorators),
        "parameters": [
            {"name": each.name, "type": each.type_name, "help": each.help} for each in parameter_facts(flow.prepared)
        ],
        "configs": list(flow.prepared.configs),
        "steps": {node.name: _step(node) for node in flow.graph.nodes},
    }


def _step(node: Node) -> dict[str, Any]:
    method = node.method
    assert method is not None, "a node of a class has its method"
    found: dict[str, Any] = {
        "name": node.name,
        "type": method.kind,
        "line": node.place.line,
        "doc": method.doc,
        "decorators": _decorators(method.decorators),
        "foreach": list(node.scope),
        "next": list(method.goes_on.targets) if method.goes_on else [],
    }
    if method.goes_on and method.goes_on.variable:
        name = "condition" if method.goes_on.kind == "switch" else "foreach_artifact"
        found[name] = method.goes_on.variable
    if method.goes_on and method.goes_on.cases:
        found["cases"] = [list(case) for case in method.goes_on.cases]
    return found


def _decorators(specs: Iterable[DecoratorSpec]) -> list[dict[str, Any]]:
    return [{"name": each.name, "attributes": dict(each.attributes)} for each in specs]
