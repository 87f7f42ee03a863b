"""The body of a step: Python that a worker runs, and what it does to names.

Lines that only IPython understands are rewritten, line for line. A worker gives the body these names:

    __nbflow_shell__(command)            !command: runs it, its output is the task's; a non-zero exit raises
    __nbflow_shell_lines__(command)      x = !command, !!command: the same, returns the lines of its output
    __nbflow_dollar__(name, *spaces)     $name or $name.attr in a command: str of its value, from the mappings `spaces`
                                         in turn; where no value or no such attribute is, `$name` itself, which the
                                         shell then reads (the name is a soft read: something above may give it)
    __nbflow_time__()                    a context manager that prints how long its block took

`%time stmt` becomes `with __nbflow_time__(): stmt`, so a last `%time EXPR` is the last expression inside a `with`.
`%%time` on the first line of the body becomes `__nbflow_time__().__enter__();` and is never left: the worker ends
what is still open when the body ends. `{expr}` in a command becomes an argument of str.format.
"""

from __future__ import annotations

import ast
import re

from nbflow.cells.advice import SIMPLER, advice, told
from nbflow.cells.magics import python_of_body
from nbflow.cells.names import analysed
from nbflow.cells.syntax import digest_of, imported_modules, parse_module
from nbflow.cells.text import CellText
from nbflow.model.step import Body, Names

_KERNEL_STATE = re.compile(r"get_ipython|In|Out|_{1,3}|_i{0,3}\d*|_[iod]h")


def read_body(cell: CellText, source: str, line: int) -> tuple[Body, ast.Module]:
    """Return the body `source`, which begins on `line` of the cell, and its syntax tree.

    What is wrong is noted in the cell: C002, C010, C020 to C023. A body that is not Python comes back empty.
    """
    python = python_of_body(cell, source, line)
    tree = ast.Module(body=[], type_ignores=[])
    names = Names()
    try:
        tree = parse_module(python)
        names, refused = analysed(tree, line)
    except SyntaxError as wrong:
        not_python(cell, wrong, python, line)
    except RecursionError:
        cell.found("C010", line, message="it is nested too deeply", fix=SIMPLER)
    else:
        for each in refused:
            cell.found(each.code, each.line, each.column, **dict(each.facts))
        for name, where in names.reads.items():
            if _KERNEL_STATE.fullmatch(name) and name not in names.tried:
                cell.found("C022", where, _column_of(name, cell.lines[where - 1]), name=name)
    body = Body(python, line, cell.text, cell.file, digest_of(tree), names, imported_modules(tree))
    return body, tree


def not_python(cell: CellText, wrong: SyntaxError, python: str, line: int) -> None:
    """Note C010 at the line of the cell, with a caret where the line is the person's own."""
    number = max(wrong.lineno or 1, 1)
    lines = python.split("\n")
    where = min(line + number - 1, len(cell.lines))
    column = None
    if number <= len(lines) and wrong.offset:
        original = cell.lines[where - 1].rstrip("\r")
        rewritten = lines[number - 1].rstrip("\r")
        if original.endswith(rewritten):
            column = min(len(original) - len(rewritten) + wrong.offset - 1, len(original))
    message = told(wrong.msg or "invalid syntax")
    cell.found("C010", where, column, message=message, fix=advice(message, cell.lines[where - 1]))


def _column_of(name: str, text: str) -> int | None:
    found = re.search(rf"\b{re.escape(name)}\b", text)
    return found.start() if found else None
