"""A graph taken apart for a state machine: everything once, in an order that nothing waits in vain in."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbflow.cells.flow import flow_text
from nbflow.cells.notebook import parse_notebook
from nbflow.deploy.shape import Block, Each, Fork, Gate, Job, Row, roots, shape
from nbflow.deploy.states import Plan, StepJob, machine
from nbflow.graph.build import build
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName

Place = tuple[str, str]


def graph_of(*cells: str) -> Graph:
    made = [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []} for text in cells]
    text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    built = build(flow_text(parse_notebook(text, "flow.ipynb"), "flow.ipynb").draft)
    assert not [each for each in built.problems if each.severity == "error"], built.problems
    return built.graph


def order(block: Block, before: frozenset[Place] = frozenset()) -> Iterator[tuple[Place, frozenset[Place]]]:
    """Yield every job with those that are certain to have ended when it begins."""
    match block:
        case Job(step, kind):
            yield (step, kind), before
        case Gate(_, inside) | Each(_, inside):
            yield from order(inside, before)
        case Fork(blocks):
            for each in blocks:
                yield from order(each, before)
        case Row(blocks):
            for each in blocks:
                found = list(order(each, before))
                yield from found
                before |= {place for place, _ in found}


def told(block: Block) -> str:
    match block:
        case Job(step, kind):
            return step if kind == "body" else f"list:{step}"
        case Gate(step, inside):
            return f"{step}?{told(inside)}"
        case Each(step, inside):
            return f"{step}*({told(inside)})"
        case Fork(blocks):
            return f"[{' | '.join(map(told, blocks))}]"
        case Row(blocks):
            return " ; ".join(map(told, blocks))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["%%step a\nx = 1", "%%step b\ny = x", "%%step c\nz = y"], "a ; b ; c"),
        (["%%step a\nx = 1", "%%step b\ny = x", "%%step c\nz = x", "%%step d\nw = y + z"], "a ; [b | c] ; d"),
        (["%%step a\nx = 1", "%%step b\ny = 1"], "[a | b]"),
        # an N is no series of forks: what can begin at once does
        (["%%step a\nx = 1", "%%step b\ny = 1", "%%step c\nz = x + y", "%%step d\nw = y"], "[a | b] ; [c | d]"),
        (
            ["%%step a\nxs = [1]", "%%step b --foreach xs --as x\ny = x", "%%step c --join b\nz = inputs"],
            "a ; list:b ; b*(b) ; c",
        ),
        (
            ["%%step a\nx = 1", '%%step b --when "x > 1"\ny = x', "%%step c\nz = y", "%%step d\nw = x"],
            "a ; [b?b ; c?c | d]",
        ),
        (
            [
                "%%step a\nxs = [[1]]",
                "%%step b --foreach xs --as row\ny = row",
                "%%step c --foreach y --as cell\nz = cell",
                "%%step d --join c\ns = inputs",
                "%%step e --join b\nt = inputs",
            ],
            "a ; list:b ; b*(b ; list:c ; c*(c) ; d) ; e",
        ),
    ],
)
def test_what_a_flow_looks_like(cells: list[str], expected: str) -> None:
    assert told(shape(graph_of(*cells))) == expected


def test_a_foreach_that_waits_for_what_waits_for_it_is_gone_through_twice() -> None:
    graph = graph_of(
        "%%step a\nxs = [1, 2]",
        "%%step b --foreach xs --as x\ny = x",
        "%%step mean --join b\nm = sum(each.y for each in inputs)",
        "%%step d\nz = x - m",
        "%%step e --join d\nt = inputs",
    )
    if graph["d"].scope:
        assert told(shape(graph)) == "a ; list:b ; b*(b) ; mean ; b*(d) ; e"
    else:
        assert "mean ; d" in told(shape(graph))


@st.composite
def flows(draw: st.DrawFn) -> list[str]:
    cells = []
    for number in range(draw(st.integers(1, 9))):
        reads = draw(st.sets(st.sampled_from(range(number)), max_size=3)) if number else set()
        text = " + ".join(["0", *(f"v{each}" for each in sorted(reads))])
        when = f' --when "v{min(reads)} > 0"' if reads and draw(st.integers(0, 3)) == 0 else ""
        default = f" --default v{min(reads)}=0" if reads and draw(st.booleans()) and not when else ""
        cells.append(f"%%step s{number}{when}{default}\nv{number} = {text}")
    return cells


@settings(max_examples=150, deadline=None)
@given(cells=flows())
def test_every_step_is_there_once_and_behind_all_it_waits_for(cells: list[str]) -> None:
    graph = graph_of(*cells)
    found = dict(order(shape(graph)))
    assert len(list(order(shape(graph)))) == len(graph.nodes)
    for node in graph.nodes:
        assert {(giver, "body") for giver in node.givers} <= found[node.name, "body"]
    assert {step for (step, _), before in found.items() if not before} >= roots(graph) - {
        step for (step, _), before in found.items() if before
    }


def _plan(graph: Graph) -> Plan:
    job = StepJob(
        {"JobName": "j", "JobQueue": "q", "JobDefinition": "d", "ContainerOverrides": {"Environment": []}}, 2, 60
    )
    jobs = {StepName(node.name): job for node in graph.nodes}
    return Plan("Flow", shape(graph), roots(graph), jobs, job, "bucket", "prefix/", comment="a test", timeout=3600)


@settings(max_examples=60, deadline=None)
@given(cells=flows())
def test_every_state_leads_to_one_that_there_is_and_has_a_name_of_its_own(cells: list[str]) -> None:
    names: list[str] = []

    def look(document: dict[str, object]) -> None:
        states = document["States"]
        assert isinstance(states, dict)
        assert document["StartAt"] in states
        names.extend(states)
        reached = {document["StartAt"]}
        for state in states.values():
            leads = {state.get("Next"), state.get("Default"), *(each["Next"] for each in state.get("Choices", ()))}
            leads |= {each["Next"] for each in state.get("Catch", ())}
            assert leads - {None} <= set(states)
            assert ("End" in state) != ("Next" in state) or state["Type"] in {"Choice", "Fail"}
            reached |= leads - {None}
            for branch in state.get("Branches", ()):
                look(branch)
            if "ItemProcessor" in state:
                look(state["ItemProcessor"])
        assert reached == set(states)

    look(machine(_plan(graph_of(*cells))))
    assert len(names) == len(set(names))
    assert all(len(name) <= 80 for name in names)
