"""What Step Functions refuses of a definition that moto's parser takes, in its words where these are known."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from aws.bench.stepfunctions_shapes import capital, operation
from botocore.model import Shape
from moto.core.exceptions import AWSError

#: characters of a state's name, and of a definition
LONGEST_NAME, LONGEST = 80, 1024 * 1024
_FLOW = frozenset({"Next", "End"})
_ALL = frozenset({"Type", "Comment", "QueryLanguage", "Assign"})
_PATHS = frozenset({"InputPath", "OutputPath", "Output"})
_ERRORS = frozenset({"Retry", "Catch", "ResultPath", "ResultSelector", "Parameters", "Arguments"})
_TIMES = frozenset({"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"})
_MAP = frozenset(
    [
        "ItemsPath",
        "Items",
        "ItemSelector",
        "ItemProcessor",
        "Iterator",
        "ItemReader",
        "ItemBatcher",
        "ResultWriter",
        "Label",
        "MaxConcurrency",
        "MaxConcurrencyPath",
        "ToleratedFailureCount",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
    ]
)
_FIELDS: dict[str, frozenset[str]] = {
    "Pass": _PATHS | _FLOW | {"Result", "ResultPath", "Parameters"},
    "Task": _PATHS | _FLOW | _ERRORS | _TIMES | {"Resource", "Credentials"},
    "Choice": _PATHS | {"Choices", "Default"},
    "Wait": _PATHS | _FLOW | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Succeed": _PATHS,
    "Fail": frozenset({"Error", "ErrorPath", "Cause", "CausePath"}),
    "Parallel": _PATHS | _FLOW | _ERRORS | {"Branches"},
    "Map": _PATHS | _FLOW | _ERRORS | _MAP,
}
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector")
_TARGET = re.compile(r"\$|States\.[A-Za-z]+\(.*\)\Z", re.DOTALL)
_LONGEST_TIME = 99_999_999


class InvalidDefinitionError(AWSError):
    """What CreateStateMachine answers."""

    TYPE = "InvalidDefinition"
    STATUS = 400

    def __init__(self, code: str, what: str, where: str) -> None:
        super().__init__(f"Invalid State Machine Definition: '{code}: {what} at {where}'")


class TooLongError(AWSError):
    """What a field that is longer than the API takes is answered."""

    TYPE = "ValidationException"
    STATUS = 400

    def __init__(self, field: str, most: int) -> None:
        super().__init__(
            f"1 validation error detected: Value at '{field}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {most}"
        )


def check(definition: str) -> None:
    """Raise what Step Functions answers to a definition that it does not take."""
    if len(definition) > LONGEST:
        raise TooLongError("definition", LONGEST)
    try:
        machine = json.loads(definition, object_pairs_hook=_once)
    except ValueError as error:
        raise InvalidDefinitionError("INVALID_JSON_DESCRIPTION", str(error), "/") from None
    _check_machine(machine, "", machine.get("QueryLanguage", "JSONPath"))
    for name, times in Counter(each for _, states in _scopes(machine, "") for each in states).items():
        where = [f"{path}/States/{name}" for path, states in _scopes(machine, "") if name in states][-1]
        if times > 1:
            raise InvalidDefinitionError("DUPLICATE_STATE_NAME", f"Duplicate State name: {name}", where)
        if len(name) > LONGEST_NAME:
            raise _schema(f"State name must have at most {LONGEST_NAME} characters", where)


def _schema(what: str, where: str) -> InvalidDefinitionError:
    return InvalidDefinitionError("SCHEMA_VALIDATION_FAILED", what, where)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"Duplicate field '{twice}'")
    return found


def _inner(state: dict[str, Any], path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the machines within a state, each with its place."""
    for index, branch in enumerate(state.get("Branches") or []):
        yield branch, f"{path}/Branches/{index}"
    for name in ("ItemProcessor", "Iterator"):
        if name in state:
            yield state[name], f"{path}/{name}"


