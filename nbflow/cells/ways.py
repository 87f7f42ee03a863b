"""What is known of names at one point of a body, over all ways that lead there."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nbflow.cells.scopes import class_names, function_names, names_bound_by, own_nodes
from nbflow.frozen import frozen


@frozen
class Known:
    """Which names are bound at one point."""

    #: bound on every way
    certain: frozenset[str] = frozenset()
    #: bound on some way that Python can come along
    possible: frozenset[str] = frozenset()
    #: read on every way where they could not be bound: Python has ended there, so binding them later helps nobody
    failed: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        """Say whether `name` is certainly bound."""
        return name in self.certain

    def bind(self, names: Iterable[str]) -> Known:
        """Return what is known once `names` are bound."""
        bound = frozenset(names)
        return Known(self.certain | bound, self.possible | (bound - self.failed), self.failed)

    def perhaps(self, names: Iterable[str]) -> Known:
        """Return what is known once `names` may have been bound."""
        return Known(self.certain, self.possible | (frozenset(names) - self.failed), self.failed)

    def unbind(self, names: Iterable[str]) -> Known:
        """Return what is known once `names` are deleted."""
        return Known(self.certain.difference(names), self.possible.difference(names), self.failed)

    def kept(self, body: Iterable[ast.AST]) -> Known:
        """Return what is known where `body` may have deleted names."""
        return Known(self.certain.difference(_deleted_in(body)), self.possible, self.failed)

    def read(self, name: str) -> Known:
        """Return what is known once `name` was read."""
        return self if name in self.possible else Known(self.certain, self.possible, self.failed | {name})

    def interrupted(self, body: Iterable[ast.AST]) -> Known:
        """Return what is known when `body` has ended somewhere within, by an error that is caught."""
        nodes = list(body)
        return self.kept(nodes).perhaps(_bound_in(nodes))

    def managed(self, body: Iterable[ast.AST], end: Known) -> Known:
        """Return what is known after `body`, which ends with `end`, where its errors may be held back (`suppress`)."""
        within = self.interrupted(body)
        return Known(end.certain, end.possible | within.possible, end.failed & within.failed)


#: what is known at a point; None: no way leads there
State = Known | None


def joined(*states: State) -> State:
    """Return what is known where several ways meet; ways that lead nowhere do not count."""
    ways = [state for state in states if state is not None]
    if not ways:
        return None
    return Known(
        frozenset.intersection(*(way.certain for way in ways)),
        frozenset.union(*(way.possible for way in ways)),
        frozenset.intersection(*(way.failed for way in ways)),
    )


def _deleted_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that some way through `nodes` deletes."""
    found: set[str] = set()
    for part in (each for node in nodes for each in ast.walk(node)):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Del):
            found.add(part.id)
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found.add(part.name)
    return found


def _bound_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that some way through `nodes` binds, be it in a function that declares them `global`."""
    found: set[str] = set()
    for node in own_nodes(nodes):
        found.update(names_bound_by(node))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= function_names(node).written
        elif isinstance(node, ast.ClassDef):
            found |= class_names(node).written
    return found
