"""A flow's own classes, for opening what its runs left outside its notebook."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from nbflow.code.package import CodePackage
from nbflow.errors import raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Digest
from nbflow.workspace import Workspace

_PACKAGE = "nbflow_defs"

#: what we made importable: name → the module that stands for it, and the code package of the run it is for
_ours: dict[str, tuple[ModuleType, Digest]] = {}


def make_importable(workspace: Workspace, code: Digest | None, ref: ArtifactRef, file: str | None = None) -> None:
    """The definitions that `ref` needs are importable: those of its own run, but where a notebook has them, its.

    `file` is the one that the definitions are, for a flow that is one. Where this process has that file as a module,
    as the program or imported, and its text is that of the run, they are that module: its classes are the same.
    """
    needed: dict[str, set[str]] = {}
    for use in ref.uses:
        name, _, definition = use.partition(":")
        needed.setdefault(name, set()).add(definition)
    for name, definitions in needed.items():
        if name.partition(".")[0] == _PACKAGE and code is not None:
            _provide(workspace, name, definitions, code, file)


def _provide(workspace: Workspace, name: str, definitions: set[str], code: Digest, file: str | None) -> None:
    present = sys.modules.get(name)
    ours, of = _ours.get(name, (None, None))
    if present is not None and present is not ours:
        # a notebook's
        return
    done = present is not None and of == code
    held = _held(file, definitions) if file else None
    if done and held in (None, present):
        return
    package = CodePackage.from_bytes(workspace.store.get_bytes(code))
    if file and held is not None and _text(file) == package.definitions:
        _place(name, held, code)
    elif not done:
        _execute(name, code, package, file)


# ---- the module that this process has


def _held(file: str, definitions: set[str]) -> ModuleType | None:
    """Return the module that is `file` and has all `definitions`: while it is executed, some are still to come."""
    for module, space in _modules_of(file):
        if definitions <= space.keys():
            return module
    return None


def _modules_of(file: str) -> Iterator[tuple[ModuleType, dict[str, object]]]:
    """Yield each module that is `file`, the program first, with its namespace."""
    tail = f"/{Path(file).name}"
    modules = {"__main__": sys.modules.get("__main__"), **sys.modules}
    for name, module in modules.items():
        # `sys.modules` may hold anything
        if module is None or not issubclass(type(module), ModuleType) or name.startswith(f"{_PACKAGE}."):
            continue
        # asking a module itself may be what makes it load
        space = object.__getattribute__(module, "__dict__")
        at = space.get("__file__")
        # a symbolic link may have another name: that of the program is looked at, those of all modules take long
        near = isinstance(at, str) and (name == "__main__" or at.endswith(tail))
        if near and os.path.realpath(at) == file:
            yield module, space


def _text(file: str) -> str | None:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


# ---- the text that the run kept


def _execute(name: str, code: Digest, package: CodePackage, file: str | None) -> None:
    module = ModuleType(name, f"The definitions of a run of {package.flow}.")
    if file:
        # a flow's file may look for others beside itself
        module.__file__ = file
    before = sys.modules.get(name)
    sys.modules.setdefault(_PACKAGE, ModuleType(_PACKAGE))
    # its own classes look for themselves here while they are made
    sys.modules[name] = module
    try:
        # whoever asks for an object asks for the code of its class, too
        exec(compile(package.definitions, f"<definitions of {package.flow}>", "exec"), module.__dict__)  # noqa: S102 - see above: the flow's own code
    except Exception as error:  # noqa: BLE001 - anything a notebook's own code may raise
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        raise_for(
            "S007",
            name=name,
            message=f"{type(error).__name__}: {error}",
            why="the definitions of the run cannot be executed here",
            fix="install what they import, or open the flow's notebook and use it there",
        )
    _place(name, module, code)


def _place(name: str, module: ModuleType, code: Digest) -> None:
    """Let `import` find `module` under `name`."""
    parent = sys.modules.setdefault(_PACKAGE, ModuleType(_PACKAGE))
    setattr(parent, name.partition(".")[2], module)
    sys.modules[name] = module
    _ours[name] = module, code
