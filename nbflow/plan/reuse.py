"""Which stored result a task may take over instead of running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from nbflow.frozen import frozen
from nbflow.model.graph import Node
from nbflow.model.ids import StepName
from nbflow.model.record import TaskRecord

#: pathspec of a task, and its record
Kept = tuple[str, TaskRecord]


class Shelf(Protocol):
    """The results of other runs, and whether what they left is still there."""

    def find(self, fingerprint: str, /) -> Kept | None:
        """Return the newest reusable result of the flow with this fingerprint."""

    def holds(self, record: TaskRecord, /) -> bool:
        """Say whether all that the task left can be read."""


class EmptyShelf:
    """No other runs; what is known is taken at its word."""

    def find(self, _: str) -> Kept | None:
        """Return nothing."""
        return None

    def holds(self, _: TaskRecord) -> bool:
        """Say yes."""
        return True


@frozen
class Reuse:
    """What of the past a run may take over."""

    #: task fingerprint → result of the session, or of the run that is resumed
    known: Mapping[str, Kept] = field(default_factory=dict)
    #: take over nothing, whatever else is said
    fresh: bool = False
    #: take over results of any run of the flow, not only for steps with --cache
    everything: bool = False
    #: steps that run in any case
    again: frozenset[StepName] = frozenset()

    def of(self, node: Node, fingerprint: str, shelf: Shelf) -> Kept | None:
        """Return the result that a task of `node` takes over, or None when it has to run."""
        if self.fresh or node.name in self.again:
            return None
        kept = self.known.get(fingerprint)
        if kept is not None and _serves(node, kept[1], shelf):
            return kept
        if not (self.everything or node.options.cache):
            return None
        kept = shelf.find(fingerprint)
        return kept if kept is not None and _serves(node, kept[1], shelf) else None


def _serves(node: Node, record: TaskRecord, shelf: Shelf) -> bool:
    # what could not be stored while nobody read it is read now: the step itself has to say so
    lacks = record.manifest is None or bool(node.required & record.manifest.dropped.keys())
    return not lacks and shelf.holds(record)
