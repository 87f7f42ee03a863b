"""Names of a body that a notebook leaves out without a word, since their values cannot be stored: a class would fail.

Which values these are shows only when they are stored, but the usual ones can be told from the text: tasks of `inputs`,
generators, open files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbflow.cells.scopes import own_nodes

#: functions that return what they were given, or hold it
_PASSING = frozenset({
    "dict", "enumerate", "filter", "iter", "list", "map", "max", "min", "next", "reversed", "set", "sorted", "tuple", "zip",
})  # fmt: skip


def unstorable(tree: ast.Module) -> set[str]:
    """Return the names that the body `tree` binds to what cannot be stored."""
    return _Reader(tree).found


class _Reader:
    """Follows the tasks of `inputs` through assignments, from top to bottom."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: set[str] = set()
        #: names that stand for `inputs`, or a task or tasks of it
        self._views = {"inputs"}
        for node in own_nodes(tree.body):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._assign(target, value)
                case (
                    ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value)
                ):
                    self._assign(target, value)
                case ast.For(target=target, iter=values) if self._is_view(values):
                    self._views |= set(_names(target))
        self.found |= self._views - {"inputs"}

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case (ast.Tuple(elts=parts), ast.Tuple(elts=values)) if len(parts) == len(values):
                for part, its_value in zip(parts, values, strict=True):
                    self._assign(part, its_value)
                return
        if self._is_view(value):
            self._views |= set(_names(target))
        elif isinstance(value, ast.GeneratorExp) or _called(value) == "open":
            self.found |= set(_names(target))

    def _is_view(self, node: ast.expr) -> bool:  # noqa: PLR0911  one case a construct
        match node:
            case ast.Name(id=name):
                return name in self._views
            case ast.Subscript(value=inner) | ast.Starred(value=inner) | ast.NamedExpr(value=inner):
                return self._is_view(inner)
            case ast.Attribute(value=ast.Name(id="inputs"), attr=name):
                return name != "skipped"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="inputs"), attr="by")):
                return True
            case ast.Call(args=args) if _called(node) in _PASSING:
                return any(map(self._is_view, args))
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.BoolOp(values=parts):
                return any(map(self._is_view, parts))
            case ast.IfExp(body=body, orelse=orelse):
                return self._is_view(body) or self._is_view(orelse)
            case ast.Dict(values=values):
                return any(map(self._is_view, values))
            case ast.ListComp(elt=made) | ast.SetComp(elt=made) | ast.GeneratorExp(elt=made) | ast.DictComp(value=made):
                return self._makes_views(node.generators, made)
        return False

    def _makes_views(self, generators: list[ast.comprehension], made: ast.expr) -> bool:
        before = set(self._views)
        for each in generators:
            if self._is_view(each.iter):
                self._views |= set(_names(each.target))
        found = self._is_view(made)
        self._views = before
        return found


def _called(node: ast.expr) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _names(target: ast.expr) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
