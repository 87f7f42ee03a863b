from __future__ import annotations

import re

import pytest

from nbflow.graph.draw import StepState, dot, mermaid
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary

HOSTILE = ['"]; evil', "<script>alert(1)</script>", "a#b;", "two\nlines", "\\", "\x1b[31m", "\u202egpj"]


def step(name: str, givers: str = "", label: str = "", scope: str = "") -> StepSummary:
    return StepSummary(StepName(name), tuple(map(StepName, givers.split())), tuple(scope.split()), label)


FLOW = (
    step("load"),
    step("train", "load", "foreach regions", "train"),
    step("score", "train load", "", "train"),
    step("best", "score", "join score"),
)


def test_mermaid_has_a_node_a_step_an_edge_a_way_and_a_subgraph_a_foreach() -> None:
    lines = mermaid(FLOW, {"load": StepState("failed")}).splitlines()
    assert lines == [
        "flowchart LR",
        '  s0["load"]',
        '  subgraph f_s1["per item of train"]',
        '    s1["train<br/>foreach regions"]',
        '    s2["score"]',
        "  end",
        '  s3["best<br/>join score"]',
        "  s0 --> s1",
        "  s1 --> s2",
        "  s2 --> s3",
        "  style s0 stroke:#e0443e,stroke-width:2px",
    ]


def test_dot_has_a_node_a_step_an_edge_a_way_and_a_cluster_a_foreach() -> None:
    lines = [line.strip() for line in dot(FLOW, {"load": StepState("failed")}, name="sales").splitlines()]
    assert lines[0] == 'digraph "sales" {'
    assert '"load" [label="load", color="#e0443e", penwidth=2];' in lines
    assert 'subgraph "cluster_train_1" {' in lines
    assert '"train" [label="train\\nforeach regions"];' in lines
    assert lines[-4:-1] == ['"load" -> "train";', '"train" -> "score";', '"score" -> "best";']
    assert sum(line.count("{") - line.count("}") for line in lines) == 0


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_stay_inside_their_quotes(hostile: str) -> None:
    steps = (step(hostile, "", hostile),)
    for line in mermaid(steps).splitlines()[1:]:
        assert re.fullmatch(r'  s0\["[^"<>]*(<br/>[^"<>]*)?"\]', line)
    outside = re.sub(r'"(\\.|[^"\\])*"', "", dot(steps, name=hostile))
    assert "evil" not in outside
    assert '"' not in outside
    assert "\x1b" not in dot(steps) + mermaid(steps)
    assert "\u202e" not in dot(steps) + mermaid(steps)


def test_a_scope_that_is_no_step_of_the_flow_is_left_out() -> None:
    assert "subgraph" not in mermaid((step("a", "", "", "gone"),))
