"""The conformance cases of the rules' page that a graph decides, by their numbers."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.graph.fates import Withheld
from nbflow.graph.givers import Blocked, FromDefinition, FromParameter, FromSteps
from nbflow.model.graph import Graph, Source
from tests.naive import execute
from tests.unit.graph.notation import built, codes, edges, giver, graph, the_problem

VALUES = {"alpha": 0.1, "regions": ["eu", "us"]}


def results(flow: Graph) -> dict[Any, Any]:
    """Return what a flow's tasks leave, in whatever order they run; steps outside foreach by name alone."""
    ran = [execute(flow, VALUES, seed) for seed in range(4)]
    # as text, because NaN equals nothing
    assert len({str(sorted(each.items())) for each in ran}) == 1
    return {(step if path == () else (step, *path)): left for (step, path), left in ran[0].items()}


def left(*cells: str) -> dict[Any, Any]:
    return results(graph(*cells))


def test_1_a_step_reads_the_step_above_and_a_parameter() -> None:
    flow = graph("a: x=1", "b: y=x+alpha")
    assert edges(flow, "b") == {"x": ("a",)}
    assert flow["b"].parameters == {"alpha"}
    assert results(flow)["b"] == {"y": 1.1}


def test_2_a_step_that_rebinds_reads_the_one_above_it_and_is_read_below() -> None:
    flow = graph("a: df=[1]", "b: df=df+[2]", "c: n=len(df)")
    assert edges(flow, "b") == {"df": ("a",)}
    assert edges(flow, "c") == {"df": ("b",)}
    assert results(flow)["c"] == {"n": 2}


def test_3_two_writers_of_which_neither_depends_on_the_other() -> None:
    found = the_problem("a: m=1", "b: m=2", "c: print(m)")
    assert found.code == "G010"
    assert found.what == "'m' has two writers, a and b, and neither depends on the other"
    assert found.fix == "--in m=b.m here, or --join a,b here, or --after a on b"
    assert codes("a: m=1", "b: m=2") == []


def test_4_order_or_choice_decides_between_writers() -> None:
    assert left("a: m=1", "b[--after a]: m=2", "c: q=m")["c"] == {"q": 2}
    assert left("a: m=1", "b: m=2", "c[--in m=a.m]: q=m")["c"] == {"q": 1}


def test_5_a_name_left_only_below() -> None:
    found = the_problem("a: print(x)", "b: x=1")
    assert found.code == "G005"
    assert found.what == "'x' is left only by 'b', below this step"


def test_6_an_unknown_name_and_a_hidden_one() -> None:
    assert codes("a: print(zzz)") == ["G001"]
    found = the_problem("a: print(hid)")
    assert found.code == "G015"
    assert "cell 5" in found.what


@pytest.mark.parametrize("cell", ["a: alpha=2", "a: regions[0]='x'", "a[--foreach regions --as alpha]: y=1"])
def test_7_parameters_never_change(cell: str) -> None:
    assert codes(cell) == ["G012"]


def test_7_a_loop_may_use_a_parameter_s_name() -> None:
    assert codes("a: for alpha in []: pass") == []


def test_8_a_definition_does_not_change_but_a_module_may() -> None:
    assert codes("a: CONFIG['b']=1") == ["G014"]
    assert graph("a: pd.opt=1")["a"].leaves == frozenset()


def test_9_an_in_place_change_reads_and_leaves() -> None:
    flow = graph("a: d={}", "b: d['k']=1", "c: q=d")
    assert edges(flow, "b") == {"d": ("a",)}
    assert flow["b"].leaves == {"d"}
    assert edges(flow, "c") == {"d": ("b",)}
    ran = results(flow)
    assert ran["c"] == {"q": {"k": 1}}
    assert ran["a"] == {"d": {}}


def test_10_a_change_by_a_call_is_no_write_unless_out_says_so() -> None:
    flow = graph("a: l=[]", "b: l.append(1)", "c: q=l")
    assert edges(flow, "c") == {"l": ("a",)}
    assert flow["b"].leaves == frozenset()
    assert left("a: l=[]", "b[--out l]: l.append(1)", "c: q=l")["c"] == {"q": [1]}


