"""The notebook's door: `%load_ext nbflow`, `%%step`, `%%parameters`, `%%setup`, `%flow`, and their Python twin `flow`."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

from nbflow.errors import raise_for
from nbflow.frontends.magics.face import Face
from nbflow.frontends.magics.history import earlier_cells, running_cell
from nbflow.frontends.magics.intake import take
from nbflow.frontends.magics.magic import register, unregister
from nbflow.frontends.magics.midcell import adopt_made
from nbflow.frontends.magics.transform import DOOR, ClassAdopter, transform, unfinished
from nbflow.frontends.magics.twin import FlowTwin

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["face_of", "flow", "load", "unload"]


def _face() -> Face:
    """Return the running kernel's face."""
    from IPython import get_ipython

    shell = get_ipython()
    face = face_of(shell) if shell is not None else None
    if face is None:
        raise_for("R004", option="nbflow.flow", message="the extension is not loaded here", fix="%load_ext nbflow")
    return face


def face_of(shell: InteractiveShell) -> Face | None:
    """Return what `load` made of a shell; None: the extension is not loaded there."""
    face = shell.user_ns.get(DOOR)
    return face if isinstance(face, Face) else None


#: Python twin of the magics: `flow.run(alpha=0.2)` is `%flow run --alpha 0.2`
flow = FlowTwin(_face)


def load(shell: InteractiveShell) -> None:
    """Make `shell` understand our cells. Loading twice does nothing more than once.

    It may be called in the middle of a cell: running a class does so where nobody loaded the extension.
    """
    if isinstance(shell.user_ns.get(DOOR), Face):
        return
    face = Face(shell)
    shell.user_ns[DOOR] = face
    shell.user_ns_hidden[DOOR] = face
    shell.input_transformers_cleanup[:0] = [transform, unfinished]
    shell.ast_transformers.append(ClassAdopter())
    shell.events.register("pre_run_cell", face.before_cell)
    shell.events.register("post_run_cell", face.after_cell)
    register(shell, face)
    for number, raw in earlier_cells(shell):
        take(face, raw, number)
    adopt_made(face)
    if running := running_cell(shell):
        face.run_plain(running)
    # starts in the background, so that the first step cell finds it ready
    face.warm()
    atexit.register(face.close)


def unload(shell: InteractiveShell) -> None:
    """Take back what `load` did, and end the engine."""
    face = shell.user_ns.pop(DOOR, None)
    shell.user_ns_hidden.pop(DOOR, None)
    if not isinstance(face, Face):
        return
    for each in (transform, unfinished):
        if each in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(each)
    shell.ast_transformers[:] = [each for each in shell.ast_transformers if not isinstance(each, ClassAdopter)]
    shell.events.unregister("pre_run_cell", face.before_cell)
    shell.events.unregister("post_run_cell", face.after_cell)
    unregister(shell)
    face.close()
    atexit.unregister(face.close)
