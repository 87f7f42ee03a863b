"""Lines that only IPython understands → Python, line for line."""

from __future__ import annotations

import re

from nbflow.cells.header import STEP_WORDS
from nbflow.cells.lines import LogicalLine, logical_lines
from nbflow.cells.shell import command_expression
from nbflow.cells.syntax import parse_module
from nbflow.cells.text import CellText

#: what stands for what a line of the kernel's gives, called
COMPUTED = "__nbflow_computed__"
_FIXES = {
    "autoreload": "put it in a plain cell",
    "bash": "write !command lines",
    "cd": "call os.chdir",
    "conda": "install it in a terminal",
    "env": "write --env NAME=VALUE in the header, or set os.environ",
    "load_ext": "put it in a plain cell",
    "pip": "install it in a terminal, or put it in a plain cell",
    "run": "import what it defines",
    "set_env": "write --env NAME=VALUE in the header, or set os.environ",
    "sh": "write !command lines",
    "timeit": "write %time, or call timeit",
}
_HEADERS = frozenset({*STEP_WORDS, "parameters", "setup"})
#: cell magics of plain cells whose body is Python that runs in the notebook
_TRANSPARENT = frozenset({"time", "timeit", "capture", "prun"})


def python_of_body(cell: CellText, source: str, line: int) -> str:
    """Return the body `source`, which begins on `line` of the cell, as Python with the same lines.

    What cannot be said outside a kernel is noted in the cell: C021, and C002 for a second header.
    """
    lines = _dedented(source.split("\n"))
    first = True
    for logical in logical_lines("\n".join(lines)):
        if logical.sigil:
            replacement = _replacement(logical, first=first)
            if replacement is None:
                _refuse(cell, logical, line + logical.first)
                replacement = f"{logical.target}None" if logical.target else "pass"
            _replace(lines, logical, replacement)
            if replacement == "pass" and logical.sigil == "%%" and _word(logical) not in _HEADERS:
                # what follows is in another language
                return "\n".join([*lines[: logical.last + 1], *[""] * (len(lines) - logical.last - 1)])
        first = False
    return "\n".join(lines)


def python_of_plain(text: str) -> str:
    """Return the Python of a plain cell with the same lines: `x = !cmd` binds x, other such lines do nothing."""
    lines = _dedented(text.split("\n"))
    first = True
    for logical in logical_lines("\n".join(lines)):
        if first and logical.sigil == "%%" and _word(logical) not in _TRANSPARENT:
            return ""
        first = False
        if logical.sigil:
            _replace(lines, logical, f"{logical.target}{COMPUTED}()" if logical.target else "pass")
    return "\n".join(lines)


def _word(logical: LogicalLine) -> str:
    """Return the magic's name."""
    return re.split(r"[^\w.]", logical.content, maxsplit=1)[0]


def _replace(lines: list[str], logical: LogicalLine, replacement: str) -> None:
    """Put `replacement` where the logical line was; the lines it covered beside stay as blank ones."""
    covered = f"{logical.indent}{replacement}".split("\n")
    covered += [""] * (logical.last - logical.first + 1 - len(covered))
    lines[logical.first : logical.last + 1] = covered


def _dedented(lines: list[str]) -> list[str]:
    """Return `lines` without the indentation of the first, as IPython does with an indented cell."""
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _replacement(logical: LogicalLine, *, first: bool) -> str | None:
    """Return the Python that does what the line does, or None where a worker cannot."""
    name = _word(logical)
    argument = logical.content.removeprefix(name).strip()
    if logical.sigil == "?":
        return "pass"
    if logical.sigil in {"!", "!!"}:
        lists = logical.target or logical.sigil == "!!"
        call = "__nbflow_shell_lines__" if lists else "__nbflow_shell__"
        return f"{logical.target}{call}({command_expression(logical.content)})"
    if logical.sigil == "%%":
        # the ; keeps the timer itself from being shown as the cell's value
        return "__nbflow_time__().__enter__();" if first and logical.content == "time" else None
    if name == "time" and _is_simple(f"{logical.target}{argument}"):
        return f"with __nbflow_time__(): {logical.target}{argument or 'pass'}"
    inline = name == "config" and argument.startswith("InlineBackend.")
    return "pass" if (name == "matplotlib" or inline) and not logical.target else None


def _is_simple(statement: str) -> bool:
    """Whether `statement` may stand behind a colon."""
    try:
        tree = parse_module(statement)
    except SyntaxError:
        # said where it stands
        return True
    return not any(hasattr(each, "body") for each in tree.body)


def _refuse(cell: CellText, logical: LogicalLine, line: int) -> None:
    name = _word(logical)
    column = len(cell.lines[line - 1]) - len(cell.lines[line - 1].lstrip())
    if name in _HEADERS and not logical.target and (logical.sigil == "%%" or name in STEP_WORDS):
        cell.found("C002", line, column)
        return
    fix = _FIXES.get(name, "call the library instead")
    if name == "time":
        fix = "write the statement on a line of its own below %%time"
    cell.found("C021", line, column, magic=f"{logical.sigil}{name}", fix=fix)
