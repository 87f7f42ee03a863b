from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from nbflow.graph.draw.edges import edges_of
from nbflow.graph.draw.layout import Box, Layout, layout
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary


def flow(*lines: str) -> tuple[StepSummary, ...]:
    """`c: a b` is step c that waits for a and b."""
    pairs = (line.partition(":") for line in lines)
    return tuple(StepSummary(StepName(name), tuple(map(StepName, givers.split())), ()) for name, _, givers in pairs)


def placed(steps: tuple[StepSummary, ...], wide: float = 700) -> tuple[Layout, dict[str, Box]]:
    plan = layout(steps, {step.name: 80.0 for step in steps}, 40.0, wide=wide)
    return plan, {box.name: box for box in plan.boxes}


def test_a_chain_stands_in_one_straight_row() -> None:
    _, boxes = placed(flow("a:", "b: a", "c: b"))
    assert len({box.y for box in boxes.values()}) == 1
    assert boxes["a"].x < boxes["b"].x < boxes["c"].x


def test_branches_stand_around_what_they_part_from() -> None:
    _, boxes = placed(flow("a:", "b: a", "c: a", "d: b c"))
    assert boxes["b"].y < boxes["a"].y == boxes["d"].y < boxes["c"].y
    assert boxes["b"].x == boxes["c"].x


def test_branches_are_ordered_so_that_their_ways_do_not_cross() -> None:
    _, boxes = placed(flow("a:", "b:", "x: b", "y: a"))
    assert (boxes["a"].y < boxes["b"].y) == (boxes["y"].y < boxes["x"].y)


def test_a_long_chain_is_wrapped_into_bands_of_even_length() -> None:
    steps = flow("s0:", *(f"s{n}: s{n - 1}" for n in range(1, 16)))
    plan, boxes = placed(steps, wide=520)
    assert plan.width <= 520
    rows = sorted({box.y for box in boxes.values()})
    assert [sum(box.y == row for box in boxes.values()) for row in rows] == [4, 4, 4, 4]
    assert len(plan.links) == 3


def test_a_way_over_several_bands_has_a_piece_in_each() -> None:
    plan, _ = placed(flow("r:", "s0:", *(f"s{n}: s{n - 1}" for n in range(1, 12)), "z: r s11"), wide=300)
    pieces = [points for giver, step, points in plan.ways if (giver, step) == ("r", "z")]
    assert len(pieces) == 7
    heights = [points[0][1] for points in pieces]
    assert heights == sorted(heights)


def test_nothing_is_a_picture_too() -> None:
    assert layout((), {}, 40.0, wide=700).boxes == ()


@st.composite
def flows(draw: st.DrawFn) -> tuple[StepSummary, ...]:
    lines = []
    for number in range(draw(st.integers(1, 16))):
        above = [f"s{each}" for each in range(number)]
        givers = draw(st.lists(st.sampled_from(above), max_size=3, unique=True)) if above else []
        lines.append(f"s{number}: {' '.join(givers)}")
    return flow(*lines)


@given(steps=flows(), wide=st.sampled_from([200.0, 500.0, 2000.0]))
def test_no_box_touches_another_and_all_stand_inside(steps: tuple[StepSummary, ...], wide: float) -> None:
    plan, boxes = placed(steps, wide)
    assert set(boxes) == {step.name for step in steps}
    for one, other in combinations(boxes.values(), 2):
        apart = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    for box in boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= plan.width
        assert box.y + box.height <= plan.height


@given(steps=flows(), wide=st.sampled_from([200.0, 500.0, 2000.0]))
def test_every_way_starts_at_its_giver_and_ends_at_its_step(steps: tuple[StepSummary, ...], wide: float) -> None:
    plan, boxes = placed(steps, wide)
    ends = {(giver, step): (points[0], points[-1]) for giver, step, points in plan.ways}
    assert set(ends) == {(giver, step) for step, givers in edges_of(steps).short.items() for giver in givers}
    for giver, step, points in plan.ways:
        assert all(x0 <= x1 for (x0, _), (x1, _) in pairwise(points))
        first = next(each for each in plan.ways if each[:2] == (giver, step))[2][0]
        last = [each for each in plan.ways if each[:2] == (giver, step)][-1][2][-1]
        assert first == (boxes[giver].x + boxes[giver].width, boxes[giver].y + boxes[giver].height / 2)
        assert last == (boxes[step].x, boxes[step].y + boxes[step].height / 2)
