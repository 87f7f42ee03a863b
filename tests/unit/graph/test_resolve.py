from __future__ import annotations

from typing import Any

import pytest

from nbflow.cells.setup import setup_cell
from nbflow.errors import Place
from nbflow.graph.givers import (
    Below,
    Blocked,
    Builtin,
    FromContext,
    FromDefinition,
    FromKernel,
    FromParameter,
    FromSetup,
    FromSteps,
    Giver,
    Hidden,
    Misdirected,
    Mixed,
    Provided,
    Undecided,
    Unknown,
)
from nbflow.graph.resolve import resolve
from nbflow.model.graph import Source
from tests.naive import execute
from tests.unit.graph.notation import codes, edges, flow, giver, graph, resolved


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("a: n=1", "c: print(n)"), FromSteps),
        (("c: n=alpha; print(alpha)",), FromParameter),
        (("c: n=K",), FromDefinition),
        (("c[--foreach regions]: n=item",), FromContext),
        (("c[--capture n]: print(n)",), FromKernel),
        (("c: n=display",), Provided),
        (("c: n=len",), Builtin),
        (("a: for n in []: pass", "c: print(n)"), Blocked),
        (("a: x=9", 'b[--when "x>5"]: clean=1', "c: n=clean"), Mixed),
        (("a: n=1", "b: n=2", "c: print(n)"), Undecided),
        (("c: n=hid",), Hidden),
        (("c: print(n)", "d: n=1"), Below),
        (("a: x=1", "c[--in n=a.y]: print(n)"), Misdirected),
        (("c: print(n)",), Unknown),
    ],
)
def test_every_name_has_an_answer_of_one_kind(cells: tuple[str, ...], kind: type[Giver]) -> None:
    names = ("n", "alpha", "K", "item", "display", "len", "clean", "hid")
    found = [giver(name, "c", *cells) for name in names]
    assert kind in {type(each) for each in found}


def test_the_last_step_above_comes_before_parameters_definitions_and_builtins() -> None:
    for name in ("K", "clean", "hid", "sum"):
        assert giver(name, "c", f"a: {name}=1", f"c: n={name}") == sources("a", name)


def sources(step: str, name: str) -> FromSteps:
    return FromSteps((Source(step, name),))  # type: ignore[arg-type]


def test_what_a_setup_cell_binds_may_be_read() -> None:
    cell = setup_cell("%%setup\nimport math\nseed = math.floor(1.5)", Place(), "<setup>")
    found = resolve(flow("c: n=seed", setup=[cell]))
    assert found.steps[0].giver("seed") == FromSetup()


def test_what_a_setup_cell_reads_is_part_of_every_slice() -> None:
    cell = setup_cell("%%setup\nprint(K)", Place(), "<setup>")
    (step,) = resolve(flow("c: n=1", setup=[cell])).steps
    assert step.roots == ()
    assert [statement.names for statement in step.slice] == [("K",)]


# ---- index and item


def test_index_and_item_belong_to_the_innermost_foreach_that_gives_them() -> None:
    cells = ("t[--foreach regions]: m=[1]", "f[--foreach m --as x]: k=x", "s: q=(k, index, item)")
    assert giver("index", "s", *cells) == FromContext("f", "index")  # type: ignore[arg-type]
    assert giver("item", "s", *cells) == FromContext("t", "item")  # type: ignore[arg-type]
    assert graph(*cells)["s"].context == {"index": "f", "item": "t"}


def test_the_expression_of_a_foreach_reads_the_foreach_around_it() -> None:
    cells = ("t[--foreach regions]: m=1", "f[--foreach '[item, m]']: k=item")
    found = resolved(*cells).steps[1]
    assert found.giver("item", "items") == FromContext("t", "item")  # type: ignore[arg-type]
    assert found.giver("item", "body") == FromContext("f", "item")  # type: ignore[arg-type]


def test_the_item_shadows_a_name_of_the_expression() -> None:
    flow_graph = graph("a: region=['x']", "t[--foreach region --as region]: m=region")
    assert edges(flow_graph, "t") == {"region": ("a",)}
    assert flow_graph["t"].needs[0].uses == ("items",)
    assert execute(flow_graph)["t", (0,)] == {"m": "x", "region": "x"}


def test_an_artifact_left_inside_a_foreach_beats_its_index_and_item() -> None:
    cells = ("index0: index=7", "t[FE]: m=1", "s: index=m", "u: q=(m, index)")
    assert giver("index", "u", *cells) == sources("s", "index")
    assert giver("index", "s", *cells) is None


def test_an_artifact_left_in_an_outer_foreach_does_not_beat_the_inner_index() -> None:
    cells = ("t[FE]: index=5; m=[1]", "f[--foreach m]: k=1", "u: q=(k, index)")
    assert giver("index", "u", *cells) == FromContext("f", "index")  # type: ignore[arg-type]


def test_an_artifact_called_index_pulls_like_any_artifact() -> None:
    found = graph("t[FE]: index=5", "u: q=index")
    assert found["u"].scope == ("t",)


