"""Where runs live: a folder, and for those who share their runs a bucket behind it."""

from __future__ import annotations

from nbflow.workspace.folder import NAME, Workspace

__all__ = ["NAME", "Workspace"]
