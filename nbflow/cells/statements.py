"""Top-level statements that define names by their source: imports, functions, classes, constants."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nbflow.cells.constants import is_constant
from nbflow.cells.names import names_of
from nbflow.cells.syntax import digest_of, first_line, imported_modules, text_of
from nbflow.cells.text import CellText
from nbflow.model.ids import StepName
from nbflow.model.step import Statement, StatementKind

_KINDS: dict[str, StatementKind] = {
    "Import": "import",
    "ImportFrom": "import",
    "FunctionDef": "function",
    "AsyncFunctionDef": "function",
    "ClassDef": "class",
    "TypeAlias": "constant",
}


def kind_of(node: ast.stmt) -> StatementKind | None:
    """Return the kind of a statement that defines names whatever its values are; None for any other.

    `if` and `try` count when all they hold counts.
    """
    if isinstance(node, ast.Import | ast.ImportFrom):
        whole = any(each.name == "*" for each in node.names)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        return None if whole or future else "import"
    if simple := _KINDS.get(type(node).__name__):
        return simple
    if lambda_target(node):
        return "function"
    if isinstance(node, ast.If | ast.Try) and tests_constants(node):
        return "compound" if all(isinstance(each, ast.Pass) or kind_of(each) for each in inner(node)) else None
    return None


def tests_constants(node: ast.If | ast.Try) -> bool:
    """Say whether the way through a compound statement is the same wherever it is executed."""
    return isinstance(node, ast.Try) or is_constant(node.test)


def lambda_target(node: ast.stmt) -> str | None:
    """Return the name in `name = lambda …`."""
    target: ast.expr | None = None
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Lambda):
        target = node.target
    return target.id if isinstance(target, ast.Name) else None


def inner(node: ast.If | ast.Try) -> Iterable[ast.stmt]:
    """Yield the statements that stand directly in a compound one."""
    yield from node.body
    if isinstance(node, ast.Try):
        for handler in node.handlers:
            yield from handler.body
        yield from node.finalbody
    yield from node.orelse


def statement_of(
    node: ast.stmt,
    kind: StatementKind,
    cell: CellText,
    lines: list[str],
    line: int,
    *,
    names: tuple[str, ...] | None = None,
    step: StepName | None = None,
    owner: str | None = None,
) -> Statement:
    """Return the statement `node` of Python `lines`, which begin on `line` of the cell."""
    found = names_of(node, line)
    begin = first_line(node) + line - 1
    bound = tuple(
        name
        for name, binding in found.bindings.items()
        if binding.kind != "header" and not binding.under.startswith("global ")
    )
    return Statement(
        names=bound if names is None else names,
        kind=kind,
        source=text_of(node, lines),
        cell=cell.text,
        file=cell.file,
        line=begin,
        key=digest_of(node),
        now=frozenset(name for name in found.reads if name not in found.later),
        later=found.later,
        annotations=found.annotations,
        modules=imported_modules(node) if kind in {"import", "compound"} else (),
        place=cell.at(begin),
        step=step,
        owner=owner,
    )
