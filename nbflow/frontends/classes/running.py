"""A run of a class in this process's engine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from nbflow.backends.routed import RoutedBackend
from nbflow.backends.zygote import Zygote
from nbflow.code.local import all_modules, installed
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.runtime.engine import Engine
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace


@contextlib.contextmanager
def host(workspace: Workspace, zygote: Zygote | None = None) -> Iterator[Engine]:
    """Give an engine that ends, with all its processes, when the block does; `zygote`: one that was started ahead."""
    with contextlib.closing(Engine(workspace, RoutedBackend(workspace, zygote))) as engine:
        yield engine


def start(engine: Engine, flow: ClassFlow, request: RunRequest) -> RunHandle:
    """Begin the run and return at once."""
    engine.preload([*PRELOADED, *installed(all_modules(flow.graph), flow.folder)])
    return engine.start(request)


#: what the text of a flow class itself needs in a worker
PRELOADED = ("nbflow.frontends.flowspec", "nbflow.task.method")
