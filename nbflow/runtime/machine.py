"""The heart of the scheduler: stimulus and state in, commands and state out.

It knows no clock, process, file or thread: `now` comes with each stimulus, and whoever drives it carries the
commands out in order. A run proceeds by judging tasks (plan.judge) whenever something they need has settled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nbflow.graph.view import chains, listed_by
from nbflow.model.artifact import ArtifactRef
from nbflow.model.event import AttemptEnded, Displayed, ItemsListed
from nbflow.model.graph import Node, Use
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import AttemptRecord, Failure, ItemList, ItemsRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.plan.fingerprint import Fingerprints
from nbflow.plan.gather import Given, gather, item_of, join, next_round
from nbflow.plan.guard import Guard
from nbflow.plan.judge import Go, Skip, judge, shared
from nbflow.plan.ledger import Ledger, consumers, looks_into
from nbflow.plan.reuse import EmptyShelf, Shelf
from nbflow.runtime.admission import Admission
from nbflow.runtime.beginnings import started, submitted, time_limit
from nbflow.runtime.death import death_of
from nbflow.runtime.flights import Flight, Limits
from nbflow.runtime.hints import hinted
from nbflow.runtime.outcomes import NOTHING, Remains, caught, failed, reused, skipped, stuck_failure, succeeded, waiting
from nbflow.runtime.request import RunRequest
from nbflow.runtime.stimuli import (
    Alarm,
    CancelAsked,
    Command,
    End,
    Launch,
    Ready,
    Save,
    Stimulus,
    Stop,
    Tell,
    Wake,
    WorkerExited,
    WorkerSaid,
    WorkerStarted,
    WorkerSubmitted,
)

#: seconds between asking a worker to stop and killing it
GRACE = 1.0


class Machine:
    """One run's state.

    Responsibilities: judge, queue, admit, retry, time out, cancel, and say when the run is over. It never blocks and
    never raises for anything a flow can do.
    """

    def __init__(
        self,
        request: RunRequest,
        limits: Limits,
        store_error: Callable[[Failure], ArtifactRef],
        shelf: Shelf | None = None,
    ) -> None:
        self.request = request
        self.limits = limits
        self.ledger = Ledger(request.graph)
        self.status = RunStatus.RUNNING
        self.failure: tuple[TaskKey, Failure] | None = None
        #: every task known so far, running ones included: what a view shows
        self.records: dict[TaskKey, TaskRecord] = {}
        self._targets = request.targets if request.targets is not None else frozenset(self.ledger.nodes)
        self._fingerprints = Fingerprints(request.graph, request.parameters, request.environment, request.constants)
        self._guard = Guard(request.graph, {name: value for name, (_, value, _) in request.parameters.items()})
        self._store_error = store_error
        self._shelf = shelf or EmptyShelf()
        self._admission = Admission(limits)
        self._flights = self._admission.flights
        self._delayed: dict[int, Ready] = {}
        self._decided: set[tuple[str, StepName, Path]] = set()
        self._out: list[Command] = []
        self._consumers = consumers(request.graph)
        self._chain = chains(request.graph)
        self._lists = listed_by(request.graph)
        #: what must be judged next: a queue, since a long chain of reused steps would exhaust the call stack
        self._agenda: deque[tuple[Node, Path]] = deque()

    # ---- in and out

    def start(self, now: float) -> list[Command]:
        """Begin: take over what is given, judge everything, and return the first commands."""
        for (step, path), listed in self.request.given_items.items():
            self.ledger.items[step, path] = listed
        for record in self.request.given.values():
            self.ledger.settle(record)
            if self.request.part is not None:
                # what is done is not done again
                self._decided.add(("body", record.step, record.path))
            if record.chose == record.step in self._targets:
                self._next_round(self.ledger.nodes[record.step], record, now)
        self._agenda.extend((node, ()) for node in self.request.graph.nodes)
        return self._flush(now)

    def handle(self, stimulus: Stimulus, now: float) -> list[Command]:
        """Take in one stimulus and return what is to be done, in order."""
        if self.status.ended:
            return []
        match stimulus:
            case WorkerSubmitted(number, job):
                self._submitted(number, job)
            case WorkerStarted():
                self._started(stimulus, now)
            case WorkerSaid():
                self._said(stimulus)
            case WorkerExited():
                self._exited(stimulus, now)
            case Alarm(token):
                self._alarm(token)
            case CancelAsked(kill):
                self._cancel(kill=kill)
        return self._flush(now)

    def _flush(self, now: float) -> list[Command]:
        while self._agenda:
            self._judge_under(*self._agenda.popleft(), now)
        # what the limits admit
        self._out += [Launch(number, ready) for number, ready in self._admission.admitted()]
        if not (self._flights or self._admission.waits or self._delayed):
            self._end(now)
        out, self._out = self._out, []
        return out

    # ---- judging

    def _judge_under(self, node: Node, prefix: Path, now: float) -> None:
        """Judge every known task of `node` under `prefix`."""
        if node.name not in self._targets or self._stopping:
            return
        depth = len(node.base)
        for path in list(self.ledger.paths(node.base, prefix[:depth])):
            if node.opens and (node.name, path) in self.ledger.items:
                for index in range(len(self.ledger.items[node.name, path].refs)):
                    self._judge(node, (*path, index), now)
            else:
                self._judge(node, path, now)

    def _judge(self, node: Node, path: Path, now: float) -> None:
        kind = "items" if node.opens and len(path) < len(node.scope) else "body"
        mark = (kind, node.name, path)
        if mark in self._decided or not self._asked_for(node, path):
            return
        verdict = judge(self.ledger, node, path)
        if isinstance(verdict, Skip):
            self._decided.add(mark)
            self._settle(skipped(node, path, verdict.reason), now)
        elif isinstance(verdict, Go):
            self._decided.add(mark)
            if kind == "items" and node.opens and node.opens.lister:
                # its items came with the step before
                return
            if kind == "items":
                self._enqueue(Ready("items", node, path, self._given(node, path, verdict, "items")))
            else:
                self._admit(node, path, verdict, now)

    def _asked_for(self, node: Node, path: Path, iteration: int = 0) -> bool:
        return self.request.asks_for(TaskKey(node.name, path, iteration))

    def _admit(self, node: Node, path: Path, go: Go, now: float) -> None:
        """Evaluate the condition; then reuse a known result or queue the body."""
        passed, reason, failure = self._guard.judge(self.ledger, node, path, self._given(node, path, go, "when"))
        if failure is not None:
            self._fail(Ready("body", node, path, self._given(node, path, go, "when")), failure, None, now)
            return
        if reason:
            record = replace(skipped(node, path, reason), condition=passed, item=item_of(self.ledger, node, path))
            self._settle(record, now)
            return
        given = self._given(node, path, go, "body")
        joined = join(self.ledger, node, path, self._chain)
        fingerprint = self._fingerprints.of(node, given, joined)
        self._offer(Ready("body", node, path, given, joined, fingerprint, condition=passed), now)

    def _offer(self, ready: Ready, now: float) -> None:
        """Take over a known result, or queue the body."""
        node, path, reuse = ready.node, ready.path, self.request.reuse
        digest = ready.fingerprint.digest if ready.fingerprint else ""
        reason = "same code and inputs"
        kept = reuse.of(node, digest, self._shelf)
        if kept is None and reuse.places:
            kept = reuse.at(node, ready.key, self.ledger, self._shelf)
            reason = "done in the run that is resumed"
        if kept is None:
            self._enqueue(ready)
            return
        origin, old = kept
        for target in self._lists.get(node.name, ()):
            if listed := reuse.items.get((target, path)):
                self._take_items(target, path, listed)
        self._settle(reused(ready, origin, old, item_of(self.ledger, node, path), reason), now)

    def _next_round(self, node: Node, before: TaskRecord, now: float) -> None:
        """A step chose itself: what it left is what its next round is given."""
        if self._stopping or not self._asked_for(node, before.path, before.iteration + 1):
            return
        given = next_round(self.ledger, node, before)
        fingerprint = self._fingerprints.of(node, given, None)
        ready = Ready("body", node, before.path, given, None, fingerprint, iteration=before.iteration + 1)
        self._offer(ready, now)

    def _given(self, node: Node, path: Path, go: Go, use: Use) -> Given:
        given = gather(self.ledger, node, path, go, use)
        captured = self.request.captured.get(node.name)
        return replace(given, inputs={**captured, **given.inputs}) if captured else given

    def _enqueue(self, ready: Ready) -> None:
        if self._stopping:
            return
        if self.request.part is not None and not self.records:
            ready = replace(ready, attempt=self.request.part.attempt)
        self._admission.queue(
            ready, len(self.ledger.items[ready.gang].refs) if ready.gang and not self.request.only else 1
        )
        if ready.kind == "body":
            captured = self.request.captured.get(ready.node.name)
            self.records[ready.key] = waiting(ready, item_of(self.ledger, ready.node, ready.path), captured)

    # ---- workers

    def _submitted(self, number: int, job: str) -> None:
        if (flight := self._flights.get(number)) is None:
            return
        flight.job = job
        if flight.ready.kind == "body":
            key = flight.ready.key
            self.records[key], begun = submitted(flight, job, self.records[key])
            self._out += begun

    def _started(self, stimulus: WorkerStarted, now: float) -> None:
        if (flight := self._flights.get(stimulus.number)) is None:
            return
        flight.begin(stimulus, now)
        if flight.ready.kind == "body":
            key = flight.ready.key
            self.records[key], begun = started(flight, stimulus, self.records[key], now)
            self._out += begun
        self._out += time_limit(flight, stimulus.number)

    def _said(self, stimulus: WorkerSaid) -> None:
        flight = self._flights.get(stimulus.number)
        if flight is None:
            return
        message = stimulus.message
        if "display" in message:
            shown = ("display", "metadata", "transient", "update", "stdout_at", "stderr_at")
            self._out.append(Tell(Displayed(flight.ready.key, *(message[each] for each in shown))))
        else:
            flight.said = dict(message)

    def _exited(self, stimulus: WorkerExited, now: float) -> None:
        flight = self._flights.pop(stimulus.number, None)
        if flight is None:
            return
        gang = flight.ready.gang
        if gang is None:
            self._landed(flight, stimulus, now)
            return
        well = "done" in (flight.said or {})
        gangs = self._admission.gangs
        landed, stop = gangs.ended(gang, (flight, stimulus), well=well)
        for number in stop:
            self._flights[number].stopped = "gang"
            self._out += [Stop(number, kill=False), Wake(GRACE, ("kill", number))]
        for member, exited in landed:
            failure = gangs.failure_of(gang, member)
            if failure is None or self.status is RunStatus.CANCELLING:
                self._landed(member, exited, now)
            else:
                self._tried(member, failure, NOTHING, now)

    def _landed(self, flight: Flight, stimulus: WorkerExited, now: float) -> None:
        said = flight.said or {}
        if "done" in said:
            self._succeeded(flight, said["done"], now)
        elif "items" in said:
            self._listed(flight, said)
        elif self.status is RunStatus.CANCELLING or flight.stopped == "cancel":
            self._dropped(flight, now)
        elif "failed" in said and not flight.stopped:
            failure = hinted(Failure.from_json(said["failed"]), self.request.graph, flight.ready.node.name)
            self._tried(flight, failure, Remains.of(said), now)
        else:
            failure = death_of(flight.ready.node, stimulus.status, stimulus.why, timed_out=flight.stopped == "timeout")
            self._tried(flight, failure, NOTHING, now)

    def _succeeded(self, flight: Flight, done: dict[str, Any], now: float) -> None:
        ready = flight.ready
        record = succeeded(self.records[ready.key], ready, done, item_of(self.ledger, ready.node, ready.path))
        record = replace(record, finished_at=now)
        if listed := done.get("items"):
            refs = tuple(ArtifactRef.from_json(raw) for raw in listed["refs"])
            self._take_items(StepName(listed["step"]), ready.path, ItemList(refs, listed["total"]))
        attempt = flight.attempt(TaskStatus.SUCCEEDED, now, record.manifest, record.failure, record.cards)
        self._settle(record, now, attempt)

    def _listed(self, flight: Flight, said: dict[str, Any]) -> None:
        node, path = flight.ready.node, flight.ready.path
        refs = tuple(ArtifactRef.from_json(raw) for raw in said["items"])
        kept = refs[: self.request.sample.get(node.name, len(refs))]
        self._take_items(node.name, path, ItemList(kept, said["total"]))

    def _take_items(self, step: StepName, path: Path, listed: ItemList) -> None:
        """The foreach that `step` opens knows its items."""
        node = self.ledger.nodes[step]
        self.ledger.items[step, path] = listed
        self._out.append(Save(items=ItemsRecord(step, path, listed)))
        self._out.append(Tell(ItemsListed(TaskKey(step, path), listed.total, len(listed.refs))))
        self._agenda.append((node, path))
        for other in self.request.graph.nodes:
            if other is not node and looks_into(self.ledger, other, node.name):
                self._agenda.append((other, path[: shared(other.base, node.scope, len(path))]))

    def _tried(self, flight: Flight, failure: Failure, left: Remains, now: float) -> None:
        """An attempt failed: try again, catch, or fail the run."""
        ready, node = flight.ready, flight.ready.node
        attempt = flight.attempt(TaskStatus.FAILED, now, left.manifest, failure, left.cards)
        if not ready.last_attempt and not self._stopping:
            again = replace(self.records.get(ready.key) or waiting(ready), status=TaskStatus.WAITING, failure=failure)
            if ready.kind == "body":
                self._take_down(again, attempt, ready.attempt)
            if self.request.part is not None:
                return
            number = self._admission.number()
            self._delayed[number] = replace(ready, attempt=ready.attempt + 1)
            self._out.append(Wake(node.options.retry.wait, ("retry", number)))
            return
        if node.options.catch and ready.kind == "body":
            error = self._store_error(failure) if node.options.catch.name else None
            record = caught(self.records[ready.key], ready, failure, error, self.request.constants)
            self._settle(replace(record, finished_at=now), now, attempt)
            return
        self._fail(ready, failure, attempt, now, left)

    def _fail(
        self,
        ready: Ready,
        failure: Failure,
        attempt: AttemptRecord | None,
        now: float,
        left: Remains = NOTHING,
    ) -> None:
        record = replace(failed(self.records.get(ready.key) or waiting(ready), failure, left), finished_at=now)
        self.failure = self.failure or (record.key, failure)
        self._admission.forget()
        self._delayed.clear()
        self._take_down(record, attempt, ready.attempt)

    def _dropped(self, flight: Flight, now: float) -> None:
        ready = flight.ready
        record = replace(self.records.get(ready.key) or waiting(ready), status=TaskStatus.CANCELLED, finished_at=now)
        self._take_down(record, flight.attempt(TaskStatus.CANCELLED, now), ready.attempt)

    def _take_down(self, record: TaskRecord, attempt: AttemptRecord | None, number: int) -> None:
        """An attempt is over, and this is how its task stands."""
        self.records[record.key] = record
        self._out += [Save(record, attempt), Tell(AttemptEnded(record.key, number, record))]

    def _settle(self, record: TaskRecord, now: float, attempt: AttemptRecord | None = None) -> None:
        """A task has its final, usable state: keep it and judge what waited for it."""
        if record.finished_at is None:
            record = replace(record, finished_at=now)
        self.ledger.settle(record)
        self._take_down(record, attempt, record.attempt)
        giver = self.ledger.nodes[record.step]
        if record.chose == record.step:
            self._next_round(giver, record, now)
            return
        for consumer in self._consumers.get(record.step, ()):
            depth = shared(giver.scope, consumer.base, len(record.path))
            self._agenda.append((consumer, record.path[:depth]))

    # ---- stopping

    @property
    def _stopping(self) -> bool:
        return self.failure is not None or self.status is RunStatus.CANCELLING

    def _alarm(self, token: tuple[str, int]) -> None:
        what, number = token
        if what == "retry" and number in self._delayed:
            self._enqueue(self._delayed.pop(number))
        elif what == "timeout" and number in self._flights and not self._flights[number].stopped:
            self._flights[number].stopped = "timeout"
            self._out += [Stop(number, kill=False), Wake(GRACE, ("kill", number))]
        elif what == "kill" and number in self._flights:
            self._out.append(Stop(number, kill=True))

    def _cancel(self, *, kill: bool) -> None:
        self.status = RunStatus.CANCELLING
        self._admission.forget()
        self._delayed.clear()
        for number, flight in self._flights.items():
            flight.stopped = "cancel"
            self._out.append(Stop(number, kill=kill))
            if not kill:
                self._out.append(Wake(GRACE, ("kill", number)))

    def _end(self, now: float) -> None:
        if self.status is RunStatus.CANCELLING:
            self.status = RunStatus.CANCELLED
        elif self.failure is not None:
            self.status = RunStatus.FAILED
        else:
            every = () if self.request.only or self.request.part else self._targets
            stuck = [StepName(name) for name in every if not self.ledger.complete(StepName(name), ())]
            self.failure = (TaskKey(stuck[0]), stuck_failure(stuck)) if stuck else None
            self.status = RunStatus.FAILED if stuck else RunStatus.SUCCEEDED
        self._close_records(now)
        self._out.append(End(self.status))

    def abandon(self, now: float) -> list[Command]:
        """Give up, whatever still runs: no task is left as if it went on."""
        self.status = RunStatus.FAILED
        for number in sorted(self._flights):
            self._dropped(self._flights.pop(number), now)
        self._close_records(now)
        out, self._out = self._out, []
        return out

    def _close_records(self, now: float) -> None:
        if self.request.part is not None:
            # what is left is to be tried again
            return
        for key, record in list(self.records.items()):
            if not record.status.ended:
                self.records[key] = replace(record, status=TaskStatus.CANCELLED, finished_at=now)
                self._out.append(Save(self.records[key]))
