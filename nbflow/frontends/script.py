"""A step as Python text that runs on its own, without the notebook: what `%flow source` prints.

What the text needs of nbflow is the client, which reads the inputs back, and, for what only a notebook understands,
the functions that a worker uses.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from nbflow.cards.figures import duration
from nbflow.client.thing import between, said
from nbflow.frontends.literals import literal
from nbflow.frontends.stored import StoredTask
from nbflow.frozen import frozen
from nbflow.model.graph import Graph, Node
from nbflow.model.ids import TaskKey
from nbflow.model.step import Body, Statement

_FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import[ \t]+([^#\n;]+)", re.MULTILINE)
_TIMER = re.compile(r"^(\s*)with __nbflow_time__\(\): (.*)$")
#: what a rewritten line calls → what it is called here, and where that is from
_SHELL = {
    "__nbflow_shell__": ("_shell", "run_command", "!command: an exit code other than 0 is an error"),
    "__nbflow_shell_lines__": ("_shell_lines", "lines_of_command", "x = !command"),
    "__nbflow_dollar__": ("_dollar", "dollar", "$name in a command"),
}
_DISPLAY = """try:
    from IPython.display import display
except ImportError:
    display = print"""


@frozen
class Parts:
    """What the text is put together from."""

    #: comment on top
    head: Sequence[str]
    graph: Graph
    node: Node
    #: parameter → (type source, JSON value, …)
    parameters: Mapping[str, Sequence[Any]]
    #: definitions in order of execution
    statements: Sequence[Statement] = ()
    #: how the inputs are read back
    inputs: Sequence[str] = ()
    #: lines that must stand before all else
    before: Sequence[str] = ()
    #: what runs in the place of the body
    instead: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


def script_of_task(task: StoredTask) -> str:
    """Return the code of a stored task, which reads its own inputs back. Raises R041, R042."""
    spec, known, node = task.spec, task.known, task.node
    refs = [*spec.inputs.values(), *(ref for table in spec.tables for ref in table.values())]
    needed = {*node.code.slice, *task.statements_for(refs)}
    order = [*node.code.slice, *(each for each in task.graph.statements if each in needed)]
    own_classes = any(use.startswith(f"{task.flow_code.module}:") for ref in refs for use in ref.uses)
    before = []
    if task.package.modules:
        before += [f"sys.path.insert(0, {str(task.folder)!r})  # {', '.join(task.package.modules)}"]
    if own_classes:
        before += [f"stand_in({task.flow_code.module!r}, globals())  # pickles find their classes in this text"]
    instead = {"items": f"items = list({task.body})", "when": f"print({task.body})"}.get(task.use, "")
    return _text(
        Parts(
            head=tuple(_head(task)),
            graph=task.graph,
            node=node,
            parameters={name: known.parameters[name] for name in spec.parameters if name not in task.read_elsewhere},
            statements=tuple(dict.fromkeys(order)),
            inputs=tuple(_inputs(task)),
            before=before,
            instead=instead,
            env=spec.env,
        )
    )


def script_of_step(flow: str, graph: Graph, node: Node, parameters: Mapping[str, Sequence[Any]]) -> str:
    """Return the code of a step that has not run: where its inputs come from is said in comments."""
    needs = [need for need in node.needs if need.kind in {"value", "inputs"}]
    inputs = []
    for need in needs:
        givers = " or ".join(dict.fromkeys(source.step for branch in need.branches for source in branch))
        inputs.append(f"# {need.binds or 'inputs'} = …  (from {givers})")
    inputs += [f"# {name} = …  (foreach of {scope})" for name, scope in node.context.items()]
    if node.opens and node.opens.item not in node.context:
        inputs.append(f"# {node.opens.item} = …  (an item of {node.opens.items})")
    return _text(
        Parts(
            head=(f"{node.name} of {flow}, as its cell stands; it has not run yet, so its inputs are not known.",),
            graph=graph,
            node=node,
            parameters={name: each for name, each in parameters.items() if name in node.parameters},
            statements=node.code.slice,
            inputs=inputs,
            env=dict(node.options.env),
        )
    )


# ---- the head and the inputs


def _head(task: StoredTask) -> Iterator[str]:
    record = task.record
    took = duration(between(record.started_at, record.finished_at, ended=record.status.ended))
    how = ", ".join(filter(None, (record.status.value, took)))
    yield f"{record.key} of {task.run.flow}/{task.run.id}, as it ran on {said(record.started_at or record.finished_at)}: {how}"
    yield f"run it in {task.folder}, or with NBFLOW_ROOT={task.workspace.root}"
    versions = [f"{name} {version}" for name, version in task.package.distributions.items()]
    yield f"it ran with Python {task.package.python}{''.join(f', {each}' for each in versions)}"
    if task.run.kind == "draft":
        yield f"{task.run.id} is a draft: what its cells left changes when they run again"


def _inputs(task: StoredTask) -> Iterator[str]:
    spec, known, run = task.spec, task.known, f"{task.run.flow}/{task.run.id}"
    for name, number in spec.values.items():
        yield f"{name} = {number!r}"
    for name, source in spec.defaults.items():
        yield f"{name} = {source}  # --default"
    for name in spec.inputs:
        node, path = task.node, task.record.path
        if node.opens and name == node.opens.item and path:
            yield f'{name} = nbflow.Task("{task.pathspec}").item'
        elif origin := known.origins.get(name):
            yield f'{name} = nbflow.DataArtifact("{origin}").data'
        elif scope := node.context.get(name):
            opener = TaskKey(scope, path[: node.scope.index(scope) + 1])
            yield f'{name} = nbflow.Task("{run}/{scope}/{opener.id}").item'
        else:
            yield f'{name} = given_to("{task.pathspec}")["{name}"]'
    if spec.joined is not None:
        yield f'inputs = joined_by("{task.pathspec}")'
        if task.node.code.body.names.merge is not None:
            yield f'merge_artifacts = merging("{task.pathspec}", globals())'
    for name, why in (*known.lost.items(), *spec.unbound.items()):
        yield f"# {name} is missing: {why}"
    yield from (f"# {each}" for each in task.differences())


# ---- the text


def _text(parts: Parts) -> str:
    body, helpers = _body(parts)
    setup = [_runnable(cell.body, helpers) for cell in parts.graph.setup]
    given = [f"{name} = {literal(raw)}" for name, (_, raw, *_) in parts.parameters.items()]
    code = "\n".join((*given, *parts.inputs, body))
    sections = [
        ("", _imports(parts, code, helpers)),
        ("", "\n".join(parts.before)),
        ("--env", f"import os\n\nos.environ.update({dict(parts.env)!r})" if parts.env else ""),
        ("definitions", _definitions(parts.statements)),
        ("%%setup", "\n\n".join(setup)),
        ("parameters", "\n".join(given)),
        ("inputs", "\n".join(parts.inputs)),
        (f"step {parts.node.name}", body),
    ]
    shown = ["\n".join(f"# {each}" for each in parts.head)]
    shown += [f"# ---- {title}\n{text}" if title else text for title, text in sections if text.strip()]
    return "\n\n".join(shown) + "\n"


def _imports(parts: Parts, code: str, helpers: set[str]) -> str:
    cells = [parts.node.code.body.cell, *(each.cell for each in parts.statements)]
    futures = sorted({name.strip() for cell in cells for found in _FUTURE.findall(cell) for name in found.split(",")})
    lines = [f"from __future__ import {', '.join(futures)}"] if futures else []
    modules = [name for name in ("datetime", "decimal", "pathlib", "uuid") if f"_{name}." in code]
    lines += ["import sys"] if "sys." in "\n".join(parts.before) else []
    lines += [f"import {name} as _{name}" for name in modules]
    lines += ["import nbflow"] if "nbflow." in "\n".join(parts.inputs) else []
    calls = "\n".join((*parts.before, *parts.inputs))
    stored = [name for name in ("given_to", "joined_by", "merging", "stand_in") if f"{name}(" in calls]
    lines += [f"from nbflow.frontends.stored import {', '.join(stored)}"] if stored else []
    for name, real, what in _SHELL.values():
        lines += [f"from nbflow.task.shell import {real} as {name}  # {what}"] if name in helpers else []
    names = parts.node.code.body.names
    return "\n".join([*lines, *([_DISPLAY] if "display" in names.reads else [])])


def _definitions(statements: Iterable[Statement]) -> str:
    sources = [each.source.strip("\n") for each in statements if not _FUTURE.match(each.source)]
    text = ""
    for source in sources:
        # imports and constants stand together, functions and classes apart
        apart = source.startswith(("def ", "class ", "@", "async ")) or "\n" in source
        text += ("\n\n" if apart and text else "") + source + ("\n\n\n" if apart else "\n")
    return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")


def _body(parts: Parts) -> tuple[str, set[str]]:
    helpers: set[str] = set()
    if parts.instead:
        return parts.instead, helpers
    return _runnable(parts.node.code.body, helpers), helpers


def _runnable(body: Body, helpers: set[str]) -> str:
    """Return the body as plain Python; the functions it needs for the shell are added to `helpers`."""
    written = body.cell.split("\n")[body.line - 1 :]
    lines = body.source.split("\n")
    shown = []
    for number, line in enumerate(lines):
        original = written[number].strip() if number < len(written) else ""
        shown.append(line if "__nbflow_" not in line and line.strip() != "pass" else _plain(line, original, helpers))
    text = _FUTURE.sub("", "\n".join(shown)).strip("\n").rstrip()
    return _awaited(text, body) if _awaits(text) else text


def _plain(line: str, original: str, helpers: set[str]) -> str:
    """Return a rewritten line as a person would write it, with what they wrote behind it."""
    if original == line.strip():
        return line
    if "__nbflow_time__().__enter__();" in line:
        return f"# {original}"
    if timed := _TIMER.match(line):
        return f"{timed[1]}{timed[2]}  # %time"
    for called, (name, _, _) in _SHELL.items():
        if f"{called}(" in line:
            helpers.add(name)
            line = line.replace(f"{called}(", f"{name}(")
    return f"{line}  # {original}" if original else line


def _awaits(text: str) -> bool:
    try:
        code = compile(text, "<step>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError:
        return False
    return bool(code.co_flags & inspect.CO_COROUTINE)


def _awaited(text: str, body: Body) -> str:
    """Return code that awaits at top level as a function that is run."""
    names = sorted(body.names.bindings)
    inside: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    lines = [
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(text.split("\n"), 1)
    ]
    head = ["import asyncio", "", "", "async def _step():", *([f"    global {', '.join(names)}"] if names else [])]
    return "\n".join([*head, *lines, "", "", "asyncio.run(_step())"])
