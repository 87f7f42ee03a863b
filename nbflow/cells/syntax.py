"""Python text → syntax tree, and small questions to a tree. Whatever is wrong with the text is a SyntaxError."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def parse_module(source: str) -> ast.Module:
    """Return the tree of `source`, in which `await` may stand outside functions.

    Raises:
        SyntaxError: it would not compile.
    """
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with _only_syntax_errors():
        tree = compile(source, "<cell>", "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        # `return` outside a function and the like show only now
        compile(tree, "<cell>", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def parse_expression(source: str) -> ast.Expression:
    """Return the tree of one expression. Raises SyntaxError."""
    with _only_syntax_errors():
        tree = ast.parse(source, mode="eval")
        compile(tree, "<option>", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return tree


@contextmanager
def _only_syntax_errors() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # "\d" and `x is 1` warn when the code itself is compiled, at its own line
            warnings.simplefilter("ignore")
            yield
    except (RecursionError, MemoryError):
        raise SyntaxError("it is nested too deeply") from None
    except ValueError as wrong:
        # null bytes, lone surrogates, numbers of too many digits
        raise SyntaxError(str(wrong)) from None


def digest_of(tree: ast.AST) -> str:
    """Return a digest that comments, blank lines and formatting do not change."""
    return hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).hexdigest()


def imported_modules(tree: ast.AST) -> tuple[str, ...]:
    """Return the modules that `tree` imports anywhere, each once; relative imports are left out."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.extend(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level and node.module != "__future__":
            found.append(node.module)
    return tuple(dict.fromkeys(found))


def origin_of(source: str, name: str) -> str | None:
    """Return where an import statement takes `name` from, as `from a.b import name`; None: it is no import."""
    node = ast.parse(source).body[0]
    for each in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
        if (each.asname or each.name.partition(".")[0]) != name:
            continue
        if isinstance(node, ast.ImportFrom):
            return f"from {'.' * node.level}{node.module or ''} import {each.name}"
        # `import a.b` and `import a.c` bind one module, a
        return f"import {each.name if each.asname else name}"
    return None


def first_line(node: ast.stmt) -> int:
    """Return the 1-based line on which a statement begins, its decorators included."""
    decorators = getattr(node, "decorator_list", None)
    return min(each.lineno for each in decorators) if decorators else node.lineno


def text_of(node: ast.stmt, lines: list[str]) -> str:
    """Return the text of a top-level statement of `lines`, its decorators included."""
    part = [line.encode() for line in lines[first_line(node) - 1 : node.end_lineno]]
    part[-1] = part[-1][: node.end_col_offset]
    part[0] = part[0][node.col_offset :]
    return "\n".join(line.decode() for line in part)
