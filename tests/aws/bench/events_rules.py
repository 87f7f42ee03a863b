"""Rules of EventBridge: an event that fits a rule's pattern starts a state machine or a job of Batch."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws.bench import targets
from aws.bench.pins import needed, replace
from aws.bench.scheduler_firing import Schedules
from aws.bench.service_clients import Clients
from aws.bench.trust import trusts
from botocore.exceptions import BotoCoreError, ClientError
from moto.events.models import EventPattern, Rule
from moto.events.utils import EventTemplateParser

_OURS = ("states", "batch")

needed(EventPattern, "get_pattern", "matches_event")
needed(EventTemplateParser, "parse")


def install(clients: Clients, schedules: Schedules) -> None:
    """Have rules start what moto does not; what they started is told by `schedules`, too."""
    send = Rule.send_to_targets

    def send_to_targets(self: Any, original_event: dict[str, Any], transform_input: bool = True) -> None:
        # without a pattern moto's rules fit every event, and a rule that is disabled fits as well
        if self.state != "ENABLED" or not self.event_pattern.get_pattern():
            return
        if not self.event_pattern.matches_event(original_event):
            return
        ours = [each for each in self.targets if each["Arn"].split(":")[2] in _OURS]
        for target in ours:
            schedules.note(_started(clients, self, target, original_event))
        others = [each for each in self.targets if each not in ours]
        _sent(send, self, others, original_event, transform_input)

    replace(Rule, "send_to_targets", send_to_targets)


def _sent(
    send: Callable[..., None], rule: Any, others: list[dict[str, Any]], event: dict[str, Any], transform: bool
) -> None:
    if others:
        rest = Rule.__new__(Rule)
        rest.__dict__ = {**rule.__dict__, "targets": others}
        send(rest, event, transform)


def _started(clients: Clients, rule: Any, target: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    """Start one target; return what is told of it."""
    moment = datetime.fromtimestamp(float(event["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told: dict[str, Any] = {"name": rule.name, "group": "rule", "at": moment}
    role = target.get("RoleArn", "")
    if not trusts(rule.account_id, role, "events.amazonaws.com"):
        return {**told, "error": f"EventBridge may not assume {role or 'no role'}"}
    try:
        if batch := target.get("BatchParameters"):
            told["started"] = clients.under(role, rule.region_name, "batch").submit_job(
                jobName=batch["JobName"], jobQueue=target["Arn"], jobDefinition=batch["JobDefinition"]
            )["jobId"]
        else:
            given = _given(target, {**event, "time": moment})
            told["started"] = targets.start(clients, role, rule.region_name, target["Arn"], given)
    except (ClientError, BotoCoreError, ValueError) as error:
        told["error"] = str(error)
    return told


def _given(target: dict[str, Any], event: dict[str, Any]) -> str:
    """Return a target's input: its own, a part of the event, its template's, or the event."""
    if "Input" in target:
        return str(target["Input"])
    if transformer := target.get("InputTransformer"):
        paths = transformer.get("InputPathsMap", {})
        return json.dumps(EventTemplateParser.parse(transformer["InputTemplate"], paths, event))
    event.pop("ingestion-time", None)
    found: Any = event
    for name in target.get("InputPath", "$").split(".")[1:]:
        found = found[name]
    return json.dumps(found)
