"""Values of steps in the user's namespace: small and mapped ones at once, a large pickle when a cell names it.

After a restart names come back the same way: nothing is loaded, and no definition executed, before a cell names it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from types import CodeType
from typing import Any

from nbflow.errors import NbflowError
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import MISSING

#: bytes from which a pickle waits until a cell names it
LAZY = 1 << 20

_WORD = re.compile(r"[^\W\d]\w*")


@frozen
class Waiting:
    """A value that a cell has not named yet."""

    load: Callable[[], Any]
    #: a step left it; else it is a definition
    left: bool = True


@frozen
class Standing:
    """What a name is in the notebook at one moment."""

    #: MISSING: it has no variable
    value: object
    #: id of the object that a step left under it
    left: int | None
    waiting: Waiting | None


class Namespace:
    """What steps left, as variables of the notebook.

    A name that waits has no variable; when it has one, the notebook gave it another value meanwhile.
    """

    def __init__(
        self,
        variables: MutableMapping[str, Any],
        load: Callable[[ArtifactRef, str], Any],
        tell: Callable[[str], None],
    ) -> None:
        self._variables = variables
        self._load = load
        self._tell = tell
        self._waiting: dict[str, Waiting] = {}
        #: name → id of the object a step left there, to notice a rebinding by a plain cell
        self._left: dict[str, int] = {}

    @property
    def waiting(self) -> frozenset[str]:
        """The names that are there as soon as a cell names them."""
        return frozenset(name for name in self._waiting if name not in self._variables)

    def push(self, artifacts: Mapping[str, ArtifactRef]) -> None:
        """Bind the names, overwriting older values."""
        for name, ref in artifacts.items():
            load = partial(self._load, ref, name)
            if ref.kind == "pickle" and ref.size > LAZY:
                self.wait(name, Waiting(load))
                continue
            try:
                value = load()
            except NbflowError as failure:
                self._fail(name, failure)
                self.wait(name, Waiting(load))
            else:
                self.bind(name, value)

    def bind(self, name: str, value: object) -> None:
        """Bind the name to what a step left."""
        self._waiting.pop(name, None)
        self._variables[name] = value
        self._left[name] = id(value)

    def wait(self, name: str, value: Waiting) -> None:
        """Let the name wait for a cell that names it; its older value is gone."""
        self._waiting[name] = value
        self._variables.pop(name, None)
        self._left.pop(name, None)

    def standing(self, name: str) -> Standing:
        """Return what the name is now, to be put back later."""
        return Standing(self._variables.get(name, MISSING), self._left.get(name), self._waiting.get(name))

    def put(self, name: str, standing: Standing) -> None:
        """Let the name be what it was."""
        tables: tuple[tuple[MutableMapping[str, Any], Any], ...] = (
            (self._variables, standing.value),
            (self._left, standing.left),
            (self._waiting, standing.waiting),
        )
        for table, held in tables:
            if held is MISSING or (held is None and table is not self._variables):
                table.pop(name, None)
            else:
                table[name] = held

    def rebound(self, name: str) -> bool:
        """Whether a plain cell gave the name another value since a step left it."""
        if name not in self._variables:
            return False
        if name in self._waiting:
            return self._waiting[name].left
        return name in self._left and id(self._variables[name]) != self._left[name]

    def from_step(self, name: str) -> bool:
        """Whether the name's value is one that a step left."""
        left = name in self._left or (name in self._waiting and self._waiting[name].left)
        return left and not self.rebound(name)

    def before_cell(self, source: str) -> None:
        """Load what the cell, or a function it calls, names. What cannot be loaded is told, and waits on."""
        waiting = self.waiting
        if not waiting:
            return
        for name in sorted(names_in(source, self._variables, texts=True) & waiting):
            held = self._waiting[name]
            try:
                value = held.load()
            except Exception as failure:  # noqa: BLE001 - opening a pickle or importing may raise anything
                self._fail(name, failure)
                continue
            if held.left:
                self.bind(name, value)
            else:
                del self._waiting[name]
                self._variables[name] = value

    def _fail(self, name: str, failure: Exception) -> None:
        said = failure if isinstance(failure, NbflowError) else f"{type(failure).__name__}: {failure}"
        self._tell(f"{name} cannot be loaded: {said}")

    def matches(self, text: str) -> list[str]:
        """Return the waiting names that start with `text`, for completion."""
        return sorted(name for name in self.waiting if name.startswith(text))


def names_in(source: str, variables: Mapping[str, Any], *, texts: bool = False) -> set[str]:
    """Return the global names that `source` uses, those of the functions it names included.

    With `texts`, words of texts count: `%timeit f(df)`, `eval("df")` and `df.query("x > @limit")` name things there.
    """
    try:
        code = compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    todo: list[CodeType] = [code]
    while todo:
        current = todo.pop()
        names = set(current.co_names)
        for const in current.co_consts:
            if isinstance(const, CodeType):
                todo.append(const)
            elif texts and isinstance(const, str):
                names.update(_WORD.findall(const))
        for name in names - found:
            inner = getattr(variables.get(name), "__code__", None)
            if isinstance(inner, CodeType):
                todo.append(inner)
        found |= names
    return found
