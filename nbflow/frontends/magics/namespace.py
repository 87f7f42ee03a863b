"""Values of steps in the user's namespace: small and mapped ones at once, a large pickle when a cell names it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, MutableMapping
from types import CodeType
from typing import Any

from nbflow.model.artifact import ArtifactRef

#: bytes from which a pickle waits until a cell names it
LAZY = 1 << 20


class Namespace:
    """What steps left, as variables of the notebook."""

    def __init__(self, variables: MutableMapping[str, Any], load: Callable[[ArtifactRef], Any]) -> None:
        self._variables = variables
        self._load = load
        self._pending: dict[str, ArtifactRef] = {}
        #: name → id of the object a step left there, to notice a rebinding by a plain cell
        self._left: dict[str, int] = {}

    def push(self, artifacts: Mapping[str, ArtifactRef]) -> None:
        """Bind the names, overwriting older values."""
        for name, ref in artifacts.items():
            if ref.kind == "pickle" and ref.size > LAZY:
                self._pending[name] = ref
                self._variables.pop(name, None)
                self._left.pop(name, None)
            else:
                self._pending.pop(name, None)
                self._bind(name, ref)

    def _bind(self, name: str, ref: ArtifactRef) -> None:
        value = self._variables[name] = self._load(ref)
        self._left[name] = id(value)

    def rebound(self, name: str) -> bool:
        """Whether a plain cell gave the name another value since a step left it."""
        return name in self._left and name in self._variables and id(self._variables[name]) != self._left[name]

    def from_step(self, name: str) -> bool:
        """Whether the name's value is one that a step left."""
        return name in self._pending or (name in self._left and not self.rebound(name))

    def before_cell(self, source: str) -> None:
        """Load what the cell, or a function it calls, names."""
        if not self._pending:
            return
        for name in names_in(source, self._variables) & set(self._pending):
            self._bind(name, self._pending.pop(name))


def names_in(source: str, variables: Mapping[str, Any]) -> set[str]:
    """Return the global names that `source` uses, those of the functions it names included."""
    try:
        code = compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    todo: list[CodeType] = [code]
    while todo:
        current = todo.pop()
        for name in current.co_names:
            if name not in found:
                found.add(name)
                inner = getattr(variables.get(name), "__code__", None)
                if isinstance(inner, CodeType):
                    todo.append(inner)
        todo.extend(const for const in current.co_consts if isinstance(const, CodeType))
    return found
