"""The fingerprint of a task: equal fingerprints mean the body would compute the same.

It holds the code, the definitions the code needs, the parameters it reads and the digests of its inputs; never
upstream code, so an edited step that yields the same values changes nothing below. It cannot see files, databases,
the time or randomness.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nbflow.frozen import frozen
from nbflow.graph.view import changed_below
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Everything, Graph, Node
from nbflow.model.ids import StepName
from nbflow.model.step import Statement
from nbflow.plan.gather import Given, Joined

#: raise it when the meaning of a fingerprint changes
FORMAT = 4
#: hexadecimal digits of a part: enough to tell two states of one thing apart
_SHORT = 16
#: characters of a value that is its own part
_LONGEST = 60


@frozen
class Fingerprint:
    """What a task would compute, as one digest and as the labelled parts behind it."""

    digest: str
    #: label → short digest, or the value itself where that is short: see `Fingerprints`
    parts: Mapping[str, str]


class Fingerprints:
    """Fingerprints of one run's tasks. The part that does not depend on the task is computed once per step.

    The labels of the parts: `code` (the body and what its header says of data), `foreach` and `when` (the header's
    expressions, as JSON), `definition NAME`, `setup N`, `environment` (local modules, versions), `parameter NAME`,
    `constant NAME` (of a class: its parameters, too),
    `input NAME`, `value index`, `inputs` (of a join), `classes` (definitions named in the pickles of inputs).

    What only the header's expressions read is a part, and not in the digest: lists and conditions are evaluated anew
    in each run, and an item that is still on the list keeps its result.
    """

    def __init__(
        self,
        graph: Graph,
        parameters: Mapping[str, tuple[str, Any, str]],
        environment: Mapping[StepName, str],
        constants: Mapping[str, ArtifactRef] | None = None,
    ) -> None:
        self._graph = graph
        self._constants = constants or {}
        self._parameters = parameters
        self._environment = environment
        self._static: dict[StepName, tuple[str, Mapping[str, str]]] = {}
        self._closures: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[str, Statement] = {}
        for statement in graph.statements:
            for name in statement.names:
                self._by_name[name] = statement

    def of(self, node: Node, given: Given, joined: Joined | None) -> Fingerprint:
        """Return the fingerprint of the task of `node` with these inputs."""
        code, parts = self._code(node)
        parts = dict(parts)
        refs = list(given.inputs.values())
        for name, ref in sorted(given.inputs.items()):
            parts[f"input {name}"] = ref.digest
        for name, value in sorted(given.values.items()):
            parts[f"value {name}"] = _value(value)
        for frame in given.frames:
            parts[f"input item of {frame.opener}"] = _digest([frame.item.digest, frame.index, frame.total])
            refs.append(frame.item)
        for name, source in sorted(given.defaults.items()):
            parts[f"input {name}"] = f"default {_value(source)}"
        for name in sorted(given.unbound):
            parts[f"input {name}"] = "unbound"
        if joined is not None:
            tables = [_table(table) for table in joined.tables]
            refs.extend(ref for table in joined.tables for ref in table.values())
            views: list[Any] = [
                [view.index, view.step, [tables[number] for number in view.layers]] for view in joined.inputs.views
            ]
            parts["inputs"] = _digest([*views, list(joined.inputs.skipped)])
        if used := sorted({key for ref in refs for use in ref.uses for key in self._uses(use)}):
            parts["classes"] = _digest(used)
        dynamic = {label: value for label, value in parts.items() if label.startswith(_DYNAMIC)}
        return Fingerprint(
            _digest([code, sorted(dynamic.items())]), {label: _short(each) for label, each in parts.items()}
        )

    def _code(self, node: Node) -> tuple[str, Mapping[str, str]]:
        """Return what is the same for every task of the step: its digest, its parts."""
        if node.name not in self._static:
            parts = {"code": _digest(_wiring(self._graph, node))}
            if node.opens:
                parts["foreach"] = _value([node.opens.items, node.opens.item])
            if node.when:
                parts["when"] = _value([node.when.expression, node.when.else_of])
            for statement in node.code.slice:
                whole_file = statement.kind == "file" and statement.file.rpartition("/")[2]
                label = f"definition {whole_file or ', '.join(statement.names) or statement.owner}"
                parts[label] = _digest([parts.get(label), statement.key])
            for number, cell in enumerate(self._graph.setup, 1):
                parts[f"setup {number}"] = cell.body.digest
            parts["environment"] = self._environment.get(node.name, "")
            if node.method is not None:
                parts |= {f"constant {name}": ref.digest for name, ref in sorted(self._constants.items())}
            for name in sorted(node.parameters & self._parameters.keys()):
                parts[f"parameter {name}"] = _value(self._parameters[name][:2])
            # the order in which definitions are executed is theirs, too
            order = [statement.key for statement in node.code.slice]
            head = [FORMAT, sys.version_info[:2], node.name, order]
            self._static[node.name] = _digest([head, sorted(counted(parts, node).items())]), parts
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


#: labels of what differs from task to task
_DYNAMIC = ("input", "value", "classes")


def expression_names(expression: str) -> set[str]:
    """Return the names in an expression of a header."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def counted(parts: Mapping[str, str], node: Node) -> dict[str, str]:
    """Return the parts that decide whether a result may be taken over: all but what only the header reads."""
    aside = {"foreach", "when", *(f"parameter {name}" for name in _only_header(node))}
    return {label: part for label, part in parts.items() if label not in aside}


def _only_header(node: Node) -> set[str]:
    """Return the names that the step's header reads and its body does not."""
    expressions = [node.opens.items if node.opens else "", (node.when and node.when.expression) or ""]
    read = set().union(*map(expression_names, expressions))
    names = node.code.body.names
    return read - names.reads.keys() - names.soft


def _wiring(graph: Graph, node: Node) -> list[Any]:
    """Return the body and what else decides what it computes from its inputs."""
    needs = [
        [need.kind, need.binds, need.rule, need.closes, str(need.default)]
        for need in node.needs
        # what a step only waits for changes nothing that its body sees; in its cell it does not even wait
        if "body" in need.uses and need.kind != "order"
    ]
    catch = node.options.catch
    return [
        node.code.body.digest,
        needs,
        "" if isinstance(node.leaves, Everything) else sorted(node.leaves),
        sorted(node.merged),
        # the worker looks for other names of these objects
        sorted(changed_below(graph, node)),
        catch and (catch.name or True),
    ]


def _value(value: Any) -> str:
    """Return a plain value as a text that stands for it: itself, when that is short."""
    if isinstance(value, tuple) and len(value) == 2:
        # a parameter: its type counts, its value is what a person wants to see
        kind, raw = value
        text = json.dumps(raw, sort_keys=True)
        return f"{text} ({kind})" if len(text) + len(kind) < _LONGEST else _digest([kind, raw])
    text = json.dumps(value, sort_keys=True, default=list)
    return text if len(text) < _LONGEST else _digest([text])


def _short(part: str) -> str:
    return part[:_SHORT] if len(part) > _LONGEST else part


def _table(table: Mapping[str, ArtifactRef]) -> str:
    return _digest(sorted((name, ref.digest) for name, ref in table.items()))


def _digest(parts: Sequence[Any] | Iterable[Any]) -> str:
    return hashlib.sha256(json.dumps(list(parts), sort_keys=True, default=list).encode()).hexdigest()
