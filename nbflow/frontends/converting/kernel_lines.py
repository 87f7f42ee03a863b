"""What stood in a body for lines that only IPython understands → Python that needs no kernel and no nbflow.

nbflow.cells.body names the calls that stand there: of a shell command, of `$name` in one, of `%time`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from string import Formatter

from nbflow.cells.evaluation import DOLLAR
from nbflow.frontends.converting.edits import Edits

_SHELL = "__nbflow_shell__"
_LINES = "__nbflow_shell_lines__"
_TIME = "__nbflow_time__"


def without_kernel(tree: ast.Module, edits: Edits, is_name: Callable[[str], bool]) -> set[str]:
    """Change the lines of `tree` that stand for a shell or a timer; return the modules they need.

    Args:
        tree: the body.
        edits: the changes of its text.
        is_name: whether a `$name` is one of Python; if not, the shell gets it as it is.
    """
    needed: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[command]) if name in {_SHELL, _LINES}:
                edits.replace(node, _run(_command(command, is_name), lines=name == _LINES))
                needed.add("subprocess")
            case ast.With(items=[ast.withitem(context_expr=ast.Call(func=ast.Name(id=name)))], body=[first, *_]):
                if name == _TIME:
                    edits.put(node.lineno, node.col_offset, first.lineno, first.col_offset)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id=name))))) if name == _TIME:
                # a line of its own, with a semicolon behind it
                edits.put(node.lineno, 0, node.lineno + 1, 0)
    return needed


def _run(command: str, *, lines: bool) -> str:
    call = f'subprocess.run(["bash", "-c", {command}], check=True'
    if not lines:
        return f"{call})"
    return f"{call}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.splitlines()"


def _command(node: ast.expr, is_name: Callable[[str], bool]) -> str:
    """Return the expression of a command: a text, or one to be filled in."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(template))), args=arguments):
            template, parts = _filled(template, arguments, is_name)
            if not parts:
                return repr(template.format())
            return _f_string(template, parts) or f"{template!r}.format({', '.join(parts)})"
    return ast.unparse(node)


def _filled(template: str, arguments: list[ast.expr], is_name: Callable[[str], bool]) -> tuple[str, list[str]]:
    """Return the template of a command and what fills it in; a `$name` that is the shell's becomes part of the template."""
    made, parts = "", []
    rest = iter(arguments)
    for literal, field, spec, conversion in Formatter().parse(template):
        made += _doubled(literal)
        if field is None:
            continue
        node = next(rest)
        name = _dollar(node)
        if name and not is_name(name.partition(".")[0]):
            made += _doubled(f"${name}")
            continue
        made += "{" + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
        parts.append(name or ast.unparse(node))
    return made, parts


def _dollar(node: ast.expr) -> str:
    """Return the name in a call that stands for `$name`; nothing of any other expression."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(path)), *_]) if name == DOLLAR:
            return path
    return ""


def _f_string(template: str, parts: list[str]) -> str | None:
    """Return `template` with `parts` in its fields as an f-string; None where quotes would not be told apart."""
    if any(sign in text for text in (template, *parts) for sign in '"\\\n') or any("{" in part for part in parts):
        return None
    filled, rest = "", iter(parts)
    for literal, field, spec, conversion in Formatter().parse(template):
        filled += _doubled(literal)
        if field is not None:
            filled += f"{{{next(rest)}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}"
    return f'f"{filled}"'


def _doubled(literal: str) -> str:
    return literal.replace("{", "{{").replace("}", "}}")
