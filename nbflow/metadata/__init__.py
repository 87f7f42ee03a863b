"""Facts about runs: which there are, how they stand, what each task left. Values are in the store, not here.

The package can be called: `nbflow.metadata("local@/data")` says which store the client reads.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType


class _CallablePackage(ModuleType):
    # Metaflow has a function of this name, and `nbflow.metadata` is this package from the first import of anything in
    # it on: only by being callable can it be both. What is called is of the client, above this layer, and public:
    # it is looked up by name as those of `nbflow` itself are
    def __call__(self, metadata: str) -> str:
        """Let the client read the store at `metadata`, as in `local@/data`. See `nbflow.client.chosen.metadata`."""
        chosen: str = importlib.import_module("nbflow.client.chosen").metadata(metadata)
        return chosen


sys.modules[__name__].__class__ = _CallablePackage
