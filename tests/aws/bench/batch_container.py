"""What a job's container is: its definition's properties under the overrides of its submission."""

from __future__ import annotations

import copy
import json
from typing import Any

#: characters that ECS takes as overrides of one task, with the JSON around them
LONGEST_OVERRIDES = 8192


def merged(properties: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of `properties` with `overrides`: environment by name, resources by type, the command as a whole."""
    found = copy.deepcopy(properties)
    if overrides.get("command"):
        found["command"] = list(overrides["command"])
    found["environment"] = _by("name", found.get("environment", []), overrides.get("environment", []))
    found["resourceRequirements"] = _by(
        "type",
        _old_resources(properties),
        found.get("resourceRequirements", []),
        _old_resources(overrides),
        overrides.get("resourceRequirements", []),
    )
    return found


def _by(name: str, *lists: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({each[name]: dict(each) for some in lists for each in some}.values())


def _old_resources(properties: dict[str, Any]) -> list[dict[str, str]]:
    """Return `vcpus` and `memory`, where these are named beside `resourceRequirements`, in the form of these."""
    names = {"vcpus": "VCPU", "memory": "MEMORY"}
    return [{"type": names[each], "value": str(properties[each])} for each in names if properties.get(each)]


def resource(properties: dict[str, Any], kind: str, default: float = 0) -> float:
    """Return how much of VCPU, MEMORY (MiB) or GPU merged properties ask for."""
    return next((float(each["value"]) for each in properties["resourceRequirements"] if each["type"] == kind), default)


def command(properties: dict[str, Any], parameters: dict[str, str]) -> list[str]:
    """Return the command with a parameter in place of each word `Ref::name`."""
    words = properties.get("command", [])
    return [parameters.get(word.removeprefix("Ref::"), word) if word.startswith("Ref::") else word for word in words]


def overrides_length(overrides: dict[str, Any], batch: dict[str, str]) -> int:
    """Return the characters of what Batch hands to ECS for a task: the overrides, and the variables that it adds."""
    environment = [
        *overrides.get("environment", []),
        *({"name": name, "value": value} for name, value in batch.items()),
    ]
    container = {"name": "default", "command": overrides.get("command", []), "environment": environment}
    return len(json.dumps({"containerOverrides": [container]}, separators=(",", ":")))
