"""The promise of a conversion: each step of the class leaves what the step of the notebook leaves.

Random flows are run twice: as a graph, and converted, as a class by a stand-in for the engine. Either all values are
equal, or the flow was refused before anything was written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from nbflow.errors import CellError, UsageError
from nbflow.frontends.converting.flowfile import FlowFile, flow_file
from nbflow.frontends.converting.leaving import not_left
from nbflow.frontends.converting.original import Original
from nbflow.frontends.converting.skipping import settled
from nbflow.graph.build import Built, build
from nbflow.graph.resolve import resolve
from nbflow.model.step import FlowDraft
from tests.naive import execute
from tests.property.test_graph_top_to_bottom import PLAIN as DEFINED
from tests.property.test_graph_top_to_bottom import Cell, flows, foreach_flows
from tests.stand_in_flow import run_source
from tests.unit.graph.notation import PARAMETERS, PLAIN, flow
from tests.wide_flows import wide_flows

PARAMETER_VALUES = {"alpha": 0.1, "regions": ["eu", "us"]}


def original_of(draft: FlowDraft, made: Built) -> Original:
    return Original("nb.ipynb", "nb", made.graph, settled(resolve(draft)))


def convert(*cells: str, plain: Any = PLAIN, parameters: Any = PARAMETERS) -> tuple[Original, FlowFile]:
    draft = flow(*cells, plain=plain, parameters=parameters)
    made = build(draft)
    assert not made.errors, "\n\n".join(map(str, made.errors))
    original = original_of(draft, made)
    return original, flow_file(original, Path("/nowhere"))


def check_equal(original: Original, made: FlowFile, seed: int = 0) -> None:
    """Find out that the class leaves what the graph leaves."""
    expected = execute(original.graph, PARAMETER_VALUES, seed)
    ran = run_source(made.source).left
    spared = {step.name: not_left(original, step) for step in original.flow.steps}
    catches = {each.name: each.options.catch.name for each in original.graph.nodes if each.options.catch}
    for (step, path), left in expected.items():
        found = ran.get((made.methods[step], path))
        assert (left is None) == (found is None), f"{step} was skipped in one of two runs"
        for name, value in (left or {}).items():
            if name not in spared[step] and name != catches.get(step):
                assert found is not None and found.get(name, "nothing") == value, (step, path, name)


def property_holds(cells: list[str], seed: int, **surroundings: Any) -> None:
    try:
        draft = flow(*cells, **surroundings)
    except CellError:
        event("a cell is refused")
        return
    made = build(draft)
    if made.errors:
        event("the flow itself is refused")
        return
    try:
        execute(made.graph, PARAMETER_VALUES, seed)
    except Exception:  # noqa: BLE001  random cells raise anything
        assume(False)
    original = original_of(draft, made)
    try:
        converted = flow_file(original, Path("/nowhere"))
    except UsageError as refused:
        event(f"refused: {dict(refused.problems[0].facts)['why'][:60]}")
        return
    event(f"converted, added: {len(converted.added)}")
    check_equal(original, converted, seed)


MORE = settings(max_examples=60, deadline=None)


@pytest.fixture(autouse=True)
def _unformatted(monkeypatch: pytest.MonkeyPatch) -> None:
    # a process per example would cost more than the rest
    monkeypatch.setattr("nbflow.frontends.converting.flowfile.formatted", lambda source: source)


@MORE
@given(flows(), st.integers(0, 99))
def test_random_flows(cells: list[Cell], seed: int) -> None:
    property_holds(list(map(str, cells)), seed, plain=DEFINED, parameters=())


@MORE
@given(wide_flows(), st.integers(0, 99))
def test_random_branches_and_foreach(cells: list[str], seed: int) -> None:
    property_holds(cells, seed, plain=DEFINED, parameters=())


@MORE
@given(foreach_flows(), st.integers(0, 99))
def test_random_steps_inside_and_outside_of_a_foreach(
    found: tuple[list[int], list[tuple[Cell, bool]]], seed: int
) -> None:
    items, cells = found
    # a class refuses a foreach without items while it runs
    assume(items)
    last = next(cell.name for cell, inside in reversed(cells) if inside)
    join = f"j[--join {last}]: w = [(task.index, task.e) for task in inputs]"
    property_holds(
        [*(str(cell) for cell, _ in cells), join, "after: n = len(w) + x"], seed, plain=DEFINED, parameters=()
    )


def test_what_a_body_may_have_bound_itself_is_its_own_in_a_class_too() -> None:
    original, made = convert(
        "a: for e in range(3): loss = e\nif loss: k = 1\nif loss: t = k\nr = (e, loss, t)",
        "b: for e in range(2): pass\nif e: sum = 5\nz = (sum, e)",
        "c: for e in []: z = e\nw = (z, r)",
        "d[--catch why]: for e in []: q = e\nv = q",
    )
    check_equal(original, made)
