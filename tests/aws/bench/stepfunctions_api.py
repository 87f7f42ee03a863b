"""Step Functions' actions on machines and executions, where moto knows less of them than AWS."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws.bench import stepfunctions_definition as definitions
from aws.bench.pins import needed, replace
from aws.bench.service_clients import Clients
from aws.bench.stepfunctions_rules import DeniedError, ManagedRules
from aws.bench.trust import trusts
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions.exceptions import StateMachineDoesNotExist
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.stepfunctions.responses import StepFunctionResponse

#: bytes of an execution's input
_LARGEST = 262_144
_RUNNING = "RUNNING"
#: seconds that an execution may take to begin
_BEGINS = 20.0

needed(StepFunctionResponse, "_get_param", "stepfunction_backend")
needed(StepFunctionsParserBackend, "describe_state_machine", "start_execution", "_validate_name")
needed(Execution, "status", "stop")
needed(Environment, "is_running")


class _AlreadyExistsError(AWSError):
    TYPE = "StateMachineAlreadyExists"
    STATUS = 400


def install(clients: Clients) -> None:
    """Have moto's server answer so."""
    rules = ManagedRules(clients)
    before: dict[str, Callable[[Any], None]] = {
        "create_state_machine": lambda response: _may_create(response, rules),
        "update_state_machine": lambda response: _may_update(response, rules),
    }
    for name, check in before.items():
        replace(StepFunctionResponse, name, _checked(check, getattr(StepFunctionResponse, name)))
    answers = {
        "start_execution": _start,
        "stop_execution": _stop,
        "describe_execution": _describe,
        "list_executions": _list,
        "get_execution_history": _history,
        "delete_state_machine": _delete(StepFunctionResponse.delete_state_machine),
    }
    for name, answer in answers.items():
        replace(StepFunctionResponse, name, answer)


def stop_all() -> None:
    """Stop all executions of all accounts."""
    for account in list(stepfunctions_parser_backends.values()):
        for backend in list(account.values()):
            for machine in backend.state_machines:
                _stop_those_of(machine)


def _checked(check: Callable[[Any], None], answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def handle(response: Any) -> Any:
        check(response)
        return answer(response)

    return handle


# ---- machines --------------------------------------------------------------------------------------------------------


def _may_create(response: Any, rules: ManagedRules) -> None:
    asked = {name: response._get_param(name) for name in ("name", "definition", "roleArn", "type")}
    response.stepfunction_backend._validate_name(asked["name"])
    definitions.check(asked["definition"])
    _may_assume(response, asked["roleArn"])
    rules.make(asked["definition"], asked["roleArn"], response.region)
    for machine in response.stepfunction_backend.state_machines:
        if machine.name == asked["name"]:
            same = (machine.definition, machine.roleArn, machine.type)
            if same != (asked["definition"], asked["roleArn"], asked["type"] or "STANDARD"):
                raise _AlreadyExistsError(f"State Machine Already Exists: '{machine.arn}'")


def _may_update(response: Any, rules: ManagedRules) -> None:
    machine = response.stepfunction_backend.describe_state_machine(response._get_param("stateMachineArn"))
    if definition := response._get_param("definition"):
        definitions.check(definition)
    if role := response._get_param("roleArn"):
        _may_assume(response, role)
    rules.make(definition or machine.definition, role or machine.roleArn, response.region)


def _may_assume(response: Any, role: str) -> None:
    if not trusts(response.current_account, role, "states.amazonaws.com"):
        raise DeniedError(
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
            "the provided role."
        )


def _delete(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def delete(response: Any) -> Any:
        arn = response._get_param("stateMachineArn")
        for machine in response.stepfunction_backend.state_machines:
            if machine.arn == arn:
                _stop_those_of(machine)
        return answer(response)

    return delete


def _stop_those_of(machine: Any) -> None:
    for execution in machine.executions:
        _stop_one(execution)


def _stop_one(execution: Any, error: str | None = None, cause: str | None = None) -> None:
    """Stop an execution that runs; moto's would not hear it before its first state begins."""
    deadline = time.monotonic() + _BEGINS
    while execution.status == _RUNNING and time.monotonic() < deadline:
        environment = execution.exec_worker.env
        if environment is not None and environment.is_running():
            execution.stop(stop_date=datetime.now(UTC), error=error, cause=cause)
            return
        time.sleep(0.01)


# ---- executions ------------------------------------------------------------------------------------------------------


def _start(response: Any) -> ActionResult:
    backend = response.stepfunction_backend
    name = response._get_param("name") or str(uuid.uuid4())
    backend._validate_name(name)
    given = response._get_param("input", if_none="{}")
    if len(given.encode()) > _LARGEST:
        raise definitions.TooLongError("input", _LARGEST)
    execution = backend.start_execution(response._get_param("stateMachineArn"), name, given)
    return ActionResult({"executionArn": execution.execution_arn, "startDate": execution.start_date})


def _stop(response: Any) -> ActionResult:
    execution = response.stepfunction_backend.describe_execution(response._get_param("executionArn"))
    if execution.status == _RUNNING:
        execution.error, execution.cause = (response._get_param(name) for name in ("error", "cause"))
        _stop_one(execution, execution.error, execution.cause)
    return ActionResult({"stopDate": execution.stop_date or datetime.now(UTC)})


def _summary(execution: Any) -> dict[str, Any]:
    told = {
        "executionArn": execution.execution_arn,
        "stateMachineArn": execution.state_machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.start_date,
    }
    # the status is set after the date
    if execution.status != _RUNNING:
        told["stopDate"] = execution.stop_date
    return told


def _describe(response: Any) -> ActionResult:
    execution = response.stepfunction_backend.describe_execution(response._get_param("executionArn"))
    told = {**_summary(execution), "input": execution.execution_input, "inputDetails": {"included": True}}
    if told["status"] == "SUCCEEDED":
        told |= {"output": to_json_str(execution.output, separators=(",", ":")), "outputDetails": {"included": True}}
    elif told["status"] != _RUNNING:
        told |= {name: value for name in ("error", "cause") if (value := getattr(execution, name)) is not None}
    return ActionResult(told)


def _list(response: Any) -> ActionResult:
    """Return one page, the latest first."""
    backend, arn = response.stepfunction_backend, response._get_param("stateMachineArn")
    machine = next((each for each in backend.state_machines if each.arn == arn), None)
    if machine is None:
        raise StateMachineDoesNotExist(f"State Machine Does Not Exist: '{arn}'")
    status = response._get_param("statusFilter")
    found = [each for each in reversed(machine.executions) if status in (None, each.status)]
    page, more = _page(response, found, 100)
    return ActionResult({"executions": [_summary(each) for each in page], **more})


def _history(response: Any) -> ActionResult:
    """Return one page, the oldest first, or the latest with `reverseOrder`."""
    execution = response.stepfunction_backend.describe_execution(response._get_param("executionArn"))
    events = execution.to_history_output()["events"]
    if response._get_param("reverseOrder"):
        events.reverse()
    page, more = _page(response, events, 100)
    return ActionResult({"events": page, **more})


def _page(response: Any, found: list[Any], usual: int) -> tuple[list[Any], dict[str, str]]:
    first = int(response._get_param("nextToken") or 0)
    last = first + min(int(response._get_param("maxResults") or usual), 1000)
    return found[first:last], {"nextToken": str(last)} if last < len(found) else {}
