"""What an earlier kernel left, noted in this kernel's draft: judged by the flow as it stands, by reference."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from nbflow.errors import NbflowError
from nbflow.frontends.magics.around import looked_around
from nbflow.frontends.magics.recall import Left
from nbflow.frontends.prepare import keep_code
from nbflow.frontends.resuming import Origin
from nbflow.frozen import frozen
from nbflow.graph.summary import summaries
from nbflow.metadata.owner import owner_here
from nbflow.model.graph import Graph
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import ItemsRecord, RunRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.plan.stale import stale_steps

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


@frozen
class Now:
    """The flow as it stands after it came back."""

    graph: Graph
    #: blob of its code
    code: Digest
    #: recorded values of its parameters
    parameters: Mapping[str, tuple[str, Any, str]] = field(default_factory=dict)
    #: steps whose results would be computed differently now
    stale: frozenset[StepName] = frozenset()
    #: it has problems, so that nobody can tell what is stale
    broken: bool = False


def as_it_stands(face: Face) -> Now:
    """Return the flow with its code, which is stored, and what of its results is stale."""
    built = face.build()
    around = looked_around(face, built.graph)
    code = keep_code(face.workspace, face.flow, built.graph, around, face.texts())
    try:
        resolved = face.resolve({})
    except NbflowError:
        return Now(built.graph, code, broken=True)
    if any(each.severity == "error" for each in built.problems):
        return Now(built.graph, code, resolved.record, broken=True)
    results = face.session.results
    stale = stale_steps(built.graph, resolved.record, around.environment, results.tasks, results.items)
    return Now(built.graph, code, resolved.record, stale)


def carry(face: Face, lefts: Mapping[StepName, Left], origins: Sequence[Origin], now: Now) -> None:
    """Note in this kernel's draft what was brought back, by reference: another restart must not lose it."""
    if not lefts:
        return
    draft = face.session.draft_run or _new_draft(face, origins, now)
    tasks = []
    for step, left in lefts.items():
        for task in left.tasks:
            origin = task.origin or f"{left.origin.pathspec}/{step}/{task.id}"
            status = TaskStatus.REUSED if task.status.has_result else task.status
            tasks.append(replace(task, status=status, origin=origin, code=task.code or left.origin.run.code))
    items = [
        ItemsRecord(step, path, listed)
        for left in lefts.values()
        for (step, path), listed in left.origin.items.items()
        if step == left.step
    ]
    metadata = face.workspace.metadata
    metadata.write(face.flow, draft, tasks, items=items)
    metadata.update_run(face.flow, draft, steps=summaries(now.graph), code=now.code)


def _new_draft(face: Face, origins: Sequence[Origin], now: Now) -> RunId:
    time_now = time.time()
    record = face.workspace.metadata.create_run(
        RunRecord(
            flow=FlowName(face.flow),
            id=RunId(""),
            kind="draft",
            status=RunStatus.RUNNING,
            user=face.workspace.user,
            created_at=time_now,
            started_at=time_now,
            heartbeat_at=time_now,
            parameters=now.parameters,
            code=now.code,
            source=face.source,
            steps=summaries(now.graph),
            origin_run=origins[0].run.id if origins[0].run.flow == face.flow else None,
            owner=owner_here(),
        )
    )
    face.session.draft_run = record.id
    return record.id
