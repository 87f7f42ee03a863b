r"""The text behind `!`, as an expression for the command: `{expr}` and `$name` are filled in as IPython does.

Where a part in braces is no Python (`awk '{print $1}'`, `find -exec rm {} \;`, JSON), IPython leaves the whole
command as it is; so do we, and it is decided here, from the text. `${NAME}` and `{a,b}` are the shell's.
"""

from __future__ import annotations

import ast
import keyword
import re
from string import Formatter

from nbflow.cells.evaluation import DOLLAR
from nbflow.cells.syntax import parse_expression

#: text in single quotes is the shell's; `$$name` is `$name` for the shell
_DOLLARS = re.compile(r"'[^']*'|\$(?P<kept>\$[\w.]+)|\$(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)")


class _NotFilledInError(Exception):
    """The command stays as it is."""


def command_expression(command: str) -> str:
    """Return the source of a Python expression for the text of `command`."""
    try:
        template, arguments = _filled_in(command)
    except _NotFilledInError:
        return repr(command)
    if not arguments:
        return repr(template.replace("{{", "{").replace("}}", "}"))
    return f"{template!r}.format({', '.join(arguments)})"


def _filled_in(command: str) -> tuple[str, list[str]]:
    """Return a format string and its arguments."""
    template: list[str] = []
    arguments: list[str] = []
    try:
        parts = list(Formatter().parse(command))
    except ValueError:
        raise _NotFilledInError from None
    for literal, expression, spec, conversion in parts:
        text, found = _dollars(literal)
        template.append(text)
        arguments += found
        if expression is None:
            continue
        ending = f"!{conversion}" * bool(conversion) + f":{spec}" * bool(spec)
        if literal.endswith("$") or _is_list(expression):
            template.append(_doubled("{" + expression + ending + "}"))
            continue
        _check(expression, spec or "")
        template.append("{" + ending + "}")
        arguments.append(f"({expression.strip()})")
    return "".join(template), arguments


def _dollars(literal: str) -> tuple[str, list[str]]:
    """Return `literal` with a field for each `$name`, and what to fill in."""
    template, arguments, end = "", [], 0
    for found in _DOLLARS.finditer(literal):
        template += _doubled(literal[end : found.start()])
        end = found.end()
        if found["name"] and not keyword.iskeyword(found["name"].partition(".")[0]):
            template += "{}"
            arguments.append(f"{DOLLAR}({found['name']!r}, locals(), globals())")
        else:
            template += _doubled(found["kept"] or found[0])
    return template + _doubled(literal[end:]), arguments


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _tree(expression: str) -> ast.expr:
    try:
        return parse_expression(expression.strip()).body
    except SyntaxError:
        raise _NotFilledInError from None


def _is_list(expression: str) -> bool:
    """Whether it is `a,b` as in the shell's `{a,b}`; nobody wants a tuple in a command."""
    return "," in expression and isinstance(_tree(expression), ast.Tuple)


def _check(expression: str, spec: str) -> None:
    nodes = list(ast.walk(_tree(expression)))
    strange = any(isinstance(each, ast.Await | ast.NamedExpr | ast.Yield | ast.YieldFrom) for each in nodes)
    if strange or "{" in spec or not any(isinstance(each, ast.Name) for each in nodes):
        raise _NotFilledInError
