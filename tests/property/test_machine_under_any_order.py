"""Whatever order workers start, speak, fail and end in: a run ends once, terminal is terminal, results agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from driver import Driver, foreach, join, node
from hypothesis import given
from hypothesis import strategies as st

from nbflow.model.graph import Node
from nbflow.model.ids import TaskKey
from nbflow.model.options import Catch, Options, Retry
from nbflow.model.record import TaskRecord
from nbflow.model.status import RunStatus
from nbflow.runtime.stimuli import Alarm, CancelAsked, WorkerExited, WorkerSaid, WorkerStarted


@st.composite
def flows(draw: st.DrawFn) -> tuple[Node, ...]:
    """A few steps, one perhaps a foreach with a join, with random edges and options."""
    nodes: list[Node] = []
    for number in range(draw(st.integers(1, 6))):
        plain = [each.name for each in nodes if not each.scope]
        reads = draw(st.lists(st.sampled_from(plain), unique=True, max_size=2)) if plain else []
        options = Options(
            retry=Retry(draw(st.integers(0, 2)), 0.5),
            timeout=draw(st.sampled_from([None, None, 3.0])),
            catch=draw(st.sampled_from([None, None, Catch("e")])),
        )
        made = [f"{name}.{name}" for name in reads]
        if draw(st.integers(0, 3)) == 0:
            nodes.append(replace(foreach(f"s{number}", *made), options=options))
            nodes.append(join(f"j{number}", f"s{number}", f"s{number}"))
        else:
            nodes.append(node(f"s{number}", *made, options=options))
    return tuple(nodes)


class World(Driver):
    """A driver that checks invariants after each step."""

    def __init__(self, *nodes: Node, workers: int) -> None:
        self.final: dict[TaskKey, TaskRecord] = {}
        super().__init__(*nodes, workers=workers)

    def feed(self, stimulus: Any) -> None:
        super().feed(stimulus)
        for key, record in self.machine.ledger.results.items():
            old = self.final.setdefault(key, record)
            assert old == record, "a settled task never changes"
        if self.ended:
            assert not self.live, "a run ends when no worker is left"
            assert all(record.status.ended for record in self.machine.records.values())


def act(world: World, data: st.DataObject, failures: bool, cancels: bool) -> None:
    """One thing happens."""
    number = data.draw(st.sampled_from(sorted(world.live)), label="flight")
    launch = world.live[number]
    choices = ["done", "start", "ring"] + (["fail", "die"] if failures else []) + (["cancel"] if cancels else [])
    what = data.draw(st.sampled_from(choices), label="what")
    if what == "ring" and world.wakes:
        world.feed(Alarm(world.wakes.pop(0).token))
    elif what == "start":
        world.feed(WorkerStarted(number, number, "/nowhere/o", "/nowhere/e"))
    elif what == "cancel":
        world.feed(CancelAsked())
    elif what == "die":
        world.live.pop(number)
        world.feed(WorkerExited(number, -9))
    elif what == "fail":
        world.live.pop(number)
        world.feed(WorkerSaid(number, {"failed": {"type": "E", "message": "no"}, "manifest": None, "displays": None}))
        world.feed(WorkerExited(number, 0))
    elif what in {"done", "ring"}:
        finish(world, number, launch)


def finish(world: World, number: int, launch: Any) -> None:
    from driver import ref

    from nbflow.model.artifact import Manifest

    world.live.pop(number)
    name = launch.ready.node.name
    if launch.ready.kind == "items":
        world.feed(WorkerSaid(number, {"items": [ref(float(i)).to_json() for i in range(3)], "total": 3}))
    else:
        value = f"{name}{launch.ready.path}{sorted((k, r.digest) for k, r in launch.ready.given.inputs.items())}"
        world.feed(WorkerSaid(number, {"done": {"manifest": Manifest({name: ref(value)}).to_json()}}))
    world.feed(WorkerExited(number, 0))


def drain(world: World, data: st.DataObject, *, failures: bool, cancels: bool) -> None:
    for _ in range(400):
        if world.ended:
            return
        if world.live:
            act(world, data, failures, cancels)
        else:
            assert world.wakes, "nothing runs, nothing is awaited, and the run is not over"
            world.feed(Alarm(world.wakes.pop(0).token))
    while not world.ended:
        if world.live:
            number = min(world.live)
            finish(world, number, world.live[number])
        else:
            assert world.wakes
            world.feed(Alarm(world.wakes.pop(0).token))


@given(flows(), st.integers(1, 3), st.data())
def test_any_history_ends_once_and_keeps_what_settled(
    nodes: tuple[Node, ...], workers: int, data: st.DataObject
) -> None:
    world = World(*nodes, workers=workers)
    drain(world, data, failures=True, cancels=True)
    assert len(world.ended) == 1


@given(flows(), st.data())
def test_any_order_of_finishing_gives_equal_manifests(nodes: tuple[Node, ...], data: st.DataObject) -> None:
    world = World(*nodes, workers=3)
    drain(world, data, failures=False, cancels=False)
    plain = World(*nodes, workers=1)
    while plain.live:
        number = min(plain.live)
        finish(plain, number, plain.live[number])
    assert world.ended == plain.ended == [RunStatus.SUCCEEDED]
    ours, theirs = ({key: record.manifest for key, record in each.machine.records.items()} for each in (world, plain))
    assert ours == theirs
