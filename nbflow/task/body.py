"""The body of a step as code: compiled at its cell's own lines, its last expression shown, `await` at top level."""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
from collections.abc import Coroutine
from types import CodeType
from typing import Any

#: name under which the value of the last expression is left for `run`
_LAST = "__nbflow_last__"
_NOT_CODE = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_TIMER = "__nbflow_time__"


def compiled(source: str, line: int, file: str) -> CodeType:
    """Return the code of the body `source`, which stands in the cell `file` from its 1-based `line` on."""
    # blank lines above give the code, and errors in it, the lines of the cell
    padded = "\n" * (line - 1) + source
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree: ast.Module = compile(padded, file, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    _Main().visit(tree)
    if not _ends_silently(source):
        _keep_last(tree.body)
    code: CodeType = compile(tree, file, "exec", flags, dont_inherit=True)
    return code


def compiled_expression(source: str, line: int, file: str) -> CodeType:
    """Return the code of the expression `source`, which stands on `line` of the cell."""
    tree = ast.parse(f"({source}\n)", file, "eval")
    ast.increment_lineno(tree, line - 1)
    return compile(tree, file, "eval", dont_inherit=True)


def run(code: CodeType, space: dict[str, Any]) -> Any:
    """Execute `code` with the globals `space` and return the value of its last expression, or None."""
    waiting = eval(code, space)  # noqa: S307 - running a flow's code is what it is for
    if code.co_flags & inspect.CO_COROUTINE:
        _await(waiting)
    return space.pop(_LAST, None)


def _await(waiting: Coroutine[Any, Any, Any]) -> None:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(waiting)
        return
    # a kernel's own cell, or a test, runs in a loop already, and loops cannot be nested in a thread
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    with ThreadPoolExecutor(1) as other:
        other.submit(copy_context().run, asyncio.run, waiting).result()


def names_in(code: CodeType) -> set[str]:
    """Return the global names and attributes that `code`, and the functions in it, mention."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= names_in(constant)
    return found


class _Main(ast.NodeTransformer):
    """Lets `__name__ == "__main__"` hold in a body, as it does in a notebook; else the name is the definitions' module."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Replace the name where it is compared with that text."""
        operands = [node.left, *node.comparators]
        if any(isinstance(each, ast.Constant) and each.value == "__main__" for each in operands):
            node.left, *node.comparators = map(_as_main, operands)
        return node


def _as_main(operand: ast.expr) -> ast.expr:
    if isinstance(operand, ast.Name) and operand.id == "__name__":
        return ast.copy_location(ast.Constant("__main__"), operand)
    return operand


def _keep_last(statements: list[ast.stmt]) -> None:
    """Turn a last expression into an assignment; `with timer:` around it is looked into."""
    if not statements:
        return
    last = statements[-1]
    if isinstance(last, ast.With) and _is_timer(last.items[0].context_expr):
        _keep_last(last.body)
    elif isinstance(last, ast.Expr):
        target = ast.copy_location(ast.Name(_LAST, ast.Store()), last)
        statements[-1] = ast.copy_location(ast.Assign([target], last.value), last)


def _is_timer(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name) and expression.func.id == _TIMER


def _ends_silently(source: str) -> bool:
    """Whether the last token is a semicolon."""
    if ";" not in source:
        return False
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = [token.string for token in tokens if token.type not in _NOT_CODE]
    return bool(code) and code[-1] == ";"
