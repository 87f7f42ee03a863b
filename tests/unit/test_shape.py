"""The shape of the house: small modules, short functions, every public name documented."""

from __future__ import annotations

import ast
import statistics
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "nbflow").rglob("*.py"))
BANNED = {"base", "common", "core", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
#: the one module that may be called so: the port every storage fits
ALLOWED = {"storage/base.py"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "nbflow").as_posix()


def lines_of_code(path: Path) -> int:
    return sum(1 for line in path.read_text().splitlines() if line.strip())


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def functions_of(path: Path) -> tuple[Function, ...]:
    return tuple(node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def offenders(found: Callable[[Path], object]) -> dict[str, object]:
    """Return what is wrong with modules, by their names; one of which nothing is found is left out."""
    return {name_of(path): wrong for path in MODULES if (wrong := found(path))}


def test_a_module_has_at_most_400_lines() -> None:
    assert not offenders(lambda path: (lines := lines_of_code(path)) > 400 and lines)


def test_a_function_has_at_most_80_lines() -> None:
    assert not offenders(lambda path: {each.name: length(each) for each in functions_of(path) if length(each) > 80})


def test_a_module_is_named_by_what_it_holds() -> None:
    assert not offenders(lambda path: path.stem in BANNED and name_of(path) not in ALLOWED)


def test_a_module_and_its_public_functions_and_classes_are_documented() -> None:
    def undocumented(path: Path) -> list[str]:
        named = [each for each in tree_of(path).body if isinstance(each, Function | ast.ClassDef)]
        public = [each for each in named if not each.name.startswith("_")]
        return [
            *([] if ast.get_docstring(tree_of(path)) else ["the module itself"]),
            *(each.name for each in public if not ast.get_docstring(each)),
        ]

    assert not offenders(undocumented)


def test_a_module_postpones_its_annotations() -> None:
    def evaluates(path: Path) -> bool:
        has_code = any(not isinstance(each, ast.Expr) for each in tree_of(path).body)
        return has_code and "from __future__ import annotations" not in path.read_text()

    assert not offenders(evaluates)


def test_most_modules_are_small() -> None:
    sizes = sorted(lines_of_code(path) for path in MODULES)
    assert statistics.median(sizes) <= 140
    assert sizes[len(sizes) * 9 // 10] <= 250


def test_most_functions_are_short() -> None:
    lengths = sorted(length(each) for path in MODULES for each in functions_of(path))
    assert lengths[len(lengths) * 95 // 100] <= 45


def test_every_pure_room_is_held_to_its_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {each["id"]: each for each in settings["tool"]["importlinter"]["contracts"]}
    rooms = {"cards", "cells", "flowspec", "graph", "model", "plan"}
    built = {room for room in rooms if list((ROOT / "nbflow" / room).glob("*.py"))}
    assert {f"nbflow.{room}" for room in built} <= set(contracts["pure"]["source_modules"])
