"""A flow's own classes, for opening what its runs left outside its notebook."""

from __future__ import annotations

import sys
from types import ModuleType

from nbflow.code.package import CodePackage
from nbflow.errors import raise_for
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Digest
from nbflow.workspace import Workspace

_PACKAGE = "nbflow_defs"


class _RunModule(ModuleType):
    """The definitions of one run, executed whole."""

    code: Digest


def make_importable(workspace: Workspace, code: Digest | None, ref: ArtifactRef, file: str | None = None) -> None:
    """The definitions that `ref` needs are importable: those of its own run, but where a notebook has them, its.

    `file` is the one that the definitions are, for a flow that is one.
    """
    for name in {use.partition(":")[0] for use in ref.uses}:
        if name.partition(".")[0] != _PACKAGE or code is None:
            continue
        present = sys.modules.get(name)
        if present is None or (isinstance(present, _RunModule) and present.code != code):
            _install(name, code, CodePackage.from_bytes(workspace.store.get_bytes(code)), file)


def _install(name: str, code: Digest, package: CodePackage, file: str | None) -> None:
    module = _RunModule(name, f"The definitions of a run of {package.flow}.")
    module.code = code
    if file:
        # a flow's file may look for others beside itself
        module.__file__ = file
    before = sys.modules.get(name)
    # its own classes look for themselves here while they are made
    sys.modules.setdefault(_PACKAGE, ModuleType(_PACKAGE))
    sys.modules[name] = module
    try:
        # whoever asks for an object asks for the code of its class, too
        exec(compile(package.definitions, f"<definitions of {package.flow}>", "exec"), module.__dict__)  # noqa: S102
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
