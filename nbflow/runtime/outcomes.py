"""How a task came to its end, as a record: skipped, reused, succeeded, caught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nbflow.catalogue import CATALOGUE
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.card import CardRef
from nbflow.model.graph import Node
from nbflow.model.ids import Digest, Path, StepName, TaskKey
from nbflow.model.record import Failure, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.gather import handed_on
from nbflow.runtime.stimuli import Ready


@frozen
class Remains:
    """What an attempt that failed left behind."""

    manifest: Manifest | None = None
    displays: Digest | None = None
    cards: tuple[CardRef, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, failed: Mapping[str, Any]) -> Remains:
        """Return what a worker said beside its failure."""
        return cls(
            Manifest.from_json(failed["manifest"]) if failed.get("manifest") else None,
            Digest(failed["displays"]) if failed.get("displays") else None,
            _cards(failed),
            _notes(failed),
        )


NOTHING = Remains()


def waiting(
    ready: Ready, item: ArtifactRef | None = None, captured: Mapping[str, ArtifactRef] | None = None
) -> TaskRecord:
    """Return the record of a task that may be launched."""
    made = ready.fingerprint
    return TaskRecord(
        ready.node.name,
        ready.key.id,
        ready.path,
        TaskStatus.READY,
        iteration=ready.iteration,
        attempt=ready.attempt,
        item=item,
        fingerprint=made.digest if made else "",
        parts=made.parts if made else {},
        captured=captured or {},
    )


def skipped(node: Node, path: Path, reason: str) -> TaskRecord:
    """Return the record of a task that never runs."""
    return TaskRecord(node.name, TaskKey(node.name, path).id, path, TaskStatus.SKIPPED, reason=reason)


def reused(
    ready: Ready, origin: str, old: TaskRecord, item: ArtifactRef | None, reason: str = "same code and inputs"
) -> TaskRecord:
    """Return the record of a task that takes over the result `old` of task `origin`."""
    return replace(
        old,
        step=ready.node.name,
        id=ready.key.id,
        path=ready.path,
        status=TaskStatus.REUSED,
        origin=old.origin or origin,
        condition=ready.condition,
        item=item,
        reason=reason,
        parts=ready.fingerprint.parts if ready.fingerprint else old.parts,
        # the code it has here: an equal one, whose text may differ
        code=None,
    )


def succeeded(record: TaskRecord, ready: Ready, done: Mapping[str, Any], item: ArtifactRef | None) -> TaskRecord:
    """Return the record of a task whose worker said `done` (see nbflow.task.worker)."""
    stored = Manifest.from_json(done["manifest"])
    artifacts = dict(stored.artifacts)
    opens = ready.node.opens
    if opens and opens.named and item is not None:
        artifacts.setdefault(opens.item, item)
    artifacts |= handed_on(ready.node, ready.given, artifacts)
    caught = done.get("caught")
    return replace(
        _ended(record, ready, Manifest(artifacts, stored.dropped, stored.inherited)),
        chose=StepName(done["chose"]) if done.get("chose") else None,
        failure=Failure.from_json(caught) if caught else None,
        caught=bool(caught),
        displays=Digest(done["displays"]) if done.get("displays") else None,
        cards=_cards(done),
        notes=_notes(done),
        sampled=ready.given.sampled or bool(ready.joined and ready.joined.sampled),
    )


def caught(
    record: TaskRecord,
    ready: Ready,
    failure: Failure,
    error: ArtifactRef | None,
    constants: Mapping[str, ArtifactRef],
) -> TaskRecord:
    """Return the record of a task whose worker died of `failure`, which --catch makes a success.

    `constants`: what every task of a class has.
    """
    options = ready.node.options.catch
    kept = {options.name: error} if options and options.name and error else {}
    if ready.node.method is None:
        manifest = Manifest(kept | handed_on(ready.node, ready.given, kept))
    else:
        given = {**ready.given.inputs, **constants}
        manifest = Manifest({**given, **kept}, inherited=frozenset(given.keys() - kept.keys()))
    return replace(_ended(record, ready, manifest), failure=failure, caught=True)


def failed(record: TaskRecord, failure: Failure, left: Remains) -> TaskRecord:
    """Return the record of a task that has no try left; `left` is what its last one left behind."""
    return replace(
        record,
        status=TaskStatus.FAILED,
        failure=failure,
        manifest=left.manifest,
        displays=left.displays,
        cards=left.cards,
        notes=left.notes,
    )


def stuck_failure(steps: Sequence[str]) -> Failure:
    """Return the failure of a run in which nothing is left to do although `steps` never ran: a defect of ours."""
    text = CATALOGUE["R012"].what.format(message=f"nothing is left to run, yet {', '.join(steps)} never ran")
    return Failure("EngineError", text, code="R012")


def _ended(record: TaskRecord, ready: Ready, manifest: Manifest) -> TaskRecord:
    return replace(
        record,
        status=TaskStatus.SUCCEEDED,
        manifest=manifest,
        condition=ready.condition,
        failure=None,
    )


def _cards(said: Mapping[str, Any]) -> tuple[CardRef, ...]:
    return tuple(map(CardRef.from_json, said.get("cards", ())))


def _notes(said: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_note(code, facts) for code, facts in said.get("warnings", ()))


def _note(code: str, facts: Mapping[str, str]) -> str:
    entry = CATALOGUE[code]
    return f"NBF-{code} {entry.what.format_map(facts)}: {entry.fix.format_map(facts)}"
