"""`merge_artifacts(inputs, include=[…], exclude=[…])`: what it leaves must be known from its text."""

from __future__ import annotations

import ast

from nbflow.model.step import Merge


def merge_of(call: ast.Call, line: int) -> Merge | None:
    """Return the merge that `call` spells out, or None when it is no such call or names cannot be read off it."""
    named = isinstance(call.func, ast.Name) and call.func.id == "merge_artifacts"
    inputs = len(call.args) == 1 and isinstance(call.args[0], ast.Name) and call.args[0].id == "inputs"
    lists = {keyword.arg: _names(keyword.value) for keyword in call.keywords}
    if not named or not inputs or None in lists.values() or not set(lists) <= {"include", "exclude"}:
        return None
    return Merge(lists.get("include"), lists.get("exclude") or (), line)


def _names(value: ast.expr) -> tuple[str, ...] | None:
    if not isinstance(value, ast.List | ast.Tuple | ast.Set):
        return None
    names = tuple(part.value for part in value.elts if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return names if len(names) == len(value.elts) else None
