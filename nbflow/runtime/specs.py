"""From a task that may go to the one document its worker needs."""

from __future__ import annotations

from nbflow.frozen import frozen
from nbflow.graph.view import changed_below
from nbflow.model.graph import Everything, Graph
from nbflow.model.ids import RunId
from nbflow.model.step import Statement
from nbflow.model.task import CodeStatement, FlowCode, SetupCode, TaskSpec
from nbflow.runtime.request import RunRequest
from nbflow.runtime.stimuli import Ready


@frozen
class Where:
    """What every task of a run shares."""

    run: RunId
    #: root folder of the workspace
    root: str
    #: file of the run's FlowCode
    code: str


def module_name(flow: str) -> str:
    """Return the importable name of a flow's definitions."""
    word = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in flow)
    return f"nbflow_defs.{word}"


def numbered(graph: Graph) -> tuple[Statement, ...]:
    """Return every statement a worker of `graph` may execute, each once: a statement's place is its number."""
    used = (statement for node in graph.nodes for statement in node.code.slice)
    return tuple(dict.fromkeys((*graph.statements, *used)))


def flow_code(flow: str, graph: Graph) -> FlowCode:
    """Return the definitions and setup cells of a run, for its workers."""
    setup = (cell.body for cell in graph.setup)
    return FlowCode(
        module_name(flow),
        tuple(CodeStatement.of(statement) for statement in numbered(graph)),
        tuple(SetupCode(body.source, body.line, body.cell, body.file) for body in setup),
    )


class SpecWriter:
    """Writes the TaskSpec of each task of one run."""

    def __init__(self, request: RunRequest, where: Where) -> None:
        self._request = request
        self._where = where
        self._numbers = {statement: number for number, statement in enumerate(numbered(request.graph))}

    def spec(self, ready: Ready) -> TaskSpec:
        """Return what the worker of `ready` is told."""
        node, request = ready.node, self._request
        items = ready.kind == "items"
        body = node.code.body
        catch = node.options.catch
        wanted = {name: request.parameters[name] for name in node.parameters if name in request.parameters}
        return TaskSpec(
            kind=ready.kind,
            task=f"{request.flow}/{self._where.run}/{node.name}/{ready.key.id}",
            step=node.name,
            attempt=ready.attempt,
            root=self._where.root,
            cwd=request.cwd,
            sys_path=request.sys_path,
            code=self._where.code,
            source=node.opens.items if items and node.opens else body.source,
            line=1 if items else body.line,
            cell=body.cell,
            file=body.file,
            slice=tuple(self._numbers[statement] for statement in node.code.slice),
            roots=node.code.roots,
            inputs=ready.given.inputs,
            parameters={name: (kind, value) for name, (kind, value, _) in wanted.items()},
            values=ready.given.values,
            defaults=ready.given.defaults,
            unbound=ready.given.unbound,
            tables=ready.joined.tables if ready.joined else (),
            joined=ready.joined.inputs if ready.joined else None,
            leaves=() if items or isinstance(node.leaves, Everything) else tuple(sorted(node.leaves)),
            required=() if items else tuple(sorted(node.required)),
            watched=() if items else tuple(sorted(changed_below(request.graph, node))),
            merged=() if items else tuple(sorted(node.merged)),
            catches=bool(catch) and ready.last_attempt and not items,
            catch_name=catch.name if catch else None,
            env=dict(node.options.env),
            limit=request.max_items or (node.opens.limit if node.opens else 10_000),
            memory=node.options.resources.memory,
            rich=request.rich,
        )
