"""A `%%parameters` cell: declarations `NAME: type = default  # help`, and the imports their types need.

Types are kept as text; what they mean, and whether a default fits, is judged where values are made.
"""

from __future__ import annotations

import ast

from nbflow.cells.body import not_python
from nbflow.cells.header import read_header
from nbflow.cells.lines import logical_lines
from nbflow.cells.names import names_of
from nbflow.cells.options import Table, parse_words
from nbflow.cells.statements import kind_of, statement_of
from nbflow.cells.syntax import parse_module
from nbflow.cells.tally import short
from nbflow.cells.text import CellText
from nbflow.errors import Place
from nbflow.frozen import frozen
from nbflow.model.parameter import ParameterDef
from nbflow.model.step import Statement

_PARAMETERS = Table("%%parameters", ())
_SCALARS = (bool, int, float, str)
#: types that are called by a name in lower case
_CLASSES = frozenset({"bool", "bytes", "date", "datetime", "dict", "float", "int", "list", "set", "str", "timedelta"})


@frozen
class ParameterCell:
    """What a %%parameters cell declares."""

    parameters: tuple[ParameterDef, ...]
    #: its imports
    statements: tuple[Statement, ...]


def parameter_cell(text: str, place: Place, file: str) -> ParameterCell:
    """Return the %%parameters cell `text`. Raises CellError or ParameterError with all that is wrong with it."""
    cell = CellText(text, place, file)
    header = read_header(cell)
    parse_words(header.words, _PARAMETERS, cell)
    reader = _Reader(cell, header.body, header.body_line)
    if not reader.refuse_magics():
        reader.read()
    cell.check()
    return ParameterCell(tuple(reader.parameters), tuple(reader.statements))


class _Reader:
    """Reads the declarations from top to bottom."""

    def __init__(self, cell: CellText, source: str, line: int) -> None:
        self.parameters: list[ParameterDef] = []
        self.statements: list[Statement] = []
        self._cell = cell
        self._source = source
        self._line = line
        self._lines = source.split("\n")

    def refuse_magics(self) -> bool:
        """Note lines that only IPython understands; say whether there were any."""
        found = [line for line in logical_lines(self._source) if line.sigil]
        for line in found:
            self._refuse(self._line + line.first, f"{line.sigil}{line.content.partition(' ')[0]}")
        return bool(found)

    def read(self) -> None:
        """Read every statement of the cell."""
        try:
            tree = parse_module(self._source)
        except SyntaxError as wrong:
            not_python(self._cell, wrong, self._source, self._line)
            return
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom) and kind_of(node):
                self.statements.append(statement_of(node, "import", self._cell, self._lines, self._line))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                self._declare(node, node.target.id, _type_text(node.annotation), node.value)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self._infer(node, node.targets[0].id)
            else:
                self._refuse(node.lineno + self._line - 1, f"'{short(ast.unparse(node))}'")

    def _infer(self, node: ast.Assign, name: str) -> None:
        """Declare a parameter by the type of its literal."""
        try:
            type_text = type_of(ast.literal_eval(node.value))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            fix = f"write its type: {name}: {_likely(node.value)} = {short(ast.unparse(node.value))}"
            self._no_type(node, name, "of its default", fix)
            return
        if type_text is None:
            self._no_type(node, name, "of None", f"write its type: {name}: str | None = None")
            return
        self._declare(node, name, type_text, node.value)

    def _no_type(self, node: ast.stmt, name: str, what: str, fix: str) -> None:
        known = "those of literals where none is written"
        line = node.lineno + self._line - 1
        self._cell.found("P007", line, node.col_offset, name=name, type=what, known=known, fix=fix)

    def _declare(self, node: ast.stmt, name: str, type_text: str, default: ast.expr | None) -> None:
        line = node.lineno + self._line - 1
        source = None if default is None else ast.get_source_segment(self._source, default) or ast.unparse(default)
        reads = frozenset(names_of(ast.Expression(default)).reads) if default is not None else frozenset()
        self.parameters.append(
            ParameterDef(name, type_text, source, self._help(node), reads, self._cell.at(line, node.col_offset))
        )

    def _help(self, node: ast.stmt) -> str:
        """Return the comment behind a declaration."""
        end = (node.end_lineno or node.lineno) - 1
        rest = self._lines[end].encode()[node.end_col_offset :].decode().strip()
        return rest.lstrip("#").strip() if rest.startswith("#") else ""

    def _refuse(self, line: int, what: str) -> None:
        self._cell.found("P004", line, 0, what=what)


def _type_text(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation)


def _likely(value: ast.expr) -> str:
    """Return a type to propose for `value`: the class it calls, as in `date(2024, 1, 1)`, else a number's."""
    called = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    return called if called in _CLASSES or called[:1].isupper() else "float"


def type_of(value: object) -> str | None:
    """Return the type of a literal as an annotation; lists, sets and dicts of one scalar type name that."""
    if value is None:
        return None
    name = type(value).__name__
    if isinstance(value, list | set):
        item = _common(list(value))
        return f"{name}[{item}]" if item else name
    if isinstance(value, dict):
        key, item = _common(list(value)), _common(list(value.values()))
        return f"dict[{key}, {item}]" if key and item else name
    return name


def _common(values: list[object]) -> str:
    """Return the one scalar type of `values`, or an empty string."""
    types = {type(value) for value in values}
    if types == {int, float}:
        return "float"
    only = next(iter(types)) if len(types) == 1 else None
    return only.__name__ if only in _SCALARS else ""
