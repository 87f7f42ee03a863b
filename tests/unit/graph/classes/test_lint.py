"""What Metaflow's validity checker says of a flow, and what else can be known before one runs."""

from __future__ import annotations

import re

import pytest

from nbflow.catalogue import CATALOGUE
from nbflow.flowspec.flow import FlowBody
from nbflow.graph.classes.lint import OPTIONAL, RULES, Rule, lint
from nbflow.graph.classes.lint.names import OWN, RESERVED
from nbflow.graph.classes.walk import walk
from tests.unit.graph.classes.notation import built, chain, codes, draft, graph, the_problem

END = "def end(self): pass\n"


@pytest.mark.parametrize("rule", [*RULES, *OPTIONAL], ids=lambda rule: rule.__name__)
def test_a_rule_begins_with_its_codes(rule: Rule) -> None:
    found = re.match(r"(F\d{3}(?:, F\d{3})*): \S", rule.__doc__ or "")
    assert found
    assert set(found[1].split(", ")) <= CATALOGUE.keys()


def test_every_code_has_a_rule() -> None:
    said = {code for rule in (*RULES, *OPTIONAL) for code in re.findall(r"F\d{3}", rule.__doc__ or "")}
    read_before = {"F041", "F042"}
    assert said | read_before == {code for code in CATALOGUE if code.startswith("F")}


# ---- 1


@pytest.mark.parametrize("name", ["name", "next", "input", "index", "cmd"])
def test_1_a_step_has_no_reserved_name(name: str) -> None:
    found = the_problem(chain("start", name, "end"))
    assert found.code == "F001"
    assert found.what == f"Step name *{name}* is a reserved word"
    assert found.fix == f"Choose another name for the step, as {name}_step"
    assert str(found.place) == f"flow.py · %%step {name} · line 3"
    assert found.place.text == f"    def {name}(self): self.next(self.end)"


def test_a_step_hides_nothing_that_steps_use() -> None:
    assert the_problem(chain("start", "merge_artifacts", "end")).code == "F002"
    assert the_problem(chain("start", "foreach_stack", "end")).code == "F002"


def test_every_public_name_of_a_flow_is_known() -> None:
    public = {name for name in dir(FlowBody) if not name.startswith("_")}
    assert public == RESERVED.keys() | OWN


def test_a_step_called_run_is_warned_of() -> None:
    found = the_problem(chain("start", "run", "end"))
    assert (found.code, found.severity, found.what) == ("F003", "warning", "Step name *run* hides F.run()")


# ---- 2


def test_2_there_is_one_start_step() -> None:
    found = the_problem(chain("begin", "end"))
    assert found.code == "F004"
    assert found.what == "Your flow must have exactly one start step"
    assert found.fix == "Either name a step 'start' or use @step(start=True)"


def test_2_there_is_one_end_step() -> None:
    found = the_problem(chain("start", "finish"))
    assert found.what == "Your flow must have exactly one end step"


def test_2_a_single_step_that_leads_on_is_the_start() -> None:
    found = built("def only(self): self.next(self.nowhere)").problems
    assert [each.what for each in found] == [
        "Your flow must have exactly one end step",
        "Step *only* specifies a self.next() transition to an unknown step, *nowhere*.",
    ]


def test_2_a_class_without_steps_has_no_start() -> None:
    assert codes("") == ["F004"]


