from __future__ import annotations

import pickle
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from nbflow.model.artifact import ArtifactRef
from nbflow.model.task import InputsSpec, TaskSpec, ViewSpec
from nbflow.model.value import encode
from nbflow.store.store import Store
from nbflow.task.inputs import Inputs, joined
from nbflow.workspace import Workspace

Zygote = Any


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Workspace.open(tmp_path).store


def table(store: Store, **values: Any) -> dict[str, ArtifactRef]:
    return {name: store.put(value) for name, value in values.items()}


def inputs_of(store: Store, spec: InputsSpec, *tables: dict[str, ArtifactRef]) -> Inputs:
    fields = dict.fromkeys(("task", "root", "cwd", "code", "source", "cell", "file"), "")
    found = joined(
        store, TaskSpec("body", step="j", attempt=0, sys_path=(), line=1, **fields, tables=tables, joined=spec)
    )
    assert found is not None
    return found


@pytest.fixture
def regions(store: Store) -> Inputs:
    """A foreach over three regions, the second skipped."""
    views = (ViewSpec("train", 0, (0, 3), "region"), ViewSpec("train", 2, (1, 3), "region"))
    return inputs_of(
        store,
        InputsSpec(views, over="train", skipped=(1,)),
        table(store, rmse=2.5, region="eu", model={"k": [1]}),
        table(store, rmse=1.5, region="us", model={"k": [2]}),
        table(store, unused=1),
        table(store, base="shared", rmse=9),
    )


@pytest.fixture
def branches(store: Store) -> Inputs:
    views = (ViewSpec("linear", None, (0, 2)), ViewSpec("forest", None, (1, 2)))
    return inputs_of(
        store,
        InputsSpec(views, branches=("linear", "forest")),
        table(store, m=1, z=4),
        table(store, m=2, index="its own"),
        table(store, df=[1]),
    )


class TestInputs:
    def test_are_an_immutable_sequence(self, regions: Inputs) -> None:
        assert len(regions) == 2
        assert [view.region for view in regions] == ["eu", "us"]
        assert regions[0].region == regions[-2].region == "eu"
        assert [view.region for view in regions[1:]] == ["us"]
        assert [view.region for view in reversed(regions)] == ["us", "eu"]
        assert regions[0] in regions
        assert min(regions, key=lambda task: task.rmse).region == "us"
        with pytest.raises(IndexError, match=r"NBF-T023  inputs has 2 tasks, there is no inputs\[2\]"):
            regions[2]
        with pytest.raises(IndexError, match="inputs has 1 task, there"):
            regions[1:][-2]
        with pytest.raises(TypeError):
            regions[0] = 1  # type: ignore[index]
        with pytest.raises(AttributeError):
            regions.x = 1  # type: ignore[misc]

    def test_name_the_branches(self, branches: Inputs) -> None:
        assert (branches.linear.m, branches.forest.m) == (1, 2)
        assert [view.step for view in branches] == ["linear", "forest"]
        with pytest.raises(AttributeError, match="Did you mean 'forest'"):
            _ = branches.forrest

    def test_are_the_sequence_under_the_name_of_the_joined_step(self, regions: Inputs) -> None:
        assert regions.train is regions
        with pytest.raises(AttributeError, match="no task of 'test' is joined here"):
            _ = regions.test

    def test_find_the_one_task_that_has_values(self, regions: Inputs) -> None:
        assert regions.by(region="us").index == 2
        assert regions.by(region="us", rmse=1.5).index == 2
        with pytest.raises(LookupError, match="no task has region='cn'"):
            regions.by(region="cn")
        with pytest.raises(LookupError, match="2 tasks have base='shared'"):
            regions.by(base="shared")

    def test_know_what_was_skipped(self, regions: Inputs) -> None:
        assert regions.skipped == [1]

    def test_may_be_empty(self, store: Store) -> None:
        empty = inputs_of(store, InputsSpec((), over="train"))
        assert (len(empty), list(empty), empty.train) == (0, [], empty)

    def test_complete_their_names(self, branches: Inputs, regions: Inputs) -> None:
        assert dir(branches) == ["by", "forest", "linear", "skipped"]
        assert dir(regions) == ["by", "skipped", "train"]
        assert "base" in dir(regions[0])

    def test_are_not_stored(self, store: Store, regions: Inputs) -> None:
        for value in (regions, regions[0], [regions[0]]):
            with pytest.raises(TypeError, match="a window into the store"):
                pickle.dumps(value)
            with pytest.raises(Exception, match="a window into the store"):
                store.put(value)

    def test_say_what_they_are(self, branches: Inputs, regions: Inputs) -> None:
        assert repr(branches) == "<inputs: linear, forest>"
        assert repr(regions[1]) == "<task train[2]>"