def test_11_a_perhaps_bound_name_hands_the_older_value_on() -> None:
    flow = graph("a: x=1; f=0", "b: if f: x=2", "c: y=x")
    assert edges(flow, "b") == {"f": ("a",), "x": ("a",)}
    assert flow["b"].perhaps == {"x"}
    assert results(flow)["c"] == {"y": 1}


def test_12_a_perhaps_bound_name_may_stay_unbound() -> None:
    flow = graph("a: f=0", "b: if f: x=2", "c: y=x")
    assert edges(flow, "c") == {"x": ("b",)}
    with pytest.raises(NameError):
        execute(flow, VALUES)


def test_13_a_loop_target_is_not_left_unless_out_says_so() -> None:
    found = the_problem("a: i=1", "b: for i in [5]: pass", "c: q=i")
    assert found.code == "G007"
    assert found.what == "'i' was last bound by b, as a loop, with, except or case target, which is not left"
    assert found.fix == "--out i on b, or --in i=a.i here"
    assert left("a: i=1", "b[--out i --after a]: for i in [5]: pass", "c: q=i")["c"] == {"q": 5}


def test_14_private_and_left_out_names_block() -> None:
    assert codes("a: _x=1", "b: q=_x") == ["G007"]
    assert codes("a[--out y]: x=1; y=2", "b: q=x") == ["G007"]


def test_15_a_deleted_name_blocks() -> None:
    cells = ("a: x=1", "b: y=x; del x")
    found = the_problem(*cells, "c: q=x")
    assert found.code == "G007"
    assert found.what == "'x' was last bound by b, which deletes it"
    assert left(*cells, "c[--in x=a.x]: q=x")["c"] == {"q": 1}


def test_16_a_function_of_a_step_is_a_definition_to_the_steps_below() -> None:
    flow = graph("a: def f(v): return v+1", "b: y=f(1)")
    assert flow["b"].needs == ()
    assert flow["b"].code.roots == ("f",)
    assert flow["a"].leaves == frozenset()
    assert results(flow)["b"] == {"y": 2}


def test_17_a_definition_of_a_step_that_may_be_skipped_blocks() -> None:
    cells = ("a: x=9", 'b[--when "x>5"]: def f(): pass', "c: f()")
    found = the_problem(*cells)
    assert found.code == "G007"
    assert "only if 'x>5'" in found.what
    assert giver("f", "c", *cells) == Blocked("b", Withheld("conditional", "only if 'x>5'"))  # type: ignore[arg-type]


def test_18_position_decides_between_an_artifact_and_a_constant() -> None:
    assert left("a: K=5", "b: q=K")["b"] == {"q": 5}
    flow = graph("b: q=K", "a: K=5")
    assert results(flow)["b"] == {"q": 3}


def test_19_a_function_that_would_see_the_constant_where_the_notebook_shows_the_artifact() -> None:
    found = built("a: LIMIT=1", "b: g(1)", plain=("LIMIT=2", "def g(d): return d<LIMIT")).errors
    assert [each.code for each in found] == ["G017"]
    assert "'g'" in found[0].what
    assert "'LIMIT'" in found[0].what
    assert "step a" in found[0].what


def test_20_a_lambda_reads_the_older_value_of_the_name_it_is_assigned_to() -> None:
    flow = graph("a: x=2", "b: x=(lambda: x+1)()", "c: q=x")
    assert edges(flow, "b") == {"x": ("a",)}
    assert results(flow)["c"] == {"q": 3}


def test_22_an_except_target_is_neither_left_nor_read() -> None:
    flow = graph('a: try: v=int("x")\nexcept ValueError as e: v=0', "b: q=v")
    assert flow["a"].leaves == {"v"}
    assert results(flow)["b"] == {"q": 0}


