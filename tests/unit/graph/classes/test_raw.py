from __future__ import annotations

import json

from nbflow.graph.classes.raw import graph_info
from nbflow.model.flowclass import DecoratorSpec
from tests.unit.graph.classes.notation import graph
from tests.unit.graph.notation import graph as graph_of_cells

ALL = '''
@retry
def start(self):
    """Where it begins."""
    self.next(self.a, self.b)
def a(self): self.next(self.t, foreach='xs')
def t(self): self.next(self.jt)
def jt(self, inputs): self.next(self.j)
def b(self): self.next(self.g, num_parallel=2)
@parallel
def g(self): self.next(self.jg)
def jg(self, inputs): self.next(self.j)
def j(self, inputs): self.next(self.s)
def s(self): self.next({1: self.s, True is None: self.end, None: self.end}, condition='v')
def end(self): pass
'''.replace("True is None", "'out'")


def test_every_step_has_its_type_and_where_it_leads() -> None:
    steps = graph_info(graph(ALL))["steps"]
    assert {name: (step["type"], step["next"]) for name, step in steps.items()} == {
        "start": ("split-static", ["a", "b"]),
        "a": ("split-foreach", ["t"]),
        "t": ("linear", ["jt"]),
        "jt": ("join", ["j"]),
        "b": ("split-parallel", ["g"]),
        "g": ("linear", ["jg"]),
        "jg": ("join", ["j"]),
        "j": ("join", ["s"]),
        "s": ("split-switch", ["s", "end"]),
        "end": ("end", []),
    }


def test_every_split_has_what_it_splits_by_and_its_join() -> None:
    steps = graph_info(graph(ALL))["steps"]
    assert {name: step["matching_join"] for name, step in steps.items() if "matching_join" in step} == {
        "start": "j",
        "a": "jt",
        "b": "jg",
    }
    assert steps["a"]["foreach_artifact"] == "xs"
    assert steps["b"]["num_parallel"] == "2"
    assert steps["s"]["condition"] == "v"
    assert steps["s"]["switch_cases"] == {"1": "s", "out": "end", "None": "end"}


def test_a_step_has_its_place_its_text_and_its_decorators() -> None:
    step = graph_info(graph(ALL))["steps"]["start"]
    assert (step["name"], step["line"], step["source_file"], step["doc"]) == ("start", 3, "flow.py", "Where it begins.")
    assert step["decorators"] == [{"name": "retry", "attributes": {}}]


def test_the_flow_has_its_file_its_text_and_its_decorators() -> None:
    project = DecoratorSpec("project", {"name": "sales"})
    info = graph_info(graph(ALL), file="flow.py", decorators=[project])
    assert (info["file"], info["doc"]) == ("flow.py", "What it does.")
    assert info["decorators"] == [{"name": "project", "attributes": {"name": "sales"}}]
    assert json.loads(json.dumps(info)) == info


def test_a_first_step_that_leads_to_one_has_a_type_of_its_own() -> None:
    steps = graph_info(graph("def start(self): self.next(self.end)\ndef end(self): pass"))["steps"]
    assert [step["type"] for step in steps.values()] == ["start", "end"]


def test_a_notebook_has_such_a_graph_too() -> None:
    steps = graph_info(graph_of_cells("a: x=1", "b: y=x", "c[--join a,b]: pass"))["steps"]
    assert {name: (step["type"], step["next"]) for name, step in steps.items()} == {
        "a": ("linear", ["b", "c"]),
        "b": ("linear", ["c"]),
        "c": ("join", []),
    }
    assert steps["a"]["line"] == 2
    assert (steps["a"]["doc"], steps["a"]["decorators"]) == ("", [])
