from __future__ import annotations

import ast
import textwrap

import pytest

from nbflow.flowspec.next_calls import Function, NextCalls, next_calls, why_invalid
from nbflow.model.flowclass import Transition


def function(text: str) -> Function:
    found = ast.parse(textwrap.dedent(text).strip("\n")).body[0]
    assert isinstance(found, Function)
    return found


def calls(text: str) -> NextCalls:
    return next_calls(function(text))


def transition(call: str) -> Transition:
    (found,) = calls(f"def a(self):\n    x = 1\n    {call}").transitions
    assert found.line == 3
    return found


def why(call: str) -> str:
    assert transition(call).kind == "invalid"
    return why_invalid(f"def a(self):\n    x = 1\n    {call}", 3)


def test_one_step_follows() -> None:
    assert transition("self.next(self.b)") == Transition("linear", ("b",), line=3)


def test_branches_stand_in_the_order_written() -> None:
    assert transition("self.next(self.c, self.b)") == Transition("split", ("c", "b"), line=3)


def test_a_foreach_names_its_variable() -> None:
    assert transition("self.next(self.b, foreach='xs')") == Transition("foreach", ("b",), "xs", line=3)


def test_a_gang_has_the_text_of_how_many() -> None:
    assert transition("self.next(self.b, num_parallel=4)") == Transition("parallel", ("b",), "4", line=3)
    assert transition("self.next(self.b, num_parallel=self.n + 1)").variable == "self.n + 1"


def test_a_switch_has_literal_cases_in_the_order_written() -> None:
    found = transition(
        "self.next({'b': self.z, 'a': self.y, 1: self.x, -2.5: self.y, None: self.w, False: self.y}, condition='v')"
    )
    cases = (("b", "z"), ("a", "y"), (1, "x"), (-2.5, "y"), (None, "w"), (False, "y"))
    assert found == Transition("switch", ("z", "y", "x", "w"), "v", cases, 3)


def test_a_case_that_is_no_literal_is_asked_for() -> None:
    tree = function("def a(self):\n    self.next({self.cfg.mode: self.b, 'x': self.c}, condition='v')")
    asked: list[str] = []

    def key_of(key: ast.expr) -> str:
        asked.append(ast.unparse(key))
        return "fast"

    assert next_calls(tree, key_of).transitions[0].cases == (("fast", "b"), ("x", "c"))
    assert asked == ["self.cfg.mode"]


def test_a_switch_without_a_condition_or_without_cases_is_one_all_the_same() -> None:
    found = transition("self.next({'a': self.b, 'b': self.c})")
    assert (found.kind, found.variable) == ("switch", None)
    found = transition("self.next({}, condition='v')")
    assert (found.kind, found.cases, found.variable) == ("switch", (), "v")


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("self.next()", "Specify at least one step function as an argument"),
        ("self.next('b')", "`'b'` is no step: write self.NAME"),
        ("self.next(b)", "`b` is no step: write self.NAME"),
        ("self.next(self.b())", "`self.b()` is no step: write self.NAME"),
        ("self.next(self.b.c)", "`self.b.c` is no step: write self.NAME"),
        ("self.next(other.b)", "`other.b` is no step: write self.NAME"),
        ("self.next(*steps)", "`*steps` is no step: write self.NAME"),
        ("self.next(self.b, self.b)", "it names the same step twice"),
        ("self.next(self.b, foreach=self.xs)", "foreach must be the name of an artifact as a string, as in foreach='xs'"),
        ("self.next(self.b, foreach=[1])", "foreach must be the name of an artifact as a string, as in foreach='x'"),
        ("self.next(self.b, self.c, foreach='xs')", "Only one destination allowed when foreach is used"),
        ("self.next(self.b, self.c, num_parallel=2)", "Only one destination allowed when num_parallel is used"),
        ("self.next(self.b, foreach='xs', num_parallel=2)", "foreach and num_parallel cannot be combined"),
        ("self.next(self.b, for_each='xs')", "self.next() has no argument 'for_each'"),
        ("self.next(self.b, **how)", "** hides what is meant"),
        ("self.next(self.b, condition='v')", "condition needs a dictionary of cases, as in {'yes': self.a, 'no': self.b}"),
        ("self.next({'a': self.b}, foreach='xs')", "a dictionary of cases cannot be combined with foreach"),
        ("self.next({'a': self.b}, self.c, condition='v')", "beside a dictionary of cases no other step can stand"),
        (
            "self.next({'a': self.b, 'b': self.c}, condition=self.v)",
            "condition must be the name of an artifact as a string, as in condition='v'",
        ),
        ("self.next({'a': self.b, **more}, condition='v')", "** hides cases"),
        ("self.next({'a': self.b, 'a': self.c}, condition='v')", "the case 'a' stands there twice"),
        ("self.next({'a': self.b, True: self.c, 1: self.d}, condition='v')", "the case 1 stands there twice"),
        ("self.next({b'a': self.b}, condition='v')", "the case `b'a'` is no string, number, True, False or None"),
        ("self.next({(1, 2): self.b}, condition='v')", "the case `(1, 2)` is no string, number, True, False or None"),
        ("self.next({~1: self.b}, condition='v')", "the case `~1` is no string, number, True, False or None"),
        ("self.next({-x: self.b}, condition='v')", "the case `-x` is no string, number, True, False or None"),
        ("self.next({'a': 'b'}, condition='v')", "`'b'` is no step: write self.NAME"),
    ],
)  # fmt: skip
def test_what_fits_no_rule_is_invalid_and_says_why(call: str, reason: str) -> None:
    assert why(call) == reason


