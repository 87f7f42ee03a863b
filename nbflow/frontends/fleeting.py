"""What is said where nothing that is kept here outlives the session: on Binder, on Colab, in jobs."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.hosted import here
from nbflow.workspace import Workspace


def fleeting(workspace: Workspace) -> Iterator[Problem]:
    """Yield a notice where the runs of `workspace` will be gone with the session."""
    host = here()
    if host.keeps is not False or workspace.url is not None:
        return
    more = "; so does a folder of drive.mount('/content/drive')" if host.kind == "colab" else ""
    yield problem("N040", folder=workspace.root, host=host.name, more=more)
