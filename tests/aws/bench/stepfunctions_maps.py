"""Distributed Map: each item is an execution of its own, and one that fails fails the map unless that is tolerated."""

from __future__ import annotations

import uuid
from typing import Any

from aws.bench.pins import needed, replace
from aws.bench.settings import Settings
from aws.bench.stepfunctions_engine import History
from moto.stepfunctions.parser.api import HistoryEventType, MapRunFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker as workers,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.map_run_record import (
    MapRunRecord,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.job import Job, JobPool
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError
from moto.stepfunctions.parser.asl.eval.states import ItemData, MapData

needed(workers.DistributedItemProcessorWorker, "_eval_input", "_eval_pool")
needed(JobPool, "close_job")
needed(MapRunRecord, "update")
_EXCEEDED = StatesErrorNameType.StatesExceedToleratedFailureThreshold


def install(settings: Settings) -> None:
    """Have a map run its items as AWS does: moto lets one that fails pass as null."""

    def run_item(self: Any, env: Environment, job: Job) -> None:
        _run_item(self, env, job, settings)

    replace(workers.DistributedItemProcessorWorker, "_eval_job", run_item)


def _run_item(self: Any, env: Environment, job: Job, settings: Settings) -> None:
    """Run one item; its output, or the failure of the whole map, is left in `job_output`."""
    run: MapRunRecord = self._map_run_record
    _count(run, "total")
    _count(run, "running")
    context = env.states.context_object.context_object_data
    context["Map"] = MapData(Item=ItemData(Index=job.job_index, Value=job.job_input))
    ended: Any = None
    try:
        env.states.reset(job.job_input)
        env.stack.append(env.states.get_input())
        # `ItemSelector` belongs to the parent, and knows its execution
        self._eval_input(env_frame=env)
        _become_execution(env, run)
        env.event_manager = History(env, settings)
        job.job_program.eval(env)
        ended = env.program_state()
    except FailureEventException:
        # its input could not be made
        ended = ProgramError(error=None)
    finally:
        for counter in (run.execution_counter, run.item_counter):
            counter.running.offset(-1)
    if isinstance(ended, ProgramEnded):
        _count(run, "succeeded")
        job.job_output = env.states.get_input()
        return
    _count(run, "failed" if isinstance(ended, ProgramError) else "aborted")
    job.job_output = None
    if isinstance(ended, ProgramError) and not _tolerated(run, self._job_pool):
        job.job_output = _exceeded(env)


def _count(run: MapRunRecord, what: str) -> None:
    for counter in (run.execution_counter, run.item_counter):
        getattr(counter, what).count()


def _become_execution(env: Environment, run: MapRunRecord) -> None:
    """Have an item know itself as an execution: the parent's name, and its place in the map, it is not told."""
    name = str(uuid.uuid4())
    context = env.states.context_object.context_object_data
    machine = run.map_state_machine_arn
    arn = machine.replace(":stateMachine:", ":execution:")
    own = {"Id": f"{arn}:{name}", "Name": name, "Input": env.states.get_input()}
    context["Execution"] = {**context["Execution"], **own}
    context["StateMachine"] = {"Id": machine, "Name": machine.rpartition(":")[2]}
    context.pop("Map")


def _tolerated(run: MapRunRecord, pool: Any) -> bool:
    """Tell whether the failures so far are within `ToleratedFailureCount` or `ToleratedFailurePercentage`."""
    failed = run.execution_counter.failed.get()
    count, percentage = run.tolerated_failure_count, run.tolerated_failure_percentage
    if not count and not percentage:
        return False
    share = 100 * failed / pool._jobs_number
    return not (count and failed > count) and not (percentage and share > percentage)


def _exceeded(env: Environment) -> FailureEventException:
    cause = "The specified tolerated failure threshold was exceeded"
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=_EXCEEDED),
            event_type=HistoryEventType.MapRunFailed,
            event_details={
                "mapRunFailedEventDetails": MapRunFailedEventDetails(error=_EXCEEDED.to_name(), cause=cause)
            },
        )
    )
