from __future__ import annotations

import pytest

from nbflow.graph.summary import summaries
from nbflow.model.record import StepSummary
from tests.unit.graph.notation import graph


def test_a_summary_has_givers_scope_and_label() -> None:
    found = summaries(graph("a: x=1", "t[FE]: m=x", "j[--join t --after a]: n=len(inputs)"))
    assert found == (
        StepSummary("a", (), ()),  # type: ignore[arg-type]
        StepSummary("t", ("a",), ("t",), "foreach regions as region"),  # type: ignore[arg-type]
        StepSummary("j", ("t", "a"), (), "join t"),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("c: z=x", ""),
        ('c[--when "x > 2"]: z=x', "when x > 2"),
        ("c[--else-of b]: z=x", "else of b"),
        ('c[--else-of b --when "x > 2"]: z=x', "else of b, when x > 2"),
        ("c[--join a,b]: pass", "join a, b"),
        ("c[--join a,b --any]: pass", "join any of a, b"),
        ("c[--foreach '[x]']: pass", "foreach [x]"),
        ("c[--foreach '[x]' --when 'item > 1']: pass", "foreach [x], when item > 1"),
    ],
)
def test_a_label_says_what_the_header_says(cell: str, label: str) -> None:
    assert summaries(graph("a: x=1", 'b[--when "x>5"]: y=1', cell))[-1].label == label
