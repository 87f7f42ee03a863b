"""Constants of plain cells as conditions see them: read off their text, never executed."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from nbflow.cells.syntax import origin_of
from nbflow.model.step import Statement
from nbflow.plan.conditions import value_of

_DATES = ("date", "datetime", "timedelta")


class Constants:
    """The constants of one flow.

    Responsibilities: each has the value that the notebook's cells give it, or a reason why its text does not say it.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.values: dict[str, Any] = {}
        #: name → why a condition cannot read it
        self.strange: dict[str, str] = {}
        self._dates: dict[str, Callable[..., Any]] = {}
        for statement in statements:
            self._take(statement)

    def _take(self, statement: Statement) -> None:
        names = (*statement.names, *((statement.owner,) if statement.owner else ()))
        try:
            if statement.kind == "import":
                self._import(statement)
            elif statement.kind in {"constant", "attached"}:
                for node in ast.parse(statement.source).body:
                    self._assign(node)
                return
        except Exception:  # noqa: BLE001, S110  the person's own operands: the step's cell says what is wrong with them
            pass
        for name in names:
            self.values.pop(name, None)
            self.strange[name] = (
                f"the text of '{name}' ({statement.place.cell or 'a plain cell'}) does not say its value"
            )

    def _import(self, statement: Statement) -> None:
        for name in statement.names:
            origin = origin_of(statement.source, name)
            for kind in _DATES:
                if origin == f"from datetime import {kind}":
                    self._dates[name] = getattr(dt, kind)

    def _assign(self, node: ast.stmt) -> None:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            raise ValueError(ast.unparse(node))
        value = self._value(node.value)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            self._bind(target, value)

    def _bind(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.values[name] = value
                self.strange.pop(name, None)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part, each in zip(parts, value, strict=True):
                    self._bind(part, each)
            case ast.Subscript(value=owner, slice=key) if not isinstance(key, ast.Slice):
                self._value(owner)[self._value(key)] = value
            case _:
                raise ValueError(ast.unparse(target))

    def _value(self, node: ast.expr) -> Any:
        return value_of(node, self.values, self._dates)