class TestView:
    def test_shows_what_a_step_below_would_read(self, regions: Inputs) -> None:
        assert (regions[0].rmse, regions[0].base) == (2.5, "shared")

    def test_loads_a_value_once(self, regions: Inputs) -> None:
        assert regions[0].model is regions[0].model
        regions[0].model["k"].append(5)
        assert regions[0].model == {"k": [1, 5]}
        assert regions[1].model == {"k": [2]}

    def test_knows_its_place(self, regions: Inputs) -> None:
        assert (regions[1].index, regions[1].step) == (2, "train")
        assert regions[1].artifacts == ["base", "model", "region", "rmse"]

    def test_shows_an_artifact_of_its_own_before_its_place(self, branches: Inputs) -> None:
        assert branches.forest.index == "its own"
        assert branches.linear.index is None

    def test_names_the_nearest_when_there_is_none(self, regions: Inputs) -> None:
        with pytest.raises(AttributeError, match=r"train\[0\] left no 'rmes'. Did you mean 'rmse'"):
            _ = regions[0].rmes
        assert not hasattr(regions[0], "__array__")

    def test_is_read_only(self, regions: Inputs) -> None:
        with pytest.raises(AttributeError, match="write rmse = … without the view"):
            regions[0].rmse = 1
        with pytest.raises(AttributeError, match="read-only"):
            del regions[0].rmse


class TestInABody:
    def test_a_join_reads_views(self, zygote: Zygote) -> None:
        tables = tuple(table(zygote.store, m=m, region=r) for m, r in ((3, "eu"), (1, "us")))
        views = tuple(ViewSpec("t", number, (number,), "region") for number in range(2))
        source = "w = [(i.m, i.region, i.index) for i in inputs]\nbest = min(inputs.t, key=lambda t: t.m).region\nn = len(inputs)"
        ended = zygote.run(source, tables=tables, joined=InputsSpec(views, over="t"))
        assert ended.values == {"w": [(3, "eu", 0), (1, "us", 1)], "best": "us", "n": 2}

    def test_items_and_indexes_are_names(self, zygote: Zygote) -> None:
        ended = zygote.run("x = f'{region}{index}'", give={"region": "eu"}, values={"index": 4})
        assert ended.values == {"x": "eu4"}

    def test_names_of_skipped_givers_are_their_defaults(self, zygote: Zygote) -> None:
        ended = zygote.run("x = [y, z]", defaults={"y": "None", "z": "{'a': -1}"})
        assert ended.values == {"x": [None, {"a": -1}]}

    def test_parameters_have_their_types(self, zygote: Zygote, definition: Any) -> None:
        class Colour(Enum):
            RED = 1

        Colour.__module__ = "nbflow_defs.test"
        Colour.__qualname__ = "Colour"
        given = {"day": date(2026, 1, 1), "folder": Path("a"), "colour": Colour.RED, "names": ["a"]}
        parameters = {name: ("", encode(value)) for name, value in given.items()}
        statements = [
            definition("from enum import Enum", "Enum"),
            definition("class Colour(Enum): RED = 1", "Colour", now=("Enum",)),
        ]
        source = "import sys\nx = [day.year, str(folder / 'b'), colour.name, colour is sys.modules[__name__].Colour.RED, names]"
        ended = zygote.run(source, parameters=parameters, statements=statements)
        assert ended.values == {"x": [2026, "a/b", "RED", True, ["a"]]}

    def test_an_input_whose_bytes_are_gone_is_named(self, zygote: Zygote) -> None:
        ref = zygote.store.put(list(range(100_000)))
        for file in (zygote.workspace.root / "blobs").rglob("*"):
            if ref.header is not None and file.is_file() and ref.header.blob in str(file).replace("/", ""):
                file.unlink()
        failure = zygote.run("n = len(big)", inputs={"big": ref}).failure
        assert failure.code == "T016"
        assert "could not read 'big'" in failure.message
        assert failure.line is None

    def test_an_input_of_a_class_of_the_flow_is_of_that_class(self, zygote: Zygote, definition: Any) -> None:
        point = definition(
            "class Point:\n    def __init__(self, x): self.x = x\n    def norm(self): return size(self.x)",
            "Point",
            later=("size",),
        )
        size = definition("def size(v): return abs(v)", "size")
        made = zygote.run("p = Point(-3)", statements=[point, size], slice=(1, 0), roots=("Point",))
        read = zygote.run("n = p.norm()", statements=[point, size], inputs=made.manifest.artifacts)
        assert read.values == {"n": 3}

    def test_an_input_of_a_class_of_a_body_is_of_that_class(self, zygote: Zygote, definition: Any) -> None:
        source = "class Point:\n    x = 4\np = Point()"
        made = zygote.run(source, statements=[definition("class Point:\n    x = 4", "Point")], leaves=("p",))
        assert made.done
        read = zygote.run(
            "import sys\nn = p.x\nsame = type(p) is sys.modules[__name__].Point",
            statements=[definition("class Point:\n    x = 4", "Point")],
            inputs=made.manifest.artifacts,
        )
        assert read.values == {"n": 4, "same": True}
