from __future__ import annotations

from tests.unit.graph.notation import codes, graph, the_problem


def test_a_join_of_one_needs_a_foreach_to_close() -> None:
    found = the_problem("load: x=1", "b[--join load]: pass")
    assert found.code == "G020"
    assert found.what == "--join load: load runs once, there is nothing to join"


def test_joined_branches_stand_in_one_foreach() -> None:
    found = the_problem("a: x=1", "t[FE]: m=1", "b[--join a,t]: pass")
    assert found.code == "G022"
    assert found.what == "--join a,t: a runs once, t runs once per item of t"
    assert found.fix == "join t in a step of its own first, and that step with a here"


def test_what_a_join_closes_is_read_through_inputs() -> None:
    found = the_problem("t[FE]: m=1", "s: k=m", "b[--join t]: print(k)")
    assert found.code == "G023"
    assert found.fix == "use inputs: [task.k for task in inputs]"


def test_a_join_may_read_what_stands_further_out() -> None:
    cells = ("t[FE]: m=[1]", "f[--foreach m]: k=item")
    assert graph(*cells, "j[--join f]: q=(m, len(inputs))")["j"].scope == ("t",)


def test_a_join_may_stand_in_another_foreach() -> None:
    flow = graph("t[FE]: m=1", 'u[--foreach "[1,2,3]"]: k=item', "c[--join t]: q=(k, len(inputs))")
    assert flow["c"].scope == ("u",)


def test_two_foreach_name_both_names_and_both_scopes() -> None:
    found = the_problem("t[FE]: m=1", "u[--foreach regions --as place]: k=1", "c: print(m)\nprint(k)")
    assert found.code == "G024"
    assert found.what == "step c reads 'k' (per item of u) and 'm' (per item of t)"


def test_else_of_stands_in_a_foreach_like_a_name() -> None:
    cells = ("t[FE]: m=1", 's[--when "m > 5"]: k=1')
    assert graph(*cells, "e[--else-of s]: k=2")["e"].scope == ("t",)
    assert codes(*cells, "u[--foreach regions --as place]: n=1", "e[--else-of s]: print(n)") == ["G024"]


def test_a_step_without_a_place_brings_no_further_errors() -> None:
    assert codes("j[--join tt]: x=1", "k[--join j]: y=x") == ["G002"]
    assert codes("a: x=1", "t[FE]: m=1", "b[--join a,t]: pass", "k[--join b]: y=1") == ["G022"]
    cells = ("t[FE]: m=1", "u[--foreach regions --as place]: k=1", "c: w=(m,k)")
    assert codes(*cells, "j[--join c]: print(w)", "d[--join c,t]: pass", "e: print(w, k)") == ["G024"]
