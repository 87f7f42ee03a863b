"""Tasks of state machines that ask a service: with the right names, as the machine's role, and ended with the machine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from aws.bench.batch_hosts import Hosts
from aws.bench.batch_jobs import DONE
from aws.bench.pins import needed, replace
from aws.bench.service_clients import Clients
from aws.bench.stepfunctions_shapes import UnfitError, from_answer, operation, to_request
from botocore.model import OperationModel
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import resource_eval_s3 as read_s3
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.resource_eval import (
    resource_eval_s3 as write_s3,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service as plain
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk as aws_sdk
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_batch as batch
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callback,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_dynamodb as dynamodb,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_events as events
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sfn as sfn
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sns as sns
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sqs as sqs
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

#: seconds between looks at what a `.sync` task waits for
_LOOK = 0.05
#: characters that a cause has at most
_LONGEST_CAUSE = 32_768
_ASKING: tuple[ModuleType, ...] = (batch, sfn, aws_sdk, dynamodb, events, sns, sqs, read_s3, write_s3)

needed(plain.StateTaskService, "_get_boto_service_name", "_get_boto_service_action", "_get_sfn_resource")
needed(sfn.StateTaskServiceSfn, "_normalise_parameters")
needed(Environment, "is_running", "open_frame")


class Waited:
    """What a `.sync` task waits for."""

    def __init__(self, look: Callable[[], Any], abandon: Callable[[], object]) -> None:
        self._look = look
        #: ends it when nobody waits for it any more
        self.abandon = abandon

    def __call__(self) -> Any:
        """Return the task's result, None while there is none; raises its failure."""
        return self._look()


def install(clients: Clients, hosts: Hosts) -> None:
    """Have tasks ask through `clients`, and wait for the jobs of `hosts`."""
    for module in _ASKING:
        replace(module, "boto_client_for", clients.of)
    replace(plain.StateTaskService, "_normalise_parameters", _to_request)
    replace(plain.StateTaskService, "_normalise_response", _from_answer)
    for owner in (plain.StateTaskService, callback.StateTaskServiceCallback):
        _say_nothing_after_the_end(owner)
    _renew_tokens()
    replace(callback.StateTaskServiceCallback, "_eval_sync", _wait)
    replace(batch.StateTaskServiceBatch, "_attach_aws_environment_variables", staticmethod(_mark))
    replace(batch.StateTaskServiceBatch, "_build_sync_resolver", _of_job(clients, hosts))
    for name in ("_build_sync_resolver", "_build_sync2_resolver"):
        _stop_with_the_parent(name, clients)


# ---- names and values ------------------------------------------------------------------------------------------------


def _operation(task: Any, service: str | None, action: str | None) -> OperationModel:
    return operation(task._get_boto_service_name(service), task._get_boto_service_action(action))


def _to_request(
    self: Any,
    parameters: dict[str, Any],
    boto_service_name: str | None = None,
    service_action_name: str | None = None,
) -> None:
    """Replace what a state gives by what the API takes."""
    loose = self._get_boto_service_name(boto_service_name) == "events"
    shape = _operation(self, boto_service_name, service_action_name).input_shape
    try:
        asked = to_request(parameters, shape, loose=loose)
    except UnfitError as error:
        told = json.dumps(parameters, separators=(",", ":"))
        # an error of no service is a States.Runtime of these words
        raise UnfitError(f"The Parameters '{told}' could not be used to start the Task: [{error}]") from None
    parameters.clear()
    parameters.update(asked)


def _from_answer(
    self: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    """Replace an API's answer by what the machine goes on with."""
    if isinstance(response, dict):
        answered = from_answer(response, _operation(self, boto_service_name, service_action_name).output_shape)
        response.clear()
        response.update(answered)


def _failed(self: Any, env: Environment, cause: str) -> FailureEventException:
    name = StatesErrorNameType.StatesTaskFailed
    details = TaskFailedEventDetails(
        error=name.to_name(),
        cause=cause[:_LONGEST_CAUSE],
        resource=self._get_sfn_resource(),
        resourceType=self._get_sfn_resource_type(),
    )
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=name),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )
    )


# ---- from the start of a task to its end -----------------------------------------------------------------------------


def _renew_tokens() -> None:
    """Give each attempt a token of its own: moto has one for all, which the first attempt has used up."""
    execute = plain.StateTaskService._eval_execution

    def renewed(self: Any, env: Environment) -> None:
        if self.resource.condition is not None:
            env.callback_pool_manager.add(env.states.context_object.update_task_token())
        execute(self, env)

    assert "_eval_execution" not in vars(callback.StateTaskServiceCallback)
    callback.StateTaskServiceCallback._eval_execution = renewed


def _say_nothing_after_the_end(owner: Any) -> None:
    """Have a task that was given up report no success: moto does, with null, after it has reported the timeout."""
    report = owner._after_eval_execution

    def alive(self: Any, env: Environment, *facts: Any, **named: Any) -> None:
        if env.is_running():
            report(self, env, *facts, **named)

    replace(owner, "_after_eval_execution", alive)


def _wait(
    self: Any,
    env: Environment,
    sync_resolver: Waited,
    timeout_seconds: int | None,
    callback_endpoint: Any,
    heartbeat_endpoint: Any,
) -> Any:
    """Return what a `.sync` task waited for; where its machine, branch or time came to an end first, end that, too."""
    while env.is_running():
        if (found := sync_resolver()) is not None:
            return found
        time.sleep(_LOOK)
    sync_resolver.abandon()
    return None


def _mark(parameters: dict[str, Any]) -> None:
    """Add the variable by which jobs of Step Functions are known."""
    overrides = parameters.setdefault("ContainerOverrides", {})
    overrides.setdefault("Environment", []).append({"Name": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"})


def _of_job(clients: Clients, hosts: Hosts) -> Callable[..., Waited]:
    """Make what waits for a job of Batch. Step Functions is told of its end by an event, and asks about it then."""

    def build(
        self: Any, env: Environment, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> Waited:
        client = clients.of(resource_runtime_part.region, "batch", state_credentials)
        name = env.stack.pop()["JobId"]

        def look() -> Any:
            job = hosts.job(name)
            if job is not None and job.status not in DONE:
                return None
            answer = {"jobs": client.describe_jobs(jobs=[name])["jobs"]}
            told = from_answer(answer, operation("batch", "describe_jobs").output_shape)["Jobs"]
            if told and told[0]["Status"] == "SUCCEEDED":
                return told[0]
            cause = json.dumps(told[0], separators=(",", ":")) if told else f"Job {name} does not exist"
            raise _failed(self, env, cause)

        return Waited(look, lambda: client.terminate_job(jobId=name, reason="Terminated by Step Functions"))

    return build


def _stop_with_the_parent(name: str, clients: Clients) -> None:
    """Have a machine that another one waits for be stopped with it."""
    build = getattr(sfn.StateTaskServiceSfn, name)

    def both(
        self: Any, env: Environment, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> Waited:
        execution = env.stack[-1]["ExecutionArn"]
        client = clients.of(resource_runtime_part.region, "stepfunctions", state_credentials)
        look = build(self, env, resource_runtime_part, normalised_parameters, state_credentials)
        return Waited(look, lambda: client.stop_execution(executionArn=execution))

    replace(sfn.StateTaskServiceSfn, name, both)
