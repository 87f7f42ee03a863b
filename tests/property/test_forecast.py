"""What is forecast is what the scheduler then does, whatever changed since the last run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from driver import Driver, foreach, join, node, ref
from hypothesis import assume, event, given
from hypothesis import strategies as st

from nbflow.model.artifact import Manifest
from nbflow.model.graph import CodeRef, Condition, Graph, Need, Node, Source
from nbflow.model.ids import ScopeName, StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.plan.forecast import forecast
from nbflow.plan.foreseen import Forecast
from nbflow.plan.reuse import Kept, Reuse
from nbflow.runtime.stimuli import WorkerExited, WorkerSaid, WorkerStarted


@st.composite
def flows(draw: st.DrawFn) -> tuple[Node, ...]:
    """A few steps: plain ones, foreach with what stands in them and their joins, conditions with their else."""
    nodes: list[Node] = []
    for number in range(draw(st.integers(1, 5))):
        readable = [each.name for each in nodes if not each.scope and not each.conditional]
        reads = draw(st.lists(st.sampled_from(readable), unique=True, max_size=2)) if readable else []
        made = [f"{name}.{name}" for name in reads]
        alpha = frozenset({"alpha"} if draw(st.booleans()) else ())
        kind = draw(st.sampled_from(["plain", "plain", "foreach", "nested", "when"]))
        if kind == "when" and reads:
            nodes += _branches(f"s{number}", reads[0], made)
        elif kind == "foreach":
            nodes += _loop(f"s{number}", made, alpha)
        elif kind == "nested":
            nodes += _nested(f"s{number}", made)
        else:
            nodes.append(node(f"s{number}", *made, parameters=alpha))
    return tuple(nodes)


def _loop(name: str, made: Sequence[str], alpha: frozenset[str]) -> list[Node]:
    opened = foreach(name, *made, parameters=alpha)
    inner = node(f"{name}i", f"{name}.{name}", scope=opened.scope)
    return [opened, inner, join(f"{name}j", inner.name, name)]


def _nested(name: str, made: Sequence[str]) -> list[Node]:
    outer = foreach(name, *made)
    inner = foreach(f"{name}n", f"{name}.{name}")
    assert inner.opens
    scope = (ScopeName(outer.name), ScopeName(inner.name))
    inner = replace(inner, scope=scope, opens=replace(inner.opens, parent=scope[:1]))
    closing = replace(join(f"{name}k", inner.name, inner.name), scope=scope[:1])
    return [outer, inner, closing, join(f"{name}j", closing.name, outer.name)]


def _branches(name: str, reads: str, made: Sequence[str]) -> list[Node]:
    when = Condition(f"{reads} == '{reads}' or len({reads}) % 2 == 0")
    taken = node(name, *made, when=when, conditional=True)
    order = Need("order", None, ((Source(taken.name),),))
    other = replace(node(f"{name}e"), needs=(order,), when=Condition(None, (taken.name,)), conditional=True)
    either = Need("inputs", None, ((Source(taken.name),), (Source(other.name),)), rule="any")
    return [taken, other, replace(node(f"{name}a"), needs=(either,))]


class World(Driver):
    """Bodies are functions of their code, parameters and inputs; some give the same whatever they are given."""

    #: steps whose result is the same whatever changes
    constant: frozenset[str] = frozenset()

    def play(self, broken: str = "") -> None:
        while self.live:
            number = min(self.live)
            launch = self.live.pop(number)
            self.feed(WorkerStarted(number, number, "/nowhere/o", "/nowhere/e"))
            self.feed(WorkerSaid(number, self._said(launch, broken)))
            self.feed(WorkerExited(number, 0))

    def _said(self, launch: Any, broken: str) -> dict[str, Any]:
        ready = launch.ready
        if ready.kind == "items":
            return {"items": [ref(float(each)).to_json() for each in range(2)], "total": 2}
        if str(ready.key) == broken:
            return {"failed": {"type": "E", "message": "no"}, "manifest": None, "displays": None}
        name = ready.node.name
        inputs = sorted((key, each.digest) for key, each in ready.given.inputs.items())
        value = name if name in self.constant else f"{name} {ready.fingerprint.digest} {inputs}"
        return {"done": {"manifest": Manifest({name: replace(ref(value), scalar=value)}).to_json()}}


def play(nodes: Sequence[Node], constant: frozenset[str], broken: str = "", **request: Any) -> World:
    world = World(*nodes, **request)
    world.constant = constant
    world.play(broken)
    return world


def known(world: World) -> dict[str, Kept]:
    return {
        record.fingerprint: (f"f/1/{key.step}/{key.id}", record)
        for key, record in world.machine.records.items()
        if record.status.has_result
    }


def foreseen(world: World, nodes: Sequence[Node], **changed: Any) -> Forecast:
    request = replace(world.request, graph=Graph(tuple(nodes)), reuse=Reuse(known(world)), **changed)
    return forecast(request, world.machine.records, world.machine.ledger.items)


def check(told: Forecast, then: Mapping[TaskKey, TaskRecord]) -> None:
    """Every certain word of the forecast came true, and no task was left out or made up."""
    for key, task in told.tasks.items():
        event(task.fate)
        if task.fate != "perhaps":
            wanted = {"reused": TaskStatus.REUSED, "runs": TaskStatus.SUCCEEDED, "skipped": TaskStatus.SKIPPED}
            assert then[key].status is wanted[task.fate], (key, task)
        else:
            assert task.reason
    for step in told.steps:
        assert step.total is not None, "nothing that a list is made of changed in a way that is not known"
        mine = [record for key, record in then.items() if key.step == step.step]
        assert step.reused + step.runs + step.perhaps + step.skipped == step.total
        assert step.total == len(mine)
    assert set(told.tasks) == set(then)


ALPHA = {"alpha": ("float", 0.1, "default")}
constants = st.frozensets(st.sampled_from([f"s{i}" for i in range(5)]))


@given(flows(), constants)
def test_after_a_full_run_everything_is_reused_and_nothing_runs(
    nodes: tuple[Node, ...], constant: frozenset[str]
) -> None:
    world = play(nodes, constant, parameters=ALPHA)
    assert world.ended == [RunStatus.SUCCEEDED]
    told = foreseen(world, nodes)
    assert {task.fate for task in told.tasks.values()} <= {"reused", "skipped"}
    check(told, play(nodes, constant, parameters=ALPHA, reuse=Reuse(known(world))).machine.records)


@given(flows(), constants, st.data())
def test_after_a_change_every_certain_word_comes_true(
    nodes: tuple[Node, ...], constant: frozenset[str], data: st.DataObject
) -> None:
    world = play(nodes, constant, parameters=ALPHA)
    edited = data.draw(st.sampled_from([each.name for each in nodes] + ["alpha"]))
    later = tuple(_edited(each) if each.name == edited else each for each in nodes)
    parameters = {"alpha": ("float", 0.2, "given")} if edited == "alpha" else ALPHA
    again = data.draw(st.sampled_from([frozenset(), frozenset({StepName(edited)})]))
    reuse = Reuse(known(world), again=again)
    told = forecast(
        replace(world.request, graph=Graph(later), parameters=parameters, reuse=reuse),
        world.machine.records,
        world.machine.ledger.items,
    )
    check(told, play(later, constant, parameters=parameters, reuse=reuse).machine.records)


@given(flows(), constants, st.data())
def test_what_a_broken_run_left_is_picked_up_task_by_task(
    nodes: tuple[Node, ...], constant: frozenset[str], data: st.DataObject
) -> None:
    whole = play(nodes, constant, parameters=ALPHA)
    broken = data.draw(st.sampled_from(sorted(str(key) for key in whole.machine.records)))
    world = play(nodes, constant, broken, parameters=ALPHA)
    assume(world.ended == [RunStatus.FAILED])
    told = foreseen(world, nodes)
    then = play(nodes, constant, parameters=ALPHA, reuse=Reuse(known(world))).machine.records
    for key, task in told.tasks.items():
        if task.fate != "perhaps":
            assert (task.fate == "reused") == (then[key].status is TaskStatus.REUSED), (key, task)
    failed = told.tasks[next(key for key in world.machine.records if str(key) == broken)]
    # a task of another item may have been given the same
    assert failed.fate == "reused" or failed.reason == "failed last time: E: no"


def _edited(node: Node) -> Node:
    return replace(node, code=CodeRef(replace(node.code.body, digest="other")))
