"""Which stored result a task may take over instead of running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Protocol

from nbflow.frozen import frozen
from nbflow.model.graph import Node
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.model.task import Adopted
from nbflow.plan.ledger import Ledger

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
    #: take over nothing that is not in `known` or `places`, not even for steps with --cache
    closed: bool = False
    #: take over results of any run of the flow, not only for steps with --cache
    everything: bool = False
    #: steps that run in any case
    again: frozenset[StepName] = frozenset()
    #: place in the flow → result of the run that is resumed, whatever its code is now (classes)
    places: Mapping[TaskKey, Kept] = field(default_factory=dict)
    #: what each foreach of that run listed, by step and path of the task that listed it
    items: Mapping[tuple[StepName, Path], ItemList] = field(default_factory=dict)

    #: task fingerprint → an attempt of the run that is resumed that goes on elsewhere, without its scheduler
    flying: Mapping[str, Adopted] = field(default_factory=dict)

    def at(self, node: Node, key: TaskKey, ledger: Ledger, shelf: Shelf) -> Kept | None:
        """Return the result of the resumed run that the task at `key` takes over, or None when it has to run.

        It has to where something it is given was computed anew, too: then its result would be of older values.
        """
        kept = self.places.get(key)
        if kept is None or node.name in self.again or not _serves(node, kept[1], shelf):
            return None
        return kept if given_by_the_past(ledger, node, key.path) else None

    def of(self, node: Node, fingerprint: str, shelf: Shelf) -> Kept | None:
        """Return the result that a task of `node` takes over, or None when it has to run."""
        if self.fresh or node.name in self.again:
            return None
        kept = self.known.get(fingerprint)
        if kept is not None and _serves(node, kept[1], shelf):
            return kept
        if not self.may_search(node):
            return None
        kept = shelf.find(fingerprint)
        return kept if kept is not None and _serves(node, kept[1], shelf) else None

    def may_search(self, node: Node) -> bool:
        """Say whether a result of any stored run will do for `node`."""
        return not (self.fresh or self.closed) and (self.everything or node.options.cache)


def given_by_the_past(ledger: Ledger, node: Node, path: Path) -> bool:
    """Say whether all that the task of `node` at `path` is given was taken over."""
    return all(record.status is not TaskStatus.SUCCEEDED for record in _givers(ledger, node, path))


def _givers(ledger: Ledger, node: Node, path: Path) -> Iterator[TaskRecord]:
    for need in node.needs:
        for source in (source for branch in need.branches for source in branch):
            if need.closes:
                prefix = path[: len(ledger.nodes[need.closes].base)]
                paths = ledger.paths(ledger.nodes[source.step].scope, prefix)
            else:
                paths = iter((path,))
            found = (ledger.result(source.step, each) for each in paths)
            yield from (record for record in found if record is not None)


def _serves(node: Node, record: TaskRecord, shelf: Shelf) -> bool:
    # what could not be stored while nobody read it is read now: the step itself has to say so
    lacks = record.manifest is None or bool(node.required & record.manifest.dropped.keys())
    return not lacks and shelf.holds(record)
