"""A stored task as it was: its code read again, what it was given, and the definitions it stood on.

Only what is kept is read; no kernel is needed, and nothing of the notebook's present is.
"""

from __future__ import annotations

import ast
import contextlib
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from nbflow.cells.flow import flow_text
from nbflow.cells.header import split_header
from nbflow.cells.notebook import Document, NotebookCell
from nbflow.client.facts import RunFacts, workspace_here
from nbflow.code.compare import Difference, differences
from nbflow.code.module import LiveDefinitions
from nbflow.code.notebooks import kept_in
from nbflow.code.package import CodePackage, pack
from nbflow.errors import NbflowError, error, problem, raise_for
from nbflow.frontends.stored_inputs import Known, Remembering
from nbflow.graph.build import build
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Graph, Node, Use
from nbflow.model.ids import Digest, FlowName, Pathspec
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.model.step import Statement
from nbflow.model.task import FlowCode, TaskSpec
from nbflow.plan.changes import givers_of, word
from nbflow.runtime.request import RunRequest
from nbflow.runtime.specs import SpecWriter, Where, flow_code
from nbflow.runtime.stimuli import Ready
from nbflow.store.store import Store
from nbflow.task import inputs
from nbflow.task.merge import Merger
from nbflow.workspace import Workspace


class StoredTask:
    """One task of a run or draft.

    Responsibilities: from records and the code package to the graph, the inputs and the definitions of the task.
    """

    def __init__(self, workspace: Workspace, run: RunRecord, record: TaskRecord) -> None:
        self.workspace = workspace
        self.run = run
        self.record = record

    @classmethod
    def open(cls, pathspec: str) -> StoredTask:
        """Return the task `sales/12/train/3`. Raises M001 to M004."""
        spec = Pathspec.parse(pathspec)
        workspace = workspace_here(spec.flow)
        facts = RunFacts(workspace, spec.flow, spec.run or "")
        return cls(workspace, facts.record, facts.task(spec.step or "", spec.task or "0"))

    @property
    def pathspec(self) -> str:
        """The task as a person names it."""
        return f"{self.run.flow}/{self.run.id}/{self.record.step}/{self.record.id}"

    @property
    def use(self) -> Use:
        """What of the step ran, or failed: its body, its --foreach, its --when."""
        record = self.record
        if record.failure is not None and record.failure.code == "T013":
            return "when"
        if record.status is TaskStatus.SKIPPED and record.condition is False:
            return "when"
        return "items" if len(record.path) < len(self.node.scope) else "body"

    # ---- code

    @cached_property
    def package(self) -> CodePackage:
        """The code it ran. Raises R041."""
        digest = self.record.code or self.run.code or self._code_of_origin()
        if digest is None:
            raise self._no_code("it was stopped before its code was kept, or an older nbflow ran it")
        try:
            return CodePackage.from_bytes(self.workspace.store.get_bytes(digest))
        except (NbflowError, KeyError, ValueError, zipfile.BadZipFile) as found:
            why = found.problems[0].what if isinstance(found, NbflowError) else "its package cannot be read"
            raise self._no_code(why) from None

    def _code_of_origin(self) -> Digest | None:
        """Return the code of the task whose result this one took over."""
        if self.record.origin is None:
            return None
        origin = Pathspec.parse(self.record.origin)
        run = self.workspace.metadata.run(origin.flow, origin.run or "")
        tasks = self.workspace.metadata.tasks(origin.flow, run.id, origin.step) if run else ()
        own = next((task.code for task in tasks if task.id == origin.task), None)
        return own or (run.code if run else None)

    def _no_code(self, why: str) -> NbflowError:
        return error(problem("R041", task=self.pathspec, why=why))

    @cached_property
    def graph(self) -> Graph:
        """The flow as it was."""
        package = self.package
        labels = package.labels or ("",) * len(package.cells)
        cells = tuple(
            NotebookCell(number, "code", text, called=label)
            for number, ((_, text), label) in enumerate(zip(package.cells, labels, strict=True))
        )
        return build(
            flow_text(Document(cells), f"{self.run.flow}/{self.run.id}", once=False, notebooks=kept_in(package)).draft
        ).graph

    @cached_property
    def node(self) -> Node:
        """The step as it was. Raises R041."""
        if any(step.kind for step in self.run.steps):
            again = f"python {self.run.source} spin {self.run.id}/{self.record.step}/{self.record.id}"
            raise self._no_code(f"it is a step of a class. To run it again by itself: {again}")
        if self.record.step not in self.graph:
            raise self._no_code(f"the cells kept with {self.run.flow}/{self.run.id} have no step {self.record.step}")
        return self.graph[self.record.step]

    @cached_property
    def flow_code(self) -> FlowCode:
        """Definitions and setup cells, as its worker had them."""
        return flow_code(self.run.flow, self.graph)

    @property
    def body(self) -> str:
        """What ran, as the person wrote it: the body of the cell, or the expression that is judged or listed."""
        node = self.node
        match self.use:
            case "items" if node.opens:
                return node.opens.items
            case "when" if node.when and node.when.expression:
                return node.when.expression
        return split_header(node.code.body.cell).body

    @cached_property
    def read_elsewhere(self) -> frozenset[str]:
        """The names that the step reads, but not what of it ran: its --foreach is no part of its body."""
        node = self.node
        parts = {"items": node.opens and node.opens.items, "when": node.when and node.when.expression}
        names = {use: _names(text) if text else set() for use, text in parts.items()}
        code = node.code.body.names
        names["body"] = {*code.reads, *code.soft, *code.annotations}
        others = set().union(*(found for use, found in names.items() if use != self.use))
        if self.use != "body":
            return frozenset(others - names[self.use])
        # --in declares names that stand in texts only
        return frozenset((names["items"] | names["when"]) - names["body"])

    # ---- what it was given

    @cached_property
    def known(self) -> Known:
        """What it was given, as far as it is known."""
        return Remembering(self.workspace, self.run, self.record, self.graph, self.use).known()

    @cached_property
    def spec(self) -> TaskSpec:
        """What its worker was told, or would have been. Raises R042 when nothing was to run."""
        record, known, node = self.record, self.known, self.node
        if record.status is TaskStatus.SKIPPED and self.use != "when":
            raise_for("R042", task=self.pathspec, reason=record.reason)
        request = RunRequest(
            FlowName(self.run.flow), self.graph, known.parameters, cwd=str(self.folder), source=self.run.source
        )
        kind: Literal["body", "items"] = "items" if self.use == "items" else "body"
        ready = Ready(kind, node, record.path, known.given, known.joined, attempt=record.attempt)
        return SpecWriter(request, Where(self.run.id, str(self.workspace.root), "")).spec(ready)

    @property
    def folder(self) -> Path:
        """The notebook's folder, else that of the workspace."""
        source = Path(self.run.source).parent if self.run.source else None
        return source if source is not None and source.is_dir() else self.workspace.root.parent

    def inputs(self, store: Store | None = None) -> inputs.Inputs | None:
        """Return `inputs` of a join; values load when they are asked for."""
        return inputs.joined(store or self.workspace.store, self.spec)

    def merger(self, space: dict[str, Any], store: Store | None = None) -> Merger:
        """Return `merge_artifacts` as the body had it; what it merges appears in `space`."""
        merger = Merger(self.spec.step, self.spec.merged, store or self.workspace.store, space)
        merger.read = self.spec.merged
        return merger

    # ---- beside what there is now

    def differences(self) -> Iterator[str]:
        """Yield what could not be found as the task had it, a sentence each: in a draft, what has run again since."""
        for change in self.known.differs:
            match change.kind:
                case "input":
                    givers = " or ".join(givers_of(self.node, change.name)) or "the list of items"
                    yield f"{change.name} is not what it was given: {givers} ran again since"
                case "inputs":
                    yield f"inputs are not what it joined: {', '.join(givers_of(self.node, None))} ran again since"
                case "parameter":
                    yield f"{change.name} had another value, which is not kept"
                case _:
                    yield f"not as it was: {word(change, self.node)}"

    def changed_since(self, sys_path: tuple[str, ...]) -> tuple[Difference, ...]:
        """Return the local modules and installed versions that are not what it ran with."""
        now = CodePackage.from_bytes(pack(self.run.flow, self.graph, self.folder, sys_path, []))
        kinds = {"module", "distribution", "python"}
        return tuple(each for each in differences(self.package, now) if each.kind in kinds)

    def statements_for(self, refs: Iterable[ArtifactRef]) -> tuple[Statement, ...]:
        """Return the definitions that the pickles of `refs` need, in order of execution."""
        uses = {use.partition(":") for ref in refs for use in ref.uses}
        return self.statements_behind(name for module, _, name in uses if module == self.flow_code.module)

    def statements_behind(self, names: Iterable[str]) -> tuple[Statement, ...]:
        """Return the definitions of `names`, and those that they need, in order of execution."""
        by_name = {name: each for each in self.graph.statements for name in each.names}
        needed: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name in by_name and name not in needed:
                needed.add(name)
                todo.extend(by_name[name].now | by_name[name].later)
        return tuple(each for each in self.graph.statements if needed & set(each.names) or each.owner in needed)


