"""Conditions of a comparison, as `rmse > 1.05 * baseline.rmse`: read once, walked node by node, never compiled.

They know numbers, truths, texts and, of a foreach, lists of them. A name is an artifact that is a scalar, or a chain:
`train.rmse` of one step, `baseline.rmse` of the baseline, `run.baseline.rmse` where a step is called so. What is not
known of the baseline is UNKNOWN, and so is what is made of it: such a condition neither holds nor fails, unless it does
so whatever the unknown is.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from nbflow.cards.printable import one_line
from nbflow.cells.syntax import parse_expression
from nbflow.plan.conditions import BINARY

#: longest condition, and most binary digits of a whole number that one may make
_LONGEST, _DIGITS = 2000, 4096

#: `train.rmse` as its parts → its value
Lookup = Callable[[tuple[str, ...]], Any]


class Unknown:
    """Type of UNKNOWN."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = Unknown()


class ConditionError(Exception):
    """The condition cannot be read, or says nothing of these values. `column`: where, from 0."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


def _isnan(given: Any) -> bool:
    if isinstance(given, list):
        return any(map(_isnan, given))
    return isinstance(given, float) and math.isnan(given)


#: what a condition may call
CALLS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "sum": sum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "round": round,
    "len": len,
    "any": any,
    "all": all,
    "isnan": _isnan,
}
_OF_NUMBERS = frozenset({"abs", "min", "max", "sum", "mean", "median", "round"})
_SIGN: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EQUAL: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}


def parse(text: str) -> ast.expr:
    """Return the tree of a condition. Raises ConditionError for what a condition cannot say."""
    if not text.strip():
        raise ConditionError("it is a text, as in 'rmse > 1.05 * baseline.rmse'")
    if len(text) > _LONGEST:
        raise ConditionError(f"it is longer than {_LONGEST} characters")
    indent = len(text) - len(text.lstrip())
    try:
        body = parse_expression(text.strip()).body
        for node in ast.walk(body):
            _check(node, indent)
    except SyntaxError as wrong:
        hint = _hint(text)
        raise ConditionError(f"{wrong.msg}{hint}", indent + max((wrong.offset or 1) - 1, 0)) from None
    return body


def _hint(text: str) -> str:
    """Return what was meant by text that is no expression."""
    if slip := re.search("=[<>]", text):
        return f"; write {slip.group()[::-1]}"
    return "; == compares" if re.search("(?<![=!<>:])=(?!=)", text) else ""


def _check(node: ast.AST, indent: int) -> None:
    """Do nothing for what the language has. Raises ConditionError."""
    if not isinstance(node, ast.expr):
        return
    allowed: bool = isinstance(node, ast.Name | ast.BoolOp | ast.Compare | ast.IfExp)
    match node:
        case ast.Constant(value=value):
            allowed = value is None or isinstance(value, bool | int | float | str)
        case ast.UnaryOp(op=op):
            allowed = isinstance(op, ast.Not) or type(op) in _SIGN
        case ast.BinOp(op=op):
            allowed = type(op) in BINARY
            if isinstance(op, ast.BitAnd | ast.BitOr):
                good = "and" if isinstance(op, ast.BitAnd) else "or"
                raise ConditionError(f"a condition combines with '{good}'", indent + node.col_offset)
        case ast.Attribute():
            allowed = chain_of(node) is not None
        case ast.Call(func=func, keywords=keywords):
            allowed = isinstance(func, ast.Name) and func.id in CALLS and not keywords
            if not allowed:
                named = one_line(ast.unparse(func), 40)
                known = ", ".join(CALLS)
                raise ConditionError(
                    f"{named}(…) cannot be called in a condition; {known} can", indent + func.col_offset
                )
    if isinstance(node, ast.Compare):
        allowed = all(type(op) in {**_ORDER, **_EQUAL} or isinstance(op, ast.Is | ast.IsNot) for op in node.ops)
    if not allowed:
        shown = one_line(ast.unparse(node), 60)
        raise ConditionError(f"'{shown}' is more than a condition may say", indent + node.col_offset)


def chain_of(node: ast.expr) -> tuple[str, ...] | None:
    """Return `train.rmse` as its parts; None: it is no chain of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else None