def test_23_a_with_target_is_not_left() -> None:
    assert graph("p: p='/dev/null'", "a: with open(p) as fh: t=fh.read()")["a"].leaves == {"t"}


def test_24_a_foreach_and_its_join() -> None:
    flow = graph("t[FE]: m=region*2", "b[--join t]: w=[i.m for i in inputs]; r=[i.region for i in inputs]")
    assert flow["t"].scope == ("t",)
    assert flow["t"].leaves == {"m", "region"}
    assert flow["b"].scope == ()
    assert flow["b"].closes == "t"
    assert results(flow)["b"] == {"w": ["eueu", "usus"], "r": ["eu", "us"]}


def test_25_a_step_that_reads_a_name_of_the_foreach_runs_per_item() -> None:
    flow = graph("t[FE]: m=region", "s: k=m+region+str(index)", "b[--join s]: w=[(i.k,i.m) for i in inputs]")
    assert flow["s"].scope == ("t",)
    assert flow["s"].context == {"index": "t"}
    assert results(flow)["b"] == {"w": [("eueu0", "eu"), ("usus1", "us")]}


def test_26_a_join_does_not_read_what_it_closes_directly() -> None:
    found = the_problem("t[FE]: m=1", "b[--join t]: print(m)")
    assert found.code == "G023"
    assert found.what == "'m' has one value per item of t here"


def test_27_two_foreach_are_neither_zipped_nor_multiplied() -> None:
    found = the_problem("t[FE]: m=1", "u[--foreach regions --as place]: k=1", "c: print(m,k)")
    assert found.code == "G024"
    assert "'k' (per item of u)" in found.what
    assert "'m' (per item of t)" in found.what


def test_28_a_second_pass_reads_the_join_and_the_items() -> None:
    flow = graph(
        "t[FE]: m=len(region)+index",
        "j[--join t]: mu=sum(i.m for i in inputs)",
        "p: d=m-mu",
        "e[--join p]: w=[i.d for i in inputs]",
    )
    assert flow["p"].scope == ("t",)
    assert results(flow)["e"] == {"w": [-3, -2]}


def test_29_foreach_in_foreach() -> None:
    flow = graph(
        "t[FE]: k=[region]*2",
        "f[--foreach k]: q=item+region+str(index)",
        "j[--join f]: a=[i.q for i in inputs]",
        "e[--join j]: w=[i.a for i in inputs]",
    )
    assert [node.scope for node in flow.nodes] == [("t",), ("t", "f"), ("t",), ()]
    assert results(flow)["e"] == {"w": [["eueu0", "eueu1"], ["usus0", "usus1"]]}


def test_30_branches_inside_a_foreach_are_joined_per_item() -> None:
    flow = graph(
        "t[FE]: p=region",
        "l: m=p+'l'",
        "g: m=p+'g'",
        "k[--join l,g]: m=inputs.l.m+inputs.g.m",
        "e[--join k]: w=[i.m for i in inputs]",
    )
    assert flow["k"].scope == ("t",)
    assert flow["e"].scope == ()
    assert results(flow)["e"] == {"w": ["euleug", "uslusg"]}


def test_31_a_foreach_over_nothing_still_joins() -> None:
    ran = left('t[--foreach "[]"]: m=1', "b[--join t]: n=len(inputs)")
    assert ran == {"b": {"n": 0}}


def test_32_a_condition_on_a_foreach_step_is_judged_per_item() -> None:
    ran = left(
        "t[FE --when \"region=='us'\"]: m=region",
        "b[--join t]: w=[(i.index,i.m) for i in inputs]; s=inputs.skipped",
    )
    assert ran["b"] == {"w": [(1, "us")], "s": [0]}


def test_33_what_cannot_be_joined() -> None:
    cells = ("a: x=1", "t[FE]: m=1")
    found = the_problem(*cells, "b[--join a,t]: pass")
    assert found.code == "G022"
    assert found.why == "joined steps must run equally often"
    assert "a runs once, t runs once per item of t" in found.what
    found = the_problem(*cells, "b[--join a]: pass")
    assert found.code == "G020"


