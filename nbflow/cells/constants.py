"""Expressions that give the same value wherever they are executed: what a plain cell's constant may be made of."""

from __future__ import annotations

import ast

#: calls that only build a value from constant arguments
_BUILDERS = frozenset(
    {
        "int", "float", "complex", "str", "bool", "bytes", "list", "tuple", "dict", "set", "frozenset", "range", "slice",
        "Path", "PurePath", "PurePosixPath", "date", "datetime", "time", "timedelta", "timezone", "ZoneInfo",
        "Decimal", "Fraction", "UUID",
        "namedtuple", "NamedTuple", "TypedDict", "NewType", "TypeVar", "ParamSpec", "TypeVarTuple",
        "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "partial", "field", "getLogger",
    }
)  # fmt: skip
#: modules' attributes that differ from process to process
_VARYING = frozenset({"environ", "environb", "argv"})
_PARTS = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Tuple, ast.List, ast.Set,
    ast.Dict, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip


def is_constant(node: ast.expr) -> bool:
    """Say whether `node` is constant, if the names in it are. A lambda is: its body runs when it is called."""
    if isinstance(node, ast.Lambda):
        return all(is_constant(each) for each in (*node.args.defaults, *node.args.kw_defaults) if each is not None)
    if isinstance(node, ast.Call):
        values = (*node.args, *(keyword.value for keyword in node.keywords))
        return _builds(node.func) and all(is_constant(each) for each in values)
    if not isinstance(node, _PARTS) or _varies(node):
        return False
    return all(is_constant(each) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))


def _builds(func: ast.expr) -> bool:
    if isinstance(func, ast.Name):
        return func.id in _BUILDERS
    if not isinstance(func, ast.Attribute):
        return False
    compiles = func.attr == "compile" and isinstance(func.value, ast.Name) and func.value.id == "re"
    return compiles or (func.attr in _BUILDERS and _is_path(func.value))


def _is_path(node: ast.expr) -> bool:
    """Whether `node` is `a` or `a.b`, as in datetime.timedelta."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _varies(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in _VARYING
    return isinstance(node, ast.Name) and node.id in _VARYING
