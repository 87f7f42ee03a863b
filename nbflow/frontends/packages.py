"""The packages that the steps of a flow run with: looked up for who asks what is stale, made ready for who runs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.errors import PackageError, Place, error, raise_for
from nbflow.frontends.ways import ANEW, VARIABLE, WAYS
from nbflow.model.environment import EnvironmentRef
from nbflow.model.graph import Graph, Node
from nbflow.model.ids import StepName
from nbflow.model.secret import packages_for
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    from nbflow.environments.indexes import Indexes
    from nbflow.environments.lock import Lock
    from nbflow.environments.target import Target
    from nbflow.environments.wanted import Wanted


def known_packages(
    workspace: Workspace, graph: Graph, folder: Path, sys_path: Sequence[str], way: str | None = None
) -> Mapping[StepName, EnvironmentRef]:
    """Return the packages of the steps whose lock is kept; nothing is resolved, installed or asked for."""
    way = _checked(way)
    if not _concerns(graph, way):
        return {}
    asked = _Asked(workspace, graph, folder, sys_path, way)
    found: dict[StepName, EnvironmentRef] = {}
    for node in graph.nodes:
        # what is wrong is said when it is to run
        with contextlib.suppress(PackageError):
            if (wanted := asked.of(node)) and (lock := asked.kept(wanted)):
                found[node.name] = _ref(lock, declared=wanted.declared)
    return found


def ready_packages(
    workspace: Workspace,
    graph: Graph,
    folder: Path,
    sys_path: Sequence[str],
    way: str | None = None,
    *,
    say: Callable[[str], None] = lambda _: None,
    also: Sequence[str] = (),
) -> Mapping[StepName, EnvironmentRef]:
    """Return the packages of all steps that have any of their own, locked, and installed or packed where they are to run.

    Args:
        workspace: keeps the locks.
        graph: the steps that are to run.
        folder: the flow's.
        sys_path: where its modules are found.
        way: what --environment says; None: NBFLOW_ENVIRONMENT does, or nothing.
        say: told a line of what takes time.
        also: modules that are imported elsewhere beside those that steps import.

    Raises:
        PackageError: the packages of a step cannot be had; its place is in it.
        UsageError: R004, there is no such way.
    """
    way = _checked(way)
    if not _concerns(graph, way):
        return {}
    asked = _Asked(workspace, graph, folder, sys_path, way, also)
    groups: dict[Wanted, list[Node]] = {}
    for node in graph.nodes:
        with _at(node):
            if wanted := asked.of(node):
                groups.setdefault(wanted, []).append(node)
    found: dict[StepName, EnvironmentRef] = {}
    for wanted, nodes in groups.items():
        with _at(nodes[0]):
            lock = asked.ready(wanted, nodes, say)
        found |= {node.name: _ref(lock, declared=wanted.declared) for node in nodes}
    return found


def _of_secrets(node: Node) -> tuple[str, ...]:
    """Return the modules that read the secrets of a step that runs elsewhere."""
    return () if not node.options.elsewhere else packages_for(node.options.secrets)


class _Asked:
    """What the steps of one flow ask for. What they share is looked for once."""

    def __init__(
        self,
        workspace: Workspace,
        graph: Graph,
        folder: Path,
        sys_path: Sequence[str],
        way: str | None,
        also: Sequence[str] = (),
    ) -> None:
        self._also = also
        self._workspace = workspace
        self._graph = graph
        self._folder = folder
        self._path = (str(folder), *sys_path)
        self._way = way
        self._project: Wanted | None = None
        self._imports: Wanted | None = None

    def of(self, node: Node) -> Wanted | None:
        """Return what a step is to run with; None: what is installed here. Raises PackageError."""
        from nbflow.environments.wanted import asked_by

        options = node.options
        if options.installed or options.here:
            return None
        if self._way != "local" and (asked := asked_by(options, f"step {node.name}")):
            return asked
        if self._way == "uv":
            return self._of_project()
        return self._of_imports() if options.elsewhere else None

    def kept(self, wanted: Wanted) -> Lock | None:
        """Return the lock that was made of it earlier."""
        from nbflow.environments.kept import Kept
        from nbflow.environments.locking import key_of

        key = key_of(wanted, self._target(wanted), self._indexes(wanted))
        return Kept(self._workspace.root).find(key)

    def ready(self, wanted: Wanted, nodes: Sequence[Node], say: Callable[[str], None]) -> Lock:
        """Return the lock, made if need be, once what it names is where `nodes` run. Raises PackageError."""
        from nbflow.environments.kept import Kept
        from nbflow.environments.local import environment
        from nbflow.environments.locking import lock
        from nbflow.environments.packs import pack

        who = f"step{'s' * (len(nodes) > 1)} {', '.join(node.name for node in nodes)}"
        away = [node for node in nodes if node.options.elsewhere]
        indexes = self._indexes(wanted)
        made = lock(
            wanted,
            self._target(wanted),
            folder=self._folder,
            indexes=indexes,
            kept=Kept(self._workspace.root),
            who=who,
            elsewhere=bool(away),
            anew=bool(os.environ.get(ANEW)),
        )
        # what a step elsewhere lists for its foreach is listed here
        if wanted.declared and (len(away) < len(nodes) or any(node.opens for node in away)):
            environment(made, place=self._folder, indexes=indexes, who=who, say=say)
        if away and (far := self._workspace.far) is not None:
            pack(made, far, place=self._folder, indexes=indexes, who=who, say=say)
        return made

    def _of_project(self) -> Wanted:
        from nbflow.environments.project import project_file, project_packages

        if self._project is None:
            file = project_file(self._folder)
            if file is None:
                reason = f"neither uv.lock nor pyproject.toml nor requirements.txt is in {self._folder} or above it"
                raise_for("E011", file="--environment uv", reason=reason, fix="uv init, then uv add the packages")
            self._project = project_packages(file, self._indexes(None))
        return self._project

    def _of_imports(self) -> Wanted:
        """Return what is imported by all that runs elsewhere: one archive serves it."""
        from nbflow.environments.carried import wheels_folder
        from nbflow.environments.installed import imported_packages
        from nbflow.environments.local import folder
        from nbflow.environments.target import Target

        if self._imports is None:
            away = [node.code for node in self._graph.nodes if node.options.elsewhere]
            bodies = (*(each.body for each in away), *(cell.body for cell in self._graph.setup))
            modules = {name for body in bodies for name in body.modules}
            modules |= {name for each in away for statement in each.slice for name in statement.modules}
            modules |= {name for node in self._graph.nodes for name in _of_secrets(node)} | set(self._also)
            self._imports = imported_packages(modules, self._path, Target.here(), wheels_folder(folder()))
        return self._imports

    def _target(self, wanted: Wanted) -> Target:
        from nbflow.environments.target import Target

        return Target.here(wanted.python)

    def _indexes(self, wanted: Wanted | None) -> Indexes:
        from nbflow.environments.indexes import indexes

        return indexes(self._folder, os.environ, wanted.index_options if wanted else ())


def _checked(way: str | None) -> str | None:
    way = way or os.environ.get(VARIABLE) or None
    if way is not None and way not in WAYS:
        fix = f"there are {', '.join(WAYS)}: uv runs with what the project's files name, local with what is installed here"
        raise_for("R004", option="--environment", message=f"there is no {way}", fix=fix)
    return way


def _concerns(graph: Graph, way: str | None) -> bool:
    """Whether any step may have packages of its own: most flows need not import what finds out."""
    asks = (each.options for each in graph.nodes)
    return way == "uv" or any(each.pypi or each.conda or each.python or each.elsewhere for each in asks)


def _ref(lock: Lock, *, declared: bool) -> EnvironmentRef:
    return EnvironmentRef(lock.digest, declared, len(lock.packages), lock.target.python)


@contextlib.contextmanager
def _at(node: Node) -> Iterator[None]:
    """Have an error say which step it is about."""
    try:
        yield
    except PackageError as wrong:
        raise error([replace(each, place=_place(node, each.place)) for each in wrong.problems]) from None


def _place(node: Node, known: Place) -> Place:
    return known if str(known) else node.place
