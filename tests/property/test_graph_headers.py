"""Whatever headers say, right or wrong, a graph is built and its problems are said; without errors it is sound."""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from nbflow.errors import CellError
from nbflow.graph.build import build
from nbflow.graph.summary import summaries
from nbflow.graph.view import view_chain
from nbflow.model.graph import Everything, Graph, Node
from tests.unit.graph.notation import flow, step

STEPS = ("a", "b", "c", "e", "lost")
names = st.sampled_from(("x", "y", "z", "item", "index", "alpha", "K", "clean", "hid", "nowhere"))
steps = st.sampled_from(STEPS)
lists = st.lists(steps, min_size=1, max_size=2, unique=True).map(",".join)


def option(text: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda given: text.format(**given))


options = st.one_of(
    option("--foreach '[{n}, 2]'", n=names),
    option("--foreach regions --as {n}", n=names),
    option("--join {s}", s=lists),
    option("--join {s} --any", s=lists),
    option("--after {s}", s=lists),
    option("--else-of {s}", s=lists),
    option("--when '{n} == 1'", n=names),
    option("--in {n}={s}.{m}", n=names, m=names, s=steps),
    option("--in {n}", n=names),
    option("--out {n}", n=names),
    option("--default {n}=1", n=names),
    option("--capture {n}", n=names),
    option("--catch {n}", n=names),
)
statements = st.one_of(
    option("{n} = 1", n=names),
    option("{n} = [{m}]", n=names, m=names),
    option("{n}[0] = {m}", n=names, m=names),
    option("if K: {n} = 1", n=names),
    option("for {n} in []: pass", n=names),
    option("def {n}(): return {m}", n=names, m=names),
    option("del {n}", n=names),
    option("n = len(inputs)"),
    option("merge_artifacts(inputs)"),
    option("merge_artifacts(inputs, include=['{n}'])", n=names),
    option("print({n})", n=names),
)


@st.composite
def cells(draw: st.DrawFn) -> list[str]:
    found = []
    order = draw(st.permutations(STEPS[:-1]))
    again = draw(st.lists(st.sampled_from(STEPS[:-1]), max_size=1)) if draw(st.integers(0, 9)) == 9 else []
    for name in (*order, *again):
        body = "\n".join(draw(st.lists(statements, max_size=3)))
        header = " ".join(draw(st.lists(options, max_size=2)))
        text = f"{name}[{header}]: {body}"
        try:
            step(text)
        except CellError:
            text = f"{name}: pass"
        found.append(text)
    return found


pytestmark = pytest.mark.timeout(3_600)


@settings(max_examples=3 * settings().max_examples)
@given(cells())
def test_a_graph_is_always_built_and_sound_if_it_has_no_error(texts: list[str]) -> None:
    built = build(flow(*texts))
    for each in built.problems:
        assert str(each)
    for node in built.graph.nodes:
        assert view_chain(built.graph, node.name)[0] == node.name
    assert len(summaries(built.graph)) == len(built.graph.nodes)
    for code in {each.code for each in built.problems}:
        event(code)
    if not built.errors:
        event("no error")
        for number, node in enumerate(built.graph.nodes):
            check(built.graph, node, {each.name for each in built.graph.nodes[:number]})


def check(graph: Graph, node: Node, above: set[str]) -> None:
    """Hold a node of a graph without errors to what its readers rely on."""
    assert set(node.givers) <= above
    assert set(node.base) <= above
    assert node.perhaps | node.required | node.merged <= left(node)
    assert {statement for statement in node.code.slice if statement.step} <= set(graph.statements)
    for need in node.needs:
        for source in (source for branch in need.branches for source in branch):
            scope = graph[source.step].scope
            if need.kind == "value":
                assert source.name in left(graph[source.step])
                assert node.base[: len(scope)] == scope
            elif need.closes:
                assert scope[-1] == need.closes
                assert node.base[: len(scope) - 1] == scope[:-1]
                assert need.closes not in node.scope
            elif need.kind == "inputs":
                assert node.base[: len(scope)] == scope
    for scope_name in node.context.values():
        assert scope_name in node.scope


def left(node: Node) -> frozenset[str]:
    assert not isinstance(node.leaves, Everything)
    return node.leaves
