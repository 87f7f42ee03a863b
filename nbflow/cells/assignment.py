"""What simple statements do to names: assignments, imports, definitions, `del`, changes in place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from nbflow.cells.evaluation import Evaluation
from nbflow.cells.merges import merge_of
from nbflow.cells.scopes import (
    class_names,
    eager_parts,
    header_parts,
    imported_names,
    names_in,
    signature_annotations,
)
from nbflow.cells.tally import How, Tally, short
from nbflow.cells.ways import Known, State
from nbflow.model.step import DiscardedCall


class Assignments(Evaluation):
    """Walks simple statements; every method takes the state before and returns the one after.

    Responsibilities: one statement after the other. Where ways part and meet is its subclass's matter.
    """

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self.statements: dict[type[ast.AST], Callable[[Any, Known], State]] = {
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Delete: self._delete,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Global: self._nothing,
            ast.Nonlocal: self._nothing,
        }
        if hasattr(ast, "TypeAlias"):
            self.statements[ast.TypeAlias] = self._type_alias

    def block(self, body: Sequence[ast.stmt], state: State) -> State:
        """Run the statements of `body` in order."""
        for statement in body:
            if state is None:
                return None
            way = self.statements.get(type(statement))
            state = way(statement, state) if way else self.values(ast.iter_child_nodes(statement), state)
        return state

    def _nothing(self, _: ast.stmt, state: Known) -> State:
        return state

    def _expression(self, node: ast.Expr, state: Known) -> State:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call):
            merge = merge_of(call, self.tally.line(node))
            if merge and not self.tally.nested and "merge_artifacts" not in state and self.tally.merge is None:
                self.tally.merge = merge
                return self.values(call.args, state)
            name = root_of(call.func)
            if isinstance(call.func, ast.Attribute) and name and name not in state:
                self.tally.calls[DiscardedCall(name, short(ast.unparse(call)), self.tally.line(node))] = None
        return self.value(node.value, state)

    def _assign(self, node: ast.Assign, state: Known) -> State:
        after = self.value(node.value, state)
        for target in node.targets:
            definition = isinstance(node.value, ast.Lambda) and isinstance(target, ast.Name)
            after = self.store(target, after, "definition" if definition else "assign")
        return after

    def _annotated(self, node: ast.AnnAssign, state: Known) -> State:
        self.tally.annotations |= names_in(node.annotation)
        if node.value is None:
            return state
        after = self.value(node.value, state)
        definition = isinstance(node.value, ast.Lambda) and isinstance(node.target, ast.Name)
        return self.store(node.target, after, "definition" if definition else "assign")

    def _augmented(self, node: ast.AugAssign, state: Known) -> State:
        if isinstance(node.target, ast.Name):
            state = self.read(node.target.id, node, state)
        return self.store(node.target, self.value(node.value, state), "assign")

    def _delete(self, node: ast.Delete, state: Known) -> State:
        after: State = state
        for target in node.targets:
            if isinstance(target, ast.Name) and after is not None:
                after = self.read(target.id, target, after).unbind({target.id})
                self.tally.deleted.setdefault(target.id, self.tally.line(target))
            else:
                after = self.store(target, after, "assign")
        return after

    def _import(self, node: ast.Import | ast.ImportFrom, state: Known) -> State:
        if any(each.name == "*" for each in node.names):
            module = node.module if isinstance(node, ast.ImportFrom) else ""
            fix = f"import the names you use: from {module} import a, b"
            self.tally.refuse("C020", node, call="import *", fix=fix)
        names = imported_names(node)
        for name in names:
            self.tally.bind(name, "definition", node)
        return state.bind(names)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, state: Known) -> State:
        after = self.values(eager_parts(node), state)
        for annotation in signature_annotations(node):
            self.tally.annotations |= names_in(annotation)
        written = self.function(node, state, node.name)
        self.tally.bind(node.name, "definition", node)
        return None if after is None else after.bind({node.name}).perhaps(written)

    def _class(self, node: ast.ClassDef, state: Known) -> State:
        after = self.values(header_parts(node), state)
        found = class_names(node)
        for name in found.reads:
            after = None if after is None else self.read(name, node, after)
        self.read_later({**found.later, **found.outermost}, node, state, node.name)
        self.tally.annotations |= found.annotations
        for name in found.written:
            self.tally.written.setdefault(name, (self.tally.line(node), node.name))
        self.tally.bind(node.name, "definition", node)
        return None if after is None else after.bind({node.name}).perhaps(found.written)

    def _type_alias(self, node: Any, state: Known) -> State:
        # `type X = …` evaluates its value when somebody asks for it
        own = {each.name for each in node.type_params}
        self.read_later(names_in(node.value) - own, node, state, node.name.id)
        self.tally.bind(node.name.id, "definition", node)
        return state.bind({node.name.id})

    def store(self, target: ast.expr, state: State, how: How) -> State:
        """Bind the names of `target`; what it changes in place is noted as changed."""
        match target:
            case ast.Name(id=name):
                self.tally.bind(name, how, target)
                return None if state is None else state.bind({name})
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    state = self.store(part, state, how)
            case ast.Starred(value=value):
                return self.store(value, state, how)
            case ast.Attribute() | ast.Subscript():
                name = root_of(target) or ""
                if name and state is not None and name not in state:
                    self.tally.changed.setdefault(name, self.tally.line(target))
                return self.values(ast.iter_child_nodes(target), state)
        return state


def root_of(target: ast.expr) -> str | None:
    """Return the name an attribute or item belongs to, as df in `df.loc[0].x`."""
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None
