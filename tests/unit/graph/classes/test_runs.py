"""Flows at random, built and then played to their end by the scheduler's machine."""

from __future__ import annotations

import random
import re

import pytest
from driver import ref

from nbflow.model.artifact import Manifest
from nbflow.model.graph import Graph
from nbflow.model.ids import FlowName
from nbflow.model.status import RunStatus
from nbflow.runtime.flights import Limits
from nbflow.runtime.machine import Machine
from nbflow.runtime.request import RunRequest
from nbflow.runtime.stimuli import End, Launch, Ready, WorkerExited, WorkerSaid, WorkerStarted
from tests.unit.graph.classes.notation import built, graph
from tests.unit.graph.classes.shapes import flow_text


class Play:
    """Runs a flow: workers end in any order, switches choose and lists are long as it happens."""

    def __init__(self, flow: Graph, seed: int) -> None:
        self.flow = flow
        self.chance = random.Random(seed)
        self.listed = {node.opens.lister: node for node in flow.nodes if node.opens}
        self.machine = Machine(RunRequest(FlowName("F"), flow), Limits(3, 1 << 40), lambda failure: ref(failure.type))
        self.live: dict[int, Ready] = {}
        self.ran: list[Ready] = []
        self.ended: RunStatus | None = None
        self.take(self.machine.start(0.0))
        while self.live and len(self.ran) < 3000:
            self.end(self.chance.choice(list(self.live)))

    def take(self, commands: list[object]) -> None:
        for command in commands:
            if isinstance(command, Launch):
                self.live[command.number] = command.ready
            elif isinstance(command, End):
                self.ended = command.status

    def end(self, number: int) -> None:
        ready = self.live.pop(number)
        self.ran.append(ready)
        node = ready.node
        opened = self.listed.get(node.name)
        items = None
        if opened is not None and opened.opens:
            count = self.chance.randint(1, 2) if opened.opens.kind == "foreach" else 2
            items = {"step": opened.name, "refs": [ref(each).to_json() for each in range(count)], "total": count}
        chose = self.chance.choice(node.switch.steps) if node.switch else None
        left = Manifest({"last": ref(f"{ready.key}")}).to_json()
        self.take(self.machine.handle(WorkerStarted(number, 1, "out", "err"), 0.0))
        self.take(
            self.machine.handle(WorkerSaid(number, {"done": {"manifest": left, "chose": chose, "items": items}}), 0.0)
        )
        self.take(self.machine.handle(WorkerExited(number, 0), 0.0))


@pytest.mark.parametrize("seed", range(150))
def test_a_whole_flow_is_built_without_a_problem_and_runs_to_its_end(seed: int) -> None:
    flow = graph(flow_text(seed))
    play = Play(flow, seed)
    assert play.ended is RunStatus.SUCCEEDED
    ran = {ready.node.name for ready in play.ran}
    assert ran >= {node.name for node in flow.nodes if not node.conditional}


@pytest.mark.parametrize("seed", range(150))
def test_every_task_is_given_what_one_step_before_it_left_and_a_join_what_each_branch_left_in_order(seed: int) -> None:
    flow = graph(flow_text(seed))
    for ready in Play(flow, seed).ran:
        node = ready.node
        if ready.joined is None:
            left = [str(each.data).partition("[")[0].partition("~")[0] for each in ready.given.inputs.values()]
            assert len(left) == len(node.needs) or ready.iteration
            assert set(left) <= {*node.givers, node.name}
            continue
        views = ready.joined.inputs.views
        (need,) = node.needs
        if need.closes:
            assert [view.index for view in views] == list(range(len(views)))
        else:
            ends = [{source.step for source in branch} for branch in need.branches]
            assert len(views) == len(ends)
            assert all(view.step in steps for view, steps in zip(views, ends, strict=True))


@pytest.mark.parametrize("seed", range(150))
def test_a_flow_with_one_broken_step_is_refused_and_never_raises(seed: int) -> None:
    chance = random.Random(seed)
    lines = flow_text(seed).splitlines()
    where = chance.choice([number for number, line in enumerate(lines) if "self.next(" in line])
    names = re.findall(r"def (\w+)", "\n".join(lines))
    head, _, call = lines[where].partition(": ")
    other, another = chance.sample(names, 2)
    broken = chance.choice(
        [
            f"{head}: pass",
            f"{head}: self.next(self.nowhere)",
            f"{head}: self.next(self.nowhere, num_parallel=2)",
            f"{head}: self.next({{1: self.nowhere, 2: self.{other}}}, condition='v')",
            f"{head}: self.next(self.{other})",
            f"{head}: self.next(self.{other}, self.{another})",
            f"{head}: self.next(self.{other}, foreach='xs')",
            f"{head}: self.next({{1: self.{other}, 2: self.{another}}}, condition='v')",
            f"{head}: self.next({other})",
            f"{head.replace('(self', '(self, more, inputs')}: {call}",
            f"{head.replace('(self)', '(self, inputs)')}: {call}",
            f"{head.replace('(self, inputs)', '(self)')}: {call}",
            f"{head.replace('(self)', '()')}: {call}",
            f"{head}:\n    if x: {call}\n    self.next(self.{other})",
        ]
    )
    found = built("\n".join([*lines[:where], broken, *lines[where + 1 :]]))
    assert len(found.graph.nodes) == len(names)
    for problem in found.problems:
        assert str(problem)
    if not found.errors:
        assert Play(found.graph, seed).ended is RunStatus.SUCCEEDED
