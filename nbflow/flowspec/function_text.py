"""The text of a function, found where Python keeps it for tracebacks: in its file, or in the cell of a kernel."""

from __future__ import annotations

import ast
import hashlib
import inspect
import linecache
import re
import tokenize
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from nbflow.flowspec.next_calls import Function
from nbflow.frozen import frozen

#: files that code of a cell is in when it runs under %%time or %%timeit
_OF_MAGICS = frozenset({"<timed exec>", "<magic-timeit>"})


@frozen
class FunctionText:
    """A function as its author wrote it."""

    #: path, or the name under which tracebacks show a cell
    file: str
    #: all of that file
    whole: str
    #: the function without its indentation, decorators included
    source: str
    #: 1-based line of the file on which `source` begins
    line: int
    #: its tree; lines are those of the file
    tree: Function


class NoTextError(LookupError):
    """The text of a function is not where it was; the message says why."""

    #: what to do about it
    fix = "keep the flow in a file or in a cell; after an edit, import it anew"


class HiddenTextError(NoTextError):
    """A cell magic ran the text, and kept it from everybody else."""

    fix = (
        "a cell magic above the class, as %%time, hides its text: put it on the run instead, as in `%time MyFlow.run()`"
    )


def function_text(function: Callable[..., Any]) -> FunctionText:
    """Return the text of `function`. Raises NoTextError."""
    plain = inspect.unwrap(function)
    if not isinstance(plain, FunctionType):
        raise NoTextError(f"it is no function, but a {type(plain).__name__}")
    code = plain.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, plain.__globals__)
    if not lines:
        kind = HiddenTextError if code.co_filename in _OF_MAGICS else NoTextError
        raise kind(f"there is no text of {code.co_filename}")
    first = code.co_firstlineno
    start = _line_of_def(lines, first, code.co_name)
    if start is None:
        raise NoTextError(f"{code.co_filename} has changed since it was imported")
    try:
        block = inspect.getblock(lines[start - 1 :])
        tree = _parsed(block, start)
    except (SyntaxError, tokenize.TokenError):
        raise NoTextError(f"{code.co_filename} has changed since it was imported") from None
    indent = block[0][: len(block[0]) - len(block[0].lstrip())]
    own = [line.removeprefix(indent) for line in [*lines[first - 1 : start - 1], *block]]
    return FunctionText(code.co_filename, "".join(lines), "".join(own), first, tree)


def digest_of(function: Function) -> str:
    """Return a digest of what a function does: its name, docstring, comments, decorators and form do not count."""
    body = function.body
    text = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and body[0].value.value
    parts = [function.args, *(body[1:] if isinstance(text, str) else body)]
    return hashlib.sha256("\n".join(map(ast.dump, parts)).encode("utf-8", "surrogatepass")).hexdigest()


def imported_modules(function: Function) -> tuple[str, ...]:
    """Return the modules that a function imports, each once; relative imports are left out."""
    return tuple(dict.fromkeys(_imported(function)))


def _imported(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _line_of_def(lines: list[str], first: int, name: str) -> int | None:
    """Return the line of the `def` itself: a function begins with its decorators."""
    begins = re.compile(rf"\s*(async\s+)?def\s+{re.escape(name)}\b")
    return next((number for number in range(first, len(lines) + 1) if begins.match(lines[number - 1])), None)


def _parsed(block: list[str], line: int) -> Function:
    """Return the tree of a function, whatever its indentation: lines of a text in it may have less."""
    inside = block[0][:1].isspace()
    tree = ast.parse("".join(["class _:\n" * inside, *block]))
    holder = tree.body[0]
    function = holder.body[0] if isinstance(holder, ast.ClassDef) else holder
    assert isinstance(function, Function)
    ast.increment_lineno(function, line - function.lineno)
    return function
