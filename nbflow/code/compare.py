"""What differs between the code of two runs: cell by cell, module by module, version by version."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping
from typing import Literal

from nbflow.code.package import CodePackage
from nbflow.frozen import frozen


@frozen
class Difference:
    """One thing that two code packages do not have in common."""

    kind: Literal["cell", "definitions", "module", "distribution", "python"]
    #: step, path or distribution; may be empty
    name: str
    old: str | None
    new: str | None

    @property
    def diff(self) -> str:
        """The change as a unified diff, without its two first lines."""
        return text_diff(self.old or "", self.new or "")


def text_diff(old: str, new: str) -> str:
    """Return how `old` became `new` as a unified diff, without its two first lines."""
    return "\n".join(list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3))[2:])


def differences(old: CodePackage, new: CodePackage) -> tuple[Difference, ...]:
    """Return what differs, in the order of the new run's cells."""
    found = [*_of_cells(old, new)]
    if old.definitions != new.definitions:
        found.append(Difference("definitions", "", old.definitions, new.definitions))
    found += _of_texts("module", old.modules, new.modules)
    found += _of_texts("distribution", old.distributions, new.distributions)
    if old.python != new.python:
        found.append(Difference("python", "", old.python, new.python))
    return tuple(found)


def _of_cells(old: CodePackage, new: CodePackage) -> Iterator[Difference]:
    """Compare steps by name, other cells by text."""
    steps_before = {name: text for name, text in old.cells if name != "cell"}
    steps_now = {name: text for name, text in new.cells if name != "cell"}
    yield from _of_texts("cell", steps_before, steps_now)
    before = [text for name, text in old.cells if name == "cell"]
    now = [text for name, text in new.cells if name == "cell"]
    matcher = difflib.SequenceMatcher(None, before, now, autojunk=False)
    for change, first, last, new_first, new_last in matcher.get_opcodes():
        if change != "equal":
            gone, come = before[first:last], now[new_first:new_last]
            for place in range(max(len(gone), len(come))):
                one = gone[place] if place < len(gone) else None
                other = come[place] if place < len(come) else None
                yield Difference("cell", "", one, other)


def _of_texts(
    kind: Literal["cell", "module", "distribution"], old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*new, *old)):
        if old.get(name) != new.get(name):
            yield Difference(kind, name, old.get(name), new.get(name))


def definitions_by_name(package: CodePackage) -> dict[str, str]:
    """Return the text behind each name that the package's definitions bind: its statement and those that add to it."""
    try:
        tree = ast.parse(package.definitions)
    except SyntaxError:
        return {}
    lines = package.definitions.splitlines()
    found: dict[str, str] = {}
    for statement in tree.body:
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(each.lineno for each in decorators)])
        text = "\n".join(lines[first - 1 : statement.end_lineno])
        for name in dict.fromkeys(_bound(statement)):
            found[name] = f"{found[name]}\n{text}" if name in found else text
    return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines, or adds something to (`CONFIG["a"] = 1`)."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (each.asname or each.name.partition(".")[0] for each in names)
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                # what is written into stands to the left of the first dot or bracket
                yield from (node.id for node in _owners(target))
        case _:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
                elif node is not statement and isinstance(node, ast.stmt):
                    yield from _bound(node)


def _owners(target: ast.expr) -> Iterator[ast.Name]:
    match target:
        case ast.Name():
            yield target
        case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
            yield from _owners(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _owners(part)
