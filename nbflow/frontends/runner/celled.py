"""Flow classes of cells: told from those of files, and written into a file where they need a process of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def stands_in_cell(flow: type) -> bool:
    """Say whether the class was made by a cell of this notebook, not by a file."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    if get_ipython() is None:
        return False
    module = sys.modules.get(flow.__module__)
    ours = flow.__module__ == "__main__" or flow.__module__.startswith("nbflow_defs.")
    return ours or getattr(module, "__file__", None) is None


def file_with(flow: type, folder: Path) -> tuple[Path, dict[str, str]]:
    """Return a file in `folder` with a class of a cell and what it uses of other cells, and the environment it needs.

    Raises:
        FlowError: the class makes no sense, or it uses what only the kernel holds.
    """
    from IPython import get_ipython

    from nbflow.frontends.classes.notebook import open_in_notebook
    from nbflow.frontends.magics import face_of, load

    shell = get_ipython()
    load(shell)
    face = face_of(shell)
    assert face is not None, "it was loaded"
    opened = open_in_notebook(face, flow, config_values=None, with_specs=(), max_splits=100)
    path = folder / f"{flow.__name__}.py"
    guard = f'if __name__ == "__main__":\n    {flow.__name__}()\n'
    path.write_text("\n\n\n".join([*(each.source for each in opened.statements), guard]), encoding="utf-8")
    # its own modules are those of the notebook
    known = os.environ.get("PYTHONPATH")
    return path, {"PYTHONPATH": os.pathsep.join([str(face.folder), *([known] if known else [])])}
