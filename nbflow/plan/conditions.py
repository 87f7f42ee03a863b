"""--when: its value from scalars. The tree is walked node by node; nothing is compiled, nothing is unpickled."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.errors import error, problem

#: what a condition may call
CALLS: dict[str, Callable[..., Any]] = {
    "len": len,
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "any": any,
    "all": all,
    "isnan": math.isnan,
}

#: what conditions may do with two values
BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
#: longest text or list, and most digits of a number, that a condition may make: it runs in the scheduler
_LIMIT = 100_000


def evaluate(
    expression: str,
    values: Mapping[str, Any],
    strange: Mapping[str, str] | None = None,
    *,
    step: str = "",
) -> bool:
    """Return what the condition `expression` says of `values`.

    Args:
        expression: within the grammar of --when.
        values: scalars by name; parameters may be lists and dicts of them.
        strange: names whose values are no scalars → why, as in `'df' is a DataFrame`.
        step: whose condition it is, for the message.

    Raises:
        TaskError: NBF-T013, with the values it read, when it reads what is no scalar or raises.
    """
    walk = _Walk(values, strange or {})
    try:
        return bool(walk.value(ast.parse(expression.strip(), mode="eval").body))
    except _NoScalarError as found:
        message, why = str(found), "a condition reads scalars: None, bool, numbers, text and dates"
    except RecursionError:
        message, why = "it is nested too deeply", ""
    except Exception as failed:  # noqa: BLE001  comparing and adding the person's values may raise anything
        message, why = f"{type(failed).__name__}: {failed}", walk.seen()
    shown = f'"{one_line(expression, 200)}"'
    raise error(problem("T013", expression=shown, step=step or "a step", message=one_line(message, 300), why=why))


def value_of(node: ast.expr, values: Mapping[str, Any], calls: Mapping[str, Callable[..., Any]]) -> Any:
    """Return what `node`, an expression over `values`, stands for. Raises whatever it raises.

    Args:
        node: within the grammar of --when, of which `calls` may be called besides.
        values: what its names mean.
        calls: name → what is called, as a class whose arguments may have names.
    """
    return _Walk(values, {}, calls).value(node)


class _NoScalarError(Exception):
    """The condition reads a value that is none."""


class _Walk:
    """One evaluation: the names it reads and their values."""

    def __init__(
        self,
        values: Mapping[str, Any],
        strange: Mapping[str, str],
        calls: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self._values = values
        self._strange = strange
        self._more_calls = calls or {}
        self._read: dict[str, Any] = {}

    def seen(self) -> str:
        """Return the values read so far, as `rmse = 'high', n = 3`."""
        return ", ".join(f"{name} = {one_line(repr(value), 60)}" for name, value in self._read.items())

    def value(self, node: ast.expr) -> Any:  # noqa: PLR0911  one case a construct of the grammar
        """Return what `node` stands for; operands that do not matter are not evaluated."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._named(name)
            case ast.BoolOp(op=op, values=parts):
                return self._first(parts, stop_at=isinstance(op, ast.Or))
            case ast.UnaryOp(op=op, operand=operand):
                return _UNARY[type(op)](self.value(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return _bounded(type(op), self.value(left), self.value(right))
            case ast.Compare():
                return self._compared(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if self.value(test) else orelse)
            case ast.Subscript(value=owner, slice=key):
                return self.value(owner)[self._key(key)]
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                made = [self.value(item) for item in items]
                return {ast.List: list, ast.Set: set}.get(type(node), tuple)(made)
            case ast.Dict(keys=keys, values=items) if None not in keys:
                return {self.value(k): self.value(v) for k, v in zip(keys, items, strict=True) if k}
            case ast.Call(func=func, args=args, keywords=keywords):
                return self._called(func, args, keywords)
        raise _NoScalarError(f"'{one_line(ast.unparse(node), 60)}' is more than a condition may say")

    def _named(self, name: str) -> Any:
        if name in self._strange:
            raise _NoScalarError(self._strange[name])
        if name not in self._values:
            raise NameError(f"'{name}' has no value here")
        self._read[name] = self._values[name]
        return self._values[name]

    def _first(self, parts: list[ast.expr], *, stop_at: bool) -> Any:
        value = None
        for part in parts:
            value = self.value(part)
            if bool(value) is stop_at:
                break
        return value

    def _compared(self, node: ast.Compare) -> Any:
        left, result = self.value(node.left), True
        for op, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part)
            result = _COMPARE[type(op)](left, right)
            if not result:
                break
            left = right
        return result

    def _key(self, key: ast.expr) -> Any:
        if not isinstance(key, ast.Slice):
            return self.value(key)
        return slice(*(part and self.value(part) for part in (key.lower, key.upper, key.step)))

    def _called(self, func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        name = func.id if isinstance(func, ast.Name) else ""
        if name in self._more_calls:
            named = {each.arg: self.value(each.value) for each in keywords if each.arg}
            return self._more_calls[name](*map(self.value, args), **named)
        if name not in CALLS or keywords:
            raise _NoScalarError(f"'{one_line(ast.unparse(func), 60)}' is not among {', '.join(CALLS)}")
        return CALLS[name](*(self.value(arg) for arg in args))


def _bounded(op: type[ast.operator], left: Any, right: Any) -> Any:
    """Return `left op right` where that is small: `10 ** 10 ** 10` would stop the scheduler."""
    whole = isinstance(left, int) and isinstance(right, int)
    if op is ast.Pow and whole and left.bit_length() * right > _LIMIT:
        raise OverflowError("the number is too large")
    if op is ast.Mult and not whole:
        for sequence, times in ((left, right), (right, left)):
            if (
                isinstance(sequence, str | bytes | list | tuple)
                and isinstance(times, int)
                and len(sequence) * times > _LIMIT
            ):
                raise OverflowError("the text or list is too long")
    if op is ast.Mod and isinstance(left, str | bytes):
        raise TypeError("a condition does not format text")
    return BINARY[op](left, right)
