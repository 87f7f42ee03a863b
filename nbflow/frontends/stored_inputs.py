"""What a stored task was given, put together again from what the steps above it left.

In a run nothing changes once it is written, so what is found is what the task saw. In a draft cells run again and
again: there the labelled parts of the task's fingerprint tell whether a value is still the one it saw, and an older
one is looked for in other runs of the flow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from nbflow.frontends.resuming import Origin, stored
from nbflow.frozen import frozen
from nbflow.graph.view import chains
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Graph, Need, Node, Source, Use
from nbflow.model.ids import TaskKey
from nbflow.model.record import ItemList, RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.changes import Change, changes
from nbflow.plan.fingerprint import Fingerprints
from nbflow.plan.gather import Given, Joined, gather, join
from nbflow.plan.judge import Go, pick
from nbflow.plan.ledger import Ledger
from nbflow.workspace import Workspace

#: runs in which an older value is looked for, newest first
_BACK = 20
#: parts that are not made of what the task was given
_OTHER = ("classes", "environment")


@frozen
class Known:
    """What a task was given, as far as it is known."""

    given: Given
    joined: Joined | None
    #: parameter → (type source, JSON value, where it came from)
    parameters: Mapping[str, tuple[str, Any, str]]
    #: input → pathspec of the artifact; an item or a captured value is nobody's
    origins: Mapping[str, str]
    #: input → why it cannot be found
    lost: Mapping[str, str]
    #: what is not as the task saw it: `old` is what it saw
    differs: tuple[Change, ...] = ()


class Remembering:
    """Puts together what one task was given.

    Responsibilities: pick the giver of each name as the run did; in a draft, find the values that were meant.
    """

    def __init__(self, workspace: Workspace, run: RunRecord, record: TaskRecord, graph: Graph, use: Use) -> None:
        self._workspace = workspace
        self._run = run
        self._record = record
        self._graph = graph
        self._node = graph[record.step]
        self._use: Use = use
        self._own = stored(workspace, run)
        self._origins: dict[str, str] = {}
        self._lost: dict[str, str] = {}

    def known(self) -> Known:
        """Return what the task was given."""
        ledger = self._ledger(self._own)
        given, joined = self._given(ledger), self._joined(ledger)
        parameters = dict(self._run.parameters)
        differs: tuple[Change, ...] = ()
        if self._run.kind == "draft":
            parameters |= self._older_parameters()
            given = self._with_older(given)
            joined = self._older_joined(joined, given, parameters)
            differs = self._differing(given, joined, parameters)
        return Known(given, joined, parameters, self._origins, self._lost, differs)

    # ---- as the records say

    def _ledger(self, origin: Origin, over: Origin | None = None) -> Ledger:
        """Return what was known of the steps above; those that `over` has come from there."""
        ledger = Ledger(self._graph)
        chosen = {task.step for task in over.tasks} if over else set()
        for source in filter(None, (over, origin)):
            mine = chosen if source is over else self._graph.ancestors(self._node.name) - chosen
            for task in source.tasks:
                if task.step in mine and task.step in ledger.nodes and task.key != self._record.key and _counts(task):
                    ledger.settle(task)
            ledger.items.update({where: each for where, each in source.items.items() if where[0] in mine})
        own = {where: each for where, each in origin.items.items() if where[0] == self._node.name}
        ledger.items.update(own)
        return ledger

    def _given(self, ledger: Ledger) -> Given:
        path, record = self._record.path, self._record
        taken: list[tuple[Need, Source | None]] = []
        for need in self._node.needs:
            if need.kind != "value" or self._use not in need.uses:
                continue
            found = pick(ledger, self._node.name, need.branches[0], path)
            if found == "wait":
                givers = " or ".join(source.step for source in need.branches[0])
                self._lost[need.binds or ""] = f"{givers} has no result in {self._run.flow}/{self._run.id}"
                continue
            taken.append((need, None if found == "dead" else found[0]))
        given = gather(ledger, self._listed(ledger), path, Go(tuple(taken)), self._use)
        for need, source in taken:
            result = ledger.result(source.step, path) if source else None
            if source and result and need.binds in given.inputs:
                self._origins[need.binds or ""] = self._artifact(self._run, result, source.name or need.binds or "")
        return replace(given, inputs={**record.captured, **given.inputs})

    def _listed(self, ledger: Ledger) -> Node:
        """Return the node, and let the ledger list the items that lead to the task; what it cannot list is lost."""
        node, path = self._node, self._record.path
        for depth, scope in enumerate(node.scope[: len(path)]):
            where, index = (scope, path[:depth]), path[depth]
            opener = self._record if scope == node.name else ledger.results.get(TaskKey(scope, path[: depth + 1]))
            ref = opener.item if opener else None
            listed = ledger.items.get(where)
            refs = listed.refs if listed else ()
            if ref is not None and (index >= len(refs) or refs[index] != ref):
                # listed again since: only this one is known
                ledger.items[where] = ItemList((ref,) * (index + 1), index + 1)
            elif index >= len(refs):
                names = {name for name, owner in node.context.items() if owner == scope and name != "index"}
                names |= {node.opens.item} if node.opens and scope == node.name else set()
                self._lost |= dict.fromkeys(names, f"the items of {scope} are not kept")
                node = replace(
                    node,
                    context={name: owner for name, owner in node.context.items() if name not in names},
                    opens=None if scope == node.name else node.opens,
                )
        return node

    def _joined(self, ledger: Ledger) -> Joined | None:
        if self._use != "body":
            return None
        try:
            return join(ledger, self._node, self._record.path, chains(self._graph))
        except (KeyError, IndexError):
            self._lost["inputs"] = f"what it joins has no result in {self._run.flow}/{self._run.id}"
            return None

    # ---- what a draft had once

    @cached_property
    def _others(self) -> tuple[RunRecord, ...]:
        """The runs whose results the task may have been given."""
        runs = self._workspace.metadata.runs(self._run.flow, drafts=True, limit=_BACK)
        until = self._record.finished_at or self._record.started_at or self._run.created_at
        return tuple(run for run in runs if run.id != self._run.id and run.created_at <= until)

    def _with_older(self, given: Given) -> Given:
        inputs, unbound = dict(given.inputs), dict(given.unbound)
        for need in self._node.needs:
            name = need.binds
            if need.kind != "value" or name is None or self._use not in need.uses:
                continue
            part = self._record.parts.get(f"input {name}", "")
            ref = inputs.get(name)
            if part == "unbound" or part.startswith("default ") or (ref is not None and ref.digest.startswith(part)):
                continue
            found = self._older(need.branches[0], name, part)
            if found is not None:
                inputs[name], self._origins[name] = found
                self._lost.pop(name, None)
                unbound.pop(name, None)
        return replace(given, inputs=inputs, unbound=unbound)

    def _older(self, sources: tuple[Source, ...], name: str, part: str) -> tuple[ArtifactRef, str] | None:
        """Return the artifact whose digest begins with `part`, and its pathspec."""
        for run in (self._run, *self._others):
            for source in sources:
                called, depth = source.name or name, len(self._graph[source.step].scope)
                for task in self._workspace.metadata.tasks(run.flow, run.id, source.step):
                    ref = task.manifest.artifacts.get(called) if task.manifest and _counts(task) else None
                    same_item = bool(part) or task.path == self._record.path[:depth]
                    if ref is not None and same_item and ref.digest.startswith(part):
                        return ref, self._artifact(run, task, called)
        return None

    def _older_joined(self, joined: Joined | None, given: Given, parameters: Mapping[str, Any]) -> Joined | None:
        """Return what it joined, from the run whose tasks are the ones it saw."""
        part = self._record.parts.get("inputs")
        if part is None and "inputs" not in self._lost:
            return joined
        if joined is not None and self._parts(given, joined, parameters).get("inputs") == part:
            return joined
        for run in self._others:
            lost = dict(self._lost)
            other = self._joined(self._ledger(self._own, stored(self._workspace, run)))
            if other is not None and part in {None, self._parts(given, other, parameters).get("inputs")}:
                self._lost = {name: why for name, why in lost.items() if name != "inputs"}
                return other
            self._lost = lost
        return joined

    def _older_parameters(self) -> Iterator[tuple[str, tuple[str, Any, str]]]:
        """Yield the parameters whose values the task's own record tells."""
        for label, part in self._record.parts.items():
            kind, _, name = label.partition(" ")
            if kind == "parameter" and (found := _recorded(part)) is not None:
                origin = self._run.parameters.get(name, ("", None, ""))[2]
                yield name, (*found, origin)

    def _differing(self, given: Given, joined: Joined | None, parameters: Mapping[str, Any]) -> tuple[Change, ...]:
        if not self._record.parts:
            return ()
        found = changes(self._record.parts, self._parts(given, joined, parameters))
        return tuple(each for each in found if each.kind not in _OTHER and each.name not in self._lost)

    def _parts(self, given: Given, joined: Joined | None, parameters: Mapping[str, Any]) -> Mapping[str, str]:
        return Fingerprints(self._graph, parameters, {}).of(self._node, given, joined).parts

    @staticmethod
    def _artifact(run: RunRecord, task: TaskRecord, name: str) -> str:
        return f"{run.flow}/{run.id}/{task.step}/{task.id}/{name}"


def _counts(task: TaskRecord) -> bool:
    return task.status.has_result or task.status is TaskStatus.SKIPPED


def _recorded(part: str) -> tuple[str, Any] | None:
    """Return type and JSON value of a parameter's part, as `0.1 (float)`; None where it is a digest."""
    places = [number for number in range(len(part)) if part.startswith(" (", number)] if part.endswith(")") else []
    for place in reversed(places):
        try:
            return part[place + 2 : -1], json.loads(part[:place])
        except ValueError:
            continue
    return None
