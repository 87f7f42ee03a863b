"""Scopes inside a step: what functions, lambdas and comprehensions take from the code around them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
#: nodes that open a scope of their own
_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


@dataclass(slots=True)
class FreeNames:
    """What a scope has to do with names that are not its own. Lines are lines of the code given."""

    #: read while the scope's code runs → first line
    reads: dict[str, int] = field(default_factory=dict)
    #: read by functions inside it, whenever those are called → first line
    later: dict[str, int] = field(default_factory=dict)
    #: declared `global` and read: no scope around it can hold them
    outermost: dict[str, int] = field(default_factory=dict)
    #: declared `global` and assigned
    written: set[str] = field(default_factory=set)
    annotations: set[str] = field(default_factory=set)

    @property
    def all(self) -> dict[str, int]:
        """Every name read, whenever that is → line."""
        return {**self.outermost, **self.later, **self.reads}


def function_names(node: Function) -> FreeNames:
    """Return the names a function's body takes from outside; decorators and defaults are not its body."""
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    nodes = list(own_nodes(body))
    declared = {name for each in nodes if isinstance(each, ast.Global) for name in each.names}
    bound = {name for each in nodes for name in names_bound_by(each)}
    arguments = {each.arg for each in _arguments(node.args)}
    reader = _Reader((bound - declared) | arguments | type_parameters(node), declared)
    reader.found.written = bound & declared
    for part in body:
        reader.visit(part)
    return reader.found


def class_names(node: ast.ClassDef) -> FreeNames:
    """Return the names a class's body takes from outside; it runs where it stands, its methods later."""
    reader = _Reader(type_parameters(node), hides=False)
    for statement in node.body:
        bound = {name for each in own_nodes([statement]) for name in names_bound_by(each)}
        compound = hasattr(statement, "body") and not isinstance(statement, _SCOPES)
        # `x = x` reads the outer x; inside `if`, `for` and `with` what they bind comes first
        reader.own |= bound if compound else set()
        reader.visit(statement)
        reader.own |= bound
    return reader.found


def comprehension_names(node: Comprehension) -> FreeNames:
    """Return the names a comprehension takes from outside; it runs where it stands."""
    reader = _Reader(set())
    reader.visit(node)
    return reader.found


def eager_parts(node: Function) -> list[ast.expr]:
    """Return what is evaluated where a function is defined: decorators and defaults."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return [*decorators, *node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]


def header_parts(node: ast.ClassDef) -> list[ast.expr]:
    """Return what is evaluated before a class's body."""
    return [*node.decorator_list, *node.bases, *(each.value for each in node.keywords)]


def signature_annotations(node: Function) -> Iterator[ast.expr]:
    """Yield the annotations of a function's signature."""
    if isinstance(node, ast.Lambda):
        return
    for each in _arguments(node.args):
        if each.annotation is not None:
            yield each.annotation
    if node.returns is not None:
        yield node.returns


def names_in(node: ast.AST) -> set[str]:
    """Return every name read anywhere in `node`."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def type_parameters(node: ast.AST) -> set[str]:
    """Return the names in `def f[T](…)`, which Python 3.12 brought."""
    return {each.name for each in getattr(node, "type_params", ())}


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of one scope in order; scopes inside it are yielded and not entered."""
    waiting = list(body)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(list(ast.iter_child_nodes(node))[::-1])


def names_bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that `node` itself binds or deletes in its scope."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from imported_names(node)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            # := in a comprehension binds outside it
            yield from walrus_names(node)


def imported_names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the names an import binds; that of a `__future__` import means nothing."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return []
    return [each.asname or each.name.split(".")[0] for each in node.names if each.name != "*"]


def walrus_names(node: ast.AST) -> list[str]:
    """Return the names `:=` binds anywhere in the comprehension `node`."""
    found = [each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr)]
    return list(dict.fromkeys(found))


