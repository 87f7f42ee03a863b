"""The name that `NAME = %flow run` gives its run, bound also where the run failed: the error comes before the assignment."""

from __future__ import annotations

import ast
import contextlib
import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nbflow.errors import NbflowError

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def bind_ended(face: Face, pathspec: str) -> None:
    """Bind the run that ended badly to the name that the line in the running cell has for it; without one do nothing."""
    from nbflow.client import Run

    name = assigned_name(face.source_of_running, face.shell.user_global_ns) if face.running else ""
    if name:
        with contextlib.suppress(NbflowError):
            face.shell.user_ns[name] = Run(pathspec, workspace=face.workspace)


def assigned_name(source: str, namespace: Mapping[str, Any]) -> str:
    """Return NAME where the statement that led here is `NAME = %flow …`, alone at the top of a cell; empty: it is not.

    Args:
        source: the running cell, as IPython executes it.
        namespace: the globals of its cells.
    """
    frame = inspect.currentframe()
    while frame is not None and not (frame.f_globals is namespace and frame.f_code.co_name == "<module>"):
        frame = frame.f_back
    if frame is None:
        return ""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return ""
    line = frame.f_lineno
    found = [each for each in statements if each.lineno <= line <= (each.end_lineno or each.lineno)]
    match found:
        case [
            ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(attr="run_line_magic"), args=[ast.Constant("flow"), *_]),
            )
        ]:
            return name
    return ""
