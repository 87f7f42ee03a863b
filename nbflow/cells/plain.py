"""A plain cell → what steps may know of it: definitions by their source, and names that only the kernel has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from nbflow.cells.advice import SIMPLER
from nbflow.cells.aside import is_aside
from nbflow.cells.body import not_python
from nbflow.cells.effects import Effect, effects_of
from nbflow.cells.lines import logical_lines
from nbflow.cells.magics import python_of_plain
from nbflow.cells.names import names_of
from nbflow.cells.syntax import imported_modules, parse_module
from nbflow.cells.text import CellText
from nbflow.errors import Place, Problem, problem
from nbflow.frozen import frozen
from nbflow.model.step import Computed, Statement, Unreplayed

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: magics that change the process
_SETTING = frozenset({"env", "set_env", "cd"})
#: commands that change the machine, so steps see what they did
_LASTING = frozenset({"pip", "pip3", "conda", "mamba", "uv", "apt", "apt-get", "python", "python3"})


@frozen
class PlainCell:
    """What a plain cell does, in its order."""

    effects: tuple[Effect, ...]
    #: modules it imports outside functions, for preloading
    modules: tuple[str, ...] = ()
    #: name → right-hand side, when the cell is nothing but assignments to names
    assignments: Mapping[str, str] | None = None
    #: names it binds in any way, and the line of each
    bound: Mapping[str, int] | None = None
    notices: tuple[Problem, ...] = ()
    #: papermill wrote it: parameters that were given to the notebook
    injected: bool = False

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The definitions."""
        return tuple(each for each in self.effects if isinstance(each, Statement))

    @property
    def computed(self) -> Mapping[str, Computed]:
        """The names whose values only the kernel has."""
        return {each.name: each for each in self.effects if isinstance(each, Computed)}

    @property
    def unreplayed(self) -> tuple[Unreplayed, ...]:
        """What it does to the process, which steps do not see."""
        return tuple(each for each in self.effects if isinstance(each, Unreplayed))


def plain_cell(text: str, place: Place, file: str) -> PlainCell:
    """Return what the plain cell `text` does. One that only looks into a task does nothing.

    Raises:
        CellError: NBF-C010, it is not Python.
    """
    if is_aside(text):
        return PlainCell(())
    cell = CellText(text, place, file)
    python = python_of_plain(text)
    try:
        tree = parse_module(python)
        names = names_of(tree)
        lines = python.split("\n")
        effects = [effect for node in tree.body for effect in effects_of(node, cell, lines)]
    except SyntaxError as wrong:
        not_python(cell, wrong, python, 1)
        cell.check()
        raise
    except RecursionError:
        cell.found("C010", 1, message="it is nested too deeply", fix=SIMPLER)
        cell.check()
        raise
    return PlainCell(
        effects=(*effects, *_magics(cell)),
        modules=_modules(tree),
        assignments=_assignments(tree),
        bound={name: binding.line for name, binding in names.bindings.items()},
        notices=(*_globals(effects), *_stars(tree, cell)),
        injected=re.match(r"\s*# Parameters\s*\n", text) is not None,
    )


def _magics(cell: CellText) -> Iterator[Unreplayed]:
    for line in logical_lines(cell.text):
        name = line.content.split(" ", 1)[0]
        setting = line.sigil == "%" and name in _SETTING
        command = line.sigil in {"!", "!!"} and name not in _LASTING and not line.target
        if setting or command:
            yield Unreplayed("", f"{line.sigil}{name}", cell.at(line.first + 1))


def _modules(tree: ast.Module) -> tuple[str, ...]:
    found = [name for node in tree.body if not isinstance(node, _FUNCTIONS) for name in imported_modules(node)]
    return tuple(dict.fromkeys(found))


def _assignments(tree: ast.Module) -> Mapping[str, str] | None:
    found: dict[str, str] = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(node, ast.AnnAssign):
            target = node.target
        value = getattr(node, "value", None)
        if not isinstance(target, ast.Name) or value is None:
            return None
        found[target.id] = ast.unparse(value)
    return found or None


def _stars(tree: ast.Module, cell: CellText) -> Iterator[Problem]:
    """Yield N014 for each import of names that nobody can see."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(each.name == "*" for each in node.names):
            module = "." * node.level + (node.module or "")
            yield problem("N014", cell.at(node.lineno), module=module, cell=cell.place.cell or "a plain cell")


def _globals(effects: list[Effect]) -> Iterator[Problem]:
    """Yield N009 for functions that assign a global: each task has its own."""
    for effect in effects:
        if isinstance(effect, Statement) and effect.kind == "function":
            found = names_of(effect.source)
            for name, binding in found.bindings.items():
                if binding.under.startswith("global "):
                    yield problem("N009", effect.place, name=effect.names[0], variable=name)
