"""A flow whose tasks are done one by one, as a state machine has them done, comes to what one scheduler makes of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from driver import ref
from hypothesis import given, settings
from hypothesis import strategies as st

from nbflow.deploy.following import complete, following, ledger_of
from nbflow.deploy.shape import Block, Each, Fork, Gate, Job, Row, shape
from nbflow.model.artifact import Manifest
from nbflow.model.graph import Everything, Graph
from nbflow.model.ids import FlowName, Path, StepName, TaskKey
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.runtime.flights import Limits
from nbflow.runtime.machine import Machine
from nbflow.runtime.request import Part, RunRequest
from nbflow.runtime.stimuli import Launch, Save, WorkerExited, WorkerSaid, WorkerStarted
from tests.unit.deploy.test_shape import graph_of

_LIMITS = Limits(workers=2, memory=1 << 40)


@st.composite
def flows(draw: st.DrawFn) -> list[str]:
    """Cells: values read from those above, conditions, foreach with steps inside and a join behind."""
    cells: list[str] = []
    plain: list[str] = []
    for number in range(draw(st.integers(1, 7))):
        reads = draw(st.lists(st.sampled_from(plain), unique=True, max_size=2)) if plain else []
        text = " + ".join(["0", *reads])
        when = f' --when "{reads[0]} > 5"' if reads and draw(st.booleans()) else ""
        if draw(st.integers(0, 2)) == 0:
            cells.append(f"%%step list{number}{when}\nitems{number} = [{text}]")
            inner = ' --when "item > 5"' if draw(st.booleans()) else ""
            cells.append(f"%%step each{number} --foreach items{number} --as item{inner}\ne{number} = item")
            if draw(st.booleans()):
                cells.append(f"%%step more{number}\nm{number} = e{number}")
            cells.append(f"%%step join{number} --join each{number}\nv{number} = len(inputs)")
        else:
            cells.append(f"%%step s{number}{when}\nv{number} = {text}")
        plain.append(f"v{number}")
    return cells


def number_of(step: str, path: Path, name: str) -> float:
    """What a task leaves: always the same, on either side of 5."""
    return float(random.Random(f"{step}{path}{name}").randrange(10))


def items_of(step: str, path: Path) -> list[float]:
    return [float(each) for each in range(random.Random(f"{step}{path}").randrange(4))]


def done(graph: Graph, request: RunRequest) -> Iterator[Save]:
    """Let a machine come to its end, every worker doing well, and yield what it has recorded."""
    machine = Machine(request, _LIMITS, lambda _failure: ref(0.0))
    todo: list[Any] = machine.start(1.0)
    while todo:
        command = todo.pop(0)
        if isinstance(command, Save):
            yield command
        if isinstance(command, Launch):
            todo += machine.handle(WorkerStarted(command.number, 1, "/nowhere/o", "/nowhere/e"), 1.0)
            todo += machine.handle(WorkerSaid(command.number, said(graph, command)), 1.0)
            todo += machine.handle(WorkerExited(command.number, 0), 1.0)


def said(graph: Graph, command: Launch) -> dict[str, Any]:
    ready = command.ready
    step, path = ready.node.name, ready.path
    if ready.kind == "items":
        listed = items_of(step, path)
        return {"items": [ref(each).to_json() for each in listed], "total": len(listed)}
    leaves = graph[step].leaves
    assert not isinstance(leaves, Everything)
    left = {name: ref(number_of(step, path, name)) for name in sorted(leaves)}
    return {"done": {"manifest": Manifest(left).to_json()}}


class Parts:
    """A state machine's execution."""

    def __init__(self, graph: Graph, chance: random.Random) -> None:
        self.graph = graph
        self.chance = chance
        self.records: dict[TaskKey, TaskRecord] = {}
        self.items: dict[tuple[StepName, Path], ItemList] = {}
        self.gates: dict[tuple[StepName, Path], bool] = {}
        self.ends = 0

    def go(self, block: Block, path: Path = ()) -> None:
        match block:
            case Job(step):
                self.job(step, path)
            case Gate(step, inside):
                # read by a Choice: it has to be there
                if self.gates[step, path]:
                    self.go(inside, path)
            case Each(step, inside):
                for index in self.shuffled(range(len(self.items[step, path].refs))):
                    self.go(inside, (*path, index))
            case Row(blocks):
                for each in blocks:
                    self.go(each, path)
            case Fork(blocks):
                for each in self.shuffled(blocks):
                    self.go(each, path)

    def shuffled(self, some: Any) -> list[Any]:
        return self.chance.sample(list(some), len(some))

    def job(self, step: StepName, path: Path) -> None:
        request = RunRequest(
            flow=FlowName("f"),
            graph=self.graph,
            part=Part(step, path),
            targets=frozenset({step}),
            given=self.outcomes(),
            given_items=dict(self.items),
        )
        for save in done(self.graph, request):
            if save.task is not None:
                self.records[save.task.key] = save.task
            if save.items is not None:
                self.items[save.items.step, save.items.path] = save.items.listed
        ledger = ledger_of(request, self.outcomes().values(), self.items)
        found = following(request, ledger, step, path, 1.0)
        for each in found.skipped:
            self.records.setdefault(each.key, each)
        self.gates |= found.gates
        self.ends += complete(ledger)

    def outcomes(self) -> dict[TaskKey, TaskRecord]:
        return {key: each for key, each in self.records.items() if each.status.is_outcome}


@settings(max_examples=200, deadline=None)
@given(cells=flows(), chance=st.randoms(use_true_random=False))
def test_the_parts_come_to_what_the_whole_comes_to(cells: list[str], chance: random.Random) -> None:
    graph = graph_of(*cells)
    whole: dict[TaskKey, TaskRecord] = {}
    for save in done(graph, RunRequest(flow=FlowName("f"), graph=graph)):
        if save.task is not None:
            whole[save.task.key] = save.task
    parts = Parts(graph, chance)
    parts.go(shape(graph))
    assert parts.ends >= 1
    assert {key: told(each) for key, each in parts.records.items()} == {key: told(each) for key, each in whole.items()}


def told(record: TaskRecord) -> tuple[TaskStatus, Any, Any]:
    artifacts = record.manifest.artifacts if record.manifest else {}
    return record.status, {name: each.digest for name, each in artifacts.items()}, record.condition
