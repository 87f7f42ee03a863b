"""Flows run from Python: `Runner` drives a file, `NBRunner` a class of a notebook; and small helpers for steps.

The names are loaded when first used: who maps in parallel needs no client.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbflow.frontends.runner.executing import ExecutingProcess, ExecutingRun, ExecutingTask
    from nbflow.frontends.runner.nbrunner import NBRunner
    from nbflow.frontends.runner.parallel import parallel_imap_unordered, parallel_map
    from nbflow.frontends.runner.runner import Runner
    from nbflow.frontends.runner.timing import profile

__all__ = [
    "ExecutingProcess",
    "ExecutingRun",
    "ExecutingTask",
    "NBRunner",
    "Runner",
    "parallel_imap_unordered",
    "parallel_map",
    "profile",
]

_HOMES = {
    **dict.fromkeys(("ExecutingProcess", "ExecutingRun", "ExecutingTask"), "executing"),
    "NBRunner": "nbrunner",
    "Runner": "runner",
    **dict.fromkeys(("parallel_imap_unordered", "parallel_map"), "parallel"),
    "profile": "timing",
}


def __getattr__(name: str) -> Any:
    """Return one of the names above, loaded from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
