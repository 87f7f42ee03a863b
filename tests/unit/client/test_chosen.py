"""Which store the client reads."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nbflow
import nbflow.metadata
from nbflow.client import Flow, Metaflow, Run
from nbflow.client.chosen import default_metadata, get_metadata, inspect_spin, metadata
from nbflow.errors import MetadataError, NotFoundError
from tests.unit.client.conftest import Bench


@pytest.fixture
def elsewhere(bench: Bench, tmp_path: Path) -> Bench:
    """Another store, in a folder of its own, with two runs where the first has one."""
    bench.run()
    other = Bench(tmp_path / "project" / ".nbflow")
    other.run()
    other.run()
    return other


def test_the_store_of_the_working_directory_is_read_at_first(bench: Bench) -> None:
    assert get_metadata() == f"local@{bench.workspace.root}"


@pytest.mark.parametrize("spelled", ["local@{}", "{}", "local@{}/.nbflow", "{}/.nbflow"])
def test_another_store_is_read_from_then_on(elsewhere: Bench, tmp_path: Path, spelled: str) -> None:
    said = metadata(spelled.format(tmp_path / "project"))
    assert said == get_metadata() == f"local@{elsewhere.workspace.root}"
    assert Flow("quick").latest_run == Run("quick/2", workspace=elsewhere.workspace)
    # what it says can be given back
    assert metadata(said) == said
    assert default_metadata() == f"local@{tmp_path / 'store'}"
    assert Flow("quick").latest_run.id == "1"


def test_a_folder_without_a_store_changes_nothing_and_gets_none(elsewhere: Bench, tmp_path: Path) -> None:
    for spelled in (
        "local@/nowhere/at/all",
        str(tmp_path),
        "service@https://example.org",
        "https://example.org",
        "s3@x",
    ):
        with pytest.raises(MetadataError, match="NBF-M015"):
            metadata(spelled)
    assert get_metadata() == f"local@{tmp_path / 'store'}"
    assert not (tmp_path / ".nbflow").exists()


def test_things_keep_the_store_they_came_from(elsewhere: Bench, tmp_path: Path) -> None:
    metadata(str(tmp_path / "project"))
    flow = Flow("quick")
    kept = pickle.dumps(flow)
    default_metadata()
    assert [run.id for run in flow] == [run.id for run in pickle.loads(kept)] == ["2", "1"]
    assert flow["2"].parent == flow


def test_a_pickle_whose_store_is_not_here_is_looked_up_in_the_one_at_hand(elsewhere: Bench, tmp_path: Path) -> None:
    metadata(str(tmp_path / "project"))
    kept = pickle.dumps(Run("quick/1"))
    default_metadata()
    shutil.rmtree(tmp_path / "project")
    assert pickle.loads(kept) == Run("quick/1")
    assert not (tmp_path / "project").exists()


def test_the_package_of_that_name_can_be_called(elsewhere: Bench, tmp_path: Path) -> None:
    package: Any = nbflow.metadata if callable(nbflow.metadata) else sys.modules["nbflow.metadata"]
    assert package(f"local@{tmp_path / 'project'}") == f"local@{elsewhere.workspace.root}"
    assert sys.modules["nbflow.metadata"](f"local@{tmp_path / 'store'}") == f"local@{tmp_path / 'store'}"


@pytest.mark.parametrize("first", ["import nbflow.metadata.sqlite", "from nbflow import Run", "pass"])
def test_the_name_is_a_function_whatever_was_imported_before(elsewhere: Bench, tmp_path: Path, first: str) -> None:
    script = f"{first}\nimport nbflow\nprint(nbflow.metadata('{tmp_path / 'project'}'))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"local@{elsewhere.workspace.root}"


# ---- all flows


def test_all_flows_are_listed_by_name(bench: Bench) -> None:
    for flow in ("b", "a", "c"):
        bench.run(flow=flow)
    store = Metaflow()
    assert [flow.id for flow in store] == [flow.id for flow in store.flows] == ["a", "b", "c"]
    assert store._ipython_key_completions_() == ["a", "b", "c"]
    assert store["b"] == Flow("b")
    assert "b" in store
    assert "z" not in store
    with pytest.raises(KeyError, match="there is no flow 'z'"):
        store["z"]
    assert "a" in store._repr_html_()
    assert "namespace" in store._repr_html_()


def test_where_nothing_ran_there_are_no_flows_and_no_store_is_made(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.delenv("NBFLOW_ROOT")
    monkeypatch.chdir(tmp_path / "empty")
    assert Metaflow().flows == []
    assert "z" not in Metaflow()
    with pytest.raises(NotFoundError):
        Metaflow()["z"]
    assert get_metadata() == f"local@{tmp_path / 'empty' / '.nbflow'}"
    assert list((tmp_path / "empty").iterdir()) == []


# ---- tasks that ran alone


def test_tasks_that_ran_alone_are_not_among_the_runs_until_one_asks(bench: Bench) -> None:
    bench.run()
    bench.run(kind="spin")
    flow = Flow("quick")
    assert [run.id for run in flow] == ["1"]
    assert [run.id for run in flow.runs(drafts=True)] == ["1"]
    assert flow.latest_run == flow.latest_successful_run == Run("quick/1")
    assert Run("quick/spin-1").successful
    inspect_spin()
    assert [run.id for run in flow] == ["spin-1", "1"]
    assert flow.latest_run == Run("quick/spin-1")
    default_metadata()
    assert flow.latest_run == Run("quick/1")


def test_they_can_be_looked_at_in_another_store(elsewhere: Bench, tmp_path: Path) -> None:
    elsewhere.run(kind="spin")
    inspect_spin(tmp_path / "project")
    assert get_metadata() == f"local@{elsewhere.workspace.root}"
    assert [run.id for run in Flow("quick")] == ["spin-1", "2", "1"]
    metadata(str(tmp_path / "project"))
    assert [run.id for run in Flow("quick")] == ["2", "1"]
    with pytest.raises(MetadataError, match="NBF-M015"):
        inspect_spin(tmp_path)


def test_a_flow_of_spins_alone_is_there_and_has_no_latest_run(bench: Bench) -> None:
    bench.run(kind="spin")
    assert Flow("quick").latest_run is None
