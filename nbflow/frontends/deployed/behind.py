"""What a job leaves for the state machine when its task is done: lists of items, gates, and perhaps the run's end."""

from __future__ import annotations

import json
import time
from contextlib import suppress

from nbflow.deploy import keys
from nbflow.deploy.ending import end
from nbflow.deploy.following import complete, following, ledger_of
from nbflow.errors import MetadataError
from nbflow.frontends.deployed.execution import Execution
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.plan.ledger import Ledger
from nbflow.runtime.request import RunRequest


def leave(execution: Execution, request: RunRequest, record: RunRecord) -> tuple[RunRecord, bool]:
    """Write what the state machine reads next; end the run if nothing is left to do. Return the run, and whether it ended here.

    It may be done again, by a job that follows one which was cut off in the middle.
    """
    metadata = execution.workspace.metadata
    tasks = metadata.tasks(record.flow, record.id)
    ledger = ledger_of(request, tasks, metadata.items(record.flow, record.id))
    found = following(request, ledger, execution.step, execution.path, time.time())
    for each in found.skipped:
        # another job may have come to the same at the same moment
        with suppress(MetadataError):
            metadata.write(record.flow, record.id, [each])
    _write_items(execution, request, ledger)
    for (step, path), goes in found.gates.items():
        key = keys.gate(record.flow, record.id, step, keys.path_text(path))
        execution.far.put(key, [json.dumps({"go": goes}).encode()])
    if complete(ledger):
        return end(execution.workspace, record, RunStatus.SUCCEEDED)
    return record, False


def _write_items(execution: Execution, request: RunRequest, ledger: Ledger) -> None:
    """Write the lists that this task made."""
    for node in request.graph.nodes:
        opens = node.opens
        if opens is None or execution.step not in (node.name, opens.lister):
            continue
        listed = ledger.items.get((node.name, execution.path))
        if listed is not None:
            paths = [keys.path_text((*execution.path, index)) for index in range(len(listed.refs))]
            where = keys.items(request.flow, execution.run, node.name, keys.path_text(execution.path))
            execution.far.put(where, [json.dumps(paths).encode()])
