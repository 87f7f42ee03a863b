"""Definitions of plain cells, and those of step bodies that other steps use → the top of the file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from nbflow.cells.definitions import previous
from nbflow.cells.slice import Meaning, take_slice
from nbflow.cells.syntax import digest_of
from nbflow.frontends.converting.bodytext import with_comments
from nbflow.frontends.converting.original import Original, refuse
from nbflow.model.step import Statement


def needed(original: Original) -> list[Statement]:
    """Return the definitions that the file needs, in an order in which they can be executed.

    Raises:
        UsageError: R070, a name is defined twice.
    """
    graph = original.graph
    found = {id(each): each for node in graph.nodes for each in node.code.slice if each.step != node.name}
    found |= {id(each): each for each in _of_parameters(original)}
    number = {id(each): place for place, each in enumerate(graph.statements)}
    unique = {(each.key, each.names, each.owner): each for each in found.values()}
    chosen = sorted(unique.values(), key=lambda each: number.get(id(each), 0))
    _check(chosen)
    return list(_executable(chosen))


def _of_parameters(original: Original) -> Iterable[Statement]:
    """Return what the types and defaults of parameters need."""
    definitions = original.flow.draft.definitions

    def resolve(name: str) -> Meaning:
        statement = definitions.of(name)
        return Meaning("definition", statement) if statement else Meaning("provided")

    names = [name for each in original.graph.parameters for name in sorted(each.reads)]
    texts = [each.type for each in original.graph.parameters]
    names += [node.id for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    names += [
        node.id
        for text in original.assigned.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name)
    ]
    return take_slice(names, definitions, (), resolve).statements


def _check(statements: Sequence[Statement]) -> None:
    """Refuse a name of which two steps, or a step and a cell, have a definition each."""
    for number, statement in enumerate(statements):
        built_on = _built_on(statements, number)
        for earlier, other in enumerate(statements[:number]):
            if earlier in built_on or statement.step is other.step is None:
                continue
            if both := sorted(set(statement.names) & set(other.names)):
                why = f"{other.place.cell} defines another; a file has one of each name"
                refuse(statement.place, f"the definition of '{both[0]}'", why, "give one of them another name")


def _built_on(statements: Sequence[Statement], number: int) -> set[int]:
    found: set[int] = set()
    waiting = [number]
    while waiting:
        earlier = previous(statements, waiting.pop()) - found
        found |= earlier
        waiting.extend(earlier)
    return found


def _executable(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Yield `statements`, each after those it reads when it is executed."""
    done: set[int] = set()

    def put(number: int) -> Iterator[Statement]:
        if number in done:
            return
        done.add(number)
        statement = statements[number]
        reads = statement.now | ({statement.owner} if statement.owner else set())
        for name in sorted(reads - set(statement.names)):
            givers = [other for other, each in enumerate(statements) if name in each.names]
            for giver in givers:
                yield from put(giver)
        for earlier in sorted(previous(statements, number)):
            yield from put(earlier)
        yield statement

    for number in range(len(statements)):
        yield from put(number)


def text_of(statement: Statement) -> list[str]:
    """Return the lines of a definition with its comments, as they stand in its cell."""
    cell = statement.cell.split("\n")
    first, last = statement.line, statement.line + statement.source.count("\n")
    lines = cell[first - 1 : last]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        tree = ast.Module([], [])
    if len(tree.body) != 1 or digest_of(tree.body[0]) != statement.key:
        # it shares its lines with others, or the whole cell is indented
        return statement.source.split("\n")
    return cell[with_comments(cell, first) - 1 : last]


def used_names(original: Original, statements: Iterable[Statement]) -> set[str]:
    """Return the names that the file reads of its definitions."""
    found = {name for node in original.graph.nodes for name in node.code.roots}
    found |= {name for cell in original.graph.setup for name in cell.body.names.reads}
    for each in statements:
        if each.kind != "import":
            found |= each.now | each.later | each.annotations
    texts = [*(each.type for each in original.graph.parameters), *original.assigned.values()]
    texts += [each.default for each in original.graph.parameters if each.default is not None]
    return found | {node.id for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def import_lines(
    statements: Iterable[Statement], used: Collection[str], others: Iterable[str], folder: Path
) -> list[str]:
    """Return the imports of the file, sorted as is usual: Python's own, packages, modules in `folder`.

    Args:
        statements: imports, of which only the names in `used` are taken.
        used: names.
        others: further lines.
        folder: where the notebook stands.
    """
    sections: dict[int, dict[tuple[bool, str], str]] = {0: {}, 1: {}, 2: {}}
    lines = [line for each in statements for line in _single_imports(each, used)]
    for line in dict.fromkeys([*lines, *others]):
        node = ast.parse(line).body[0]
        assert isinstance(node, ast.Import | ast.ImportFrom)
        module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
        sections[_section(module, folder)][isinstance(node, ast.ImportFrom), f"{module.casefold()} {line}"] = line
    blocks = [[lines[key] for key in sorted(lines)] for lines in sections.values() if lines]
    return [line for number, block in enumerate(blocks) for line in (*([""] if number else []), *block)]


def _single_imports(statement: Statement, used: Collection[str]) -> list[str]:
    lines = text_of(statement)
    node = ast.parse("\n".join(lines)).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    taken = [each for each in node.names if (each.asname or each.name.partition(".")[0]) in used]
    if isinstance(node, ast.Import) and len(node.names) > 1:
        return [f"import {ast.unparse(each)}" for each in taken]
    if len(taken) < len(node.names):
        node.names = taken
        return [ast.unparse(node)] if taken else []
    return ["\n".join(line for line in lines if not line.startswith("#"))]


def is_local(module: str, folder: Path) -> bool:
    """Say whether a module is the person's own: it stands in `folder`."""
    top = module.partition(".")[0]
    return top not in sys.stdlib_module_names and ((folder / f"{top}.py").exists() or (folder / top).is_dir())


def _section(module: str, folder: Path) -> int:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return 0
    return 2 if is_local(module, folder) else 1
