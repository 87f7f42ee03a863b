"""Sending to a widget so that its answers do not wait for the cell that runs.

ipykernel 7 hears a front end on several threads, and JupyterLab sends a widget's messages beside the cells; from 7.4 on
the kernel leads them back to the thread of the request in whose name the widget spoke last, which is the one that runs
cells. A widget that speaks in nobody's name is answered at once.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def apart() -> Callable[[Callable[[], T]], T]:
    """Return what calls a function so that what it sends belongs to no request."""
    from ipykernel.kernelbase import Kernel

    context = contextvars.copy_context()
    # private to ipykernel, so it may be gone, or not be there yet: then a busy kernel answers later. `set_parent` would do
    # it for every thread that has no request of its own
    request = getattr(Kernel.instance(), "_shell_parent", None) if Kernel.initialized() else None
    if isinstance(request, contextvars.ContextVar):
        context.run(request.set, {})
    return context.run
