"""A stored task as it was, and its code as a text that runs on its own."""

from __future__ import annotations

import builtins
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.code.module import LiveDefinitions
from nbflow.code.package import CodePackage
from nbflow.errors import NbflowError
from nbflow.frontends.cli.notebook import open_notebook
from nbflow.frontends.cli.running import request_of
from nbflow.frontends.script import script_of_step, script_of_task
from nbflow.frontends.stored import StoredTask, ThenStore, definitions_of
from nbflow.model.ids import RunId, StepName
from nbflow.model.record import RunRecord
from nbflow.model.status import TaskStatus
from nbflow.model.task import TaskSpec
from nbflow.plan.reuse import Reuse
from nbflow.runtime.inline import InlineHost
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.runtime.specs import flow_code
from nbflow.task.here import BodyHere
from nbflow.workspace import Workspace

MODULE = "nbflow_defs.sales"


class Bench:
    """Runs notebooks in this process, and opens their tasks again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace.open(folder / ".nbflow")

    def request(self, *cells: str, given: Any = None, **changes: Any) -> RunRequest:
        made = [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []} for text in cells]
        text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
        path = self.folder / "sales.ipynb"
        path.write_text(text)
        return replace(request_of(open_notebook(str(path)), self.workspace, given or {}), **changes)

    def run(self, request: RunRequest) -> Outcome:
        live = LiveDefinitions(MODULE, flow_code(request.flow, request.graph).statements)
        setup = flow_code(request.flow, request.graph).setup

        def body(spec: TaskSpec) -> dict[str, Any]:
            live.execute(spec.slice)
            here = BodyHere(spec, self.workspace.store, live, setup, print)
            live.body = here.space
            return here.run()

        return InlineHost(self.workspace, body).run(request)

    def draft(self, step: str, *cells: str, run: str | None = None, **changes: Any) -> str:
        """Run one step of the notebook as its cell would, on the latest results."""
        request = self.request(*cells, **changes)
        tasks = {task.key: task for task in self._tasks(run) if task.status.has_result and task.step != step}
        record = self.workspace.metadata.run("sales", run) if run else None
        code = request.code
        request = replace(request, kind="draft", run=record.id if record else None, targets=frozenset({StepName(step)}))
        outcome = self.run(replace(request, code=None, given=tasks, given_items=self._items(run)))
        mine = [task for key, task in outcome.results.items() if key.step == step]
        assert code is not None
        self.workspace.metadata.note_code("sales", outcome.run, code, mine)
        return outcome.run

    def _tasks(self, run: str | None) -> Any:
        return self.workspace.metadata.tasks("sales", run) if run else ()

    def _items(self, run: str | None) -> Any:
        return self.workspace.metadata.items("sales", run) if run else {}

    def task(self, spec: str) -> StoredTask:
        flow, run, step, task = spec.split("/")
        record = self.workspace.metadata.run(flow, run)
        assert record is not None
        found = next(each for each in self.workspace.metadata.tasks(flow, run, step) if each.id == task)
        return StoredTask(self.workspace, record, found)

    def inputs(self, spec: str) -> dict[str, Any]:
        return {name: self.workspace.store.get(ref) for name, ref in self.task(spec).spec.inputs.items()}

    def executed(self, text: str) -> dict[str, str]:
        """Return the reprs of the names that the text leaves in a process of its own."""
        tell = "\nimport json as _json\n_said = {_name: repr(_value) for _name, _value in dict(globals()).items()}"
        file = self.folder / "step.py"
        file.write_text(f"{text}{tell}\nprint('=' * 9 + _json.dumps(_said))")
        ended = subprocess.run(
            [sys.executable, str(file)], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{text}\n{ended.stderr}"
        said: dict[str, str] = json.loads(ended.stdout.rpartition("=" * 9)[2])
        return said


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield Bench(tmp_path)
    sys.modules.pop(MODULE, None)


NOTEBOOK = (
    "%%parameters\nalpha: float = 0.5\nregions: list[str] = ['eu', 'us']",
    "import math\nTOL = 1\ndef clean(xs): return [x for x in xs if x > TOL]",
    "%%step load\nxs = clean([1, 2, 3])\nnote = 'n'",
    "%%step train --foreach regions --as region\ny = [x * alpha for x in xs]\nname = f'{region}{index}'",
    "%%step deep --foreach y\nz = item + index",
    "%%step inner --join deep\ntotal = sum(t.z for t in inputs)",
    "%%step best --join inner\nmerge_artifacts(inputs, include=['note2'])\nwinner = max(t.total for t in inputs)\nname = inputs[1].name",
)


def notebook(*, last: str = "") -> list[str]:
    cells = list(NOTEBOOK)
    cells[5] += "\nnote2 = 'same'"
    return [*cells, last] if last else cells


def test_a_stored_task_is_given_what_it_had(bench: Bench) -> None:
    bench.run(bench.request(*notebook(), given={"alpha": 2.0}))
    train = bench.task("sales/1/train/1")
    assert bench.inputs("sales/1/train/1") == {"xs": [2, 3], "region": "us"}
    assert train.spec.values == {"index": 1}
    assert train.spec.parameters["alpha"] == ("float", 2.0)
    assert train.known.origins == {"xs": "sales/1/load/0/xs"}
    assert train.body == "y = [x * alpha for x in xs]\nname = f'{region}{index}'"
    assert (train.node.place.cell, train.node.code.body.file) == ("cell 4", "<sales/1 · cell 4>")
    # the body does not see what only its header reads
    assert train.read_elsewhere == {"regions"}
    assert bench.inputs("sales/1/deep/1-0") == {"item": 4.0}
    assert bench.task("sales/1/deep/1-1").spec.values == {"index": 1}


def test_a_join_sees_the_same_tasks_as_its_worker(bench: Bench) -> None:
    bench.run(bench.request(*notebook()))
    inner = bench.task("sales/1/inner/1").inputs()
    assert inner is not None
    assert ([view.z for view in inner], inner[0].region, inner[0].xs) == ([1.0, 2.5], "us", [2, 3])
    best = bench.task("sales/1/best/0")
    space: dict[str, Any] = {}
    best.merger(space)(best.inputs(), include=["note2"])  # type: ignore[arg-type]
    assert space == {"note2": "same"}


def test_a_reused_task_has_its_inputs_from_its_own_run(bench: Bench) -> None:
    first = bench.run(bench.request(*notebook()))
    known = {
        task.fingerprint: (f"sales/1/{key.step}/{key.id}", task)
        for key, task in first.results.items()
        if task.status.has_result
    }
    bench.run(bench.request(*notebook(), reuse=Reuse(known)))
    task = bench.task("sales/2/train/1")
    assert task.record.status is TaskStatus.REUSED
    assert bench.inputs("sales/2/train/1") == {"xs": [2, 3], "region": "us"}
    assert task.known.origins == {"xs": "sales/2/load/0/xs"}


def test_a_failed_listing_and_a_condition_have_what_they_read(bench: Bench) -> None:
    failing = "%%step broken --foreach 'xs.nope' --as it\nz = it + alpha"
    bench.run(bench.request(*NOTEBOOK[:3], failing))
    task = bench.task("sales/1/broken/0")
    assert (task.use, task.body, bench.inputs("sales/1/broken/0")) == ("items", "xs.nope", {"xs": [2, 3]})
    bench.run(bench.request(*NOTEBOOK[:3], "%%step perhaps --when 'note == \"other\"'\nz = 1", "%%step below\nzz = z"))
    task = bench.task("sales/2/perhaps/0")
    assert (task.use, task.body, bench.inputs("sales/2/perhaps/0")) == ("when", 'note == "other"', {"note": "n"})
    with pytest.raises(NbflowError, match="NBF-R042"):
        _ = bench.task("sales/2/below/0").spec


def test_without_its_code_a_task_says_so(bench: Bench) -> None:
    bench.run(bench.request(*NOTEBOOK[:3], code=None))
    with pytest.raises(NbflowError, match="NBF-R041  the code of sales/1/load/0 is not stored"):
        _ = bench.task("sales/1/load/0").node
    outcome = bench.run(bench.request(*NOTEBOOK[:3]))
    record = bench.workspace.metadata.run("sales", outcome.run)
    assert record is not None
    assert record.code is not None
    for part in bench.workspace.root.rglob(f"*{record.code[2:]}*"):
        part.unlink()
    # as in another process: this one has read the blob before
    bench.workspace = Workspace.open(bench.workspace.root)
    with pytest.raises(NbflowError, match="NBF-R041"):
        _ = bench.task("sales/2/load/0").node


# ---- drafts


def test_a_draft_tells_what_ran_again_since_and_keeps_the_parameters_of_the_task(bench: Bench) -> None:
    cells = notebook()
    run = bench.draft("load", *cells)
    bench.draft("train", *cells, run=run, given={"alpha": 2.0})
    task = bench.task(f"sales/{run}/train/1")
    assert (bench.inputs(task.pathspec), list(task.differences())) == ({"xs": [2, 3], "region": "us"}, [])
    cells[2] = "%%step load\nxs = [7]"
    bench.draft("load", *cells, run=run, given={"alpha": 3.0})
    task = bench.task(f"sales/{run}/train/1")
    assert task.spec.parameters["alpha"] == ("float", 2.0)
    assert bench.inputs(task.pathspec)["xs"] == [7]
    assert list(task.differences()) == ["xs is not what it was given: load ran again since"]


def test_what_a_draft_had_from_a_run_is_found_there(bench: Bench) -> None:
    cells = notebook()
    whole = bench.run(bench.request(*cells))
    run = bench.draft("load", *cells)
    given = {key: task for key, task in whole.results.items() if key.step != "best"}
    request = bench.request(*cells)
    only = replace(request, kind="draft", run=RunId(run), targets=frozenset({StepName("best")}))
    bench.run(replace(only, given=given, given_items=whole.items))
    best = bench.task(f"sales/{run}/best/0").inputs()
    assert best is not None
    assert [view.name for view in best] == ["eu0", "us1"]
    # and of a value, by its digest
    changed = [*cells[:2], "%%step load\nxs = [9]\nnote = 'n'", *cells[3:]]
    only = replace(request, kind="draft", run=RunId(run), targets=frozenset({StepName("train")}))
    bench.run(replace(only, given=given, given_items={}))
    bench.draft("load", *changed, run=run)
    task = bench.task(f"sales/{run}/train/0")
    assert bench.inputs(task.pathspec)["xs"] == [2, 3]
    assert (task.known.origins["xs"], list(task.differences())) == ("sales/1/load/0/xs", [])


def test_definitions_are_what_the_kernel_had_however_often_a_cell_was_edited(bench: Bench) -> None:
    outcome = bench.run(bench.request("A = 1", "B = A + 1", "%%step load\nx = B + A"))
    record = bench.workspace.metadata.run("sales", outcome.run)
    assert record is not None
    package = CodePackage.from_bytes(bench.workspace.store.get_bytes(record.code))  # type: ignore[arg-type]
    cells = (("cell", "A = 1"), ("cell", "B = A + 1"), ("cell", "A = 5"), package.cells[-1])
    edited = replace(package, cells=cells, labels=("In [1]", "In [2]", "In [5]", "In [6]"))
    _keep(bench, record, edited)
    task = bench.task("sales/1/load/0")
    live = definitions_of(task)
    assert (live.get("A"), live.get("B")) == (5, 6)
    assert task.node.code.body.file == "<sales/1 · In [6]>"
    assert {statement.place.cell for statement in task.node.code.slice} == {"In [2]", "In [5]"}


def _keep(bench: Bench, record: RunRecord, package: CodePackage) -> None:
    code = bench.workspace.store.put_bytes(package.to_bytes())
    bench.workspace.metadata.update_run(record.flow, record.id, code=code)


def test_a_pickle_finds_the_class_of_its_own_run_and_nobody_else_notices(bench: Bench) -> None:
    bench.run(bench.request("class M:\n    v = 1", "%%step load\nm = M()", "%%step use\nv = m.v"))
    bench.run(bench.request("class M:\n    v = 2", "%%step load\nm = M()", "%%step use\nv = m.v"))
    present = sys.modules[MODULE]
    task = bench.task("sales/1/use/0")
    live = definitions_of(task)
    assert sys.modules[MODULE] is present
    then = ThenStore(bench.workspace.store, live).get(task.spec.inputs["m"])
    assert (then.v, type(then)) == (1, live.get("M"))
    assert bench.workspace.store.get(task.spec.inputs["m"]).v == 2
    assert sys.modules[MODULE] is present


def test_a_local_module_that_was_edited_is_named(bench: Bench) -> None:
    (bench.folder / "mine.py").write_text("K = 1\n")
    with _importable(bench.folder):
        bench.run(bench.request("%%step load\nimport mine\nx = mine.K"))
    task = bench.task("sales/1/load/0")
    assert task.changed_since(()) == ()
    (bench.folder / "mine.py").write_text("K = 2\n")
    assert [(each.kind, each.name) for each in task.changed_since(())] == [("module", "mine.py")]


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("mine", None)


# ---- texts that run on their own


def test_the_text_of_each_step_computes_in_a_process_of_its_own_what_the_step_left(bench: Bench) -> None:
    bench.run(bench.request(*notebook(), given={"alpha": 2.0}))
    for spec in ("load/0", "train/1", "deep/1-0", "inner/1", "best/0"):
        task = bench.task(f"sales/1/{spec}")
        said = bench.executed(script_of_task(task))
        assert task.record.manifest is not None
        left = {name: repr(bench.workspace.store.get(ref)) for name, ref in task.record.manifest.artifacts.items()}
        assert {name: said.get(name) for name in left} == left


def test_what_only_a_notebook_understands_runs_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "display", print, raising=False)
    monkeypatch.setenv("COLOUR", "red")
    monkeypatch.chdir(bench.folder)
    (bench.folder / "mine.py").write_text("K = 4\n")
    cells = (
        "%%parameters\nfrom datetime import date\nday: date = date(2026, 1, 2)\nmode: str = 'x'",
        "import enum\nclass M:\n    def __init__(self, v): self.v = v\n    def __repr__(self): return f'M({self.v})'",
        "%%setup\nprecision = 2",
        "%%step load\nm = M(3)",
        (
            "%%step use --env COLOUR=red\n"
            "from __future__ import annotations\nimport asyncio, mine, os\n"
            "!echo {m.v} > seen.txt\nwords = !echo $mode; cat seen.txt\n%time t = 1\n%matplotlib inline\n"
            "await asyncio.sleep(0)\nmade = M(m.v + mine.K + precision)\nsame = isinstance(m, M)\n"
            'text = """\n  kept\n"""\nyear, colour = day.year, os.environ["COLOUR"]\ndisplay(m)'
        ),
    )
    with _importable(bench.folder):
        bench.run(bench.request(*cells))
    text = script_of_task(bench.task("sales/1/use/0"))
    said = bench.executed(text)
    wanted = {
        "words": "['x', '3']",
        "t": "1",
        "made": "M(9)",
        "same": "True",
        "text": repr("\n  kept\n"),
        "year": "2026",
        "colour": "'red'",
    }
    assert {name: said.get(name) for name in wanted} == wanted
    assert "_shell('echo {} > seen.txt'.format((m.v)))  # !echo {m.v} > seen.txt" in text
    assert "t = 1  # %time" in text


def test_a_step_that_has_not_run_says_where_its_inputs_would_come_from(bench: Bench) -> None:
    request = bench.request(*notebook())
    text = script_of_step("sales", request.graph, request.graph["train"], request.parameters)
    assert "# xs = …  (from load)" in text
    assert "# region = …  (an item of regions)" in text
    assert "alpha = 0.5" in text
    assert text.endswith("# ---- step train\ny = [x * alpha for x in xs]\nname = f'{region}{index}'\n")
    compile(text, "train.py", "exec")