def _names(expression: str) -> set[str]:
    return {each.id for each in ast.walk(ast.parse(expression.strip(), mode="eval")) if isinstance(each, ast.Name)}


class ThenStore(Store):
    """The store, read with the definitions that a stored task had: its pickles find their own classes."""

    def __init__(self, store: Store, live: LiveDefinitions) -> None:
        self.__dict__.update(vars(store))
        self._live = live

    def get(self, ref: ArtifactRef, *, name: str = "", trusted: bool = True) -> Any:
        """Return the value."""
        if not ref.uses:
            return super().get(ref, name=name, trusted=trusted)
        with in_place(self._live):
            return super().get(ref, name=name, trusted=trusted)


@contextlib.contextmanager
def in_place(live: LiveDefinitions) -> Iterator[None]:
    """Let `import` find the definitions under their module's name, and then what it found before."""
    with _as_it_was(live.module.__name__):
        live.install()
        yield


@contextlib.contextmanager
def _as_it_was(module: str) -> Iterator[None]:
    """Let `import` find under this name in the end what it found in the beginning, if that was anything."""
    before = sys.modules.get(module)
    try:
        yield
    finally:
        if before is not None:
            sys.modules[module] = before
            package, _, last = module.rpartition(".")
            setattr(sys.modules[package], last, before)


