"""A request comes out of its text as it went in."""

from __future__ import annotations

import dataclasses
import json
import typing
from pathlib import Path
from typing import Any

import pytest

from nbflow.cells.flow import flow_text
from nbflow.cells.notebook import Document, NotebookCell, parse_notebook
from nbflow.frontends import handover
from nbflow.frontends.handover import from_text, to_text
from nbflow.graph.build import build
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.environment import EnvironmentRef
from nbflow.model.graph import MISSING, Graph
from nbflow.model.ids import Digest, FlowName, RunId, StepName, TaskKey
from nbflow.model.record import Failure, ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.fingerprint import Fingerprints
from nbflow.plan.gather import Given
from nbflow.plan.reuse import Reuse
from nbflow.runtime.request import RunRequest

CELLS = (
    "%%parameters\nfrom datetime import date\nalpha: float = 0.1  # rate\nnames: list[str] = ['ä', 'b']\nday: date = date(2026, 1, 2)",
    "%%setup\nimport warnings\nwarnings.simplefilter('ignore')",
    "import math\nSCALE = {'a': 1}\ndef scaled(v, by=SCALE):\n    return v * math.pi\nclass Box:\n    size: int = 3",
    "%%step load --retry 3 --timeout 60 --memory 2G --env A=b\nx = scaled(alpha)\ndef inner(v): return v\nn = [1]",
    "%%step go --when 'x > 0' --catch error\ny = inner(x)\nn[0] = 2",
    "%%step other --else-of go\ny = 0",
    "%%step each --foreach names --as name --default y=1\nz = name * y\nbox = Box()",
    "%%step all --join each --card --card id=b,timeout=9\nw = [t.z for t in inputs]\nmerge_artifacts(inputs, exclude=['z', 'name', 'box'])",
)
RESULT = ArtifactRef(Digest("d" * 64), "scalar", "float", 8, data="0x1p+0", scalar=1.0, uses=("nbflow_defs.f:Box",))


def graph_of(*cells: str) -> Graph:
    document = Document(tuple(NotebookCell(number, "code", text) for number, text in enumerate(cells)))
    built = build(flow_text(document, "nb.ipynb").draft)
    assert not [each for each in built.problems if each.severity == "error"], built.problems
    return built.graph


def request(graph: Graph) -> RunRequest:
    record = TaskRecord(
        *(StepName("load"), "0", (), TaskStatus.SUCCEEDED, 1, Manifest({"x": RESULT}, {"f": "a file"})),
        fingerprint="f" * 64,
        parts={"code": "abc"},
        failure=Failure("ValueError", "no", code="T001"),
        condition=False,
    )
    return RunRequest(
        flow=FlowName("sales"),
        graph=graph,
        parameters={"alpha": ("float", {"is": [1, 2.5, None]}, "given"), "names": ("list[str]", ["ä"], "default")},
        environments={StepName("load"): EnvironmentRef("e" * 64, declared=False, packages=3, python="3.12")},
        targets=frozenset({StepName("load"), StepName("go")}),
        given={TaskKey(StepName("load")): record},
        given_items={(StepName("each"), (0, 1)): ItemList((RESULT,), 3)},
        reuse=Reuse({"f" * 64: ("sales/1/load/0", record)}, everything=True, again=frozenset({StepName("go")})),
        origin=RunId("3"),
        captured={StepName("load"): {"held": RESULT}},
        environment={StepName("load"): "e"},
        max_items=5,
        tags=frozenset({"weekly", "good"}),
        sys_path=("/a", "/b"),
        code=Digest("c" * 64),
    )


def test_a_request_comes_out_as_it_went_in() -> None:
    asked = request(graph_of(*CELLS))
    text = to_text(asked)
    again = from_text(text)
    assert again == asked
    assert again.graph == asked.graph and again.reuse == asked.reuse
    assert to_text(again) == text


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem
)
def test_the_graph_of_a_notebook_would_compute_the_same(path: Path) -> None:
    text = flow_text(parse_notebook(path.read_text()), path.name)
    graph = build(text.draft).graph
    again = from_text(to_text(RunRequest(FlowName("f"), graph))).graph
    for node in graph.nodes:
        made, remade = (Fingerprints(each, {}, {}).of(each[node.name], Given({}), None) for each in (graph, again))
        assert made == remade
    assert again == graph


def test_a_missing_default_is_the_one_there_is() -> None:
    need = from_text(to_text(request(graph_of(*CELLS)))).graph["go"].needs[0]
    assert need.default is MISSING


def test_everything_a_request_may_be_made_of_can_be_handed_over() -> None:
    known = {*handover._PLAIN.values(), ArtifactRef, TaskRecord}
    found: set[Any] = set()
    todo: list[Any] = [RunRequest]
    while todo:
        kind = todo.pop()
        if dataclasses.is_dataclass(kind) and kind not in found:
            found.add(kind)
            # those with a text of their own are tested with the records
            todo.extend(typing.get_type_hints(kind).values() if kind not in {ArtifactRef, TaskRecord} else ())
        todo.extend(typing.get_args(kind))
    assert found <= known


def test_what_is_no_request_is_refused() -> None:
    with pytest.raises(TypeError, match="a PosixPath cannot be handed over"):
        handover._written((Path("x"),))
    with pytest.raises(KeyError):
        from_text(json.dumps({"is": "Popen", "args": ["rm"]}))
