"""What tests ask of Step Functions again and again."""

from __future__ import annotations

import json
import uuid
from typing import Any

from aws.bench.started import Bench


def machine(bench: Bench, states: dict[str, Any], start: str = "", **top: Any) -> str:
    """Create a state machine that begins with `start`, or with its first state; return its ARN."""
    definition = {"StartAt": start or next(iter(states)), "States": states, **top}
    made = bench.client("stepfunctions").create_state_machine(
        name=f"machine-{uuid.uuid4().hex[:8]}",
        definition=json.dumps(definition),
        roleArn=bench.account.machine_role,
    )
    return str(made["stateMachineArn"])


def start(bench: Bench, arn: str, given: Any = None, **asked: Any) -> str:
    """Start an execution; return its ARN."""
    asked = {"stateMachineArn": arn, "input": json.dumps(given if given is not None else {}), **asked}
    return str(bench.client("stepfunctions").start_execution(**asked)["executionArn"])


def executed(bench: Bench, states: dict[str, Any], given: Any = None, **top: Any) -> dict[str, Any]:
    """Run a machine of these states to its end, and describe the execution; its output is no text any more."""
    told = bench.wait_execution(start(bench, machine(bench, states, **top), given))
    return {**told, "output": json.loads(told.get("output", "null"))}


def history(bench: Bench, told: dict[str, Any]) -> list[str]:
    """Return the types of an execution's events, in order."""
    pages = bench.client("stepfunctions").get_paginator("get_execution_history")
    asked = pages.paginate(executionArn=told["executionArn"])
    return [event["type"] for page in asked for event in page["events"]]


def task(bench: Bench, definition: str, code: str, **more: Any) -> dict[str, Any]:
    """Return a state that runs Python code as a job of Batch; `Environment` is the job's."""
    overrides = {"Command": ["python", "-c", code], "Environment": more.pop("Environment", [])}
    parameters = {
        "JobName": more.pop("JobName", "facts"),
        "JobQueue": bench.account.ec2_queue,
        "JobDefinition": definition,
        "ContainerOverrides": overrides,
    }
    resource = "arn:aws:states:::batch:submitJob.sync"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}
