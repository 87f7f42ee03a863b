"""The shape of the house: small modules, short functions, every public name documented."""

from __future__ import annotations

import ast
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def functions_of(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, Function))


def length(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


each_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


@each_module
def test_a_module_has_at_most_400_lines(path: Path) -> None:
    assert lines_of_code(path) <= 400


@each_module
def test_a_function_has_at_most_80_lines(path: Path) -> None:
    assert not {each.name: length(each) for each in functions_of(path) if length(each) > 80}


@each_module
def test_a_module_is_named_by_what_it_holds(path: Path) -> None:
    assert path.stem not in BANNED or name_of(path) in ALLOWED


@each_module
def test_a_module_and_its_public_functions_and_classes_are_documented(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the module has no docstring"
    public = [each for each in tree.body if isinstance(each, Function | ast.ClassDef) and not each.name.startswith("_")]
    assert not [each.name for each in public if not ast.get_docstring(each)]


@each_module
def test_a_module_postpones_its_annotations(path: Path) -> None:
    source = path.read_text()
    has_code = any(not isinstance(each, ast.Expr) for each in ast.parse(source).body)
    assert not has_code or "from __future__ import annotations" in source


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
