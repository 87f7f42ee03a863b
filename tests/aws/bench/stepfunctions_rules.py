"""The rules of EventBridge by which Step Functions hears of the end of what a `.sync` task waits for.

They are made as the machine's role when it is created: a role that may not is refused then. The bench hears in another way.
"""

from __future__ import annotations

import json
from typing import Any

from aws.bench.service_clients import Clients
from botocore.exceptions import ClientError
from moto.core.exceptions import AWSError

#: what a resource begins with, and the rule's name and event
_RULES = {
    "batch:submitJob.sync": ("StepFunctionsGetEventsForBatchJobsRule", "aws.batch", "Batch Job State Change"),
    "states:startExecution.sync": (
        "StepFunctionsGetEventsForStepFunctionsExecutionRule",
        "aws.states",
        "Step Functions Execution Status Change",
    ),
}


class DeniedError(AWSError):
    """What a role that may not is answered."""

    TYPE = "AccessDeniedException"
    STATUS = 400


class ManagedRules:
    """Makes them."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def make(self, definition: str, role: str, region: str) -> None:
        """Make the rules that a definition needs; DeniedError if `role` may not."""
        events = self._clients.under(role, region, "events")
        for resource, (name, source, kind) in _RULES.items():
            if resource not in definition:
                continue
            pattern = json.dumps({"source": [source], "detail-type": [kind]})
            target: dict[str, Any] = {"Id": "StepFunctions", "Arn": f"arn:aws:states:{region}:::managed"}
            try:
                events.put_rule(Name=name, EventPattern=pattern)
                events.put_targets(Rule=name, Targets=[target])
                events.describe_rule(Name=name)
            except ClientError:
                raise DeniedError(f"'{role}' is not authorized to create managed-rule.") from None
