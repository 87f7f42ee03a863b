"""Locks in a child of a fork: whoever held one in the parent did not come along, and would never release it.

Flows and cells fork by `multiprocessing`, `parallel_map` and the like, while other threads write what a run is doing.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """Something with locks."""

    def forked(self) -> None:
        """Begin anew, in a process that was forked: no other thread is there, and none holds anything."""


_KNOWN: WeakSet[Forked] = WeakSet()


def heed_forks(one: Forked) -> None:
    """Have `one.forked` called in children, as long as it exists."""
    _KNOWN.add(one)


def _begin_anew() -> None:
    for each in list(_KNOWN):
        each.forked()


os.register_at_fork(after_in_child=_begin_anew)
