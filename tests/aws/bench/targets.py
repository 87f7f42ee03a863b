"""What EventBridge starts: state machines, jobs of Batch, and whatever an API does, as the role that it was given."""

from __future__ import annotations

import json
import re
from typing import Any

from aws.bench.service_clients import Clients
from aws.bench.stepfunctions_shapes import UnfitError, operation, to_request

_MACHINE = re.compile(r"arn:aws:states:[\w-]+:\d{12}:stateMachine:[\w.-]+")
_UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:([\w-]+):(\w+)")
#: what the names begin with of actions that only read, which a universal target is not
_READING = (
    "get",
    "describe",
    "list",
    "poll",
    "receive",
    "search",
    "scan",
    "query",
    "select",
    "read",
    "lookup",
    "batchget",
)
_SERVICES = {"sfn": "stepfunctions"}


def check_schedule_target(arn: str, given: str) -> str | None:
    """Return what is wrong with the target of a schedule, None if nothing is."""
    if _MACHINE.fullmatch(arn):
        return None
    found = _UNIVERSAL.fullmatch(arn)
    if found is None:
        return "Provided Arn is not in correct format."
    service, action = _SERVICES.get(found[1], found[1]), found[2]
    if action[:1].isupper() or action.lower().startswith(_READING):
        return f"{action} is not a supported api operation for service {found[1]}"
    try:
        operation(service, action)
    except (KeyError, ValueError):
        return f"{action} is not a supported api operation for service {found[1]}"
    try:
        json.loads(given)
    except ValueError:
        return "Invalid RequestJson provided. Reason: the Input is no JSON"
    return None


def start(clients: Clients, role: str, region: str, arn: str, given: str) -> str:
    """Do what a target says; return the ARN or id of what was started. Errors are those of boto3, or a ValueError."""
    if _MACHINE.fullmatch(arn):
        machines = clients.under(role, region, "stepfunctions")
        return str(machines.start_execution(stateMachineArn=arn, input=given)["executionArn"])
    found = _UNIVERSAL.fullmatch(arn)
    if found is None:
        raise ValueError(f"the bench does not start {arn}")
    service = _SERVICES.get(found[1], found[1])
    model = operation(service, found[2])
    try:
        asked: dict[str, Any] = to_request(json.loads(given), model.input_shape)
    except UnfitError as error:
        raise ValueError(f"Invalid RequestJson provided. Reason: {error}") from None
    client = clients.under(role, region, service)
    method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == model.name)
    answer = getattr(client, method)(**asked)
    return str(answer.get("executionArn") or answer.get("jobId") or "")
