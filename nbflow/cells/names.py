"""Names a body reads before it binds them, and names it binds: definite assignment over its syntax tree.

One pass with what is known of names at each point (`ways`). A name read where it is not certainly bound may have to
come from above; where something can have bound it before, the step can also do without (`Names.tried`). A name that is
certain at the end is left for certain, any other that was bound is left perhaps.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from nbflow.cells.assignment import Assignments
from nbflow.cells.syntax import parse_module
from nbflow.cells.tally import Refused, Tally
from nbflow.cells.ways import Known, State, joined
from nbflow.model.step import Names


def names_of(code: str | ast.AST, line: int = 1) -> Names:
    """Return what `code`, which begins on `line` of its cell, does to names."""
    return analysed(code, line)[0]


def analysed(code: str | ast.AST, line: int = 1) -> tuple[Names, tuple[Refused, ...]]:
    """Return what `code` does to names, and what it does that no step may do."""
    tally, end = walked(code, line)
    return tally.names(end), tuple(tally.refused)


def walked(code: str | ast.AST, line: int = 1) -> tuple[Tally, State]:
    """Return all that was found in `code`, and what is known at its end."""
    tree = parse_module(code) if isinstance(code, str) else code
    walk = _Walk(Tally(offset=line - 1))
    end: State = Known()
    if isinstance(tree, ast.Module):
        end = walk.block(tree.body, end)
    elif isinstance(tree, ast.stmt):
        end = walk.block([tree], end)
    else:
        end = walk.value(tree.body if isinstance(tree, ast.Expression) else tree, end)
    return walk.tally, end


class _Walk(Assignments):
    """Walks compound statements; a state of None: no way leads there."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        #: per loop, what is known at its breaks, and where it goes on to the next round
        self._breaks: list[list[State]] = []
        self._rounds: list[list[State]] = []
        self.statements |= {
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.Break: self._break,
            ast.Continue: self._continue,
            ast.Raise: self._leave,
            ast.Return: self._leave,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.Match: self._match,
        }

    def _if(self, node: ast.If, state: Known) -> State:
        after, test = self.value(node.test, state), ast.unparse(node.test)
        with self.tally.under(f"if {test}"):
            body = self.block(node.body, after)
        with self.tally.under(f"the else of if {test}"):
            return joined(body, self.block(node.orelse, after))

    def _for(self, node: ast.For | ast.AsyncFor, state: Known) -> State:
        after = self.value(node.iter, state)
        with self.tally.under(f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"):
            after = self._again(node, after)
            inside = self.store(node.target, after, "header")
            return self._loop(node, inside, after, ends=True)

    def _while(self, node: ast.While, state: Known) -> State:
        # `while True` runs at least once, up to a break
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        after = self.value(node.test, self._again(node, state))
        with self.tally.under(f"while {ast.unparse(node.test)}"):
            return self._loop(node, after, after, ends=not forever)

    def _again(self, node: ast.For | ast.AsyncFor | ast.While, state: State) -> State:
        """Return what is known where a round begins, be it the first or, after what one round binds, a later one."""
        if state is None:
            return None
        with self._trial():
            if isinstance(node, ast.While):
                inside = self.value(node.test, state)
            else:
                inside = self.store(node.target, state, "header")
            self._breaks.append([])
            self._rounds.append([])
            end = joined(self.block(node.body, inside), *self._rounds.pop())
            self._breaks.pop()
        return state if end is None else state.perhaps(end.possible)

    @contextmanager
    def _trial(self) -> Iterator[None]:
        """Let what is walked inside leave no findings."""
        kept, self.tally = self.tally, Tally()
        try:
            yield
        finally:
            self.tally = kept

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, inside: State, after: State, *, ends: bool) -> State:
        self._breaks.append([])
        self._rounds.append([])
        self.block(node.body, inside)
        self._rounds.pop()
        end = self.block(node.orelse, after.kept(node.body)) if ends and after is not None else None
        return joined(end, *self._breaks.pop())

    def _break(self, _: ast.Break, state: Known) -> State:
        if self._breaks:
            self._breaks[-1].append(state)
        return None

    def _continue(self, _: ast.Continue, state: Known) -> State:
        if self._rounds:
            self._rounds[-1].append(state)
        return None

    def _leave(self, node: ast.stmt, state: Known) -> State:
        self.values(ast.iter_child_nodes(node), state)
        return None

    def _with(self, node: ast.With | ast.AsyncWith, state: Known) -> State:
        after: State = state
        for item in node.items:
            after = self.value(item.context_expr, after)
            if item.optional_vars is not None:
                after = self.store(item.optional_vars, after, "header")
        end = self.block(node.body, after)
        # what it manages may hold back an error, as suppress() does
        return end if end is None or after is None else after.managed(node.body, end)

    def _try(self, node: ast.Try | ast.TryStar, state: Known) -> State:
        with self.tally.under("try"):
            body = self.block(node.body, state)
            ends = [self.block(node.orelse, body)]
        # a handler may start after any statement of the body
        before = state.interrupted(node.body)
        for handler in node.handlers:
            with self.tally.under(f"except {ast.unparse(handler.type) if handler.type else ''}".strip()):
                ends.append(self._handler(handler, before))
        end = joined(*ends)
        if not node.finalbody:
            return end
        last = self.block(node.finalbody, before.interrupted([*node.handlers, *node.orelse]))
        # once more from where the ways meet: what is certain there stays so
        return self.block(node.finalbody, end) if last is not None else None

    def _handler(self, node: ast.ExceptHandler, state: State) -> State:
        after = self.value(node.type, state)
        if node.name is None or after is None:
            return self.block(node.body, after)
        self.tally.bind(node.name, "header", node)
        # Python deletes the name when the handler ends
        self.tally.deleted.setdefault(node.name, self.tally.line(node))
        end = self.block(node.body, after.bind({node.name}))
        return None if end is None else end.unbind({node.name})

    def _match(self, node: ast.Match, state: Known) -> State:
        after: State = self.value(node.subject, state)
        ends: list[State] = []
        complete = False
        for case in node.cases:
            with self.tally.under(f"case {ast.unparse(case.pattern)}"):
                inside = self.value(case.guard, self._pattern(case.pattern, after))
                ends.append(self.block(case.body, inside))
            # a case that does not fit may have bound names all the same
            after = joined(after, inside)
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
        return None if state is None else state.bind(captured)