def test_item_under_as_pulls_a_step_into_the_foreach() -> None:
    assert graph("t[FE]: m=1", "u: q=region")["u"].scope == ("t",)


def test_a_changed_item_is_left() -> None:
    found = graph("t[--foreach '[{}]']: item['k']=1", "s: q=item; m=1", "u[--join t]: w=[each.item for each in inputs]")
    assert found["t"].leaves == {"item"}
    assert execute(found)["u", ()] == {"w": [{"k": 1}]}


# ---- what a step leaves


def test_every_kind_of_assignment_is_left_and_nothing_else() -> None:
    body = (
        "a, *b = [1, 2]\nc: int = 1\nd: int\nif (e := a): pass\n_p = 1\nimport math\ndef f(): global g; g = 1\nf()\n"
        "for i in []: pass\nh = lambda: 1\nj = 1; del j"
    )
    found = graph(f"s: {body}")["s"]
    assert found.leaves == {"a", "b", "c", "e", "g"}
    assert found.perhaps == {"g"}


def test_catch_makes_everything_perhaps() -> None:
    found = graph("a: d={}", "s[--catch err]: x=1\nd['k']=1")["s"]
    assert found.leaves == {"x", "d", "err"}
    assert found.perhaps == {"x", "d"}


def test_an_older_constant_is_handed_on() -> None:
    found = graph("b: if K > 5: K=9", "c: q=K")
    assert found["b"].code.roots == ("K",)
    assert execute(found)["c", ()] == {"q": 3}


def test_an_older_value_is_no_reason_to_skip() -> None:
    found = graph("a: x=1", 'b[--when "x>5"]: note="big"', 'c: if x > 9: note="huge"')
    (need,) = [need for need in found["c"].needs if need.binds == "note"]
    assert need.soft
    assert not found["c"].conditional
    assert execute(found)["c", ()] == {}


def test_undecided_older_values_matter_to_those_who_read_only() -> None:
    cells = ("a: m=1", "b: m=2", "c: if K > 5: m=3")
    assert codes(*cells) == []
    assert codes(*cells, "d: q=m") == ["G010"]


def test_a_declared_read_is_a_read() -> None:
    assert edges(graph("a: thr=1", "b[--in thr]: q=1"), "b") == {"thr": ("a",)}


def test_a_renamed_read_is_left_under_its_new_name() -> None:
    found = graph("a: d={}", "b[--in e=a.d]: e['k']=1", "c: q=(d, e)")
    assert found["b"].leaves == {"e"}
    assert execute(found)["c", ()] == {"q": ({}, {"k": 1})}


def test_in_chooses_for_expressions_too() -> None:
    cells = ("a: xs=[1]", "b: xs=[1, 2]", "t[--foreach xs --in xs=a.xs]: m=item")
    found = graph(*cells)
    assert edges(found, "t") == {"xs": ("a",)}
    assert found["t"].needs[0].uses == ("items",)


def test_a_name_read_by_body_and_expressions_is_one_need() -> None:
    found = graph("a: xs=[1]; go=True", "t[--foreach xs --when go]: m=(xs, go)")
    assert {need.binds: set(need.uses) for need in found["t"].needs} == {
        "xs": {"items", "body"},
        "go": {"when", "body"},
    }


# ---- conditions


def conditional(*cells: str) -> dict[str, bool]:
    return {node.name: node.conditional for node in graph(*cells).nodes}


def test_a_step_is_conditional_if_all_givers_of_a_name_are() -> None:
    cells = ("a: x=1", 'b[--when "x>5"]: y=1', "c: z=y")
    assert conditional(*cells) == {"a": False, "b": True, "c": True}
    assert not conditional(*cells, "d[--default y=2]: w=y")["d"]
    assert not conditional("a: x=1; y=0", *cells[1:])["c"]


def test_a_join_is_conditional_as_its_rule_says() -> None:
    cells = ("a: x=1", 'b[--when "x>5"]: y=1', "c: y=2")
    assert conditional(*cells, "j[--join b,c]: pass")["j"]
    assert not conditional(*cells, "j[--join b,c --any]: pass")["j"]


def test_a_join_of_a_foreach_is_conditional_if_the_foreach_as_a_whole_is() -> None:
    filtered = ("a: x=1", 't[FE --when "x>5"]: m=1', "j[--join t]: n=len(inputs)")
    assert not conditional(*filtered)["j"]
    whole = ("a: x=1; w=0", 'g[--when "x>5"]: xs=[1]', "t[--foreach xs]: m=1", "j[--join t]: w=len(inputs)", "c: z=w")
    assert conditional(*whole)["j"]
    assert execute(graph(*whole))["c", ()] == {"z": 0}


def test_two_branches_need_no_join() -> None:
    cells = ('s[--when "K<5"]: m=1', "t[--else-of s]: m=2", "c: z=m")
    found: Any = execute(graph(*cells))
    assert found["c", ()] == {"z": 1}
