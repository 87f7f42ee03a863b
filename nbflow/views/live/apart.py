"""Sending to a widget so that its answers do not wait for the cell that runs.

ipykernel 7 hears a front end on several threads, and JupyterLab sends a widget's messages beside the cells; from 7.4 on
the kernel leads them back to the thread of the request in whose name the widget spoke last, which is the one that runs
cells. A widget that speaks in nobody's name is answered at once.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

from packaging.version import Version

T = TypeVar("T")


def apart() -> Callable[[Callable[[], T]], T]:
    """Return what calls a function so that what it sends belongs to no request."""
    from ipykernel.kernelbase import Kernel

    if Version(version("ipykernel")) < Version("7.1"):
        # the request is the process's there, not the context's
        return lambda act: act()
    context = contextvars.copy_context()
    if Kernel.initialized():
        # the base class's, since a kernel for people passes it on to its streams
        context.run(Kernel.set_parent, Kernel.instance(), [], {}, "shell")
    return context.run
