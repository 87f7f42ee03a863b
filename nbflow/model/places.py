"""Where a step may run."""

from __future__ import annotations

#: what a step may say that means the run's own machine
THIS_MACHINE = frozenset({None, "local", "inline"})
