"""Names a body reads before it binds them, and names it binds: definite assignment over its syntax tree.

One pass with the set of names that are certainly bound. A name read while not in the set must come from above; a
name in the set at the end is left for certain, any other that was bound is left perhaps.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nbflow.cells.assignment import Assignments
from nbflow.cells.evaluation import joined
from nbflow.cells.syntax import parse_module
from nbflow.cells.tally import Refused, State, Tally
from nbflow.model.step import Names


def names_of(code: str | ast.AST, line: int = 1) -> Names:
    """Return what `code`, which begins on `line` of its cell, does to names."""
    return analysed(code, line)[0]


def analysed(code: str | ast.AST, line: int = 1) -> tuple[Names, tuple[Refused, ...]]:
    """Return what `code` does to names, and what it does that no step may do."""
    tree = parse_module(code) if isinstance(code, str) else code
    walk = _Walk(Tally(offset=line - 1))
    end: State = frozenset()
    if isinstance(tree, ast.Module):
        end = walk.block(tree.body, end)
    elif isinstance(tree, ast.stmt):
        end = walk.block([tree], end)
    else:
        end = walk.value(tree.body if isinstance(tree, ast.Expression) else tree, end)
    return walk.tally.names(end), tuple(walk.tally.refused)


class _Walk(Assignments):
    """Walks compound statements; a state of None: no way leads there."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        #: per loop, the states at its breaks
        self._breaks: list[list[State]] = []
        self.statements |= {
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.Break: self._break,
            ast.Continue: self._leave,
            ast.Raise: self._leave,
            ast.Return: self._leave,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.Match: self._match,
        }

    def _if(self, node: ast.If, state: frozenset[str]) -> State:
        after, test = self.value(node.test, state), ast.unparse(node.test)
        with self.tally.under(f"if {test}"):
            body = self.block(node.body, after)
        with self.tally.under(f"the else of if {test}"):
            return joined(body, self.block(node.orelse, after))

    def _for(self, node: ast.For | ast.AsyncFor, state: frozenset[str]) -> State:
        after = self.value(node.iter, state)
        with self.tally.under(f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"):
            inside = self.store(node.target, after, "header")
            return self._loop(node, inside, after, ends=True)

    def _while(self, node: ast.While, state: frozenset[str]) -> State:
        after = self.value(node.test, state)
        # `while True` runs at least once, up to a break
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        with self.tally.under(f"while {ast.unparse(node.test)}"):
            return self._loop(node, after, after, ends=not forever)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, inside: State, after: State, *, ends: bool) -> State:
        self._breaks.append([])
        self.block(node.body, inside)
        after = _without(after, _deleted_in(node.body))
        end = self.block(node.orelse, after) if ends else None
        return joined(end, *self._breaks.pop())

    def _break(self, _: ast.Break, state: frozenset[str]) -> State:
        if self._breaks:
            self._breaks[-1].append(state)
        return None

    def _leave(self, node: ast.stmt, state: frozenset[str]) -> State:
        self.values(ast.iter_child_nodes(node), state)
        return None

    def _with(self, node: ast.With | ast.AsyncWith, state: frozenset[str]) -> State:
        after: State = state
        for item in node.items:
            after = self.value(item.context_expr, after)
            if item.optional_vars is not None:
                after = self.store(item.optional_vars, after, "header")
        return self.block(node.body, after)

    def _try(self, node: ast.Try | ast.TryStar, state: frozenset[str]) -> State:
        with self.tally.under("try"):
            body = self.block(node.body, state)
            ends = [self.block(node.orelse, body)]
        # a handler may start after any statement of the body
        before = _without(state, _deleted_in(node.body))
        for handler in node.handlers:
            with self.tally.under(f"except {ast.unparse(handler.type) if handler.type else ''}".strip()):
                ends.append(self._handler(handler, before))
        end = joined(*ends)
        if not node.finalbody:
            return end
        last = self.block(node.finalbody, _without(before, _deleted_in(node.handlers)))
        # once more from where the ways meet: what is certain there stays so
        return self.block(node.finalbody, end) if last is not None else None

    def _handler(self, node: ast.ExceptHandler, state: State) -> State:
        after = self.value(node.type, state)
        if node.name is None or after is None:
            return self.block(node.body, after)
        self.tally.bind(node.name, "header", node)
        # Python deletes the name when the handler ends
        self.tally.deleted.setdefault(node.name, self.tally.line(node))
        return _without(self.block(node.body, after | {node.name}), {node.name})

    def _match(self, node: ast.Match, state: frozenset[str]) -> State:
        after = self.value(node.subject, state)
        ends: list[State] = []
        complete = False
        for case in node.cases:
            with self.tally.under(f"case {ast.unparse(case.pattern)}"):
                inside = self._pattern(case.pattern, after)
                ends.append(self.block(case.body, self.value(case.guard, inside)))
            complete |= case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
        return joined(*ends, *([] if complete else [after]))

    def _pattern(self, pattern: ast.pattern, state: State) -> State:
        captured: set[str] = set()
        for part in ast.walk(pattern):
            name = getattr(part, "rest" if isinstance(part, ast.MatchMapping) else "name", None)
            if isinstance(name, str):
                self.tally.bind(name, "header", part)
                captured.add(name)
            elif isinstance(part, ast.MatchValue):
                self.value(part.value, state)
            elif isinstance(part, ast.MatchClass):
                self.value(part.cls, state)
        return None if state is None else state | captured


def _without(state: State, names: Iterable[str]) -> State:
    return None if state is None else state.difference(names)


def _deleted_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that some way through `nodes` deletes."""
    found: set[str] = set()
    for part in (each for node in nodes for each in ast.walk(node)):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Del):
            found.add(part.id)
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found.add(part.name)
    return found
