"""Carries out what one run's machine decides: launches, alarms, records, events."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from nbflow.cards.figures import several
from nbflow.errors import NbflowError, raise_for
from nbflow.graph.summary import summaries
from nbflow.metadata.owner import owner_here
from nbflow.metadata.starter import started_by
from nbflow.model.artifact import ArtifactRef
from nbflow.model.caught import CaughtError
from nbflow.model.event import Noticed
from nbflow.model.record import AttemptRecord, Failure, ItemsRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.model.task import TaskSpec
from nbflow.runtime.capacity import cores, memory
from nbflow.runtime.flights import Limits
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.machine import Machine
from nbflow.runtime.opening import opening
from nbflow.runtime.ports import Launcher
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.runtime.shelf import StoredResults
from nbflow.runtime.specs import SpecWriter, Where, flow_code
from nbflow.runtime.stimuli import (
    CancelAsked,
    Command,
    End,
    Launch,
    Save,
    Stimulus,
    Stop,
    Tell,
    Wake,
    WorkerStarted,
    WorkerSubmitted,
)
from nbflow.workspace import Workspace
from nbflow.workspace.outgoing import Outgoing

#: seconds of records that are written in one transaction
TOGETHER = 0.02
#: jobs that are named
_NAMED = 3


class Host(Protocol):
    """What the conductor asks of the engine."""

    def fly(self, conductor: Conductor, number: int, start: Any) -> None: ...
    def stop(self, conductor: Conductor, number: int, *, kill: bool) -> None: ...
    def wake(self, conductor: Conductor, seconds: float, token: tuple[str, int]) -> None: ...
    def over(self, conductor: Conductor) -> None: ...
    def dismiss(self, jobs: Iterable[str]) -> None: ...
    def cancel(self, conductor: Conductor, *, kill: bool) -> None: ...
    def mark(self, conductor: Conductor) -> bool: ...


class Conductor:
    """One run on its way.

    Responsibilities: the run's record, its code file and its logs; the machine's commands, in order; one transaction
    per round of the loop. All methods run on the engine's thread, but the constructor.
    """

    def __init__(self, request: RunRequest, workspace: Workspace, host: Host) -> None:
        self._host = host
        self._workspace = workspace
        if known := started_by():
            request = replace(request, about={**request.about, "started_by": known})
        self._request = request
        self._record = self._open(request)
        code = self._write_code()
        self._specs = SpecWriter(request, Where(self._record.id, str(workspace.root), str(code)))
        limits = Limits(request.max_workers or cores(), memory())
        self._machine = Machine(request, limits, self._store_error, StoredResults(workspace, request.flow))
        self._tasks: dict[tuple[str, str], TaskRecord] = {}
        self._attempts: dict[tuple[str, str, int], AttemptRecord] = {}
        self._items: list[ItemsRecord] = []
        self._logs: dict[int, tuple[str, str]] = {}
        #: what its tasks have been known as elsewhere, jobs that were taken over among them
        self._jobs: set[str] = set()
        self._outgoing = Outgoing(workspace.root, workspace.far)
        #: when the oldest record that is not written yet was made
        self._unwritten: float | None = None
        self._root = f"{workspace.root}{os.sep}"
        self._ending: RunStatus | None = None
        self.handle = RunHandle(self._record, lambda kill: host.cancel(self, kill=kill), lambda: host.mark(self))
        self.handle.watch(lambda: tuple(self._machine.records.values()))

    def _open(self, request: RunRequest) -> RunRecord:
        """Record that the run exists: a new one, or a draft that goes on."""
        # its code, parameters and captured values
        self._workspace.store.settle()
        now = time.time()
        metadata = self._workspace.metadata
        if request.part is not None:
            found = metadata.run(request.flow, request.run or "")
            assert found is not None, "who has a part done has begun the run"
            return found
        if request.run is not None:
            found = metadata.run(request.flow, request.run)
            if found is not None:
                return metadata.update_run(
                    request.flow,
                    found.id,
                    status=RunStatus.RUNNING,
                    steps=summaries(request.graph),
                    heartbeat_at=now,
                    parameters=request.parameters,
                    cancel_asked_at=None,
                )
        return metadata.create_run(opening(request, now, user=self._workspace.user, owner=owner_here()))

    def _write_code(self) -> Path:
        """Write the definitions once for all workers; runs with the same definitions share the file."""
        asked = self._request
        made = flow_code(asked.flow, asked.graph, asked.module, asked.module_path)
        text = json.dumps(made.to_json(), sort_keys=True).encode()
        path = self._workspace.code_path(hashlib.sha256(text).hexdigest())
        if not path.exists():
            self._make_room(path.parent)
            # of one process, too, several may do so at once
            half = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
            try:
                half.write_bytes(text)
            except OSError as error:
                half.unlink(missing_ok=True)
                raise_for("S006", path=self._workspace.root, message=error.strerror or error)
            half.replace(path)
        return path

    def _store_error(self, failure: Failure) -> ArtifactRef:
        writer = self._workspace.store.writer()
        writer.add("error", CaughtError.of(failure))
        return writer.close()["error"]

    # ---- rounds

    def start(self) -> None:
        """Let the machine begin."""
        self._started_at = time.monotonic()
        self._beaten_at = self._looked_at = self._started_at
        self._carry_out(self._machine.start(time.time()))

    def feed(self, stimulus: Stimulus) -> None:
        """Let the machine hear of something."""
        self._carry_out(self._machine.handle(stimulus, time.time()))
        ending = self._machine.status is RunStatus.CANCELLING and self._request.part is None
        if ending and self._record.status is not RunStatus.CANCELLING:
            self._renew(status=RunStatus.CANCELLING)

    def worker_started(self, number: int, pid: int | None) -> None:
        """A worker runs; its logs are known here."""
        stdout, stderr = self._logs[number]
        self.feed(WorkerStarted(number, pid, stdout, stderr))

    def worker_submitted(self, number: int, job: str) -> None:
        """A worker waits for a machine elsewhere."""
        self._jobs.add(job)
        self.feed(WorkerSubmitted(number, job))

    def worker_exited(self, number: int) -> None:
        """A worker is gone: empty logs leave no file."""
        for path in self._logs.pop(number, ()):
            with contextlib.suppress(FileNotFoundError):
                if os.stat(path).st_size == 0:  # noqa: PTH116 - a Path costs more than the question
                    os.unlink(path)  # noqa: PTH108 - as above

    def beat(self, every: float) -> None:
        """Leave a sign of life when the last one is older than `every` seconds."""
        now = time.monotonic()
        if now - self._beaten_at >= every:
            self._beaten_at = now
            self._workspace.metadata.update_run(self._record.flow, self._record.id, heartbeat_at=time.time())

    def heed(self, every: float) -> None:
        """Cancel when another process asked for it; look at most once in `every` seconds."""
        now = time.monotonic()
        if now - self._looked_at >= every and self._record.status is RunStatus.RUNNING:
            self._looked_at = now
            if self._workspace.metadata.cancel_asked(self._record.flow, self._record.id):
                self.feed(CancelAsked())

    def leave(self, jobs: Sequence[str]) -> None:
        """Nobody waits for the end of these jobs any more: say which may still run, and how to end them."""
        self.handle.left = jobs
        self.handle.events.put(Noticed(_left(f"{self._record.flow}/{self._record.id}", jobs)))

    def due(self) -> float | None:
        """Return the time (of time.monotonic) by which to write, or None when there is nothing to write."""
        if self._ending is not None:
            return 0.0
        return None if self._unwritten is None else self._unwritten + TOGETHER

    def write(self) -> None:
        """Commit what was recorded since the last time, in one transaction; then tell that the run is over, if so."""
        self._unwritten = None
        if self._tasks or self._attempts or self._items:
            tasks, attempts, items = tuple(self._tasks.values()), tuple(self._attempts.values()), tuple(self._items)
            self._tasks, self._attempts, self._items = {}, {}, []
            self._workspace.metadata.write(self._record.flow, self._record.id, tasks, attempts, items)
            self._drop_live_cards(attempts)
            # what ran elsewhere has brought its own
            here = [each for each in attempts if each.status.ended and each.job is None]
            self._outgoing.send(name for each in here for name in (each.stdout, each.stderr))
        if self._ending is not None:
            self._finish(self._ending)

    def _drop_live_cards(self, attempts: Iterable[AttemptRecord]) -> None:
        """Cards as they were on the way are wanted no more where the record has those that were made in the end."""
        for attempt in attempts:
            if attempt.cards:
                where = (self._record.flow, self._record.id, attempt.step, attempt.task, attempt.number)
                for path in self._workspace.live_cards(*where):
                    path.unlink(missing_ok=True)

    def abandon(self, error: NbflowError) -> None:
        """What runs it failed: mark the run and its tasks, as far as that is possible, and let nobody wait."""
        if self.handle.done.is_set():
            return
        # the records may be what fails
        with contextlib.suppress(Exception):
            self._record_all(self._machine.abandon(time.time()))
        with contextlib.suppress(Exception):
            if ended := self._ended(RunStatus.FAILED):
                self._renew(**ended, reason=error.problems[0].what)
        self.handle.fail(error)

    def _record_all(self, commands: list[Command]) -> None:
        self._carry_out(commands)
        self._ending = None
        self.write()

    def _ended(self, status: RunStatus) -> dict[str, Any]:
        if self._request.part is not None:
            # whoever has the parts done says how it all ended
            return {}
        # a draft is a notebook session: a cell that fails does not end it
        draft = self._request.kind == "draft"
        return {"status": RunStatus.RUNNING if draft else status, "finished_at": None if draft else time.time()}

    # ---- commands

    def _carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case Launch():
                    self._launch(command)
                case Stop(number, kill):
                    self._host.stop(self, number, kill=kill)
                case Wake(seconds, token):
                    self._host.wake(self, seconds, token)
                case Save(task, attempt, items):
                    self._save(task, attempt, items)
                case Tell(event):
                    self.handle.events.put(event)
                case End(status):
                    self._ending = status

    def _launch(self, command: Launch) -> None:
        ready = command.ready
        where = (self._record.flow, self._record.id, ready.node.name, ready.key.id, ready.attempt)
        name = "items-" if ready.kind == "items" else ""
        stdout = self._workspace.log_path(*where, f"{name}stdout")
        stderr = stdout.with_name(f"{ready.attempt}-{name}stderr")
        self._make_room(stdout.parent)
        self._logs[command.number] = (str(stdout), str(stderr))
        spec = self._specs.spec(ready)
        self._host.fly(self, command.number, lambda backend, number: _start(backend, number, spec, stdout, stderr))

    def _make_room(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise_for("S006", path=self._workspace.root, message=error.strerror or error)

    def _save(self, task: TaskRecord | None, attempt: AttemptRecord | None, items: ItemsRecord | None) -> None:
        if self._unwritten is None:
            self._unwritten = time.monotonic()
        if items is not None:
            self._items.append(items)
        if task is not None:
            if task.key in self._request.before and not task.status.is_outcome:
                task = replace(task, before=self._request.before[task.key])
            self._tasks[task.step, task.id] = task
        if attempt is not None:
            stdout, stderr = self._within(attempt.stdout), self._within(attempt.stderr)
            self._attempts[attempt.step, attempt.task, attempt.number] = replace(attempt, stdout=stdout, stderr=stderr)

    def _within(self, path: str | None) -> str | None:
        """Return a log's path relative to the store, or None when the worker wrote nothing."""
        if path is None or not os.path.exists(path):  # noqa: PTH110 - a Path costs more than the question
            return None
        return path.removeprefix(self._root)

    def _finish(self, status: RunStatus) -> None:
        # a log that cannot be brought is no reason to lose the run
        with contextlib.suppress(Exception):
            self._outgoing.settle()
        failure = self._machine.failure
        reason = (
            f"{failure[0]}: {failure[1].type}: {failure[1].message.splitlines()[0]}"
            if failure and failure[1].message
            else ""
        )
        if self.handle.left:
            reason = f"{several(len(self.handle.left), 'job')} may still run"
        if ended := self._ended(status):
            self._renew(**ended, reason=reason)
        self._dismiss()
        self._host.over(self)
        self.handle.finish(
            Outcome(
                flow=self._record.flow,
                run=self._record.id,
                status=status,
                results=dict(self._machine.records),
                items=dict(self._machine.ledger.items),
                failure=failure,
                elapsed=time.monotonic() - self._started_at,
            )
        )

    def _dismiss(self) -> None:
        """Have the jobs of the resumed run ended that were not taken over.

        Nobody waits for that, and it may be refused when this run is long over: so it is told now, with where to look.
        """
        left = [each for each in self._request.reuse.flying.values() if each.job not in self._jobs]
        if left:
            self._host.dismiss(each.job for each in left)
            run = "/".join(left[0].task.split("/")[:2])
            self.handle.events.put(Noticed(_unwanted(run, [each.job.partition(":")[2] for each in left])))

    def _renew(self, **changes: Any) -> None:
        self._record = replace(self._record, **changes)
        self._workspace.metadata.update_run(self._record.flow, self._record.id, **changes)
        self.handle.renew(self._record)


def _unwanted(run: str, jobs: Sequence[str]) -> str:
    return (
        f"not taken over from {run} and ordered to end: {_named(jobs)}\n"
        f"  see    nbflow batch list {run}   shows what still runs; nbflow batch kill {run}   ends it"
    )


def _named(jobs: Sequence[str]) -> str:
    more = f" and {len(jobs) - _NAMED} more" if len(jobs) > _NAMED else ""
    return f"{', '.join(jobs[:_NAMED])}{more}"


def _left(run: str, jobs: Sequence[str]) -> str:
    return (
        f"not waited for: {_named(jobs)} may still run\n"
        f"  fix    nbflow batch kill {run}   ends what is left; nbflow batch list {run}   shows it"
    )


def _start(backend: Launcher, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
    backend.launch(number, spec, stdout, stderr)
