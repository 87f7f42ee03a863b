"""Which task of which run a job is to do: what the state machine says in its environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

from nbflow.backends.batch.arrival import Arrival
from nbflow.deploy import keys
from nbflow.frontends.handover import from_text
from nbflow.frozen import frozen
from nbflow.model.graph import Graph
from nbflow.model.ids import Path as TaskPath
from nbflow.model.ids import StepName
from nbflow.runtime.request import RunRequest
from nbflow.storage.base import Storage
from nbflow.workspace import Workspace

Task = Literal["body", "items"]


@frozen
class Execution:
    """One job's."""

    arrival: Arrival
    #: the run as its flow was deployed, to be done on this machine
    request: RunRequest
    run: str
    step: StepName
    path: TaskPath
    what: Task
    #: how often Step Functions has tried before
    tries: int
    #: the input of the execution, where the run may not have begun
    given: Mapping[str, Any]
    #: the error by which the state machine failed; empty: it goes on
    failure: str
    job: str
    #: the version of the flow (see `nbflow.deploy.keys`)
    bundle: str = ""

    @classmethod
    def here(cls) -> Execution:
        """Return this container's."""
        env = os.environ
        folder = Path(env["NBFLOW_FOLDER"])
        document = json.loads((folder / "told.json").read_bytes())
        arrival = Arrival.of(document, folder)
        far = _far(arrival.workspace)
        request = from_text(far.get(keys.request(document["bundle"])).decode())
        return cls(
            arrival=arrival,
            request=replace(
                request,
                graph=_at_home(request.graph),
                # its packages are those of this interpreter
                environments={},
                cwd=str(arrival.home),
                sys_path=arrival.sys_path,
            ),
            run=env["NBFLOW_RUN"],
            step=StepName(document["step"]),
            path=keys.path_of(env.get("NBFLOW_PATH", keys.OUTSIDE)),
            what=cast("Task", env.get("NBFLOW_DO", "body")),
            tries=int(env.get("NBFLOW_TRY") or 0),
            given=json.loads(env.get("NBFLOW_GIVEN") or "{}"),
            failure=env.get("NBFLOW_FAILURE", ""),
            job=env.get("AWS_BATCH_JOB_ID", ""),
            bundle=document["bundle"],
        )

    @property
    def workspace(self) -> Workspace:
        """The store."""
        return self.arrival.workspace

    @property
    def far(self) -> Storage:
        """The bucket."""
        return _far(self.workspace)

    @property
    def name(self) -> str:
        """The run as a person names it."""
        return f"{self.request.flow}/{self.run}"


def _far(workspace: Workspace) -> Storage:
    assert workspace.far is not None, "a job is told its bucket"
    return workspace.far


def _at_home(graph: Graph) -> Graph:
    """Return the graph with every step where this program is: it has been brought to the machine it asks for."""
    nodes = (replace(node, options=replace(node.options, backend=None)) for node in graph.nodes)
    return replace(graph, nodes=tuple(nodes))
