"""Turn a notebook into a versioned, parallel workflow.

In a notebook: `%load_ext nbflow`. The names below are loaded when first used, so `import nbflow` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflow.client import DataArtifact, Flow, Run, Step, Task
    from nbflow.errors import (
        CellError,
        FlowError,
        GraphError,
        MetadataError,
        NbflowError,
        ParameterError,
        RunError,
        StoreError,
        TaskError,
        UsageError,
    )
    from nbflow.frontends.magics import flow

__version__ = "0.1.0"

__all__ = [
    "CellError",
    "DataArtifact",
    "Flow",
    "FlowError",
    "GraphError",
    "MetadataError",
    "NbflowError",
    "ParameterError",
    "Run",
    "RunError",
    "Step",
    "StoreError",
    "Task",
    "TaskError",
    "UsageError",
    "__version__",
    "flow",
    "load_ipython_extension",
    "unload_ipython_extension",
]

#: where each lazy name lives
_HOMES = {
    **dict.fromkeys(("DataArtifact", "Flow", "Run", "Step", "Task"), "nbflow.client"),
    **dict.fromkeys((name for name in __all__ if name.endswith("Error")), "nbflow.errors"),
    "flow": "nbflow.frontends.magics",
}


def __getattr__(name: str) -> Any:
    """Return the public name, loaded from its module and kept here for the next time."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'nbflow' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Make `shell` understand `%%step`, `%%parameters`, `%%setup` and `%flow`."""
    importlib.import_module("nbflow.frontends.magics").load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take back what `load_ipython_extension` did to `shell`."""
    importlib.import_module("nbflow.frontends.magics").unload(shell)