def test_a_case_that_nobody_can_read_is_invalid() -> None:
    assert transition("self.next({self.cfg.mode: self.b}, condition='v')").kind == "invalid"


def test_a_valid_call_has_no_reason() -> None:
    assert why_invalid("def a(self):\n    self.next(self.b)", 2) == ""
    assert why_invalid("def a(self):\n    self.next(self.b)", 1) == ""


def test_the_reason_is_that_of_the_call_on_the_line() -> None:
    text = "def a(self):\n    self.next()\n    x = 1\n    self.next(self.b)\n    self.next(b)"
    assert [why_invalid(text, line) for line in range(1, 6)] == [
        "",
        "Specify at least one step function as an argument",
        "",
        "",
        "`b` is no step: write self.NAME",
    ]


def test_an_invalid_call_still_says_which_steps_it_means() -> None:
    assert transition("self.next(self.b, self.c, foreach='xs')").targets == ("b", "c")
    assert transition("self.next({'a': self.b, 'b': self.c, **more}, condition='v')").targets == ("b", "c")


def test_every_call_is_found_in_the_order_written_wherever_it_is_nested() -> None:
    found = calls(
        """
        def a(self):
            if x:
                self.next(self.b)
            elif y:
                for each in z:
                    with each:
                        self.next(self.c)
            else:
                try:
                    self.next(self.d)
                except E:
                    self.next(self.e)
                finally:
                    match x:
                        case 1:
                            self.next(self.f)
            while True:
                self.next(self.g)
        """
    )
    assert [each.targets[0] for each in found.transitions] == ["b", "c", "d", "e", "f", "g"]
    assert [each.line for each in found.transitions] == [3, 7, 10, 12, 16, 18]
    assert not found.ends_with_next


def test_the_last_statement_ends_with_next_only_if_it_is_the_call_itself() -> None:
    assert calls("def a(self):\n    x = 1\n    self.next(self.b)").ends_with_next
    assert calls("def a(self): self.next(self.b)").ends_with_next
    assert not calls("def a(self):\n    self.next(self.b)\n    x = 1").ends_with_next
    assert not calls("def a(self):\n    if x:\n        self.next(self.b)").ends_with_next
    assert not calls("def a(self): pass").ends_with_next


def test_a_call_that_is_no_statement_of_its_own_is_none() -> None:
    assert calls("def a(self):\n    return self.next(self.b)").transitions == ()
    assert calls("def a(self):\n    x = self.next(self.b)").transitions == ()
    assert calls("def a(self):\n    self.next").transitions == ()


def test_functions_inside_a_step_are_no_part_of_it() -> None:
    assert calls("def a(self):\n    def b(): self.next(self.c)\n    self.next(self.d)").transitions[0].targets == ("d",)
    assert calls("def a(self):\n    class B:\n        self.next(self.c)\n    pass").transitions == ()


def test_the_first_argument_is_the_step_s_own_object_whatever_it_is_called() -> None:
    assert calls("def a(me, /):\n    me.next(me.b)").transitions[0].targets == ("b",)
    assert calls("def a(me):\n    self.next(self.b)").transitions == ()


def test_a_deep_chain_of_conditions_is_read() -> None:
    text = "def a(self):\n    if x: pass\n" + "    elif y: pass\n" * 300 + "    else: self.next(self.b)"
    assert len(calls(text).transitions) == 1


def test_a_transition_survives_json() -> None:
    found = transition("self.next({'a': self.b, 1: self.c}, condition='v')")
    assert Transition.from_json(found.to_json()) == found
