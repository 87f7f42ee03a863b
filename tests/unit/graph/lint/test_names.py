from __future__ import annotations

import pytest

from nbflow.errors import Place, problem
from nbflow.graph.build import build
from tests.unit.graph.notation import codes, flow, giver, problems, resolved, the_problem


def test_an_unknown_name_is_named_with_the_nearest_one_and_who_leaves_it() -> None:
    found = the_problem("load: data=1", "c: n = 1\nprint(dta)")
    assert found.code == "G001"
    assert found.what == "'dta' not found. Did you mean 'data' (step load)?"
    assert (found.place.step, found.place.line, found.place.text) == ("c", 3, "print(dta)")


@pytest.mark.parametrize(("name", "near"), [("alpa", "'alpha' (parameter)"), ("claen", "'clean'")])
def test_parameters_and_definitions_are_near_too(name: str, near: str) -> None:
    assert the_problem(f"c: print({name})").what == f"'{name}' not found. Did you mean {near}?"


def test_an_unknown_name_of_an_expression_is_shown_in_the_header() -> None:
    found = the_problem("a[--foreach zzz]: y=1")
    assert found.code == "G001"
    assert found.place.text == "%%step a --foreach zzz"
    assert the_problem('a[--when "zzz > 1"]: y=1').place.text == '%%step a --when "zzz > 1"'


def test_a_declared_read_must_be_there() -> None:
    found = the_problem("a: x=1", "c[--in thr]: q=x")
    assert found.code == "G001"
    assert found.place.text == "%%step c --in thr"


def test_inputs_without_a_join_says_what_is_missing() -> None:
    found = the_problem("c: print(inputs)")
    assert found.code == "G001"
    assert found.fix == "add --join STEP to the header"


def test_a_name_read_before_the_step_binds_it_says_so() -> None:
    found = the_problem("c: x = x + 1")
    assert found.code == "G001"
    assert "binds it after reading it" in found.why


def test_a_name_that_the_step_has_deleted_says_so() -> None:
    assert "it is gone since line 3" in the_problem("c: m = 1\ndel m\nprint(m)").why


@pytest.mark.parametrize(
    "above",
    [(), ("b: for m in [1]: pass",), ("b[--out k]: k=1; m=2",), ("b: m=1\ndel m",)],
    ids=["nobody", "a loop's", "left out", "deleted"],
)
def test_a_name_that_the_step_has_perhaps_bound_is_its_own_where_nothing_above_leaves_it(
    above: tuple[str, ...],
) -> None:
    assert codes(*above, "c: for d in []: m = d\nprint(m)", "e: for m in []: pass\nprint(m)") == []
    assert giver("hid", "c", "c: for d in []: hid = d\nprint(hid)") is None


@pytest.mark.parametrize("option", ["--in m", "--capture m"])
def test_a_name_that_the_header_asks_for_is_asked_for(option: str) -> None:
    assert resolved(f"c[{option}]: for d in []: m = d\nprint(m)").steps[0].giver("m") is not None


def test_a_builtin_is_not_shown_in_the_place_of_what_a_step_above_bound() -> None:
    assert codes("b: for sum in [1]: pass", "c: for d in []: sum = d\nprint(sum)") == ["G007"]


def test_an_unknown_name_is_said_once_per_step() -> None:
    assert codes("a: print(zzz)\nprint(zzz)", "b: print(zzz)") == ["G001", "G001"]


def test_an_unread_cell_is_not_blamed_on_those_below() -> None:
    broken = problem("C010", Place(cell="cell 9", step="load"), message="invalid syntax")
    found = build(flow("c[--after load]: print(df)", "d: print(later)", "e: later=1", problems=[broken]))
    assert found.problems == (broken,)


def test_a_name_left_only_below_names_that_step() -> None:
    found = the_problem("c: print(x)", "fit: x=1")
    assert found.code == "G005"
    assert (found.what, found.fix) == ("'x' is left only by 'fit', below this step", "move this cell below fit")


def test_a_definition_below_is_no_more_use_than_a_value() -> None:
    assert codes("c: f()", "fit: def f(): pass") == ["G005"]


def test_a_name_only_bound_privately_below_is_unknown() -> None:
    assert codes("c: print(i)", "fit: for i in []: pass") == ["G001"]


@pytest.mark.parametrize(
    ("writer", "what", "fix"),
    [
        ("b: for x in []: pass", "as a loop, with, except or case target, which is not left", "--out x on b"),
        ("b: del x", "which deletes it", "bind it again in b"),
        ("b[--out y]: x=1; y=1", "whose --out leaves it out", "--out x on b"),
        ("b[--out y]: x['k']=1; y=1", "whose --out leaves it out", "--out x on b"),
        ("b: if K:\n    def x(): pass", "as a definition that is made only under 'if K'", "move the definition to a"),
        ("b[--catch]: def x(): pass", "as a definition that is made only if all goes well", "move the definition"),
        ("b: try: import x\nexcept ImportError: x = None", "both as a value and as a definition", "use two names"),
    ],
)
def test_a_name_last_bound_and_not_left_says_how(writer: str, what: str, fix: str) -> None:
    found = the_problem("a: x={}", writer, "c: q=x")
    assert found.code == "G007"
    assert found.what == f"'x' was last bound by b, {what}"
    assert found.fix.startswith(fix)
    assert found.fix.endswith(", or --in x=a.x here")


