"""From a task that may go to the one document its worker needs."""

from __future__ import annotations

from dataclasses import replace

from nbflow.code.imports import own_path
from nbflow.frozen import frozen
from nbflow.graph.view import changed_below, listed_by
from nbflow.model.graph import Everything, Graph, Scope
from nbflow.model.ids import RunId, TaskKey
from nbflow.model.step import Statement
from nbflow.model.task import CodeStatement, FlowCode, Frame, Gang, MethodSpec, Place, SetupCode, TaskSpec
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


def flow_code(flow: str, graph: Graph, module: str = "", path: str | None = None) -> FlowCode:
    """Return the definitions and setup cells of a run, for its workers.

    Args:
        flow: the flow's name.
        graph: its graph.
        module: importable name of the definitions; empty: made of the flow's name.
        path: the file that the definitions are, when they are one.
    """
    setup = (cell.body for cell in graph.setup)
    return FlowCode(
        module or module_name(flow),
        tuple(CodeStatement.of(statement) for statement in numbered(graph)),
        tuple(SetupCode(body.source, body.line, body.cell, body.file) for body in setup),
        path,
    )


class SpecWriter:
    """Writes the TaskSpec of each task of one run."""

    def __init__(self, request: RunRequest, where: Where) -> None:
        self._request = request
        self._where = where
        self._numbers = {statement: number for number, statement in enumerate(numbered(request.graph))}
        self._lists = listed_by(request.graph)
        self._about = {
            # the rest is long, and stands in the run's record
            **{name: request.about.get(name) for name in ("namespace", "project", "script", "started_by")},
            "flow": request.flow,
            "run_id": where.run,
            "origin_run_id": request.origin,
            "user": request.user,
            "tags": sorted(request.tags | request.system_tags),
            "parameter_names": sorted(request.parameters),
        }

    def spec(self, ready: Ready) -> TaskSpec:
        """Return what the worker of `ready` is told."""
        node, request = ready.node, self._request
        environment = request.environments.get(node.name)
        # packages that are what is installed here are for other machines
        if environment is not None and not environment.declared and not ready.elsewhere:
            environment = None
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
            sys_path=own_path(request.sys_path) if environment else request.sys_path,
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
            catch_told=catch is None or catch.told,
            env=dict(node.options.env),
            secrets=() if items else node.options.secrets,
            limit=request.max_items or (node.opens.limit if node.opens else 10_000),
            # what a class asks for with @resources is room, not a limit
            memory=node.options.resources.memory if node.method is None else None,
            # a card shows what the body displays
            rich=request.rich or bool(node.options.cards),
            method=self._method(ready),
            about=self._about,
            cards=() if items else node.options.cards,
            environment=environment.digest if environment else None,
            fresh=node.options.isolation == "process",
            place=self._place(ready) if ready.elsewhere else None,
        )

    def _place(self, ready: Ready) -> Place:
        options, request = ready.node.options, self._request
        adopt = request.reuse.flying.get(ready.fingerprint.digest) if ready.fingerprint and not ready.attempt else None
        again = request.reuse.fresh or ready.node.name in request.reuse.again
        place = Place.asked(options, options.backend or "")
        return replace(place, package=request.code, adopt=None if again else adopt)

    def _method(self, ready: Ready) -> MethodSpec | None:
        node, request = ready.node, self._request
        if node.method is None:
            return None
        limit = request.max_items or next((self._opener(name).limit for name in self._lists.get(node.name, ())), 100)
        return MethodSpec(
            flow_class=node.method.flow_class,
            goes_on=node.method.goes_on.to_json() if node.method.goes_on else None,
            joins=ready.joined is not None,
            constants=request.constants,
            frames=tuple(
                Frame(opens.lister or "", opens.items, frame.index, frame.total, frame.item)
                for frame in ready.given.frames
                for opens in (self._opener(frame.opener),)
            ),
            gang=self._gang(ready),
            max_splits=limit,
            configs=request.configs,
            with_specs=request.with_specs,
            alarm=node.options.timeout,
            iteration=ready.iteration,
            bare=request.bare,
        )

    def _opener(self, name: str) -> Scope:
        opens = self._request.graph[name].opens
        assert opens is not None, f"{name} opens a foreach"
        return opens

    def _gang(self, ready: Ready) -> Gang | None:
        if ready.gang is None:
            return None
        frame = ready.given.frames[-1]
        control = TaskKey(ready.node.name, (*ready.path[:-1], 0))
        return Gang(frame.total, frame.index, control.id)
