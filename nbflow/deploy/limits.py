"""What AWS takes, and what of a flow cannot go there: looked at before anything is created. Pure.

Step Functions quotas: a definition of 1 MB, an input of 256 KB, 25,000 events in an execution's history
Batch quotas: 8,192 bytes of container overrides
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.backends.batch.told import MOST
from nbflow.deploy.shape import Block, Each, Fork, Gate, Job, Row
from nbflow.errors import Problem, problem, raise_for
from nbflow.model.graph import Graph
from nbflow.model.secret import left_behind

#: bytes of a definition, of an execution's input; events of its history
DEFINITION = 1 << 20
INPUT = 256 << 10
_EVENTS = 25_000
#: events of a job whose step has no further tries, and of each further try; of a gate; of a fork or foreach
_JOB, _TRY, _GATE, _AROUND = 6, 5, 9, 4
#: bytes of overrides for what differs from job to job: run, path, number of the try
_MOVING = 600


def undeployable(graph: Graph) -> Iterator[Problem]:
    """Yield what of a flow Step Functions cannot run."""
    for node in graph.nodes:
        if node.opens is not None and node.opens.kind == "gang":
            why, fix = "it is a gang (num_parallel), whose tasks have to reach each other", "make it a foreach"
            yield problem("A005", node.place, step=node.name, why=why, fix=fix)
        for secret in left_behind(node.options.secrets, "batch"):
            why = f"its secret {secret.text} is on this machine"
            fix = "keep it in AWS Secrets Manager, and name it: --secret VARIABLE=aws-secrets-manager.NAME"
            yield problem("A005", node.place, step=node.name, why=why, fix=fix)
        if node.captured:
            names = ", ".join(node.captured)
            why, fix = f"--capture takes {names} from a kernel, and there is none", "compute it in a step of its own"
            yield problem("A005", node.place, step=node.name, why=why, fix=fix)


def definition_text(flow: str, definition: Mapping[str, Any], block: Block) -> str:
    """Return a state machine as it is sent. Raises A004: it is larger than AWS takes."""
    text = json.dumps(definition, separators=(",", ":"))
    if len(text.encode()) > DEFINITION:
        raise_for("A004", flow=flow, size=f"{len(text.encode()):,} bytes", most=f"{DEFINITION:,}")
    # the items of a foreach have histories of their own
    events = _events(block, definition["States"]["flow"])
    if events > _EVENTS:
        raise_for("A004", flow=flow, size=f"{events:,} events in each run's history", most=f"{_EVENTS:,}")
    return text


def check_overrides(step: str, overrides: Mapping[str, Any], given: str = "") -> None:
    """Raise A007 where a job would be told more than Batch takes; `given`: the input of its execution."""
    size = len(json.dumps(overrides).encode()) + len(json.dumps(given).encode()) + _MOVING
    if size > MOST:
        raise_for("A007", step=step, size=f"{size:,}", most=f"{MOST:,}")


def _events(block: Block, tries: Mapping[str, Any]) -> int:
    match block:
        case Job():
            return _JOB + _TRY * _times(block.step, tries)
        case Gate(_, inside):
            return _GATE + _events(inside, tries)
        case Row(blocks):
            return sum(_events(each, tries) for each in blocks)
        case Fork(blocks):
            return _AROUND + sum(_events(each, tries) for each in blocks)
        case Each():
            return _AROUND


def _times(step: str, state: Mapping[str, Any]) -> int:
    """Return how often the job of a step is tried again, as its state says."""
    for name, each in state.items():
        if name == step and isinstance(each, Mapping) and "Retry" in each:
            return sum(again["MaxAttempts"] for again in each["Retry"][1:])
        inner = each if isinstance(each, Mapping) else {}
        for part in each if isinstance(each, list) else [inner]:
            if isinstance(part, Mapping) and (found := _times(step, part)):
                return found
    return 0