class _Reader(ast.NodeVisitor):
    """Finds what the code of one scope reads beside its `own` names.

    Responsibilities: one scope; those inside it have readers of their own, whose findings it takes over.
    """

    def __init__(self, own: set[str], declared: set[str] | None = None, *, hides: bool = True) -> None:
        self.found = FreeNames()
        self.own = own
        self._declared = declared or set()
        #: scopes inside see its names (not so in a class)
        self._hides = hides

    def visit_Name(self, node: ast.Name) -> None:
        """Note a name that is read."""
        if isinstance(node.ctx, ast.Load):
            self._read(node.id, node.lineno)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """`x += 1` reads x."""
        if isinstance(node.target, ast.Name):
            self._read(node.target.id, node.lineno)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Keep the annotation apart: it is never a read."""
        self.found.annotations |= names_in(node.annotation)
        self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def _function(self, node: Function) -> None:
        for part in eager_parts(node):
            self.visit(part)
        for annotation in signature_annotations(node):
            self.found.annotations |= names_in(annotation)
        inner = function_names(node)
        self._take(inner, reads={}, later={**inner.later, **inner.reads})

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function  # noqa: N815  ast names them

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class runs where it stands."""
        for part in header_parts(node):
            self.visit(part)
        inner = class_names(node)
        self._take(inner, inner.reads, inner.later)

    def _comprehension(self, node: Comprehension) -> None:
        first, *others = node.generators
        # the first list is evaluated outside
        self.visit(first.iter)
        inner = _ComprehensionReader({name for each in node.generators for name in _targets(each.target)})
        inner.filter(first.ifs)
        for generator in others:
            inner.visit(generator.iter)
            inner.filter(generator.ifs)
        for value in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            inner.visit(value)
        self._take(inner.found, inner.found.reads, inner.found.later)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815 - ast's names

    def _read(self, name: str, line: int) -> None:
        if name in self._declared:
            self.found.outermost.setdefault(name, line)
        elif name not in self.own:
            self.found.reads.setdefault(name, line)

    def _take(self, inner: FreeNames, reads: dict[str, int], later: dict[str, int]) -> None:
        for names, kept in ((reads, self.found.reads), (later, self.found.later)):
            for name, line in names.items():
                if name in self._declared:
                    self.found.outermost.setdefault(name, line)
                elif not (self._hides and name in self.own):
                    kept.setdefault(name, line)
        for name, line in inner.outermost.items():
            self.found.outermost.setdefault(name, line)
        self.found.written |= inner.written
        self.found.annotations |= inner.annotations


class _ComprehensionReader(_Reader):
    """A comprehension's part that runs per item: what `:=` has bound in it is its own from there on."""

    def filter(self, conditions: list[ast.expr]) -> None:
        """Read the conditions behind `if`: where they all hold, each operand of an `and` was evaluated."""
        for condition in conditions:
            match condition:
                case ast.BoolOp(op=ast.And(), values=parts):
                    self._each(parts)
                case _:
                    self.visit(condition)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Bind the name once its value is read."""
        self.visit(node.value)
        self.own = self.own | {node.target.id}

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Only the first operand is certainly evaluated."""
        self._perhaps(node.values[0], node.values[1:])

    def visit_Compare(self, node: ast.Compare) -> None:
        """Only the first comparison is certainly made."""
        self.visit(node.left)
        self._perhaps(node.comparators[0], node.comparators[1:])

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """One of two is evaluated."""
        self._perhaps(node.test, [node.body])
        self._perhaps(None, [node.orelse])

    def _perhaps(self, certain: ast.expr | None, others: list[ast.expr]) -> None:
        if certain is not None:
            self.visit(certain)
        before = self.own
        self._each(others)
        self.own = before

    def _each(self, parts: list[ast.expr]) -> None:
        for part in parts:
            self.visit(part)


def _arguments(args: ast.arguments) -> list[ast.arg]:
    starred = [each for each in (args.vararg, args.kwarg) if each is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *starred]


def _targets(target: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
