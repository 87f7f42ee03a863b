"""`nbflow.history`: runs as a sequence, whatever it shows."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest

import nbflow
from nbflow import Flow, NbflowError, Run
from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Five runs of `sales`, by two people, and one of `Prices`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    workspace = Workspace.open(tmp_path / ".nbflow")
    for number in range(5):
        add(workspace, "sales", user="grace" if number % 2 else "ada", parameters={"alpha": ("int", number, "given")})
    add(workspace, "Prices")
    return workspace


def add(workspace: Workspace, flow: str, **changes: Any) -> str:
    now, owner = time.time(), f"{socket.gethostname()}:{os.getpid()}"
    given = {"user": "ada", "created_at": now, "started_at": now, "finished_at": now + 1, "owner": owner, **changes}
    made = RunRecord(FlowName(flow), RunId(""), given.pop("kind", "run"), RunStatus.SUCCEEDED, **given)
    return str(workspace.metadata.create_run(made).id)


def names(runs: Any) -> list[str]:
    return [run.pathspec for run in runs]


def test_it_is_a_sequence_of_runs_the_newest_first_whoever_made_them(store: Workspace) -> None:
    runs = nbflow.history("sales")
    assert names(runs) == [f"sales/{number}" for number in (5, 4, 3, 2, 1)]
    assert isinstance(runs[0], Run) and runs[-1].pathspec == "sales/1" and runs[1].user == "grace"
    assert len(runs) == 5 and runs[3] in runs and "sales/9" not in runs
    assert names(nbflow.history())[0] == "Prices/1"
    with pytest.raises(IndexError):
        runs[5]


def test_the_namespace_is_not_heeded(store: Workspace) -> None:
    nbflow.namespace("user:ada")
    try:
        assert len(names(nbflow.history("sales"))) == 5 and nbflow.history("sales")[1].user == "grace"
    finally:
        nbflow.default_namespace()


def test_a_part_of_it_is_a_history_of_those_runs(store: Workspace) -> None:
    part = nbflow.history("sales")[1:3]
    assert names(part) == ["sales/4", "sales/3"]
    shown = repr(part).splitlines()
    assert len(shown) == 3 and shown[1].startswith("4 ") and shown[2].startswith("3 ")
    assert names(part[1:]) == ["sales/3"]


def test_flows_are_named_by_text_object_or_class(store: Workspace) -> None:
    class Prices:
        pass

    assert names(nbflow.history(Prices)) == names(nbflow.history(Prices())) == ["Prices/1"]
    assert len(nbflow.history(Flow("sales", namespace=None))) == 5
    assert len(nbflow.history(["sales", Prices])) == 6
    with pytest.raises(NbflowError, match=r"M001[\s\S]*Did you mean 'sales'"):
        nbflow.history("sale")


def test_filters_order_and_limit_hold_for_the_sequence(store: Workspace) -> None:
    found = nbflow.history("sales", user="ada", where="alpha>0", sort="alpha", limit=1)
    assert names(found) == ["sales/3"]
    assert "the first 1 of 2 runs" in repr(found)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"staus": "failed"}, "nbflow.history(status='failed')"),
        ({"parameters": {"alpha": 1}}, "nbflow.history(where={'alpha': 1})"),
        ({"alpha": 1}, "nbflow.history(where={'alpha': 1})"),
        ({"colour": "red"}, "it takes: flow, status, tag, user, since, until, where, drafts, sort, limit"),
    ],
)
def test_a_filter_that_there_is_not_is_told_with_the_one_that_was_meant(
    store: Workspace, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(NbflowError, match="V008") as failed:
        nbflow.history(**given)
    assert said in str(failed.value)


def test_it_is_compared_the_oldest_run_first(store: Workspace) -> None:
    found = nbflow.compare(nbflow.history("sales", limit=3))
    assert names(found.runs) == ["sales/3", "sales/4", "sales/5"]


def test_runs_that_begin_later_are_shown_and_are_not_in_it(store: Workspace) -> None:
    runs = nbflow.history("sales")
    add(store, "sales")
    assert len(runs) == 5 and "sales/6" not in names(runs)
    assert repr(runs).splitlines()[1].startswith("6 ")


def test_drafts_are_in_it_when_asked_for_and_in_its_parts(store: Workspace) -> None:
    add(store, "sales", kind="draft")
    latest = nbflow.history("sales", drafts=True)[:1]
    assert names(latest) == ["sales/draft-1"] and repr(latest).splitlines()[1].startswith("draft-1 ")


def test_it_is_shown_as_html_and_as_a_table(store: Workspace) -> None:
    runs = nbflow.history("sales")
    assert "Runs of sales" in runs._repr_html_()
    assert runs.to_frame().alpha.tolist() == [4, 3, 2, 1, 0]
    assert runs[:2].to_frame().run.tolist() == ["sales/5", "sales/4"]


def test_where_nothing_has_run_it_is_empty_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    runs = nbflow.history()
    assert (len(runs), repr(runs)) == (0, "no runs yet") and "No runs yet" in runs._repr_html_()


def test_what_is_no_flow_is_told_as_it_was_given(store: Workspace) -> None:
    with pytest.raises(NbflowError, match=r"M001.*there is no flow '12'"):
        nbflow.history(12)
