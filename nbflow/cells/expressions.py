"""Expressions given as options: --foreach takes any, --when a small language over scalars."""

from __future__ import annotations

import ast
import re
from typing import Literal

from nbflow.cells.names import names_of
from nbflow.cells.syntax import parse_expression
from nbflow.cells.text import CellText
from nbflow.cells.words import Word
from nbflow.model.step import Expression

#: what a condition may call; the evaluator of conditions knows the same
CONDITION_CALLS = frozenset({"len", "abs", "min", "max", "round", "int", "float", "str", "bool", "any", "all", "isnan"})
_CONDITION_NODES = (
    ast.Constant, ast.Name, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Subscript, ast.Slice, ast.Tuple,
    ast.List, ast.Set, ast.Dict,
)  # fmt: skip
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_REFUSED: dict[type[ast.AST], str] = {
    ast.NamedExpr: ":= binds a name, which an option cannot",
    ast.Await: "await is for a step's body",
    ast.Yield: "yield is for functions",
    ast.YieldFrom: "yield is for functions",
}
_SCALARS = ("a condition reads scalars", "set 'go = …' in a step above and write --when go")


def read_expression(cell: CellText, option: Literal["--foreach", "--when"], word: Word) -> Expression | None:
    """Return the expression `word` holds; what is wrong is noted in `cell` (C040), with a caret where possible."""
    # Python reads leading blanks as indentation
    blanks = len(word.text) - len(word.text.lstrip())
    text = word.text.strip()
    try:
        tree = parse_expression(text)
    except SyntaxError as wrong:
        column = word.columns[min(blanks + max((wrong.offset or 1) - 1, 0), len(word.columns) - 1)]
        assigns = option == "--when" and re.search(r"(?<![=!<>:])=(?!=)", text)
        curly = "use straight quotes" if re.search("[‘-‟]", text) else ""
        fix = curly or ("write == to compare" if assigns else "correct the expression")
        cell.found("C040", word.line, column, option=option, message=wrong.msg, why="", fix=fix)
        return None
    found = _refusal(tree.body, option)
    if found is not None:
        node, message, why, fix = found
        start = blanks + len(text.encode()[: node.col_offset].decode())
        cell.found("C040", word.line, word.columns[start], option=option, message=message, why=why, fix=fix)
        return None
    source = ast.get_source_segment(text, tree.body) or text
    return Expression(source, names_of(tree, word.line), word.column)


def _refusal(body: ast.expr, option: str) -> tuple[ast.expr, str, str, str] | None:
    """Return the part that `option` cannot take, what is wrong with it, why, and what to write."""
    if isinstance(body, ast.Constant) and isinstance(body.value, str):
        if option == "--when":
            return body, "a text is always true", "the whole condition is one text", "drop the inner quotes"
        return body, "a text has characters, not items", "", f"write --foreach [{body.value!r}], or drop the quotes"
    for node in ast.walk(body):
        if type(node) in _REFUSED and isinstance(node, ast.expr):
            return node, _REFUSED[type(node)], "", "write it in the body, or in a step above"
    return _beyond_scalars(body) if option == "--when" else None


def _beyond_scalars(body: ast.expr) -> tuple[ast.expr, str, str, str] | None:
    """Return the first part of a condition that its language does not have."""
    for node in ast.walk(body):
        if isinstance(node, ast.Call):
            known = isinstance(node.func, ast.Name) and node.func.id in CONDITION_CALLS and not node.keywords
            if not known:
                return node, f"{ast.unparse(node.func)}(…) cannot be called in a condition", *_SCALARS
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
            good = "and" if isinstance(node.op, ast.BitAnd) else "or"
            return node, f"a condition combines with '{good}'", _SCALARS[0], f"write '{good}'"
        elif isinstance(node, ast.expr) and not (
            isinstance(node, _CONDITION_NODES) or (isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC))
        ):
            return node, f"'{ast.unparse(node)}' is more than a condition may say", *_SCALARS
    return None