def named(node: ast.expr, call: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield all that a condition names, each with the call that takes it and nothing else: `max`, or nothing."""
    if isinstance(node, ast.Name | ast.Attribute):
        if found := chain_of(node):
            yield call, found
        return
    alone = (
        node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 else ""
    )
    for child in ast.iter_child_nodes(node):
        # the name that is called stands for no value
        if isinstance(child, ast.expr) and not (isinstance(node, ast.Call) and child is node.func):
            yield from named(child, alone)


def evaluate(node: ast.expr, lookup: Lookup) -> bool | Unknown:
    """Return whether the condition holds; UNKNOWN where that depends on what is not known.

    Raises:
        ConditionError: it says nothing of these values: there is no such number, or it compares a number with a text.
    """
    try:
        return _truth(_value(node, lookup))
    except ConditionError:
        raise
    except RecursionError:
        raise ConditionError("it is nested too deeply") from None
    except (ArithmeticError, TypeError, ValueError, statistics.StatisticsError) as failed:
        raise ConditionError(one_line(f"{type(failed).__name__}: {failed}", 200)) from None


def _value(node: ast.expr, lookup: Lookup) -> Any:  # noqa: PLR0911  one case a construct
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name() | ast.Attribute():
            return lookup(chain_of(node) or ())
        case ast.BoolOp(op=op, values=parts):
            return _joined(parts, lookup, stop_at=isinstance(op, ast.Or))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = _truth(_value(operand, lookup))
            return truth if isinstance(truth, Unknown) else not truth
        case ast.UnaryOp(op=op, operand=operand):
            value = _number(_value(operand, lookup), operand)
            return value if value is UNKNOWN else _SIGN[type(op)](value)
        case ast.BinOp(left=left, op=op, right=right):
            return _calculated(op, _number(_value(left, lookup), left), _number(_value(right, lookup), right))
        case ast.Compare():
            return _compared(node, lookup)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            truth = _truth(_value(test, lookup))
            return UNKNOWN if isinstance(truth, Unknown) else _value(body if truth else orelse, lookup)
        case ast.Call(func=ast.Name(id=name), args=args):
            given = [_value(each, lookup) for each in args]
            return called(name, given)
    raise ConditionError(f"'{one_line(ast.unparse(node), 60)}' is more than a condition may say", node.col_offset)


def called(name: str, given: Sequence[Any]) -> Any:
    """Return what a call makes of values, as `max` of a list."""
    if any(each is UNKNOWN for each in given):
        return UNKNOWN
    if name in _OF_NUMBERS and any(map(_isnan, given)):
        # where Python looks first decides whether min and max see it
        return math.nan
    return CALLS[name](*given)


def _truth(value: Any) -> bool | Unknown:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, list):
        raise ConditionError("a foreach left one value an item: any(…) or all(…) of them")
    if _isnan(value):
        raise ConditionError("NaN is neither true nor false")
    return bool(value)


def _joined(parts: Sequence[ast.expr], lookup: Lookup, *, stop_at: bool) -> bool | Unknown:
    unknown = False
    for part in parts:
        truth = _truth(_value(part, lookup))
        if isinstance(truth, Unknown):
            unknown = True
        elif truth is stop_at:
            return stop_at
    return UNKNOWN if unknown else not stop_at


def _number(value: Any, node: ast.expr) -> Any:
    if value is UNKNOWN or isinstance(value, int | float):
        return value
    shown = one_line(ast.unparse(node), 40)
    if isinstance(value, list):
        raise ConditionError(f"{shown} has one value an item ({len(value)}): mean({shown}), or max, min, median")
    raise ConditionError(f"{shown} is {one_line(repr(value), 40)}, which is no number")


def _calculated(op: ast.operator, left: Any, right: Any) -> Any:
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    power = isinstance(op, ast.Pow) and isinstance(left, int) and isinstance(right, int)
    if power and left.bit_length() * abs(right) > _DIGITS:
        raise ConditionError("the number is too large")
    made = BINARY[type(op)](left, right)
    if isinstance(made, complex):
        raise ConditionError("the root of a negative number is none to compare")
    if isinstance(made, int) and made.bit_length() > _DIGITS:
        raise ConditionError("the number is too large")
    return made


def _compared(node: ast.Compare, lookup: Lookup) -> bool | Unknown:
    left, unknown = _value(node.left, lookup), False
    nodes = (node.left, *node.comparators)
    for op, part, before in zip(node.ops, node.comparators, nodes, strict=False):
        right = _value(part, lookup)
        result = _one_comparison(op, left, right, (before, part))
        if result is UNKNOWN:
            unknown = True
        elif not result:
            return False
        left = right
    return UNKNOWN if unknown else True


def _one_comparison(op: ast.cmpop, left: Any, right: Any, nodes: tuple[ast.expr, ast.expr]) -> Any:
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(op, ast.Is | ast.IsNot):
        return (left is right) is isinstance(op, ast.Is)
    if type(op) in _EQUAL:
        if isinstance(left, list) or isinstance(right, list):
            _number(left, nodes[0])
            _number(right, nodes[1])
        return _EQUAL[type(op)](left, right)
    if not (isinstance(left, str) and isinstance(right, str)):
        for value, part in ((left, nodes[0]), (right, nodes[1])):
            if _isnan(_number(value, part)):
                # it would compare as false, and a run that left no number would pass
                raise ConditionError(
                    f"{one_line(ast.unparse(part), 40)} is NaN, which is neither less nor more; isnan(…) tells"
                )
    return _ORDER[type(op)](left, right)
