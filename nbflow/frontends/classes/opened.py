"""A flow class that was read and checked: its graph, and the definitions its workers make it of again."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from nbflow.code.imports import imported
from nbflow.errors import Place, Problem, did_you_mean, error, problem, raise_for
from nbflow.flowspec.config import configs_of, read
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.draft import draft_of
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.options import notices_of
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.reading import FAR
from nbflow.frozen import frozen
from nbflow.graph.classes import build_class
from nbflow.metadata.identity import user_here
from nbflow.model.flowclass import ClassDraft
from nbflow.model.graph import Graph
from nbflow.model.step import Statement
from nbflow.runtime.specs import module_name


def _object(url: str) -> bytes:
    # most flows take none in
    from nbflow.s3.reading import bytes_at

    return bytes_at(url)


FAR["s3"] = _object


@frozen
class ClassFlow:
    """A flow class whose steps fit together."""

    prepared: PreparedFlow
    draft: ClassDraft
    graph: Graph
    #: notices and warnings
    problems: tuple[Problem, ...]
    #: importable name of the definitions in a worker
    module: str
    #: the file that the definitions are; None in a notebook
    module_path: str | None
    #: where its own modules are looked for first
    folder: Path
    #: the file or notebook, for the record
    source: str
    #: what a person wrote, for the code package
    cells: tuple[str, ...]
    statements: tuple[Statement, ...]
    #: decorators given by --with
    with_specs: tuple[str, ...] = ()
    max_splits: int = 100

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.prepared.name


def config_values(
    flow_class: type,
    *,
    files: Mapping[str, Any] = MappingProxyType({}),
    contents: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return what the values of the configs of a class are read from, by attribute: what is given, the environment, defaults.

    Args:
        flow_class: the class.
        files: config → file to read it from.
        contents: config → value, or its JSON.

    Raises:
        ParameterError: one cannot be read, or there is no such config.
    """
    return read(
        configs_of(flow_class),
        files=files,
        contents=contents,
        environ=os.environ,
        context=ParameterContext(flow_name=flow_class.__name__, user_name=user_here()),
    )


def open_class(
    flow_class: type,
    *,
    config_values: Mapping[str, Any] | None = None,
    with_specs: Sequence[str] = (),
    max_splits: int = 100,
) -> ClassFlow:
    """Return the flow of a class that stands in a file.

    Args:
        flow_class: the class; of the module that runs, as a rule.
        config_values: config → parsed value; None: each Config finds its own.
        with_specs: decorators for all steps, as `--with` takes them.
        max_splits: most tasks that one foreach may have.

    Raises:
        FlowError: its decorators, parameters or steps make no sense; every problem is in it.
        UsageError: R050, the class is in no file.
    """
    path = file_of(flow_class)
    statement = file_statement(path, sys.modules[flow_class.__module__])
    flow = checked_class(
        flow_class,
        (statement,),
        config_values=config_values,
        with_specs=with_specs,
        max_splits=max_splits,
        module=module_name(flow_class.__name__),
        module_path=str(path),
        folder=path.parent,
        source=str(path),
        cells=(statement.source,),
    )
    return replace(flow, problems=(*flow.problems, *_only_as_a_program(statement)))


def checked_class(
    flow_class: type,
    statements: tuple[Statement, ...],
    *,
    config_values: Mapping[str, Any] | None,
    with_specs: Sequence[str],
    max_splits: int,
    place: Place | None = None,
    located: Callable[[ClassDraft], ClassDraft] = lambda draft: draft,
    **where: Any,
) -> ClassFlow:
    """Return the flow of a class whose definitions are `statements`.

    `located` says where its methods stand, `where` are fields of ClassFlow.

    Raises:
        FlowError: its decorators, parameters or steps make no sense; every problem is in it.
    """
    prepared = prepare(flow_class, config_values=config_values, with_specs=with_specs)
    at = place or Place(notebook=Path(where["source"]).name)
    draft = located(draft_of(prepared, flow_class=flow_class.__qualname__, place=at))
    built = build_class(draft, statements, max_splits=max_splits)
    if built.errors:
        raise error(built.errors)
    return ClassFlow(
        prepared,
        draft,
        built.graph,
        (*notices_of(prepared), *built.problems),
        statements=statements,
        with_specs=tuple(with_specs),
        max_splits=max_splits,
        **where,
    )


