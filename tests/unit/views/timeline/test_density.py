"""How much runs at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.views.timeline.axis import axis
from nbflow.views.timeline.density import density, gaps, most_at_once
from nbflow.views.timeline.spans import Span

TIMES = st.floats(min_value=0, max_value=100)
SPANS = st.lists(
    st.tuples(TIMES, TIMES, st.sampled_from(["succeeded", "failed"])).map(
        lambda each: Span(min(each[:2]), max(each[:2]), each[2])
    ),
    max_size=40,
)


@given(SPANS, st.integers(min_value=1, max_value=60))
def test_all_time_that_was_spent_is_in_it_and_no_more(spans: list[Span], parts: int) -> None:
    found = density(spans, axis(0, 0, 100), parts)
    for status in ("succeeded", "failed"):
        spent = sum(span.seconds for span in spans if span.status == status)
        shown = sum(found.by_status.get(status, [])) * 100 / parts
        assert shown == pytest.approx(spent, abs=1e-6)


@given(SPANS)
def test_never_more_at_once_than_there_ever_were(spans: list[Span]) -> None:
    assert density(spans, axis(0, 0, 100), 25).top <= most_at_once(spans) + 1e-6


@given(SPANS)
def test_time_is_either_idle_or_something_runs(spans: list[Span]) -> None:
    found = gaps(spans, 0.0)
    assert all(not (span.start < end and start < span.end) for start, end in found for span in spans if span.seconds)
    if spans:
        merged = sum(end - start for start, end in found) + covered(spans)
        whole = max(span.end for span in spans) - min(span.start for span in spans)
        assert merged == pytest.approx(whole, abs=1e-6)


def covered(spans: list[Span]) -> float:
    total, until = 0.0, float("-inf")
    for span in sorted(spans, key=lambda each: each.start):
        total += max(0.0, span.end - max(until, span.start))
        until = max(until, span.end)
    return total


def test_a_task_that_ends_as_another_begins_does_not_count_with_it() -> None:
    assert most_at_once([Span(0, 1, "succeeded"), Span(1, 2, "succeeded")]) == 1
    assert most_at_once([Span(0, 2, "succeeded"), Span(1, 3, "succeeded")]) == 2
