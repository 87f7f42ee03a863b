"""From a flow's text to a run request: parameters resolved, code packed, environment noted. Both doors use it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from nbflow.code.local import environment_of
from nbflow.code.module import LiveDefinitions
from nbflow.code.package import pack
from nbflow.frozen import frozen
from nbflow.model.environment import EnvironmentRef
from nbflow.model.graph import Graph
from nbflow.model.ids import Digest, StepName
from nbflow.model.parameter import ParameterDef
from nbflow.model.step import Definitions
from nbflow.model.task import CodeStatement
from nbflow.notebooks.outside import set_around, with_parameters_around
from nbflow.plan.parameters import Assigned, Resolved, resolve
from nbflow.runtime.specs import module_name
from nbflow.workspace import Workspace


class DefinitionNames(Mapping[str, object]):
    """A flow's definitions by name, executed when asked for: what a parameter's type or default may use."""

    def __init__(self, live: LiveDefinitions) -> None:
        self._live = live

    @classmethod
    def of_file(cls, flow: str, definitions: Definitions) -> DefinitionNames:
        """Return the definitions of a notebook file, in a module that is only used here."""
        statements = [CodeStatement.of(statement) for statement in definitions.statements]
        return cls(LiveDefinitions(module_name(flow), statements))

    def __getitem__(self, name: str) -> object:
        try:
            return self._live.get(name)
        except AttributeError as error:
            raise KeyError(name) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._live.names)

    def __len__(self) -> int:
        return len(self._live.names)


@frozen
class Surroundings:
    """Where a flow's tasks run and what they stand on."""

    #: working directory of the tasks
    cwd: str
    #: sys.path of the tasks
    sys_path: tuple[str, ...]
    #: notebook, for the record
    source: str
    #: step → digest of local modules and distribution versions
    environment: Mapping[StepName, str] = field(default_factory=dict)
    #: step → its own packages
    environments: Mapping[StepName, EnvironmentRef] = field(default_factory=dict)


def parameters_of(
    definitions: Sequence[ParameterDef],
    given: Mapping[str, object],
    cells: Mapping[str, Assigned],
    namespace: Mapping[str, object],
) -> Resolved:
    """Return the run's parameters. Raises ParameterError; NotebookError of those set around a notebook."""
    environ: Mapping[str, str] = os.environ
    if set_around(environ):
        environ = with_parameters_around(environ, [each.name for each in definitions])
    return resolve(definitions, given, environ, cells, namespace=namespace)


def surroundings(
    graph: Graph,
    folder: Path,
    sys_path: Sequence[str],
    source: str,
    environments: Mapping[StepName, EnvironmentRef] | None = None,
) -> Surroundings:
    """Return what the tasks of `graph` stand on when its notebook is in `folder` and steps have these packages."""
    path = tuple(dict.fromkeys([str(folder), *(entry for entry in sys_path if entry)]))
    own = environments or {}
    return Surroundings(str(folder), path, source, environment_of(graph, folder, path, declared(own)), own)


def declared(environments: Mapping[StepName, EnvironmentRef]) -> Mapping[StepName, str]:
    """Return the digests of packages that a person asked for; others are what is installed here."""
    return {step: each.digest for step, each in environments.items() if each.declared}


def keep_code(workspace: Workspace, flow: str, graph: Graph, around: Surroundings, cells: Sequence[str]) -> Digest:
    """Store the run's code package and return its blob's digest."""
    return workspace.store.put_bytes(pack(flow, graph, Path(around.cwd), around.sys_path, cells))