def reopened(flow: ClassFlow, config_values: Mapping[str, Any]) -> ClassFlow:
    """Return the flow with other configs, which may give it other decorators."""
    where = ("module", "module_path", "folder", "source", "cells")
    return checked_class(
        flow.prepared.flow_class,
        flow.statements,
        config_values=config_values,
        with_specs=flow.with_specs,
        max_splits=flow.max_splits,
        place=flow.draft.place,
        **{name: getattr(flow, name) for name in where},
    )


def file_of(flow_class: type) -> Path:
    """Return the file a class stands in. Raises R050."""
    module = sys.modules.get(flow_class.__module__)
    file = getattr(module, "__file__", None)
    if file is None or not Path(file).is_file() or flow_class.__qualname__ != flow_class.__name__:
        raise_for("R050", name=flow_class.__qualname__)
    return Path(file).resolve()


def file_statement(path: Path, module: ModuleType) -> Statement:
    """Return a file of Python, which was executed as `module`, as one statement that binds all its names."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, str(path))
    return Statement(
        names=tuple(sorted(name for name in vars(module) if not name.startswith("__"))),
        kind="file",
        source=text,
        cell=text,
        file=str(path),
        line=1,
        key=hashlib.sha256(ast.dump(tree).encode()).hexdigest(),
        now=frozenset(),
        later=frozenset(),
        modules=tuple(dict.fromkeys(imported(tree))),
        place=Place(notebook=path.name),
    )


def _only_as_a_program(statement: Statement) -> Iterator[Problem]:
    """Yield a warning where a file does something when it is the program, beside starting its flow."""
    for node in ast.parse(statement.source).body:
        if not (isinstance(node, ast.If) and "'__main__'" in ast.unparse(node.test)):
            continue
        beside = [each for each in node.body if not (isinstance(each, _QUIET) or _starts(each))]
        if beside:
            line = beside[0].lineno
            yield problem("N016", statement.place.at(line), file=statement.place.notebook, line=line)


#: statements that leave nothing a task could miss
_QUIET = (ast.Import, ast.ImportFrom, ast.Pass)


def _starts(node: ast.stmt) -> bool:
    """Whether a statement is `F()`, as by which a flow is started."""
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name)


def load_flow_file(name: str, class_name: str | None = None) -> type:
    """Execute a flow file as a module and return its flow class.

    Args:
        name: the file.
        class_name: which of its classes, when it has several.

    Raises:
        UsageError: R001, there is no such file; R051, it has no flow class; R052, it has several.
    """
    path = Path(name)
    if not path.is_file():
        folder = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [each.name for each in (*folder.glob("*.py"), *folder.glob("*.ipynb"))])
        raise_for("R001", path=name, hint=near)
    module = _executed(path.resolve())
    found = {
        each.__name__: each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, FlowBody) and each.__module__ == module.__name__
    }
    # a base of another one is no flow of its own
    bases = {base for each in found.values() for base in each.__mro__[1:]}
    flows = {known: each for known, each in found.items() if each not in bases and not _abstract(each)}
    if class_name is not None:
        if class_name not in found:
            raise_for("R051", path=name, what=f"no class '{class_name}'", hint=did_you_mean(class_name, found))
        return found[class_name]
    if len(flows) != 1:
        if flows:
            raise_for("R052", path=name, names=", ".join(flows), first=next(iter(flows)))
        raise_for("R051", path=name, what="no flow class", hint="")
    return next(iter(flows.values()))


def _abstract(flow_class: type) -> bool:
    """Whether a class has no step: a base that others inherit from."""
    return not any(hasattr(each, "__nbflow_step__") for name in dir(flow_class) for each in [_static(flow_class, name)])


def _static(flow_class: type, name: str) -> object:
    return next((vars(each)[name] for each in flow_class.__mro__ if name in vars(each)), None)


def _executed(path: Path) -> ModuleType:
    # a name of its own: `import flow` elsewhere must find the file anew
    name = f"nbflow_flow_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, f"{path} is a file of Python"
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # as `python flow.py` would have it
    sys.path.insert(0, str(path.parent))
    spec.loader.exec_module(module)
    return module
