"""What a container makes of what it was told: the store's window, and the folder that the flow's own modules are in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbflow.code.package import CodePackage
from nbflow.frozen import frozen
from nbflow.workspace import Workspace
from nbflow.workspace.shared import Shared


@frozen
class Arrival:
    """A container that is ready for its task."""

    folder: Path
    workspace: Workspace
    #: working directory, and where modules of the flow are
    home: Path

    @classmethod
    def of(cls, document: Mapping[str, Any], folder: Path) -> Arrival:
        """Open the store and unpack the flow's modules; what nbflow does from here on finds this store."""
        workspace = opened(folder / "store", Shared(**document["shared"]))
        home = folder / "work"
        home.mkdir(exist_ok=True)
        if document["package"]:
            for name, text in CodePackage.from_bytes(workspace.store.get_bytes(document["package"])).modules.items():
                path = home / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", errors="surrogateescape")
        os.environ["NBFLOW_ROOT"] = str(workspace.root)
        return cls(folder, workspace, home)

    @property
    def sys_path(self) -> tuple[str, ...]:
        """Where tasks find modules."""
        return (str(self.home), *sys.path[1:])


def opened(root: Path, shared: Shared) -> Workspace:
    """Return the store as a window in the folder `root`."""
    root.mkdir(parents=True, exist_ok=True)
    shared.mark(root)
    return Workspace.open(root)
