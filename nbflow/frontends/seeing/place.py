"""What a call such as `nbflow.artifacts(what)` is about: a client's object, a place as text, or nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from nbflow.client import Flow
from nbflow.client.chosen import workspace_here, workspace_if_any
from nbflow.errors import raise_for
from nbflow.frontends.choosing_place import Here, Seen, latest_run, place_in

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


#: what may stand for a place; None: the latest run
Named = Seen | Flow | str | int | None


def thing_of(what: Any = None) -> Seen:
    """Return what is meant: the object itself, of a flow its latest run, or what a text names.

    In a notebook with the extension loaded, a text may leave out the flow, as in `%flow artifacts train`.

    Raises:
        MetadataError: M001 to M006, there is no such thing.
        UsageError: R004, R005, it names nothing.
    """
    if isinstance(what, Seen):
        return what
    if isinstance(what, Flow):
        return what.latest_run or latest_run(what._workspace, what.id)  # noqa: SLF001 - of our own
    if not isinstance(what, Named):
        kind = type(what).__name__
        message = f"a {kind} is no run, step, task or artifact"
        raise_for("R004", option=f"a {kind}", message=message, fix='a pathspec, as "sales/12/train", or a Run')
    text = "" if what is None else str(what)
    face = face_here()
    if face is not None:
        from nbflow.frontends.magics.place_of import thing_at

        return thing_at(face, text)
    workspace = workspace_if_any() or workspace_here(text.partition("/")[0])
    return place_in(workspace, text, Here())


def face_here() -> Face | None:
    """Return what `%load_ext nbflow` made of this kernel; None outside one, and where it was not loaded."""
    if "nbflow.frontends.magics" not in sys.modules:
        return None
    from IPython import get_ipython

    from nbflow.frontends.magics import face_of

    shell = get_ipython()
    return face_of(shell) if shell is not None else None
