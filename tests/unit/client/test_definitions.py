"""Whose classes the values of a run have, in a process that has the flow's file, too."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest
from flow_terminal import FlowTerminal

from nbflow.client import Run
from tests.unit.client.conftest import Bench

TYPES = """
import enum
class Color(enum.Enum):
    RED = 1
"""
FLOW = f"""
from nbflow import FlowSpec, Run, namespace, step
{TYPES}
class Paint(FlowSpec):
    @step
    def start(self):
        self.color = Color.RED
        self.next(self.end)
    @step
    def end(self):
        pass

if __name__ == "__main__":
    run = Paint.run()
    print("same" if run.data.color is Color.RED else "another")
    import paint
    print("same" if run.data.color is Color.RED else "another")
"""


def stored(bench: Bench, file: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of the file `file`, whose text was `text`, that left a color."""
    module = ModuleType("nbflow_defs.Sales")
    exec(text, module.__dict__)
    with monkeypatch.context() as there:
        there.setitem(sys.modules, "nbflow_defs", ModuleType("nbflow_defs"))
        there.setitem(sys.modules, "nbflow_defs.Sales", module)
        run = bench.class_run(code=bench.code(text), source=str(file))
        bench.task(run, "end", left={"color": module.Color.RED}, flow="Sales")
    return Run(f"Sales/{run}")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The flow's file, where `import` finds it."""
    found = tmp_path / "sales_types.py"
    found.write_text(TYPES)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("nbflow_defs", "nbflow_defs.Sales", "sales_types"):
        # gone again after the test
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        del sys.modules[name]
    return found


def test_who_imported_the_file_reads_values_of_its_classes(
    bench: Bench, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = importlib.import_module("sales_types")
    assert stored(bench, file, TYPES, monkeypatch).data.color is held.Color.RED
    assert sys.modules["nbflow_defs.Sales"] is held
    assert sys.modules["nbflow_defs"].Sales is held


def test_who_imports_the_file_later_reads_values_of_its_classes_from_then_on(
    bench: Bench, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = stored(bench, file, TYPES, monkeypatch)
    before = run.data.color
    held = importlib.import_module("sales_types")
    assert before is not held.Color.RED
    assert Run(run.pathspec).data.color is held.Color.RED


def test_a_file_that_is_another_by_now_does_not_stand_for_the_run(
    bench: Bench, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = importlib.import_module("sales_types")
    newer = stored(bench, file, TYPES, monkeypatch)
    older = stored(bench, file, TYPES.replace("RED = 1", "RED = 7"), monkeypatch)
    assert newer.data.color is held.Color.RED
    assert older.data.color.value == 7
    assert Run(newer.pathspec).data.color is held.Color.RED


def test_a_file_that_is_gone_or_of_another_folder_does_not_stand_for_the_run(
    bench: Bench, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = importlib.import_module("sales_types")
    (tmp_path / "other").mkdir()
    assert stored(bench, tmp_path / "other" / file.name, TYPES, monkeypatch).data.color is not held.Color.RED
    file.unlink()
    assert stored(bench, file, TYPES, monkeypatch).data.color is not held.Color.RED


def test_a_module_that_has_not_come_so_far_does_not_stand_for_the_run(
    bench: Bench, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = ModuleType("sales_types")
    begun.__file__ = str(file)
    monkeypatch.setitem(sys.modules, "sales_types", begun)
    assert stored(bench, file, TYPES, monkeypatch).data.color.name == "RED"


def test_where_a_notebook_has_the_definitions_they_are_its(
    bench: Bench, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = stored(bench, file, TYPES, monkeypatch)
    importlib.import_module("sales_types")
    live = ModuleType("nbflow_defs.Sales")
    exec(TYPES, live.__dict__)
    monkeypatch.setitem(sys.modules, "nbflow_defs", ModuleType("nbflow_defs"))
    monkeypatch.setitem(sys.modules, "nbflow_defs.Sales", live)
    assert run.data.color is live.Color.RED


def test_the_program_and_who_imports_it_read_values_of_their_own_classes(tmp_path: Path) -> None:
    file = tmp_path / "paint.py"
    file.write_text(FLOW)
    terminal = FlowTerminal(tmp_path, file)
    # imported a second time beside the program, its classes are those of the program all the same
    assert terminal.ok().stdout.split()[-2:] == ["same", "same"]
    reader = tmp_path / "reader.py"
    reader.write_text(
        "from paint import Color\nfrom nbflow import Flow, namespace\nnamespace(None)\n"
        "color = Flow('Paint').latest_run.data.color\nprint(color is Color.RED, color == Color.RED)\n"
    )
    read = FlowTerminal(tmp_path, reader).ok()
    assert read.stdout.split() == ["True", "True"]
