from __future__ import annotations

import itertools

from nbflow.graph.classes import build_class
from nbflow.model.graph import Everything, Graph, Scope, Switch
from tests.unit.graph.classes.notation import FILE, built, chain, draft, graph, waits

BRANCHES = """
def start(self): self.next(self.zeta, self.alpha, self.mid)
def alpha(self): self.next(self.j)
def mid(self): self.next(self.j)
def zeta(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
"""
FOREACH = """
def start(self): self.next(self.t, foreach='xs')
def t(self): self.next(self.u)
def u(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
"""
SWITCH = """
def start(self): self.next({'a': self.a, 'b': self.b, 'none': self.both}, condition='v')
def a(self): self.next(self.both)
def b(self): self.next(self.both)
def both(self): self.next(self.end)
def end(self): pass
"""


def order(flow: Graph) -> list[str]:
    return [node.name for node in flow.nodes]


def kinds(flow: Graph) -> dict[str, str]:
    return {node.name: node.method.kind for node in flow.nodes if node.method}


def conditional(flow: Graph) -> list[str]:
    return [node.name for node in flow.nodes if node.conditional]


def test_a_chain_passes_everything_on() -> None:
    flow = graph(chain("start", "a", "end"))
    assert order(flow) == ["start", "a", "end"]
    assert [waits(node) for node in flow.nodes] == ["", "manifest start", "manifest a"]
    assert [node.passes for node in flow.nodes] == [False, True, True]
    assert kinds(flow) == {"start": "start", "a": "linear", "end": "end"}


def test_every_node_has_its_code_and_its_method() -> None:
    flow = graph(chain("start", "end"))
    node = flow["start"]
    assert node.code.roots == ("F",) and node.code.slice == (FILE,) and flow.statements == (FILE,)
    assert isinstance(node.leaves, Everything)
    assert node.method is not None and node.method.flow_class == "F"
    assert node.method.goes_on is not None and node.method.goes_on.targets == ("end",)
    assert (node.place.step, node.place.line) == ("start", 2)
    assert flow["end"].method is not None and flow["end"].method.goes_on is None
    assert flow.doc == "What it does."


def test_a_flow_of_one_step_is_its_first_and_its_last() -> None:
    flow = graph("def only(self): pass")
    assert kinds(flow) == {"only": "end"}
    assert flow["only"].needs == ()


def test_the_first_and_the_last_step_may_have_any_name() -> None:
    flow = graph(
        """
        @step(end=True)
        def close(self): pass
        @step(start=True)
        def open(self): self.next(self.close)
        """
    )
    assert kinds(flow) == {"open": "start", "close": "end"}


def test_steps_stand_in_flow_order_and_else_as_they_are_defined() -> None:
    assert order(graph(BRANCHES)) == ["start", "alpha", "mid", "zeta", "j", "end"]
    backwards = "\n".join(reversed(chain("start", "a", "b", "end").splitlines()))
    assert order(graph(backwards)) == ["start", "a", "b", "end"]


def test_a_join_has_its_branches_in_the_order_of_the_split() -> None:
    flow = graph(BRANCHES)
    assert waits(flow["alpha"]) == "manifest start"
    assert waits(flow["j"]) == "inputs zeta, alpha, mid"
    assert flow["j"].needs[0].rule == "all" and flow["j"].needs[0].closes is None
    assert not flow["j"].passes
    assert kinds(flow)["start"] == "split" and kinds(flow)["j"] == "join"


