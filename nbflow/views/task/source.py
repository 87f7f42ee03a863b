"""The text of a step in the code that was kept of its run."""

from __future__ import annotations

import ast

from nbflow.client.code import Code


def source_of(code: Code, step: str) -> str:
    """Return the cell or the method of `step`, as it was written; empty where it cannot be found."""
    if not any(name == step for name, _ in code.cells):
        return _method(code.definitions, step)
    # of a cell that was run again the last form counts
    found: str = next(text for name, text in reversed(code.cells) if name == step)
    return found.rstrip("\n")


def _method(text: str, step: str) -> str:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    lines = text.splitlines()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for each in node.body:
            if isinstance(each, ast.FunctionDef) and each.name == step:
                first = min([each.lineno, *(decorator.lineno for decorator in each.decorator_list)])
                found = lines[first - 1 : each.end_lineno]
                indent = min((len(line) - len(line.lstrip()) for line in found if line.strip()), default=0)
                return "\n".join(line[indent:] for line in found)
    return ""
