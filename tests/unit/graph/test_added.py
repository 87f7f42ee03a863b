"""What --with adds to the steps of cells."""

from __future__ import annotations

import pytest

from nbflow.errors import DecoratorError, GraphError
from nbflow.graph.added import moved, with_decorators
from nbflow.model.options import Catch
from tests.unit.graph import notation
from tests.unit.graph.notation import built


def test_every_step_gets_what_it_does_not_say_itself() -> None:
    graph = with_decorators(built("a: x=1", "b[--on local --retry 1]: y=x").graph, ["batch:cpu=2,memory=100", "retry"])
    a, b = graph["a"].options, graph["b"].options
    assert (a.backend, a.resources.cpu, a.resources.memory, a.retry.times) == ("batch", 2, 100 << 20, 3)
    # it says where it runs, and how often it is tried
    assert (b.backend, b.retry.times) == ("local", 1)


def test_what_batch_is_told_goes_along() -> None:
    graph = with_decorators(built("a: x=1").graph, ["batch:queue=big,image=me/img", "catch:var=problem"])
    assert graph["a"].options.batch == (("queue", "big"),)
    assert graph["a"].options.image == "me/img"
    assert graph["a"].options.catch == Catch("problem")


@pytest.mark.parametrize(
    ("text", "code"),
    [("bach", "NBF-D022"), ("parallel", "NBF-D022"), ("batch:cpu=x", "NBF-D"), ("batch:cup=2", "NBF-D")],
)
def test_what_is_no_decorator_or_not_what_it_takes_is_refused(text: str, code: str) -> None:
    with pytest.raises(DecoratorError) as caught:
        with_decorators(built("a: x=1").graph, [text])
    assert caught.value.code.startswith(code)


def test_secrets_of_this_machine_keep_a_step_from_being_sent_away() -> None:
    with pytest.raises(GraphError, match="G025"):
        with_decorators(notation.graph("a[--secret KEY]: x = 1"), ["batch"])
    (node,) = with_decorators(notation.graph("a: x = 1"), ['secrets:sources=["env.KEY","db"]']).nodes
    assert [each.text for each in node.options.secrets] == ["env.KEY", "aws-secrets-manager.db"]
    with pytest.raises(DecoratorError, match="D054"):
        with_decorators(
            notation.graph("a: x = 1"), ['secrets:sources=[{"type":"inline","options":{"env_vars":{"A":"b"}}}]']
        )


def test_of_steps_that_go_elsewhere_by_it_files_of_this_machine_are_told() -> None:
    plain = ('def table(): return open("words.csv")',)
    before = built('a: x = open("x.csv")', 'b[--on local]: y = open("y.csv")', "c: z = table()", plain=plain).graph
    found = moved(before, with_decorators(before, ["batch"]))
    assert [(each.code, each.place.step, each.place.line) for each in found] == [("N021", "a", 2), ("N021", None, 1)]
    assert found[1].what.startswith("c reads 'words.csv'") and found[1].place.text == plain[0]
    assert moved(before, with_decorators(before, ["retry"])) == ()
    own = built("a: open = list", 'b: x = open("x.csv")', 'c: from gzip import open\ny = open("y.csv")').graph
    assert moved(own, with_decorators(own, ["batch"])) == ()