def definitions_of(task: StoredTask) -> LiveDefinitions:
    """Return the definitions of the task in a module of their own, which `import` does not find."""
    with _as_it_was(task.flow_code.module):
        return LiveDefinitions(task.flow_code.module, task.flow_code.statements, task.flow_code.path)


# ---- for the text that %flow source prints


def stand_in(module: str, space: Mapping[str, Any]) -> None:
    """Let pickles that name the definitions of a flow find what `space` holds."""
    made = ModuleType(module)

    def find(name: str) -> Any:
        if name in space:
            return space[name]
        raise AttributeError(f"{module} has no {name!r}")

    made.__dict__["__getattr__"] = find
    package = module.partition(".")[0]
    sys.modules.setdefault(package, ModuleType(package))
    sys.modules[module] = made


def joined_by(pathspec: str) -> inputs.Inputs | None:
    """Return `inputs` as the task `sales/12/best/0` had them."""
    return StoredTask.open(pathspec).inputs()


def merging(pathspec: str, space: dict[str, Any]) -> Callable[..., None]:
    """Return `merge_artifacts` as the task had it; what it merges appears in `space`."""
    return StoredTask.open(pathspec).merger(space)


def given_to(pathspec: str) -> Mapping[str, Any]:
    """Return the inputs of a task by name, loaded: for what is nobody's artifact."""
    task = StoredTask.open(pathspec)
    return {name: task.workspace.store.get(ref, name=name) for name, ref in task.spec.inputs.items()}
