"""The roles: of steps, of what starts their containers, of Step Functions, of schedules; and of machines of EC2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbflow.deploy.template.asked import Asked
from nbflow.deploy.template.grants import Grant, of_jobs, of_scheduler, of_starting, of_states, policy
from nbflow.deploy.template.names import arn, joined, ref
from nbflow.deploy.template.people import of_people

_CONTAINERS = "ecs-tasks.amazonaws.com"


def roles(asked: Asked) -> dict[str, Any]:
    """Return the resources by their logical ids."""
    # whoever else's machine or schedule it is that a service acts for gets nothing of ours
    of_machines = {"ArnLike": {"aws:SourceArn": arn("states", "stateMachine:*")}, **_OURS}
    of_schedules = {
        "ArnLike": {"aws:SourceArn": arn("scheduler", f"schedule-group/{asked.prefix}")},
        **_OURS,
    }
    return {
        "JobRole": _role(asked, "job", "Steps, while they run", _CONTAINERS, of_jobs(asked)),
        "ExecutionRole": _role(asked, "execution", "Starts containers", _CONTAINERS, of_starting(asked)),
        "StatesRole": _role(
            asked, "states", "Step Functions, for deployed flows", "states.amazonaws.com", of_states(asked), of_machines
        ),
        "SchedulerRole": _role(
            asked, "scheduler", "Schedules", "scheduler.amazonaws.com", of_scheduler(asked), of_schedules
        ),
        "People": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": f"{asked.prefix}-people",
                "Description": "Run flows of nbflow, deploy them and look at them",
                "PolicyDocument": policy(of_people(asked)),
            },
        },
        **(_of_machines(asked) if asked.ec2 else {}),
    }


_OURS = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}


def _role(
    asked: Asked,
    name: str,
    said: str,
    service: str,
    grants: Sequence[Grant],
    condition: dict[str, Any] | None = None,
) -> dict[str, Any]:
    properties = {
        "RoleName": f"{asked.prefix}-{name}",
        "Description": f"{said} ({asked.prefix})",
        "AssumeRolePolicyDocument": _trust(service, condition),
        "Policies": [{"PolicyName": name, "PolicyDocument": policy(grants)}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _trust(service: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if condition is not None:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def _of_machines(asked: Asked) -> dict[str, Any]:
    """Return the role of machines that join Batch. What their agent needs is AWS's to say, and changes with it."""
    policies = [joined("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role")]
    role = {
        "RoleName": f"{asked.prefix}-machine",
        "Description": f"Machines that containers run on ({asked.prefix})",
        "AssumeRolePolicyDocument": _trust("ec2.amazonaws.com"),
        "ManagedPolicyArns": policies,
    }
    return {
        "MachineRole": {"Type": "AWS::IAM::Role", "Properties": role},
        "MachineProfile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [ref("MachineRole")]}},
    }
