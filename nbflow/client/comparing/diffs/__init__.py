"""How one value became another: `diff(old, new)` is the door, one module a family of types behind it."""

from __future__ import annotations

from nbflow.client.comparing.diffs.door import diff
from nbflow.client.comparing.diffs.shape import Diff

__all__ = ["Diff", "diff"]
