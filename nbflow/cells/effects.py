"""What one top-level statement of a plain cell does to the notebook's definitions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nbflow.cells.constants import is_constant
from nbflow.cells.names import names_of
from nbflow.cells.statements import inner, kind_of, statement_of, tests_constants
from nbflow.cells.tally import short
from nbflow.cells.text import CellText
from nbflow.frozen import frozen
from nbflow.model.step import Computed, Names, Statement, StatementKind, Unreplayed

#: methods that change what they are called on
_MUTATORS = frozenset(
    {
        "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft", "insert",
        "intersection_update", "pop", "popitem", "popleft", "remove", "reverse", "rotate", "setdefault", "sort",
        "symmetric_difference_update", "update",
    }
)  # fmt: skip
#: builtins that change their first argument
_SETS_ATTRIBUTES = frozenset({"setattr", "delattr"})
#: calls made for what they set, not for what they return
_SETTERS = re.compile(
    r"(set|seed|manual_seed|filterwarnings|simplefilter|basicConfig|use|register|enable|disable|init|setup|configure"
    r"|config|option|apply|patch|install|activate|chdir|putenv|unsetenv|load_dotenv|pandas|extension|login)(_|[A-Z]|\Z)"
)
#: calls that give the picture being drawn: what is set on it is gone with it
_PICTURE = re.compile(r"\b(gca|gcf)\(")


@frozen
class Changed:
    """A definition was changed other than by replacing it: its value is no longer what its statement says."""

    name: str
    how: str


@frozen
class Gone:
    """A name was deleted."""

    name: str


Effect = Statement | Computed | Changed | Gone | Unreplayed


def effects_of(node: ast.stmt, cell: CellText, lines: list[str]) -> Iterator[Effect]:
    """Yield what `node`, a top-level statement of Python `lines`, does."""
    kind = plain_kind(node)
    if kind is not None:
        yield statement_of(node, kind, cell, lines, 1, owner=_registrar(node))
        return
    names = names_of(node)
    if isinstance(node, ast.Assign | ast.AnnAssign) and not names.bindings:
        yield from _assigned_in_place(node, names, cell, lines)
        return
    yield from _other(node, names, cell)


def plain_kind(node: ast.stmt) -> StatementKind | None:
    """Return the kind of a definitional statement of a plain cell, or None: its values exist in the kernel only."""
    if simple := kind_of(node):
        return simple
    if isinstance(node, ast.If | ast.Try):
        parts = all(isinstance(each, ast.Pass) or plain_kind(each) for each in inner(node))
        return "compound" if parts and tests_constants(node) else None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    value = getattr(node, "value", None)
    if not targets or value is None or not all(_is_plain_target(each) for each in targets):
        return None
    return "constant" if is_constant(value) else None


def _is_plain_target(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_plain_target(each) for each in target.elts)
    return isinstance(target, ast.Name)


def _registrar(node: ast.stmt) -> str | None:
    """Return D of a function decorated by something of D, as in `@area.register`."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and (name := _root(called)):
            return name
    return None


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _assigned_in_place(
    node: ast.Assign | ast.AnnAssign, names: Names, cell: CellText, lines: list[str]
) -> Iterator[Effect]:
    """Yield `D.attr = …`: part of D where the right-hand side is constant."""
    if node.value is None:
        return
    if "os" in names.changed and ast.unparse(node).startswith("os.environ["):
        yield Unreplayed("os", "os.environ[…] =", cell.at(node.lineno))
    elif is_constant(node.value):
        for name in names.changed:
            yield statement_of(node, "attached", cell, lines, 1, names=(), owner=name)
    else:
        for name in names.changed:
            yield _change(name, node, cell)


def _other(node: ast.stmt, names: Names, cell: CellText) -> Iterator[Effect]:
    where = cell.place.cell or "a plain cell"
    called = {call.name: call for call in names.calls}
    for name, line in names.changed.items():
        yield Changed(name, f"changed in {where}, line {line}")
    for name, call in called.items():
        method = call.text.partition("(")[0].rpartition(".")[2]
        if method in _MUTATORS:
            yield Changed(name, f"changed in {where} by {call.text}")
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if (
            ast.unparse(node.value.func) in _SETS_ATTRIBUTES
            and node.value.args
            and (owner := _root(node.value.args[0]))
        ):
            yield _change(owner, node, cell)
        yield from _call(node.value, cell)
    for name in names.deleted:
        if name not in names.bindings:
            yield Gone(name)
    for name, binding in names.bindings.items():
        yield Computed(name, cell.at(binding.line), f"computed in {where}")


def _call(call: ast.Call, cell: CellText) -> Iterator[Unreplayed]:
    """Yield a call that sets something for the process, as pd.set_option(…)."""
    text = ast.unparse(call.func)
    last = text.rpartition(".")[2]
    in_place = last in _MUTATORS and text.count(".") > 1
    if _PICTURE.search(text):
        return
    if (name := _root(call.func)) and (in_place or _SETTERS.match(last)):
        yield Unreplayed(name, short(text), cell.at(call.lineno))


def _change(name: str, node: ast.stmt, cell: CellText) -> Changed:
    return Changed(name, f"changed in {cell.place.cell or 'a plain cell'} by {short(ast.unparse(node))}")
