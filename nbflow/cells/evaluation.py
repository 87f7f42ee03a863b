"""What evaluating an expression does to names: reads, `:=`, and what a step may not call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, cast

from nbflow.cells.scopes import Comprehension, Function, comprehension_names, eager_parts, function_names, walrus_names
from nbflow.cells.tally import Tally
from nbflow.cells.ways import Known, State, joined

#: called in the body of a step in this way: it asks for a `$name` of a shell line (see `body`)
DOLLAR = "__nbflow_dollar__"

#: what a worker gives every body, see `body`
_OURS = "__nbflow_"
_OPAQUE = frozenset({"exec", "eval", "globals", "locals", "vars", "dir"})
_OPAQUE_FIX = {
    "exec": 'pass a dict: exec(code, {"x": x})',
    "eval": 'pass a dict: eval(code, {"x": x})',
    "vars": "pass the object: vars(x)",
    "dir": "pass the object: dir(x)",
}


class Evaluation:
    """Walks expressions in the order Python evaluates them; every method takes the state before and returns it after."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self._ways: dict[type[ast.AST], Callable[[Any, Known], State]] = {
            ast.Name: self._name,
            ast.NamedExpr: self._walrus,
            ast.Lambda: self._lambda,
            ast.BoolOp: self._either,
            ast.IfExp: self._choice,
            ast.Compare: self._chain,
            ast.Call: self._call,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
        }

    def value(self, node: ast.AST | None, state: State) -> State:
        """Evaluate `node`."""
        if node is None or state is None:
            return state
        way = self._ways.get(type(node))
        return way(node, state) if way else self.values(ast.iter_child_nodes(node), state)

    def values(self, nodes: Iterable[ast.AST | None], state: State) -> State:
        """Evaluate `nodes` in order."""
        for node in nodes:
            state = self.value(node, state)
        return state

    def read(self, name: str, node: ast.AST, state: Known) -> Known:
        """Note that `name` is read where only the names of `state` are certain."""
        if name in state or name.startswith(_OURS):
            return state
        self.tally.reads.setdefault(name, self.tally.line(node))
        if name not in state.possible:
            self.tally.missed.add((name, self.tally.line(node)))
        if name == "merge_artifacts":
            self.tally.refuse("C023", node)
        return state.read(name)

    def read_later(self, names: Iterable[str], node: ast.AST, state: Known, own: str = "") -> None:
        """Note names that a function reads whenever it is called; its `own` name is bound by then."""
        for name in names:
            if name not in state and name != own and not name.startswith(_OURS):
                self.tally.lazy.setdefault(name, self.tally.line(node))
                if name == "merge_artifacts":
                    self.tally.refuse("C023", node)

    def function(self, node: Function, state: Known, own: str = "") -> set[str]:
        """Note what the body of a function reads and, under `global`, assigns; return the names it assigns."""
        found = function_names(node)
        self.read_later(found.all, node, state, own)
        self.tally.annotations |= found.annotations
        for name in found.written:
            self.tally.written.setdefault(name, (self.tally.line(node), own or "a lambda"))
        return found.written

    def _name(self, node: ast.Name, state: Known) -> State:
        return self.read(node.id, node, state) if isinstance(node.ctx, ast.Load) else state

    def _walrus(self, node: ast.NamedExpr, state: Known) -> State:
        after = self.value(node.value, state)
        self.tally.bind(node.target.id, "assign", node)
        return None if after is None else after.bind({node.target.id})

    def _lambda(self, node: ast.Lambda, state: Known) -> State:
        after = self.values(eager_parts(node), state)
        self.function(node, state)
        return after

    def _comprehension(self, node: Comprehension, state: Known) -> State:
        found, bound = comprehension_names(node), walrus_names(node)
        # what one item binds, the next one may read
        state = state.perhaps(bound)
        for name in found.reads:
            state = self.read(name, node, state)
        self.read_later(found.later, node, state)
        with self.tally.under(ast.unparse(node)):
            for name in bound:
                self.tally.bind(name, "assign", node)
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                self._refuse_opaque(part, state)
        return state

    def _either(self, node: ast.BoolOp, state: Known) -> State:
        return self._first_certain(node, node.values, state)

    def _chain(self, node: ast.Compare, state: Known) -> State:
        # a < b < c: the third is reached only if a < b
        start = self.values((node.left, node.comparators[0]), state)
        return self._first_certain(node, [None, *node.comparators[1:]], start)

    def _first_certain(self, node: ast.expr, parts: list[Any], state: State) -> State:
        ways = [self.value(parts[0], state)]
        with self.tally.under(ast.unparse(node)):
            for part in parts[1:]:
                ways.append(self.value(part, ways[-1]))
        return joined(*ways)

    def _choice(self, node: ast.IfExp, state: Known) -> State:
        after = self.value(node.test, state)
        with self.tally.under(f"if {ast.unparse(node.test)}"):
            return joined(self.value(node.body, after), self.value(node.orelse, after))

    def _call(self, node: ast.Call, state: Known) -> State:
        if isinstance(node.func, ast.Name) and node.func.id == DOLLAR:
            path = cast("str", cast("ast.Constant", node.args[0]).value)
            self._dollar(path.partition(".")[0], state)
            return state
        self._refuse_opaque(node, state)
        return self.values(ast.iter_child_nodes(node), state)

    def _dollar(self, name: str, state: Known) -> None:
        if name not in state:
            self.tally.perhaps.add(name)

    def _refuse_opaque(self, node: ast.Call, state: Known) -> None:
        """Refuse calls that read or bind names nobody sees."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _OPAQUE or name in state:
            return
        given = len(node.args) + len(node.keywords)
        if given < {"exec": 2, "eval": 2, "vars": 1, "dir": 1}.get(name, 1_000_000):
            self.tally.refuse("C020", node, call=name, fix=_OPAQUE_FIX.get(name, "read and bind names by writing them"))