def test_2_only_one_step_is_annotated_as_start() -> None:
    found = the_problem(
        """
        @step(start=True)
        def a(self): self.next(self.end)
        @step(start=True)
        def b(self): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F005"
    assert found.what == "Multiple steps annotated with @step(start=True): a, b"
    assert found.why == "Exactly one is allowed"
    assert found.place.line == 5


def test_2_only_one_step_is_annotated_as_end() -> None:
    found = the_problem(
        """
        def start(self): self.next(self.a)
        @step(end=True)
        def a(self): pass
        @step(end=True)
        def b(self): pass
        """
    )
    assert found.what == "Multiple steps annotated with @step(end=True): a, b"


# ---- 3


def test_3_an_annotated_start_step_is_ambiguous_beside_one_called_start() -> None:
    found = the_problem(
        """
        @step(start=True)
        def a(self): self.next(self.end)
        def start(self): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F006"
    assert found.what == (
        "Ambiguous start step: step 'a' is annotated with @step(start=True) but a step named 'start' also exists"
    )
    assert found.why == "the step named 'start' (line 4) would be it without the annotation"


def test_3_an_annotated_end_step_is_ambiguous_beside_one_called_end() -> None:
    text = "def start(self): self.next(self.end)\ndef end(self): pass\n@step(end=True)\ndef a(self): pass"
    assert the_problem(text).what.startswith("Ambiguous end step: step 'a' is annotated with @step(end=True)")


def test_3_a_step_called_start_may_be_annotated_as_such() -> None:
    graph("@step(start=True)\ndef start(self): self.next(self.end)\n" + END)


# ---- 4


def test_4_no_step_leads_to_the_start() -> None:
    again = "({1: self.start, 2: self.end}, condition='v')"
    found = the_problem(chain("start", "a", "end").replace("(self.end)", again))
    assert found.code == "F007"
    assert found.what == "The start step *start* has incoming transitions from *a*"
    assert found.why == "A start step must have no incoming transitions"
    assert "{'again': self.a, 'done': self.other}" in found.fix
    assert found.place.line == 3


def test_4_of_several_self_next_the_one_to_the_start_is_shown() -> None:
    text = """
    def start(self): self.next(self.a)
    def a(self):
        if x: self.next(self.end)
        self.next(self.start)
    def end(self): pass
    """
    found = next(each for each in built(text).problems if each.code == "F007")
    assert found.place.line == 5


def test_4_a_way_back_to_the_start_is_no_loop_besides() -> None:
    found = the_problem(
        """
        def start(self): self.next(self.a, self.b)
        def a(self): self.next(self.j)
        def b(self): self.next(self.j)
        def j(self, inputs): self.next(self.d)
        def d(self): self.next({1: self.start, 2: self.end, 3: self.e}, condition='v')
        def e(self): self.next({1: self.start, 2: self.end}, condition='v')
        def end(self): pass
        """
    )
    assert found.what == "The start step *start* has incoming transitions from *d, e*"


def test_4_the_start_repeats_itself_by_a_condition_only() -> None:
    assert codes("def start(self): self.next(self.start)\n" + END) == ["F007"]
    graph("def start(self): self.next({1: self.start, 2: self.end}, condition='v')\n" + END)


def test_4_the_end_leads_to_no_step() -> None:
    found = the_problem(
        """
        def start(self): self.next(self.a)
        @step(end=True)
        def a(self): self.next(self.b)
        def b(self): self.next(self.a)
        """
    )
    assert found.code == "F008"
    assert found.what == "The end step *a* has outgoing transitions to *b*"
    assert found.place.line == 4


# ---- 5


def test_5_the_terminal_step_has_no_self_next() -> None:
    for call in ("self.next(self.end)", "self.next(self.nowhere)", "self.next()", "self.next(self.end, foreach='x')"):
        found = the_problem(chain("start", "a", "end").replace("end(self): pass", f"end(self): {call}"))
        assert found.code == "F009"
        assert found.what == "The terminal step *end* should not have a self.next() transition"
        assert found.fix == "Just remove it"


def test_5_the_terminal_step_is_no_join() -> None:
    found = the_problem(
        "def start(self): self.next(self.a, self.b)\n"
        "def a(self): self.next(self.end)\ndef b(self): self.next(self.end)\ndef end(self, inputs): pass"
    )
    assert found.code == "F010"
    assert found.what == "The terminal step *end* should not be a join step (it gets an extra argument)"
    assert found.fix.startswith("Add a join step before it")


# ---- 6


@pytest.mark.parametrize("name", ["Train", "_train", "tra\u00efn", "__a"])
def test_6_a_name_has_lowercase_letters_digits_and_underscores(name: str) -> None:
    found = the_problem(chain("start", name, "end"))
    assert found.code == "F011"
    assert found.what == f"Step *{name}* has an invalid name"
    assert found.why.startswith("Only lowercase ascii characters, underscores, and digits are allowed")


def test_6_a_better_name_is_offered() -> None:
    assert the_problem(chain("start", "TrainIt", "end")).fix == "rename it, as trainit"
    assert the_problem(chain("start", "_", "end")).fix == "rename it, as my_step"
    assert the_problem(chain("start", "a" * 65, "end")).fix == "at most 64 characters, please"
    graph(chain("start", "a" * 64, "b2_c", "end"))


# ---- 7


def test_7_a_step_has_two_arguments_at_most() -> None:
    found = the_problem(chain("start", "a", "end").replace("a(self)", "a(self, inputs, more)"))
    assert found.code == "F012"
    assert found.what == "Step *a* has too many arguments: self, inputs, more"
    assert found.why == "Normal steps take only 'self' as an argument. Join steps take 'self' and 'inputs'"


@pytest.mark.parametrize(
    ("call", "how"),
    [
        ("self.next(self.c, self.d)", "to multiple steps"),
        ("self.next(self.c, foreach='x')", "to a foreach"),
        ("self.next(self.c, num_parallel=2)", "to parallel tasks"),
        ("self.next({1: self.c, 2: self.j}, condition='v')", "by a condition"),
    ],
)
def test_7_a_join_does_not_split(call: str, how: str) -> None:
    text = f"""
    def start(self): self.next(self.a, self.b)
    def a(self): self.next(self.j)
    def b(self): self.next(self.j)
    def j(self, inputs): {call}
    @parallel
    def c(self): self.next(self.k)
    def d(self): self.next(self.k)
    def k(self, inputs): self.next(self.end)
    def end(self): pass
    """
    found = next(each for each in lint(walk(draft(text))) if each.code == "F013")
    assert found.what == (
        f"Step *j* is both a join step (it takes an extra argument) and a split step (it transitions {how}). "
        "This is not allowed"
    )
    assert found.fix == "Add a new step so that split and join become separate steps"


def test_7_a_step_has_the_argument_self() -> None:
    found = the_problem("def start(self): self.next(self.end)\ndef end(): pass")
    assert found.code == "F014"
    assert found.what == "Step *end* is missing the 'self' argument"
    assert found.fix == "def end(self)"


JOIN = """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.j)
def b(self): self.next(self.j)
def j(self, inputs): self.next(self.k)
def k(self): self.next(self.end)
def end(self): pass
"""


def test_7_a_join_has_the_argument_self_first() -> None:
    found = the_problem(JOIN.replace("j(self, inputs)", "j(inputs)"))
    assert (found.code, found.fix) == ("F014", "def j(self, inputs)")


def test_7_a_join_with_too_many_arguments_brings_no_further_errors() -> None:
    graph(JOIN)
    assert codes(JOIN.replace("j(self, inputs)", "j(self, inputs, more)")) == ["F012"]


# ---- 8


def test_8_a_step_has_a_self_next() -> None:
    found = the_problem(chain("start", "a", "end").replace("a(self): self.next(self.end)", "a(self): pass"))
    assert found.code == "F015"
    assert found.what == "Step *a* is missing a self.next() transition to the next step"
    assert found.fix.startswith("Add a self.next() as the last line in the function")


def test_8_a_self_next_is_no_part_of_another_statement() -> None:
    assert codes(
        chain("start", "a", "end").replace("(self): self.next(self.end)", "(self): return self.next(self.end)")
    )


def test_8_of_a_flow_without_an_end_the_one_step_without_self_next_is_not_blamed() -> None:
    assert codes(chain("start", "a", "finish")) == ["F004"]
    assert codes(chain("start", "a") + chain("b")) == ["F004", "F015", "F015"]


# ---- 9


def test_9_a_self_next_is_one_of_the_supported_kinds() -> None:
    found = the_problem(chain("start", "a", "end").replace("a(self): self.next(", "a(self): self.next(*self.steps, "))
    assert found.code == "F016"
    assert found.what == (
        "Step *a* specifies an invalid self.next() transition: `*self.steps` is no step: write self.NAME"
    )
    assert found.fix.startswith(
        "Make sure the self.next() expression matches with one of the supported transition types:"
    )
    assert "self.next({'k': self.a, 'l': self.b}, condition='x')" in found.fix
    assert found.place.line == 3


def test_9_what_an_invalid_self_next_seems_to_mean_brings_no_further_errors() -> None:
    assert codes("def start(self): self.next(self.a, foreach=self.xs)\n" + chain("a", "b", "end")) == ["F016"]
    joined = "def a(self): self.next(self.j)\ndef j(self, inputs): self.next(self.end)\n"
    assert codes("def start(self): self.next(self.a, foreach=self.xs)\n" + joined + END) == ["F016"]


def test_3_4_several_self_next_are_too_many() -> None:
    text = """
    def start(self):
        if self.x:
            self.next(self.a)
        else:
            self.next(self.b)
    def a(self): self.next(self.end)
    def b(self): self.next(self.end)
    def end(self): pass
    """
    found = the_problem(text)
    assert found.code == "F018"
    assert found.what == "Multiple self.next() calls detected in step *start*, on lines 4, 6"
    assert found.fix.startswith("Call self.next() only once")
    assert found.place.line == 6


def test_3_4_a_self_next_is_the_last_statement_and_unconditional() -> None:
    text = """
    def start(self):
        if self.x:
            self.next(self.end)
    def end(self): pass
    """
    found = the_problem(text)
    assert found.code == "F019"
    assert "only one unconditional self.next() call in the end of your step" in found.why
    assert codes("def start(self):\n    self.next(self.end)\n    print()\n" + END) == ["F019"]


# ---- 10


def test_10_a_self_next_leads_to_a_step_that_exists() -> None:
    found = the_problem(chain("start", "train", "end").replace("self.train", "self.trian"))
    assert found.code == "F017"
    assert found.what == (
        "Step *start* specifies a self.next() transition to an unknown step, *trian*. Did you mean 'train'?"
    )
    assert found.place.line == 2


def test_10_every_unknown_step_is_named_and_what_is_behind_them_is_not_unreachable() -> None:
    text = (
        "def start(self): self.next(self.x, self.y)\n" + chain("a", "end") + "def j(self, inputs): self.next(self.end)"
    )
    assert codes(text) == ["F017", "F017"]


@pytest.mark.parametrize(
    "call",
    [
        "self.x",
        "self.x, foreach='xs'",
        "self.x, num_parallel=2",
        "self.x, self.y",
        "{1: self.x, 2: self.y}, condition='v'",
        "{1: self.x, 2: self.end}, condition='v'",
    ],
)
def test_10_no_rule_stumbles_over_a_step_that_does_not_exist(call: str) -> None:
    text = f"""
    @parallel
    def start(self): self.next({call})
    def a(self): self.next(self.j)
    def b(self): self.next(self.j)
    def j(self, inputs): self.next(self.end)
    def end(self): pass
    """
    assert set(codes(text)) - {"F040"} == {"F017"}


# ---- 11


def test_11_there_is_no_loop() -> None:
    text = """
    def start(self): self.next(self.a)
    def a(self): self.next(self.b)
    def b(self): self.next({1: self.a, 2: self.end}, condition='v')
    def end(self): pass
    """
    found = the_problem(text)
    assert found.code == "F020"
    assert found.what == "There is a loop in your flow: *a->b->a*"
    assert found.fix == "Break the loop by fixing self.next() transitions, as the one from b to a"
    assert found.place.line == 4


def test_11_a_step_follows_itself_by_a_condition_only() -> None:
    found = the_problem("def start(self): self.next(self.a)\ndef a(self): self.next(self.a)\n" + END)
    assert found.what == "There is a loop in your flow: *a->a*"
    graph(chain("start", "a", "end").replace("(self.end)", "({1: self.a, 2: self.end}, condition='v')"))


def test_11_each_loop_is_said_once_and_what_is_behind_it_is_left_alone() -> None:
    text = """
    def start(self): self.next(self.a)
    def a(self): self.next({1: self.b, 2: self.c}, condition='v')
    def b(self): self.next(self.a)
    def c(self): self.next(self.d)
    def d(self): self.next({1: self.c, 2: self.e}, condition='v')
    def e(self): self.next(self.j)
    def j(self, inputs): self.next(self.end)
    def end(self): pass
    """
    found = lint(walk(draft(text)))
    assert [each.what for each in found] == [
        "There is a loop in your flow: *a->b->a*",
        "There is a loop in your flow: *c->d->c*",
    ]


def test_11_a_step_that_may_repeat_itself_can_be_part_of_a_loop() -> None:
    text = """
    def start(self): self.next(self.a)
    def a(self): self.next({1: self.a, 2: self.b}, condition='v')
    def b(self): self.next({1: self.a, 2: self.end}, condition='v')
    def end(self): pass
    """
    assert the_problem(text).what == "There is a loop in your flow: *a->b->a*"


# ---- 12


def test_12_every_step_can_be_reached() -> None:
    found = the_problem(chain("start", "a", "end") + "def b(self): self.next(self.end)\n")
    assert found.code == "F021"
    assert found.what == "Step *b* is unreachable from the entry step *start*"
    assert found.fix == "Add self.next(self.b) in another step or remove *b*"


def test_12_a_loop_that_cannot_be_reached_is_said_to_be_that() -> None:
    loop = "def a(self): self.next(self.b)\ndef b(self): self.next(self.a)\n"
    assert codes(chain("start", "end") + loop) == ["F021", "F021"]


def test_12_a_step_that_cannot_be_reached_is_no_branch_of_a_join() -> None:
    text = """
    def start(self): self.next(self.a, self.b)
    def a(self): self.next(self.j)
    def b(self): self.next(self.j)
    def lost(self): self.next(self.j)
    def j(self, inputs): self.next(self.end)
    def end(self): pass
    """
    assert codes(text) == ["F021"]


# ---- 13


def test_13_splits_are_joined_before_the_end() -> None:
    found = the_problem(
        "def start(self): self.next(self.a, self.b)\n"
        "def a(self): self.next(self.end)\ndef b(self): self.next(self.end)\n" + END
    )
    assert found.code == "F022"
    assert found.what == ("The terminal step *end* was reached before a split started at step(s) *start* were joined")
    assert found.fix == "Add a join step before *end*, to which *a, b* lead: def join(self, inputs)"


def test_13_a_foreach_is_joined_before_the_end() -> None:
    text = "def start(self): self.next(self.a, foreach='xs')\n" + chain("a", "b", "end")
    assert the_problem(text).code == "F022"


def test_13_a_join_has_all_branches() -> None:
    found = the_problem(
        """
        def start(self): self.next(self.a, self.b, self.c)
        def a(self): self.next(self.j)
        def b(self): self.next(self.j)
        def c(self): self.next(self.end)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F023"
    assert found.what == (
        "Step *j* seems like a join step (it takes an extra input argument) but an incorrect number of steps "
        "(*a, b*) lead to it"
    )
    assert found.why == "This join was expecting 3 incoming paths, starting from split step(s) *start*"
    assert found.fix == "let *c* lead to j, too"


def test_13_a_branch_that_may_be_missing_for_another_reason_is_not_counted() -> None:
    text = """
    def start(self): self.next(self.a, self.b)
    def a(self): self.next(self.j)
    def b(self): self.next(self.jj)
    def j(self, inputs): self.next(self.end)
    def end(self): pass
    """
    assert codes(text) == ["F017"]


def test_13_a_join_is_preceded_by_a_split() -> None:
    found = the_problem(chain("start", "a", "end").replace("a(self)", "a(self, inputs)"))
    assert found.code == "F024"
    assert found.what == (
        "Step *a* seems like a join step (it takes an extra input argument) but it is not preceded by a split"
    )
    assert found.why == "Ensure that there is a matching split for every join"
    assert found.fix == "def a(self), or split before it: self.next(self.a, self.b)"
    assert codes("def start(self, inputs): self.next(self.end)\n" + END) == ["F024"]


def test_13_ways_of_a_switch_need_no_join() -> None:
    found = the_problem(
        """
        def start(self): self.next({1: self.a, 2: self.b}, condition='v')
        def a(self): self.next(self.j)
        def b(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F024"
    assert found.fix == "after a condition only one way is taken: drop the argument, def j(self)"


def test_13_a_join_joins_one_split() -> None:
    found = the_problem(
        """
        def start(self): self.next(self.a, self.b)
        def a(self): self.next(self.c, self.d)
        def b(self): self.next(self.j)
        def c(self): self.next(self.j)
        def d(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F025"
    assert found.what == "Step *j* joins steps from unrelated splits: b of start, c of a, d of a"
    assert found.why == "Ensure that there is a matching join for every split"


def test_13_a_join_joins_no_step_from_outside_of_its_split() -> None:
    found = the_problem(
        """
        def start(self): self.next({1: self.s, 2: self.o}, condition='v')
        def o(self): self.next(self.j)
        def s(self): self.next(self.a, self.b)
        def a(self): self.next(self.j)
        def b(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.what == "Step *j* joins steps from unrelated splits: o of none, a of s, b of s"


def test_a_branch_does_not_lead_into_another_one() -> None:
    text = (
        "def start(self): self.next(self.a, self.b)\ndef a(self): self.next(self.b)\ndef b(self): self.next(self.end)\n"
    )
    assert the_problem(text + END).code == "F026"


def test_13_a_split_does_not_lead_to_its_own_join() -> None:
    text = "def start(self): self.next(self.a, self.j)\ndef a(self): self.next(self.j)\n"
    found = the_problem(text + "def j(self, inputs): self.next(self.end)\n" + END)
    assert found.what == "Step *j* joins steps from unrelated splits: start of none, a of start"


def test_branches_do_not_meet_in_a_step_that_joins_nothing() -> None:
    found = the_problem(
        """
        def start(self): self.next(self.a, self.b)
        def a(self): self.next(self.c)
        def b(self): self.next(self.c)
        def c(self): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F026"
    assert found.what == "Step *c* is reached by several branches of a split (*a, b*) and does not join them"
    assert found.fix == "def c(self, inputs)"


# ---- 14


def test_14_a_switch_has_two_transitions_at_least() -> None:
    found = the_problem(chain("start", "a", "end").replace("(self.a)", "({'k': self.a}, condition='v')"))
    assert found.code == "F027"
    assert found.what == "Step *start* is a switch split but defines 1 transitions"
    assert found.why == "Switch splits must define at least 2 transitions"
    assert found.fix == "add a case, or write self.next(self.a)"


def test_14_a_switch_has_a_condition_variable() -> None:
    found = the_problem(chain("start", "a", "end").replace("(self.a)", "({'k': self.a, 'l': self.end})"))
    assert found.code == "F028"
    assert found.what == "Step *start* is a switch split but has no condition variable"


def test_14_a_switch_has_cases() -> None:
    found = the_problem(chain("start", "a", "end").replace("(self.a)", "({}, condition='v')"))
    assert found.code == "F029"
    assert found.what == "Step *start* is a switch split but has no switch cases defined"


def test_a_self_loop_has_a_way_out() -> None:
    text = chain("start", "a", "end").replace("(self.end)", "({1: self.a, 2: self.a}, condition='v')")
    found = the_problem(text)
    assert found.code == "F030"
    assert found.what == "Step *a* can choose nothing but itself"


# ---- 15


def test_15_a_foreach_has_children() -> None:
    found = the_problem(
        "def start(self): self.next(self.j, foreach='xs')\ndef j(self, inputs): self.next(self.end)\n" + END
    )
    assert found.code == "F031"
    assert found.what == (
        "Step *start* is a foreach split that has no children: it is followed immediately by a join step, *j*"
    )
    assert found.fix == "Add at least one step between the split and the join"
    assert found.place.line == 2


def test_15_a_foreach_without_children_is_told_from_a_branch_without_steps() -> None:
    text = """
    def start(self): self.next(self.j, self.f)
    def f(self): self.next(self.j, foreach='xs')
    def j(self, inputs): self.next(self.end)
    def end(self): pass
    """
    assert the_problem(text).what.startswith("Step *f* is a foreach split that has no children")
    gang = "def start(self): self.next(self.j, num_parallel=2)\ndef j(self, inputs): self.next(self.end)\n" + END
    assert codes(gang) == ["F031"]


def test_the_step_of_a_foreach_follows_nothing_else() -> None:
    found = the_problem(
        """
        def start(self): self.next({1: self.f, 2: self.t}, condition='v')
        def f(self): self.next(self.t, foreach='xs')
        def t(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F032"
    assert found.what == "Step *t* runs for each item of the foreach of *f*, and start leads to it, too"
    assert found.place.line == 3


def test_two_foreaches_have_steps_of_their_own() -> None:
    text = """
    def start(self): self.next({1: self.f, 2: self.g}, condition='v')
    def f(self): self.next(self.t, foreach='xs')
    def g(self): self.next(self.t, foreach='xs')
    def t(self): self.next(self.j)
    def j(self, inputs): self.next(self.end)
    def end(self): pass
    """
    assert the_problem(text).what == "Step *t* runs for each item of the foreach of *f*, and g leads to it, too"


# ---- 16

GANG = """
def start(self): self.next(self.t, num_parallel=2)
@parallel
def t(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
"""


def test_16_a_step_called_in_parallel_has_the_decorator() -> None:
    graph(GANG)
    found = the_problem(GANG.replace("@parallel\n", ""))
    assert found.code == "F034"
    assert found.what == (
        "Step *t* is called as a parallel step with self.next(num_parallel=..) but does not have a @parallel decorator"
    )
    assert found.fix == "write @parallel above @step of t"


def test_16_a_parallel_step_is_followed_by_a_join() -> None:
    found = the_problem(GANG.replace("self.next(self.j)", "self.next(self.u)") + "def u(self): self.next(self.j)")
    assert found.code == "F035"
    assert found.what == "An @parallel step should be followed by a join step, and *t* is followed by *u*"


def test_16_a_step_with_the_decorator_is_called_in_parallel() -> None:
    found = the_problem(GANG.replace("num_parallel=2", "foreach='xs'"))
    assert found.code == "F036"
    assert found.what == (
        "Step *t* has a @parallel decorator, but is not called with self.next(num_parallel=...) from step *start*"
    )
    assert found.place.line == 2


def test_16_the_last_step_is_not_called_in_parallel() -> None:
    assert codes("def start(self): self.next(self.end)\n@parallel\n" + END) == ["F036"]


# ---- 17

FOREACH_IN_BRANCH = """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.t, foreach='xs')
def t(self): self.next(self.jt)
def jt(self, inputs): self.next(self.j)
def b(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
"""
GANG_IN_FOREACHES = """
def start(self): self.next(self.t, foreach='xs')
def t(self): self.next(self.u, foreach='ys')
def u(self): self.next(self.g, num_parallel=2)
@parallel
def g(self): self.next(self.jg)
def jg(self, inputs): self.next(self.ju)
def ju(self, inputs): self.next(self.jt)
def jt(self, inputs): self.next(self.end)
def end(self): pass
"""


def test_17_nested_foreaches_are_refused_only_where_that_is_asked() -> None:
    text = """
    def start(self): self.next(self.t, foreach='xs')
    def t(self): self.next(self.u, foreach='ys')
    def u(self): self.next(self.ju)
    def ju(self, inputs): self.next(self.jt)
    def jt(self, inputs): self.next(self.end)
    def end(self): pass
    """
    graph(text)
    (found,) = lint(walk(draft(text)), optional=True)
    assert found.code == "F033"
    assert found.what == ("Nested foreaches are not allowed: the foreach of *t* stands in the foreach of *start*")
    (found,) = lint(walk(draft(GANG_IN_FOREACHES)), optional=True)
    assert found.code == "F033" and found.place.line == 3
    assert not list(lint(walk(draft(FOREACH_IN_BRANCH)), optional=True))
    one_level = text.replace("self.u, foreach='ys'", "self.u").replace("self.next(self.ju)", "self.next(self.jt)")
    one_level = "\n".join(line for line in one_level.splitlines() if "def ju" not in line)
    assert not list(lint(walk(draft(one_level)), optional=True))


# ---- 18


def test_18_a_conditional_path_does_not_lead_directly_to_a_join() -> None:
    found = the_problem(
        """
        def start(self): self.next(self.s, self.b)
        def s(self): self.next({1: self.x, 2: self.j}, condition='v')
        def x(self): self.next(self.j)
        def b(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert found.code == "F037"
    assert found.what == "A conditional path cannot lead directly to a join step: *s* leads to *j*"
    assert found.fix == (
        "In your conditional step(s) *s*, introduce an intermediate, unconditional step on that path before joining"
    )


# ---- decorators


@pytest.mark.parametrize("how", ["foreach='xs'", "num_parallel=2"])
def test_a_step_that_is_caught_starts_no_foreach(how: str) -> None:
    text = "@catch\n" + GANG.strip().replace("num_parallel=2", how)
    text = text if "parallel" in how else text.replace("@parallel\n", "")
    found = the_problem(text)
    assert found.code == "F038"
    assert found.what == "@catch is defined for the step *start* but @catch is not supported in foreach split steps"


def test_a_step_that_is_caught_chooses_nothing() -> None:
    text = "@catch\ndef start(self): self.next({1: self.a, 2: self.end}, condition='v')\n" + chain("a", "end")
    found = the_problem(text)
    assert found.code == "F039"
    assert found.what.endswith("but @catch is not supported in conditional switch steps")
    graph("@catch\n" + chain("start", "end"))


def test_a_parallel_step_chooses_nothing() -> None:
    text = GANG.replace("self.next(self.j)", "self.next({1: self.u, 2: self.w}, condition='v')")
    text += "def u(self): self.next(self.j)\ndef w(self): self.next(self.j)\n"
    assert the_problem(text).code == "F040"


# ---- together


def test_independent_problems_are_said_together() -> None:
    text = """
    def start(self): self.next(self.name)
    def name(self): self.next(self.Bad)
    def Bad(self): self.next({1: self.end}, condition='v')
    def lost(self): self.next(self.end)
    def end(self, inputs): self.next(self.start)
    """
    assert sorted(codes(text)) == ["F001", "F007", "F008", "F010", "F011", "F021", "F027"]
