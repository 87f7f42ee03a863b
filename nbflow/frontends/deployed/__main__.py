"""Do what this job is for. Exit codes: 0 it is done; 1 it failed, and may be tried again; 2 it makes no sense to try."""

from __future__ import annotations

import sys
import time

from nbflow.deploy.ending import end
from nbflow.errors import NbflowError
from nbflow.frontends.deployed.beginning import as_begun, begun
from nbflow.frontends.deployed.behind import leave
from nbflow.frontends.deployed.execution import Execution
from nbflow.frontends.deployed.part import do
from nbflow.frontends.ending.over import over
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.runtime.request import RunRequest

#: seconds that somebody who has ended an execution has for its run
_STOPPER = 2.0


def main() -> int:
    """Do it."""
    try:
        execution = Execution.here()
        if execution.failure:
            return _failed(execution)
        return _done(execution, begun(execution))
    except NbflowError as error:
        _say(str(error))
        return 2


def _done(execution: Execution, record: RunRecord) -> int:
    metadata = execution.workspace.metadata
    if record.status.ended:
        _say(f"{execution.name} has ended: {record.status}")
        return 0 if record.status is RunStatus.SUCCEEDED else 2
    request = as_begun(execution.request, record)
    tasks = metadata.tasks(record.flow, record.id)
    items = metadata.items(record.flow, record.id)
    mine = [each for each in tasks if (each.step, each.path) == (execution.step, execution.path)]
    known = any(each.status.is_outcome and each.chose != each.step for each in mine)
    if not known and not (execution.what == "items" and (execution.step, execution.path) in items):
        _say(f"{execution.name}/{execution.step} {execution.path or ''}".rstrip())
        outcome = do(execution, request, tasks, items)
        if outcome.status is RunStatus.CANCELLED:
            return _cancelled(execution, request, record)
        if outcome.failure is not None or not _is_done(execution):
            return 1
    record, ended_here = leave(execution, request, record)
    if ended_here:
        _over(execution, request, record)
    return 0


def _is_done(execution: Execution) -> bool:
    """Say whether this job's task has its outcome: one that is to be tried again has none."""
    metadata = execution.workspace.metadata
    if execution.what == "items":
        return (execution.step, execution.path) in metadata.items(execution.request.flow, execution.run)
    tasks = metadata.tasks(execution.request.flow, execution.run, execution.step)
    mine = [each for each in tasks if each.path == execution.path]
    return bool(mine) and max(mine, key=lambda each: each.iteration).status.is_outcome


def _cancelled(execution: Execution, request: RunRequest, record: RunRecord) -> int:
    """Somebody ended the run, or the machine is taken away: then another job goes on."""
    metadata = execution.workspace.metadata
    if metadata.cancel_asked(record.flow, record.id):
        # whoever stopped the execution ends its run, too, and is not cut off while they tell of it
        time.sleep(_STOPPER)
        ended, ended_here = end(
            execution.workspace, metadata.run(record.flow, record.id) or record, RunStatus.CANCELLED
        )
        if ended_here:
            _over(execution, request, ended)
    return 1


def _failed(execution: Execution) -> int:
    """Note that the state machine has given up."""
    why = f"Step Functions: {execution.failure}"
    try:
        record = begun(execution)
    except NbflowError as error:
        why = error.problems[0].what if error.problems else str(error)
        record = begun(execution, as_deployed=True)
    cancelled = execution.workspace.metadata.cancel_asked(record.flow, record.id)
    status = RunStatus.CANCELLED if cancelled else RunStatus.FAILED
    ended, ended_here = end(execution.workspace, record, status, why)
    if ended_here:
        _over(execution, as_begun(execution.request, ended), ended)
    return 0


def _over(execution: Execution, request: RunRequest, record: RunRecord) -> None:
    """Say how the run ended, here and to whoever is to hear of it."""
    _say(f"{execution.name} {record.status}{f': {record.reason}' if record.reason else ''}")
    over(execution.workspace, request, record.id, _say)


def _say(text: str) -> None:
    sys.stderr.write(f"nbflow: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