def _scopes(machine: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, machine["States"]
    for name, state in machine["States"].items():
        for each, where in _inner(state, f"{path}/States/{name}"):
            yield from _scopes(each, where)


def _check_machine(machine: dict[str, Any], path: str, language: str) -> None:
    for field in ("StartAt", "States"):
        if not machine.get(field):
            raise _schema(f"The field '{field}' is required but was missing", path or "/")
    states: dict[str, Any] = machine["States"]
    targets = [(machine["StartAt"], f"{path}/StartAt")]
    for name, state in states.items():
        where = f"{path}/States/{name}"
        _check_state(state, where, state.get("QueryLanguage", language))
        targets += _targets(state, where)
        for each, inside in _inner(state, where):
            _check_machine(each, inside, language)
    for target, where in targets:
        if target not in states:
            raise InvalidDefinitionError("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", where)
    reached, todo = set(), [machine["StartAt"]]
    while todo:
        if (name := todo.pop()) not in reached:
            reached.add(name)
            todo += [target for target, _ in _targets(states[name], "")]
    for name in states:
        if name not in reached:
            what = f'State "{name}" is not reachable.'
            raise InvalidDefinitionError("MISSING_TRANSITION_TARGET", what, f"{path}/States/{name}")


def _targets(state: dict[str, Any], where: str) -> list[tuple[str, str]]:
    found = [(state[field], f"{where}/{field}") for field in ("Next", "Default") if field in state]
    for field in ("Choices", "Catch"):
        found += [(each["Next"], f"{where}/{field}/{at}/Next") for at, each in enumerate(state.get(field) or [])]
    return found


def _check_state(state: dict[str, Any], where: str, language: str) -> None:
    kind = state.get("Type", "")
    if kind not in _FIELDS:
        raise _schema(f"Unknown state type {kind}", f"{where}/Type")
    for field in state:
        if field not in _FIELDS[kind] | _ALL:
            raise _schema("Field is not supported", f"{where}/{field}")
    if _FIELDS[kind] >= _FLOW and ("Next" in state) == (state.get("End") is True):
        raise _schema("Exactly one of the fields Next and End is required", where)
    for field in ("TimeoutSeconds", "HeartbeatSeconds"):
        if field in state and not _whole(state[field], 1) and language == "JSONPath":
            raise _schema(f"{field} must be a whole number from 1 to {_LONGEST_TIME}", f"{where}/{field}")
    _check_errors(state, where)
    if language == "JSONPath":
        for field in _TEMPLATES:
            _check_template(state.get(field), f"{where}/{field}")
        if kind == "Task":
            _check_parameters(state, where)
    if kind == "Map":
        _check_map(state, where)


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= _LONGEST_TIME


def _check_errors(state: dict[str, Any], where: str) -> None:
    for field in ("Retry", "Catch"):
        rules = state.get(field) or []
        for index, rule in enumerate(rules):
            place, names = f"{where}/{field}/{index}", rule.get("ErrorEquals")
            if not names:
                raise _schema("The field 'ErrorEquals' is required but was missing", place)
            if "States.ALL" in names and (len(names) > 1 or index + 1 < len(rules)):
                raise _schema("States.ALL must be the only element of ErrorEquals, and in the last rule", place)
            if "IntervalSeconds" in rule and not _whole(rule["IntervalSeconds"], 1):
                raise _schema(f"IntervalSeconds must be a whole number from 1 to {_LONGEST_TIME}", place)
            if "MaxAttempts" in rule and not _whole(rule["MaxAttempts"], 0):
                raise _schema(f"MaxAttempts must be a whole number from 0 to {_LONGEST_TIME}", place)
            if rule.get("BackoffRate", 1) < 1:
                raise _schema("BackoffRate must be at least 1.0", place)
            longest = rule.get("MaxDelaySeconds")
            if longest is not None and not rule.get("IntervalSeconds", 1) < longest <= 31_622_400:
                raise _schema("MaxDelaySeconds must be above IntervalSeconds and at most 31622400", place)


def _check_template(value: Any, where: str) -> None:
    """Check that what ends in `.$` is a path or an intrinsic function."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            _check_template(each, f"{where}/{index}")
    if not isinstance(value, dict):
        return
    for field, inner in value.items():
        if field.endswith(".$"):
            if not isinstance(inner, str) or not _TARGET.match(inner):
                what = f"The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
                raise _schema(what, f"{where}/{field}")
        else:
            _check_template(inner, f"{where}/{field}")


def _check_parameters(state: dict[str, Any], where: str) -> None:
    """Check the fields of an integration of its own; those through the SDK are looked at when the task runs."""
    found = re.match(r"arn:aws:states:[^:]*:[^:]*:(batch|states):(\w+)", state.get("Resource", ""))
    if found is None:
        return
    service = {"states": "stepfunctions"}.get(found[1], found[1])
    try:
        shape = operation(service, found[2]).input_shape
    except KeyError:
        raise _schema("The resource provided is not recognized", f"{where}/Resource") from None
    parameters = state.get("Parameters", {})
    given = {name.removesuffix(".$") for name in parameters}
    for name in map(capital, shape.required_members):
        if name not in given:
            raise _schema(f"The field '{name}' is required but was missing", f"{where}/Parameters")
    own = {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"}
    _check_names({name: value for name, value in parameters.items() if name not in own}, shape, f"{where}/Parameters")


def _check_names(value: Any, shape: Shape, where: str) -> None:
    if shape.type_name == "list" and isinstance(value, list):
        for index, each in enumerate(value):
            _check_names(each, shape.member, f"{where}/{index}")
    if shape.type_name != "structure" or not isinstance(value, dict):
        return
    members = {capital(name): inner for name, inner in shape.members.items()}
    for field, inner in value.items():
        name = field.removesuffix(".$")
        if name not in members:
            raise _schema(f"The field '{name}' is not supported by Step Functions", where)
        if name == field:
            _check_names(inner, members[name], f"{where}/{field}")


def _check_map(state: dict[str, Any], where: str) -> None:
    processor = state.get("ItemProcessor") or state.get("Iterator")
    if processor is None:
        raise _schema("The field 'ItemProcessor' is required but was missing", where)
    config = processor.get("ProcessorConfig", {})
    mode = config.get("Mode", "INLINE")
    if mode == "DISTRIBUTED" and config.get("ExecutionType") not in ("STANDARD", "EXPRESS"):
        raise _schema("ExecutionType must be STANDARD or EXPRESS", f"{where}/ItemProcessor/ProcessorConfig")
    for field in ("ItemReader", "ResultWriter", "ItemBatcher", "Label", "ToleratedFailureCount"):
        if mode != "DISTRIBUTED" and field in state:
            raise _schema(f"{field} needs a Map of mode DISTRIBUTED", f"{where}/{field}")
    if len(state.get("Label", "")) > 40:
        raise _schema("Label must have at most 40 characters", f"{where}/Label")