def test_the_order_of_a_join_is_that_of_the_branches_not_of_the_steps_that_end_them() -> None:
    flow = graph(
        """
        def start(self): self.next(self.b, self.a)
        def a(self): self.next(self.a2)
        def a2(self): self.next(self.j)
        def b(self): self.next(self.b2)
        def b2(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert waits(flow["j"]) == "inputs b2, a2"


def test_nested_branches_are_joined_from_the_inside() -> None:
    flow = graph(
        """
        def start(self): self.next(self.a, self.b)
        def a(self): self.next(self.c, self.d)
        def b(self): self.next(self.outer)
        def c(self): self.next(self.inner)
        def d(self): self.next(self.inner)
        def inner(self, inputs): self.next(self.outer)
        def outer(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert waits(flow["inner"]) == "inputs c, d"
    assert waits(flow["outer"]) == "inputs inner, b"
    assert all(node.scope == () for node in flow.nodes)


def test_a_foreach_is_opened_by_its_step_and_listed_by_the_one_before() -> None:
    flow = graph(FOREACH)
    assert flow["start"].scope == () and flow["start"].opens is None and flow["start"].switch is None
    assert flow["t"].opens == Scope("foreach", (), "xs", "input", limit=100, empty="error", lister="start")
    assert waits(flow["t"]) == "manifest start" and flow["t"].passes
    assert flow["t"].scope == flow["u"].scope == ("t",) and flow["u"].opens is None
    assert waits(flow["j"]) == "inputs u closes t"
    assert flow["j"].scope == flow["end"].scope == () and not flow["j"].passes
    assert kinds(flow)["start"] == "foreach"


def test_the_most_splits_are_told() -> None:
    node = built(FOREACH, max_splits=7).graph["t"]
    assert node.opens and node.opens.limit == 7
    node = build_class(draft(FOREACH), ()).graph["t"]
    assert node.opens and node.opens.limit == 100


def test_foreaches_are_nested() -> None:
    flow = graph(
        """
        def start(self): self.next(self.t, foreach='xs')
        def t(self): self.next(self.u, foreach='ys')
        def u(self): self.next(self.w)
        def w(self): self.next(self.ju)
        def ju(self, inputs): self.next(self.jt)
        def jt(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert flow["u"].opens == Scope("foreach", ("t",), "ys", "input", limit=100, empty="error", lister="t")
    assert [flow[name].scope for name in ("t", "u", "w", "ju", "jt")] == [("t",), ("t", "u"), ("t", "u"), ("t",), ()]
    assert waits(flow["ju"]) == "inputs w closes u" and waits(flow["jt"]) == "inputs ju closes t"


def test_branches_stand_in_a_foreach_and_a_foreach_in_a_branch() -> None:
    flow = graph(
        """
        def start(self): self.next(self.t, foreach='xs')
        def t(self): self.next(self.b, self.a)
        def a(self): self.next(self.u, foreach='ys')
        def u(self): self.next(self.ju)
        def ju(self, inputs): self.next(self.jb)
        def b(self): self.next(self.jb)
        def jb(self, inputs): self.next(self.jt)
        def jt(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert flow["a"].scope == flow["b"].scope == flow["jb"].scope == flow["ju"].scope == ("t",)
    assert flow["u"].scope == ("t", "u")
    assert waits(flow["jb"]) == "inputs b, ju"
    assert waits(flow["jt"]) == "inputs jb closes t"


def test_a_branch_may_be_the_step_of_a_foreach_itself() -> None:
    flow = graph(
        """
        def start(self): self.next(self.a, self.b)
        def a(self): self.next(self.t, foreach='xs')
        def t(self): self.next(self.ja)
        def ja(self, inputs): self.next(self.j)
        def b(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert waits(flow["j"]) == "inputs ja, b"


def test_a_gang_has_a_scope_of_its_own_kind() -> None:
    flow = graph(
        """
        def start(self): self.next(self.t, num_parallel=3)
        @parallel
        def t(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    opened = flow["t"].opens
    assert opened and (opened.kind, opened.items, opened.lister, opened.empty) == ("gang", "3", "start", "error")
    assert opened.limit == 10_000
    assert waits(flow["j"]) == "inputs t closes t"


def test_the_ways_of_a_switch_meet_again_without_a_join() -> None:
    flow = graph(SWITCH)
    assert flow["start"].switch == Switch("v", (("a", "a"), ("b", "b"), ("none", "both")))
    assert waits(flow["a"]) == "manifest start?"
    assert waits(flow["both"]) == "manifest start? | a | b"
    assert kinds(flow)["start"] == "split-switch"
    assert conditional(flow) == ["a", "b"]


def test_a_way_of_a_switch_may_be_long_and_split() -> None:
    flow = graph(
        """
        def start(self): self.next({1: self.many, 2: self.one}, condition='v')
        def many(self): self.next(self.t, foreach='xs')
        def t(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def one(self): self.next(self.x, self.y)
        def x(self): self.next(self.xy)
        def y(self): self.next(self.xy)
        def xy(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert waits(flow["end"]) == "manifest j | xy"
    assert conditional(flow) == ["many", "t", "j", "one", "x", "y", "xy"]


def test_a_switch_in_a_switch_is_settled_where_the_last_ways_meet() -> None:
    flow = graph(
        """
        def start(self): self.next({1: self.a, 2: self.b, 3: self.c}, condition='v')
        def a(self): self.next({1: self.p, 2: self.q}, condition='w')
        def p(self): self.next(self.pq)
        def q(self): self.next(self.pq)
        def pq(self): self.next(self.m)
        def b(self): self.next(self.m)
        def m(self): self.next(self.end)
        def c(self): self.next(self.end)
        def end(self): pass
        """
    )
    assert waits(flow["a"]) == "manifest start?"
    assert waits(flow["pq"]) == "manifest p | q"
    assert conditional(flow) == ["a", "p", "q", "pq", "b", "m", "c"]


def test_a_switch_inside_a_foreach_leads_each_item_its_way() -> None:
    flow = graph(
        """
        def start(self): self.next(self.t, foreach='xs')
        def t(self): self.next({'a': self.a, 'b': self.b}, condition='v')
        def b(self): self.next(self.j)
        def a(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert flow["t"].opens and flow["t"].switch
    assert waits(flow["j"]) == "inputs b | a closes t"
    assert flow["a"].scope == ("t",)
    assert conditional(flow) == ["b", "a"]


def test_a_switch_inside_a_branch_ends_it_by_any_of_its_ways() -> None:
    flow = graph(
        """
        def start(self): self.next(self.s, self.b)
        def s(self): self.next({1: self.x, 2: self.y}, condition='v')
        def x(self): self.next(self.j)
        def y(self): self.next(self.j)
        def b(self): self.next(self.j)
        def j(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    assert waits(flow["j"]) == "inputs x | y, b"
    assert conditional(flow) == ["x", "y"]


def test_a_self_loop_follows_itself_last_and_is_left_by_its_other_cases() -> None:
    flow = graph(
        """
        def start(self): self.next(self.loop)
        def loop(self): self.next({'more': self.loop, 'done': self.out}, condition='state')
        def out(self): self.next(self.end)
        def end(self): pass
        """
    )
    assert flow["loop"].loops
    assert waits(flow["loop"]) == "manifest start | loop?"
    assert waits(flow["out"]) == "manifest loop?"
    assert conditional(flow) == []


def test_the_first_step_may_repeat_itself() -> None:
    flow = graph(
        """
        def start(self): self.next({True: self.start, False: self.end}, condition='more')
        def end(self): pass
        """
    )
    assert flow["start"].loops and flow["start"].needs == ()
    assert waits(flow["end"]) == "manifest start?"


def test_a_self_loop_may_be_the_step_of_a_foreach_and_a_case_of_a_switch() -> None:
    flow = graph(
        """
        def start(self): self.next(self.loop, foreach='xs')
        def loop(self): self.next({1: self.loop, 2: self.a, 3: self.b}, condition='v')
        def a(self): self.next(self.j)
        def b(self): self.next(self.j)
        def j(self, inputs): self.next(self.s)
        def s(self): self.next({1: self.again, 2: self.end}, condition='v')
        def again(self): self.next({1: self.again, 2: self.end}, condition='v')
        def end(self): pass
        """
    )
    assert waits(flow["loop"]) == "manifest start | loop?" and flow["loop"].opens
    assert waits(flow["j"]) == "inputs a | b closes loop"
    assert waits(flow["again"]) == "manifest s? | again?"
    assert waits(flow["end"]) == "manifest s? | again?"
    assert conditional(flow) == ["a", "b", "again"]


def test_a_switch_with_two_cases_for_one_step_leaves_no_choice() -> None:
    flow = graph(
        """
        def start(self): self.next({1: self.a, 2: self.a}, condition='v')
        def a(self): self.next(self.end)
        def end(self): pass
        """
    )
    assert waits(flow["a"]) == "manifest start?"
    assert conditional(flow) == []


def test_a_long_flow_is_built() -> None:
    names = ["start", *(f"s{number}" for number in range(3000)), "end"]
    flow = graph(chain(*names))
    assert order(flow) == names
    assert len(flow.ancestors("end")) == 3001


def test_a_broken_flow_has_a_graph_all_the_same() -> None:
    found = built("def start(self): self.next(self.nowhere)\ndef j(self, inputs): self.next(self.end)\n" + chain("end"))
    assert found.errors
    assert order(found.graph) == ["start", "j", "end"]


def test_problems_stand_in_flow_order_those_of_the_class_first_warnings_last() -> None:
    text = """
    def start(self): self.next(self.run)
    def run(self): self.next(self.A)
    def A(self): self.next(self.B, foreach=1)
    def B(self): self.next(self.end)
    def end(self, inputs): pass
    """
    assert [each.code for each in built(text).problems] == ["F011", "F016", "F011", "F010", "F003"]
    text = """
    def A(self): self.next(self.x)
    def B(self):
        if x: self.next(self.y)
        self.next(*z)
    """
    found = built(text).problems
    assert [(each.code, each.place.step, each.place.line) for each in found] == [
        ("F004", None, None),
        ("F004", None, None),
        ("F011", "A", 2),
        ("F017", "A", 2),
        ("F011", "B", 3),
        ("F017", "B", 4),
        ("F018", "B", 5),
        ("F016", "B", 5),
    ]


def test_any_flow_of_a_few_steps_is_built_or_refused() -> None:
    """Steps go on in any way, wrong ones included: nothing raises, and in what is whole givers come first."""
    goes_on = (
        "pass",
        "self.next(self.b, self.c)",
        "self.next(self.j)",
        "self.next(self.b, foreach='x')",
        "self.next({1: self.b, 2: self.j}, condition='v')",
        "self.next({1: self.b, 2: self.c}, condition='v')",
        "self.next(self.end)",
    )
    whole = []
    for start, b, j in itertools.product(goes_on, repeat=3):
        for inputs in ("", ", inputs"):
            text = (
                f"def start(self): {start}\ndef b(self): {b}\ndef c(self): self.next(self.j)\n"
                f"def j(self{inputs}): {j}\ndef end(self): pass"
            )
            found = built(text)
            assert len(found.graph.nodes) == 5
            if not found.errors:
                whole.append((start, b, j, inputs))
                names = order(found.graph)
                assert all(set(node.givers) <= set(names[: at + 1]) for at, node in enumerate(found.graph.nodes))
    splits = {"self.next(self.b, self.c)", "self.next(self.b, foreach='x')"}
    assert len(whole) == 8
    assert all((start in splits) == bool(inputs) for start, b, j, inputs in whole)


def test_the_same_text_has_the_same_graph() -> None:
    assert graph(BRANCHES) == graph(BRANCHES)