def test_a_private_name_says_to_name_it_otherwise() -> None:
    found = the_problem("b: _x=1", "c: q=_x")
    assert found.what == "'_x' was last bound by b, as a private name, which is not left"
    assert found.fix == "bind it to a name without _ in b"


@pytest.mark.parametrize(
    ("older", "detail"),
    [
        ("a: def x(): pass", "the function of step a"),
        ("a: import math as x", "the import of step a"),
        ("a: for x in []: pass", "what step a bound and did not leave"),
    ],
)
def test_a_name_perhaps_bound_over_what_cannot_be_handed_on_blocks(older: str, detail: str) -> None:
    cells = (older, "b: if K > 3: x=1")
    assert codes(*cells) == []
    found = the_problem(*cells, "c: q=x")
    assert found.code == "G007"
    assert found.what == f"'x' was last bound by b, but not on every way, and before it is {detail}"


def test_a_name_perhaps_bound_over_a_plain_function_blocks() -> None:
    found = the_problem("b: if K > 3: clean=1", "c: q=clean")
    assert found.code == "G007"
    assert "the function of cell 2" in found.what


def test_a_skippable_value_above_a_definition_is_ambiguous() -> None:
    assert codes("a: x=9; clean=1", 'b[--when "x>5"]: clean=2', "c: q=clean") == []
    found = the_problem("a: x=9", 'b[--when "x>5"]: clean=2', "c: q=clean")
    assert found.code == "G009"
    assert found.what == "'clean' is a value if step b runs, else the function of cell 2"
    found = the_problem("a: x=9\ndef g(): pass", 'b[--when "x>5"]: g=2', "c: q=g")
    assert found.what == "'g' is a value if step b runs, else the function of step a"


def test_a_skippable_index_is_ambiguous_inside_a_foreach() -> None:
    found = the_problem("t[FE]: m=1", 's[--when "m>5"]: index=9', "u: print(index, m)")
    assert found.code == "G009"
    assert found.what == "'index' is a value if step s runs, else the index of foreach t"


def test_two_writers_are_named_in_flow_order_with_three_ways_out() -> None:
    found = the_problem("a: m=1", "b: m=2", "c: print(m)")
    assert found.code == "G010"
    assert found.fix == "--in m=b.m here, or --join a,b here, or --after a on b"


def test_three_writers_are_counted() -> None:
    found = the_problem("a: m=1", "b: m=2", "d: m=3", "c: print(m)")
    assert found.what == "'m' has three writers, a, b and d, and d depends on none of the others"


def test_a_join_that_picks_none_of_two_values_is_where_to_pick_one() -> None:
    found = the_problem("a: m=1", "b: m=2", "j[--join a,b]: q=inputs.a.m", "c: print(m)")
    assert found.code == "G010"
    assert found.fix == "m = inputs.b.m in j"
    found = the_problem("a: m=1", "b: m=2", "j[--join a,b]: q=m")
    assert found.fix == "m = inputs.b.m here"


def test_a_join_below_the_writers_branches_is_where_to_pick_one_too() -> None:
    cells = ("a: m=1; u=1", "b: m=2; v=2", "l: w=u", "g: w2=v", "j[--join l,g]: q=1")
    assert the_problem(*cells, "c: print(m)").fix == "m = inputs.g.m in j"


def test_a_join_that_closes_a_foreach_is_not_where_to_pick_one() -> None:
    found = the_problem("a: m=1", "b: m=2", "t[FE --after a,b]: k=1", "j[--join t]: pass", "c: print(m)")
    assert found.fix.startswith("--in m=b.m here")


def test_in_place_writers_beside_each_other_are_writers_like_any() -> None:
    assert codes("a: d={}", "b: d['k']=1", "e[--in d=a.d]: d['j']=1", "c: q=d") == ["G010"]
    assert codes("a: d={}", "b: d['k']=1", "e: d['j']=1", "c: q=d") == []


def test_an_override_and_an_unrelated_writer_are_undecided() -> None:
    assert codes("a: x=1; m=0", 'g[--when "x>5"]: m=1', "u: m=2", "c: z=m") == ["G010"]


def test_hidden_state_says_how_it_came_about_and_three_ways_out() -> None:
    found = the_problem("a: print(hid)")
    assert found.code == "G015"
    assert found.fix == "make cell 5 a step, make 'hid' a parameter, or --capture hid"
    assert codes("a[--capture hid]: print(hid)") == []


def test_hidden_state_beats_the_builtin_of_its_name() -> None:
    assert codes("a: print(sum([1]))", plain=("sum = len(input())",)) == ["G015"]


def test_an_error_above_is_not_said_again_below() -> None:
    found = problems("a: m=1", "b: m=2", "c: m['k'] = 1", "d: q=m", "e: r=q")
    assert [each.code for each in found] == ["G010"]
    found = problems("c: df['x'] = zzz", "d: q=df", "e[--in y=c.y]: df['y'] = y", "f: print(df)")
    assert [(each.code, each.place.step) for each in found] == [("G001", "c"), ("G001", "c"), ("G006", "e")]
