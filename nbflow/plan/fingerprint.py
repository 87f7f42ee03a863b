"""The fingerprint of a task: equal fingerprints mean the body would compute the same.

It holds the code, the definitions the code needs, the parameters it reads and the digests of its inputs; never
upstream code, so an edited step that yields the same values changes nothing below. It cannot see files, databases,
the time or randomness.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nbflow.graph.view import changed_below
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Everything, Graph, Node
from nbflow.model.ids import StepName
from nbflow.model.step import Statement
from nbflow.plan.gather import Given, Joined

#: raise it when the meaning of a fingerprint changes
FORMAT = 1


class Fingerprints:
    """Fingerprints of one run's tasks. The part that does not depend on the task is computed once per step."""

    def __init__(
        self, graph: Graph, parameters: Mapping[str, tuple[str, Any, str]], environment: Mapping[StepName, str]
    ) -> None:
        self._graph = graph
        self._parameters = parameters
        self._environment = environment
        self._static: dict[StepName, str] = {}
        self._closures: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[str, Statement] = {}
        for statement in graph.statements:
            for name in statement.names:
                self._by_name[name] = statement

    def of(self, node: Node, given: Given, joined: Joined | None) -> str:
        """Return the fingerprint of the task of `node` with these inputs."""
        refs = list(given.inputs.values())
        views: list[Any] = []
        if joined is not None:
            tables = [_table(table) for table in joined.tables]
            refs.extend(ref for table in joined.tables for ref in table.values())
            views = [
                [view.index, view.step, [tables[number] for number in view.layers]] for view in joined.inputs.views
            ]
            views.append(list(joined.inputs.skipped))
        return _digest(
            [
                self._code(node),
                sorted((name, ref.digest) for name, ref in given.inputs.items()),
                sorted(given.values.items()),
                sorted(given.defaults.items()),
                sorted(given.unbound),
                views,
                sorted({key for ref in refs for use in ref.uses for key in self._uses(use)}),
            ]
        )

    def _code(self, node: Node) -> str:
        """Digest of all that is the same for every task of the step."""
        if node.name not in self._static:
            read = {
                name: list(self._parameters[name][:2]) for name in sorted(node.parameters) if name in self._parameters
            }
            needs = [
                [need.kind, need.binds, need.rule, need.closes, str(need.default), list(need.uses)]
                for need in node.needs
            ]
            catch = node.options.catch
            self._static[node.name] = _digest(
                [
                    FORMAT,
                    sys.version_info[:2],
                    node.name,
                    node.code.body.digest,
                    [statement.key for statement in node.code.slice],
                    [cell.body.digest for cell in self._graph.setup],
                    self._environment.get(node.name, ""),
                    read,
                    needs,
                    "" if isinstance(node.leaves, Everything) else sorted(node.leaves),
                    sorted(node.merged),
                    # the worker looks for other names of these objects
                    sorted(changed_below(self._graph, node)),
                    node.opens and [node.opens.items, node.opens.item],
                    node.when and [node.when.expression, list(node.when.else_of)],
                    catch and (catch.name or True),
                ]
            )
        return self._static[node.name]

    def _uses(self, use: str) -> tuple[str, ...]:
        """Keys of the statements behind a name that a pickle refers to: what its methods read included."""
        if use not in self._closures:
            keys: dict[str, None] = {}
            todo = [use.rpartition(":")[2].partition(".")[0]]
            seen: set[str] = set()
            while todo:
                name = todo.pop()
                statement = self._by_name.get(name)
                if name in seen or statement is None:
                    continue
                seen.add(name)
                keys[statement.key] = None
                todo.extend(statement.now | statement.later)
            self._closures[use] = tuple(keys)
        return self._closures[use]


def _table(table: Mapping[str, ArtifactRef]) -> str:
    return _digest(sorted((name, ref.digest) for name, ref in table.items()))


def _digest(parts: Sequence[Any] | Iterable[Any]) -> str:
    return hashlib.sha256(json.dumps(list(parts), sort_keys=True, default=list).encode()).hexdigest()
