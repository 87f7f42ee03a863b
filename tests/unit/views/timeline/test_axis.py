"""The marks on the axis of time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.views.timeline.axis import axis

SECONDS = st.floats(min_value=0.001, max_value=3e8)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.07, ["0", "20 ms", "40 ms", "60 ms"]),
        (3, ["0", "500 ms", "1.0 s", "1.5 s", "2.0 s", "2.5 s"]),
        (55, ["0", "10 s", "20 s", "30 s", "40 s", "50 s"]),
        (200, ["0", "1 min", "2 min", "3 min"]),
        (5000, ["0", "15 min", "30 min", "45 min", "1 h", "1 h 15 min"]),
        (400_000, ["0", "1 d", "2 d", "3 d", "4 d"]),
    ],
)
def test_marks_are_round_and_read_as_a_person_says_them(seconds: float, said: list[str]) -> None:
    assert [label for _, label in axis(1000.0, 1000.0, 1000.0 + seconds).ticks()] == said


@given(start=st.floats(min_value=0, max_value=1e9), before=SECONDS, seconds=SECONDS)
def test_marks_stand_in_order_on_the_axis_and_say_different_things(start: float, before: float, seconds: float) -> None:
    # a run that began long before the stretch that is shown
    ticks = axis(start, start + min(before, 100 * seconds), start + min(before, 100 * seconds) + seconds).ticks()
    assert len(ticks) <= 6
    assert all(0 <= share <= 1 for share, _ in ticks)
    assert all(one < other for (one, _), (other, _) in pairwise(ticks))
    labels = [label for _, label in ticks]
    assert len(set(labels)) == len(labels)


def test_a_stretch_of_no_length_is_an_axis_all_the_same() -> None:
    assert axis(5.0, 5.0, 5.0).share(5.0) == 0.0
