"""Where an imported module comes from, found without importing anything: the flow's own files, or an installation."""

from __future__ import annotations

import ast
import contextlib
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from pathlib import Path
from typing import Any

_LOADERS: Any = (
    (ExtensionFileLoader, EXTENSION_SUFFIXES),
    (SourceFileLoader, SOURCE_SUFFIXES),
    (SourcelessFileLoader, BYTECODE_SUFFIXES),
)
_INSTALLED = frozenset({"site-packages", "dist-packages"})


def find(name: str, path: Sequence[str]) -> ModuleSpec | None:
    """Return the spec of module `name` as `sys.path` = `path` would find it; no package of it is imported."""
    head, _, rest = name.partition(".")
    spec = _top(head, path)
    while rest and spec is not None:
        part, _, rest = rest.partition(".")
        head = f"{head}.{part}"
        places = spec.submodule_search_locations
        spec = _among(head, places) if places is not None else None
    return spec


def is_own(spec: ModuleSpec) -> bool:
    """Whether the module is a file of the flow's: under its folder, or installed so that it can be edited."""
    if spec.name.partition(".")[0] == "nbflow":
        return False
    places = [spec.origin] if spec.has_location and spec.origin else list(spec.submodule_search_locations or ())
    return bool(places) and not any(map(_is_library, places))


def own_path(path: Iterable[str]) -> tuple[str, ...]:
    """Return those folders of `path` that are the flow's: not Python's own, and none that packages are installed in."""
    return tuple(folder for folder in path if not _is_library(folder) and not folder.endswith(".zip"))


def imported(tree: ast.AST, package: str = "") -> Iterator[str]:
    """Yield the modules that the code imports, at any depth; `from a import b` may mean the module `a.b`.

    Args:
        tree: the code.
        package: the package it is a module of, for relative imports.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                around = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*around, *([base] if base else [])])
            if base:
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*")


def _top(name: str, path: Sequence[str]) -> ModuleSpec | None:
    for finder in sys.meta_path:
        # beside paths: builtin and frozen modules, editable installs; a hook of somebody's may raise anything
        with contextlib.suppress(Exception):
            found = _among(name, path) if finder is PathFinder else finder.find_spec(name, None)
            if found is not None:
                return found
    return None


def _among(name: str, folders: Iterable[str]) -> ModuleSpec | None:
    """Return the spec of a module in one of `folders`, a namespace package among them included.

    As PathFinder does, which wants the package around a namespace package to be imported.
    """
    portions: list[str] = []
    for folder in folders:
        spec = (_library(folder) if _is_library(folder) else _finder(folder)).find_spec(name)
        if spec is not None and spec.loader is not None:
            return spec
        portions += (spec.submodule_search_locations or ()) if spec is not None else ()
    if not portions:
        return None
    package = ModuleSpec(name, None)
    package.submodule_search_locations = portions
    return package


def _finder(folder: str) -> FileFinder:
    return FileFinder(folder, *_LOADERS)


@cache
def _library(folder: str) -> FileFinder:
    """Return the finder of a folder of installed packages; it lists the folder again when that changed.

    A change is seen by the folder's time, as by Python itself. The flow's own folders may change twice in one tick.
    """
    return _finder(folder)


@cache
def _is_library(place: str) -> bool:
    real = os.path.realpath(place)
    return not _INSTALLED.isdisjoint(Path(real).parts) or (real + os.sep).startswith(_library_folders())


@cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    return tuple(os.path.realpath(folder) + os.sep for folder in dict.fromkeys(folders))
