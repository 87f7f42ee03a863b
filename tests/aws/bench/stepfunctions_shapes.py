"""Names and values between a state machine, where fields begin with a capital, and the API of the service it asks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape
from botocore.response import StreamingBody

#: how Step Functions names the types of fields
_TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "structure": ("OBJECT", (dict,)),
    "map": ("OBJECT", (dict,)),
    "list": ("ARRAY", (list,)),
    "string": ("STRING", (str,)),
    "boolean": ("BOOLEAN", (bool,)),
    "integer": ("INTEGER", (int,)),
    "long": ("INTEGER", (int,)),
    "float": ("NUMBER", (int, float)),
    "double": ("NUMBER", (int, float)),
}


class UnfitError(ValueError):
    """A parameter that the service does not have, or of another type."""


@cache
def operation(service: str, action: str) -> OperationModel:
    """Return an action of a service, its name written in any case; KeyError if there is none."""
    model = botocore.session.get_session().get_service_model(service)
    names = {name.lower(): name for name in model.operation_names}
    return model.operation_model(names[action.replace("_", "").lower()])


def capital(name: str) -> str:
    """Return a field's name as state machines write it."""
    return name[:1].upper() + name[1:]


def to_request(value: Any, shape: Shape | None, name: str = "Parameters", *, loose: bool = False) -> Any:
    """Return a value of `Parameters` as the API takes it; UnfitError where Step Functions would refuse it.

    With `loose`, JSON in place of a string is written as one, as the integration of EventBridge does with `Detail`.
    """
    if shape is None:
        return value
    if shape.type_name == "blob":
        return value.encode() if isinstance(value, str) else json.dumps(value, separators=(",", ":")).encode()
    if shape.type_name == "string" and loose and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))
    wanted, types = _TYPES.get(shape.type_name, ("", (object,)))
    if not isinstance(value, types) or (isinstance(value, bool) and wanted != "BOOLEAN"):
        raise UnfitError(f"The value for the field '{name}' must be a{'n' * (wanted[0] in 'AOI')} {wanted}")
    match shape.type_name:
        case "structure":
            members = {capital(member): (member, inner) for member, inner in shape.members.items()}
            if unknown := [each for each in value if each not in members]:
                raise UnfitError(f"The field '{unknown[0]}' is not supported by Step Functions")
            return {
                members[each][0]: to_request(inner, members[each][1], each, loose=loose)
                for each, inner in value.items()
            }
        case "map":
            return {each: to_request(inner, shape.value, each, loose=loose) for each, inner in value.items()}
        case "list":
            return [to_request(each, shape.member, name, loose=loose) for each in value]
    return value


def from_answer(value: Any, shape: Shape | None) -> Any:
    """Return an API's answer as a state machine sees it: JSON, bodies and times as text."""
    if isinstance(value, StreamingBody):
        return value.read().decode()
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if shape is None or value is None:
        return value
    match shape.type_name:
        case "structure":
            return {
                capital(each): from_answer(inner, shape.members.get(each))
                for each, inner in value.items()
                if each != "ResponseMetadata"
            }
        case "map":
            return {each: from_answer(inner, shape.value) for each, inner in value.items()}
        case "list":
            return [from_answer(each, shape.member) for each in value]
    return value