def test_34_index_never_pulls_a_step_into_a_foreach() -> None:
    flow = graph("a: index=9", "t[FE]: m=index", "c: q=index")
    assert flow["c"].scope == ()
    ran = results(flow)
    assert ran["c"] == {"q": 9}
    assert [ran["t", number]["m"] for number in (0, 1)] == [0, 1]


def test_35_merge_artifacts_takes_what_the_joined_steps_left() -> None:
    cells = ("a: m=1; z=4", "b: m=1", "j[--join a,b]: merge_artifacts(inputs)", "c: q=m+z")
    flow = graph(*cells)
    assert flow["j"].leaves == flow["j"].merged == {"m", "z"}
    assert results(flow)["c"] == {"q": 5}
    with pytest.raises(ValueError, match="'m' differs"):
        left(cells[0], "b: m=2", *cells[2:])


def test_36_a_step_is_skipped_for_want_of_what_it_reads() -> None:
    cells = ("a: x=1", 'b[--when "x>5"]: y=x')
    flow = graph(*cells, "c: z=y", "d[--after c]: k=x")
    assert [node.conditional for node in flow.nodes] == [False, True, True, False]
    ran = results(flow)
    assert (ran["b"], ran["c"], ran["d"]) == (None, None, {"k": 1})
    flow = graph(*cells, "c[--default y=None]: z=y")
    assert not flow["c"].conditional
    assert results(flow)["c"] == {"z": None}


@pytest.mark.parametrize(("value", "expected"), [(1, 0), (9, 1)])
def test_37_a_skipped_writer_does_not_hide_the_one_above_it(value: int, expected: int) -> None:
    flow = graph(f"a: x={value}; m=0", 'b[--when "x>5"]: m=1', "c: z=m")
    assert giver("m", "c", f"a: x={value}; m=0", 'b[--when "x>5"]: m=1', "c: z=m") == FromSteps(
        (Source("b", "m"), Source("a", "m"))  # type: ignore[arg-type]
    )
    assert not flow["c"].conditional
    assert results(flow)["c"] == {"z": expected}


def test_38_else_of_runs_when_the_other_s_condition_was_false() -> None:
    rest = ('s[--when "x<5"]: m="s"', 't[--else-of s]: m="t"', "c: z=m")
    assert left('a: x=float("nan")', *rest)["c"] == {"z": "t"}
    ran = left("a: x=1", 'g[--when "x>5"]: y=1', 's[--when "y<5"]: m="s"', *rest[1:])
    assert (ran["s"], ran["t"], ran["c"]) == (None, None, None)


def test_39_any_joins_the_branches_that_ran() -> None:
    cells = ("a: x=1", 'b[--when "x>5"]: u="b"', 'c[--when "x<5"]: u="c"')
    assert left(*cells, "d[--join b,c --any]: z=[i.u for i in inputs]")["d"] == {"z": ["c"]}
    assert left(*cells, "d[--join b,c]: z=[i.u for i in inputs]")["d"] is None


def test_40_a_caught_step_keeps_older_values() -> None:
    flow = graph("a: x=1", "b[--catch err]: x=1/0", "c: z=x")
    assert edges(flow, "b") == {"x": ("a",)}
    assert flow["b"].leaves == {"x", "err"}
    ran = results(flow)
    assert ran["c"] == {"z": 1}
    assert isinstance(ran["b"]["err"], ZeroDivisionError)


def test_41_a_step_between_is_read_where_the_document_puts_it() -> None:
    assert edges(graph("a: x=1", "b: x=x+1", "c: y=x"), "c") == {"x": ("b",)}
    assert edges(graph("a: x=1", "c: y=x", "b: x=x+1"), "c") == {"x": ("a",)}


def test_the_givers_of_case_1_and_16() -> None:
    assert giver("alpha", "b", "a: x=1", "b: y=x+alpha") == FromParameter()
    assert isinstance(giver("f", "b", "a: def f(v): return v+1", "b: y=f(1)"), FromDefinition)
