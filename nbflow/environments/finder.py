"""Finds the package nbflow in one folder and nothing else there. Written into environments: imports nothing of nbflow."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType


class _Finder:
    """What `sys.meta_path` asks first."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - asked with it
        target: ModuleType | None = None,  # noqa: ARG002 - asked with it
    ) -> ModuleSpec | None:
        if name != "nbflow":
            return None
        return spec_from_file_location(name, f"{self._folder}/__init__.py", submodule_search_locations=[self._folder])


def add(folder: str) -> None:
    """Have `import nbflow` mean the package in `folder`."""
    sys.meta_path.insert(0, _Finder(folder))
