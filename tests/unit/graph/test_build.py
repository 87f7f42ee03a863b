from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import FlowError, GraphError, Place, problem
from nbflow.graph.build import build
from nbflow.graph.check import checked
from nbflow.model.graph import MISSING, Condition, Need, Scope, Source
from tests.unit.graph.notation import built, flow, graph


def S(step: str, name: str | None = None) -> Source:  # noqa: N802  as the page writes it
    return Source(step, name)  # type: ignore[arg-type]


def test_a_value_is_needed_from_its_candidates_preferred_first() -> None:
    found = graph("a: x=1; m=0", 'b[--when "x>5"]: m=1', "c[--default m=7]: z=m")
    assert found["c"].needs == (Need("value", "m", ((S("b", "m"), S("a", "m")),), default="7"),)
    assert found["b"].needs == (Need("value", "x", ((S("a", "x"),),), uses=("when",)),)
    assert found["b"].when == Condition("x>5")
    assert found["c"].needs[0].default is not MISSING


def test_a_foreach_is_opened_and_closed() -> None:
    found = graph("t[FE]: m=region", "j[--join t]: n=len(inputs)")
    assert found["t"].opens == Scope("foreach", (), "regions", "region", named=True)
    assert found["t"].parameters == {"regions"}
    assert found["t"].context == {}
    assert found["j"].needs == (Need("inputs", None, ((S("t"),),), closes="t"),)  # type: ignore[arg-type]


def test_branches_are_joined_in_the_order_written() -> None:
    cells = ("a: x=1", "b: y=1")
    assert graph(*cells, "j[--join b,a]: pass")["j"].needs == (Need("inputs", None, ((S("b"),), (S("a"),))),)
    (need,) = graph(*cells, "j[--join a,b --any]: pass")["j"].needs
    assert need.rule == "any"


def test_order_alone_is_a_need_too() -> None:
    found = graph('a[--when "K>1"]: x=1', "b: y=1", "c[--after a,b --else-of a]: pass")["c"]
    assert found.needs == (Need("order", None, ((S("a"),),)), Need("order", None, ((S("a"),), (S("b"),))))
    assert found.when == Condition(None, ("a",))  # type: ignore[arg-type]


def test_what_a_step_below_reads_or_out_names_must_be_storable() -> None:
    found = graph("a: x=1; scratch=2", "b[--out y,z]: y=x; z=1")
    assert found["a"].required == {"x"}
    assert found["b"].required == {"y", "z"}


def test_what_a_merge_names_must_be_storable() -> None:
    found = graph("a: m=1; z=1", "b: m=1", 'j[--join a,b]: merge_artifacts(inputs, include=["m"])')
    assert (found["a"].required, found["b"].required) == ({"m"}, {"m"})
    assert found["j"].merged == {"m"}


def test_a_merge_takes_what_the_joined_steps_left_and_the_join_does_not_bind() -> None:
    found = graph("t[FE]: m=1; z=1; q=1", 'j[--join t]: merge_artifacts(inputs, exclude=["q"])\nz = 2')
    assert found["j"].merged == {"m"}
    assert found["j"].leaves == {"m", "z"}


def test_a_captured_name_is_said() -> None:
    assert graph("a[--capture df]: n=df")["a"].captured == ("df",)


def test_the_graph_holds_every_definition_there_is() -> None:
    found = graph("a: def f(): pass", "b: class C: pass", plain=("K = 3",))
    assert [statement.names for statement in found.statements] == [("K",), ("f",), ("C",)]


def test_a_flow_without_steps_is_a_graph_without_nodes() -> None:
    assert build(flow()).graph.nodes == ()


def test_problems_are_those_of_cells_headers_and_graph_with_errors_first() -> None:
    broken = problem("C010", Place(cell="cell 9", step="lost"), message="invalid syntax")
    notice = problem("N004", step="gone")
    found = build(flow("a: y = m", "b: alpha = 1", problems=[notice, broken]))
    assert [each.code for each in found.problems] == ["C010", "G012", "N004"]
    assert [each.code for each in found.errors] == ["C010", "G012"]


def test_problems_of_the_graph_stand_in_the_order_of_the_flow() -> None:
    found = built("a: print(zz1)\nalpha = 1", "b[--after zz2]: print(hid)", "c: print(zz3)")
    assert [(each.code, each.place.step) for each in found.problems] == [
        ("G001", "a"),
        ("G012", "a"),
        ("G002", "b"),
        ("G015", "b"),
        ("G001", "c"),
    ]


def test_a_flow_with_errors_has_a_graph_all_the_same() -> None:
    found = built("a: m=1", "b: m=2", "c: q=m; print(zzz)")
    assert [node.name for node in found.graph.nodes] == ["a", "b", "c"]
    assert found.errors


def test_checked_gives_a_graph_that_may_run() -> None:
    assert checked(flow("a: x=1", "b: y=x"))["b"].givers == ("a",)


@pytest.mark.parametrize(
    ("cells", "kind", "count"),
    [(("a: print(zz)", "b: alpha=1"), GraphError, 2), (("a: x=1", "a: x=zz"), FlowError, 1)],
)
def test_checked_raises_all_errors_at_once(cells: tuple[str, ...], kind: Any, count: int) -> None:
    with pytest.raises(kind) as raised:
        checked(flow(*cells))
    assert len(raised.value.problems) == count


def test_checked_does_not_mind_notices() -> None:
    assert checked(flow("a: model=[]", "b: model.fit(1)", "c: y=model"))["c"].givers == ("a",)
