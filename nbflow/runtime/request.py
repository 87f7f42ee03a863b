"""What is asked of the scheduler for one run, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.model.environment import EnvironmentRef
from nbflow.model.graph import Graph
from nbflow.model.ids import Digest, FlowName, Path, RunId, StepName, TaskKey
from nbflow.model.notice import Notice
from nbflow.model.record import Failure, ItemList, RunKind, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.plan.reuse import Reuse

#: a foreach's items by the path of the task that lists them
Items = Mapping[tuple[StepName, Path], ItemList]


@frozen
class Part:
    """One task of a run, or the listing of a foreach's items, that is done by itself.

    Others do the rest, at the same time or later, so it neither begins the run nor ends it.
    """

    step: StepName
    #: of the task; of the one that lists, for a list
    path: Path = ()
    #: tries that were made before: it makes one, and whoever asked for it decides about the next
    attempt: int = 0


@frozen
class RunRequest:
    """One run: of the whole graph, or of the steps in `targets` with the other results given."""

    flow: FlowName
    graph: Graph
    #: parameter name → (type source, JSON value, origin)
    parameters: Mapping[str, tuple[str, Any, str]] = field(default_factory=dict)
    kind: RunKind = "run"
    #: a draft run that goes on under its id; None makes a new run
    run: RunId | None = None
    #: steps to run; None is all
    targets: frozenset[StepName] | None = None
    #: results of other steps that targets read (draft cells), and their items
    given: Mapping[TaskKey, TaskRecord] = field(default_factory=dict)
    given_items: Items = field(default_factory=dict)
    #: what tasks of targets left the last time: a draft keeps it until they leave something again
    before: Mapping[TaskKey, TaskRecord] = field(default_factory=dict)
    #: results it may take over
    reuse: Reuse = field(default_factory=Reuse)
    #: the run it goes on from
    origin: RunId | None = None
    #: step → most items of its foreach to run; missing is all
    sample: Mapping[StepName, int] = field(default_factory=dict)
    #: step → name → captured value, already stored
    captured: Mapping[StepName, Mapping[str, ArtifactRef]] = field(default_factory=dict)
    #: step → digest of what its code stands on outside the notebook: local modules, versions of distributions
    environment: Mapping[StepName, str] = field(default_factory=dict)
    #: step → the packages its tasks find; missing: those of this Python
    environments: Mapping[StepName, EnvironmentRef] = field(default_factory=dict)
    #: most tasks at once; None is the number of cores
    max_workers: int | None = None
    max_items: int | None = None
    tags: frozenset[str] = frozenset()
    #: working directory of the tasks
    cwd: str = "."
    #: sys.path of the tasks
    sys_path: tuple[str, ...] = ()
    #: notebook or file, for the record
    source: str = ""
    #: blob of the code package, already stored
    code: Digest | None = None
    #: what bodies display is kept as pictures and tables; else as text
    rich: bool = True
    user: str = ""
    #: tags that nbflow gives: `user:ann`, `python_version:3.11`
    system_tags: frozenset[str] = frozenset()
    #: what the record keeps of a class beside the rest; `current` tells of `namespace`, `project` and `script` of it
    about: Mapping[str, Any] = field(default_factory=dict)
    #: importable name of the definitions; empty: made of the flow's name
    module: str = ""
    #: the file that the definitions are, for a flow that is one
    module_path: str | None = None
    #: classes: parameters, constants and configs, already stored: every task has them
    constants: Mapping[str, ArtifactRef] = field(default_factory=dict)
    #: classes: name → value of each Config, as JSON
    configs: Mapping[str, Any] = field(default_factory=dict)
    #: who is to hear of its end. Their addresses are in no record
    notices: tuple[Notice, ...] = ()
    #: classes: decorators given by --with
    with_specs: tuple[str, ...] = ()
    #: classes: leave the person's own decorators out
    bare: bool = False
    #: of the tasks of `targets` only this one; None: all
    only: TaskKey | None = None
    #: of the run `run` only this; None: all of it
    part: Part | None = None

    def asks_for(self, task: TaskKey) -> bool:
        """Say whether a task of its steps is to run; of a part all rounds are, where it repeats itself."""
        if self.part is not None:
            return (self.part.step, self.part.path) == (task.step, task.path)
        return self.only is None or self.only == task


@frozen
class Outcome:
    """How a run ended."""

    flow: FlowName
    run: RunId
    status: RunStatus
    results: Mapping[TaskKey, TaskRecord]
    items: Items
    #: the first failure and the task that had it
    failure: tuple[TaskKey, Failure] | None = None
    #: seconds
    elapsed: float = 0.0
