"""Plays the world for the scheduler's machine: steps made by hand, workers that do as they are told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.graph import CodeRef, Graph, Need, Node, Scope, Source
from nbflow.model.ids import Digest, FlowName, ScopeName, StepName
from nbflow.model.options import Options
from nbflow.model.record import Failure
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.model.step import Body, Names
from nbflow.runtime.flights import Limits
from nbflow.runtime.machine import Machine
from nbflow.runtime.request import RunRequest
from nbflow.runtime.stimuli import Alarm, End, Launch, Save, Stop, Wake, WorkerExited, WorkerSaid, WorkerStarted


def ref(value: float | str) -> ArtifactRef:
    return ArtifactRef(Digest(f"d{value}"), "scalar", type(value).__name__, 8, data=value, scalar=value)


def node(name: str, *reads: str, **changes: Any) -> Node:
    """A step that reads `x of step` written as `step.x` and leaves its own name."""
    needs = tuple(
        Need(
            "value",
            each.split(".")[1],
            ((Source(StepName(each.split(".")[0]), each.split(".")[1]),),),
            uses=("body", "when"),
        )
        for each in reads
    )
    body = Body("pass", 1, "pass", f"<{name}>", f"digest-{name}", Names())
    made = Node(StepName(name), (), needs, CodeRef(body), Options(), leaves=frozenset({name}))
    return replace(made, **changes)


def foreach(name: str, *reads: str, **changes: Any) -> Node:
    scope = (ScopeName(StepName(name)),)
    return node(name, *reads, scope=scope, opens=Scope("foreach", (), "xs", "item", named=True), **changes)


def join(name: str, over: str, opener: str) -> Node:
    need = Need("inputs", None, ((Source(StepName(over)),),), closes=ScopeName(StepName(opener)))
    return replace(node(name), needs=(need,))


class Driver:
    """Plays the world: launches succeed unless told otherwise."""

    def __init__(self, *nodes: Node, workers: int = 2, memory: int = 1 << 40, **request: Any) -> None:
        self.request = RunRequest(FlowName("f"), Graph(nodes), **request)
        self.machine = Machine(self.request, Limits(workers, memory), lambda failure: ref(failure.type))
        self.now = 0.0
        self.live: dict[int, Launch] = {}
        self.wakes: list[Wake] = []
        self.stops: list[Stop] = []
        self.saved: list[Save] = []
        self.launched: list[str] = []
        self.ended: list[RunStatus] = []
        self.take(self.machine.start(self.now))

    def take(self, commands: list[Any]) -> None:
        for command in commands:
            match command:
                case Launch(number, ready):
                    assert number not in self.live
                    self.live[number] = command
                    self.launched.append(f"{ready.kind}:{ready.key}#{ready.attempt}")
                case Wake():
                    self.wakes.append(command)
                case Stop():
                    self.stops.append(command)
                case Save():
                    self.saved.append(command)
                case End(status):
                    self.ended.append(status)
        assert len(self.live) <= self.machine.limits.workers
        assert len(self.ended) <= 1, "a run ends once"

    def feed(self, stimulus: Any) -> None:
        self.now += 1
        self.take(self.machine.handle(stimulus, self.now))

    def number(self, name: str) -> int:
        return next(number for number, launch in self.live.items() if str(launch.ready.key) == name)

    def start(self, name: str) -> int:
        number = self.number(name)
        self.feed(WorkerStarted(number, 100 + number, "/nowhere/out", "/nowhere/err"))
        return number

    def done(self, name: str, **values: Any) -> None:
        number = self.start(name)
        launch = self.live.pop(number)
        left = {key: ref(value) for key, value in (values or {launch.ready.node.name: 1.0}).items()}
        self.feed(WorkerSaid(number, {"done": {"manifest": Manifest(left).to_json()}}))
        self.feed(WorkerExited(number, 0))

    def items(self, name: str, *values: float) -> None:
        number = self.number(name)
        self.live.pop(number)
        self.feed(WorkerSaid(number, {"items": [ref(value).to_json() for value in values], "total": len(values)}))
        self.feed(WorkerExited(number, 0))

    def fail(self, name: str, kind: str = "ValueError") -> None:
        number = self.start(name)
        self.live.pop(number)
        self.feed(WorkerSaid(number, {"failed": Failure(kind, "no").to_json(), "manifest": None, "displays": None}))
        self.feed(WorkerExited(number, 0))

    def ring(self, what: str) -> None:
        wake = next(wake for wake in self.wakes if wake.token[0] == what)
        self.wakes.remove(wake)
        self.feed(Alarm(wake.token))

    def status(self, name: str) -> TaskStatus:
        return next(record.status for key, record in self.machine.records.items() if str(key) == name)
