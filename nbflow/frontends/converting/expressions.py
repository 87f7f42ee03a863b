"""Expressions of a header, --when and --foreach, as a method says them: of `self`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any


def on_self(source: str, meanings: Mapping[str, str]) -> str:
    """Return the expression `source` with each name of `meanings` replaced by the expression it stands for."""
    tree = ast.parse(source.strip(), mode="eval").body
    return ast.unparse(_Replacer(meanings).visit(tree))


class _Replacer(ast.NodeTransformer):
    """Replaces names, but for those that a lambda or a comprehension binds itself."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self._meanings = dict(meanings)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name that is read."""
        meaning = self._meanings.get(node.id)
        return ast.parse(meaning, mode="eval").body if meaning and isinstance(node.ctx, ast.Load) else node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        """Its arguments are its own; their defaults are not."""
        self.generic_visit(node.args)
        arguments = [each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)]
        node.body = self._without(arguments).visit(node.body)
        return node

    def _comprehension(self, node: Any) -> Any:
        # the first list is evaluated outside
        node.generators[0].iter = self.visit(node.generators[0].iter)
        targets = [each.id for part in node.generators for each in ast.walk(part.target) if isinstance(each, ast.Name)]
        inside = self._without(targets)
        for number, part in enumerate(node.generators):
            part.iter = inside.visit(part.iter) if number else part.iter
            part.ifs = [inside.visit(each) for each in part.ifs]
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                setattr(node, field, inside.visit(getattr(node, field)))
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815  ast names them

    def _without(self, names: Iterable[str]) -> _Replacer:
        return _Replacer({name: meaning for name, meaning in self._meanings.items() if name not in set(names)})
