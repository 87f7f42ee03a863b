"""Reading what the page of a task shows. No value that the task left is loaded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbflow.cards.figures import size
from nbflow.client.attempt import at_attempt, log_file
from nbflow.client.code import Code, code_of
from nbflow.client.facts import RunFacts
from nbflow.client.lineage import Lineage
from nbflow.client.metadatum import environment_of
from nbflow.errors import NbflowError
from nbflow.frozen import frozen
from nbflow.model.ids import Digest, Pathspec
from nbflow.model.record import AttemptRecord, RunRecord, StepSummary, TaskRecord
from nbflow.views.task.inputs import Given, above, inputs
from nbflow.views.task.source import source_of

#: bytes of what was displayed that are read
_DISPLAYED = 20_000_000


@frozen
class Told:
    """All that the page of a task shows, as it is at one moment."""

    run: RunRecord
    step: StepSummary
    #: as the chosen attempt left it
    task: TaskRecord
    #: its tries; of a task that took over a result, those of the task that ran for it
    attempts: tuple[AttemptRecord, ...]
    #: the number of the chosen attempt
    attempt: int
    #: attempt → stream → file of what it wrote
    files: Mapping[int, Mapping[str, Path]]
    given: tuple[Given, ...]
    #: tasks it began with what they left, and those that began with what it left
    parents: tuple[TaskRecord, ...]
    children: tuple[TaskRecord, ...]
    #: ids of the tasks of its step beside it
    before: str | None
    after: str | None
    #: MIME bundles of what was displayed
    displayed: tuple[Mapping[str, Any], ...]
    environment: tuple[tuple[str, str], ...]
    source: str
    #: seconds since the epoch
    now: float

    @property
    def place(self) -> str:
        """Its pathspec."""
        return f"{self.run.flow}/{self.run.id}/{self.task.step}/{self.task.id}"

    @property
    def tried(self) -> AttemptRecord | None:
        """The chosen attempt."""
        return next((each for each in self.attempts if each.number == self.attempt), None)

    @property
    def logs(self) -> Mapping[str, Path]:
        """The files of what the chosen attempt wrote."""
        return self.files.get(self.attempt, {})


class Reader:
    """Reads one task again and again. What cannot change while the task stands as it does is read once."""

    def __init__(self, facts: RunFacts, step: str, task: str) -> None:
        self._facts, self._step, self._id = facts, step, task
        self._summary = facts.require_step(step)
        self._code: tuple[str | None, Code | None] | None = None
        self._displayed: tuple[str | None, tuple[Mapping[str, Any], ...]] = (None, ())

    def read(self, chosen: int | None = None) -> Told:
        """Return the task as it stands now, at one of its attempts where one is chosen. Raises M003, M004, M017."""
        facts = self._facts
        run, now = facts.record, time.time()
        latest = facts.task(self._step, self._id)
        ran, place, record = self._ran(latest)
        attempts = ran.attempts(place.step or "", place.task or "") if ran is not None else ()
        task = (
            latest
            if chosen is None
            else at_attempt(latest, chosen, attempts, f"{run.flow}/{run.id}/{self._step}/{self._id}")
        )
        attempt = task.attempt if chosen is not None or latest.origin is None else record.attempt
        tried = next((each for each in attempts if each.number == attempt), None)
        tasks = facts.tasks()
        steps = facts.steps()
        lineage = Lineage(steps, tasks)
        beside = [each.id for each in tasks if each.step == self._step]
        at = beside.index(self._id) if self._id in beside else 0
        code = self._read_code(latest)
        return Told(
            run=run,
            step=self._summary,
            task=task,
            attempts=attempts,
            attempt=attempt,
            files={each.number: self._logs(place, each) for each in attempts},
            given=inputs(run, latest, above(latest, tasks, {each.name: each.givers for each in steps})),
            parents=tuple(lineage.parents(latest)),
            children=tuple(lineage.children(latest)),
            before=beside[at - 1] if at > 0 else None,
            after=beside[at + 1] if at + 1 < len(beside) else None,
            displayed=self._read_displayed(task.displays or (record.displays if chosen is None else None)),
            environment=tuple(self._environment(run, tried, code)),
            source=source_of(code, self._step) if code is not None else "",
            now=now,
        )

    def _ran(self, task: TaskRecord) -> tuple[RunFacts | None, Pathspec, TaskRecord]:
        """Return where the task ran whose result this is: its run, its place, its record."""
        own = Pathspec(self._facts.flow, self._facts.id, self._step, self._id)
        if task.origin is None or task.origin == str(own):
            return self._facts, own, task
        place = Pathspec.parse(task.origin)
        if self._facts.workspace.metadata.run(place.flow, place.run or "") is None:
            return None, place, task
        there = RunFacts(self._facts.workspace, place.flow, place.run or "")
        try:
            return there, place, there.task(place.step or "", place.task or "")
        except NbflowError:
            return None, place, task

    def _logs(self, place: Pathspec, tried: AttemptRecord) -> Mapping[str, Path]:
        workspace = self._facts.workspace
        return {
            "stdout": log_file(workspace, place, tried, "stdout"),
            "stderr": log_file(workspace, place, tried, "stderr"),
        }

    def _read_code(self, task: TaskRecord) -> Code | None:
        wanted = task.code or self._facts.record.code
        if self._code is None or self._code[0] != wanted:
            try:
                found = code_of(self._facts, task.code)
            except NbflowError:
                # it was cleaned away
                found = None
            self._code = (wanted, found)
        return self._code[1]

    def _read_displayed(self, digest: str | None) -> tuple[Mapping[str, Any], ...]:
        if digest is None:
            return ()
        if self._displayed[0] != digest:
            self._displayed = (digest, _bundles(self._facts, digest))
        return self._displayed[1]

    def _environment(self, run: RunRecord, tried: AttemptRecord | None, code: Code | None) -> Iterable[tuple[str, str]]:
        known = environment_of(self._facts, code)
        host, _, scheduler = run.owner.rpartition(":")
        found = {
            "host": host,
            "process": f"{tried.pid}, of scheduler {scheduler}" if tried and tried.pid else "",
            "python": known["python_version"],
            "nbflow": known["nbflow_version"],
            **dict(sorted(known["distributions"].items())),
        }
        return ((name, str(value)) for name, value in found.items() if value)


def _bundles(facts: RunFacts, digest: str) -> tuple[Mapping[str, Any], ...]:
    try:
        data = facts.workspace.store.get_bytes(Digest(digest))
        if len(data) > _DISPLAYED:
            return ({"text/plain": f"{size(len(data))} were displayed, which is too much to show here"},)
        raw = json.loads(data)
    except (NbflowError, ValueError):
        return ()
    found: Sequence[Any] = raw if isinstance(raw, list) else []
    return tuple(each["data"] for each in found if isinstance(each, dict) and isinstance(each.get("data"), dict))
