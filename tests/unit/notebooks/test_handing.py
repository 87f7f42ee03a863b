"""Values handed back by cells, in whatever form a language has for that."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

import nbflow
from nbflow.errors import NbflowError
from nbflow.notebooks import handing
from nbflow.notebooks.handing import REFERENCES, ROOT, VALUES, handed_back
from nbflow.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = Workspace.find(tmp_path)
    monkeypatch.setenv(ROOT, str(made.root))
    return made


def shown(*bundles: dict[str, Any]) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": each, "metadata": {}} for each in bundles]
    return {"cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": outputs}]}


def test_python_hands_over_values_of_any_type_by_the_store(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[handing.Handed] = []
    monkeypatch.setattr(handing, "_display", seen.append)
    nbflow.result(rmse=0.5, when={1, 2})
    bundle = json.loads(json.dumps(seen[0]._repr_mimebundle_()))
    assert set(bundle) == {"text/plain", REFERENCES}
    assert handed_back(shown(bundle), workspace.store) == {"rmse": 0.5, "when": {1, 2}}


def test_other_languages_display_json_and_scrapbook_its_scraps(workspace: Workspace) -> None:
    scrap = {"application/scrapbook.scrap.json+json": {"name": "n", "data": [1], "encoder": "json", "version": 1}}
    raw = shown({VALUES: {"a": 1, "b": 2}}, {VALUES: '{"b": 3}'}, scrap, {"text/plain": "x"})
    assert handed_back(raw, workspace.store) == {"a": 1, "b": 3, "n": [1]}


def test_where_nobody_runs_the_notebook_a_result_is_only_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT, raising=False)
    seen: list[handing.Handed] = []
    monkeypatch.setattr(handing, "_display", seen.append)
    nbflow.result(rmse=0.5, table=list(range(100)))
    assert seen[0]._repr_mimebundle_() == {"text/plain": "result rmse = 0.5\nresult table = <list>"}


def test_a_value_that_cannot_be_kept_and_one_without_a_name_are_refused(workspace: Workspace) -> None:
    with pytest.raises(NbflowError) as lock:
        nbflow.result(lock=threading.Lock())
    assert lock.value.code == "NBF-W010" and "'lock'" in str(lock.value)
    for values in ((1,), ()):
        with pytest.raises(NbflowError) as nameless:
            nbflow.result(*values)
        assert nameless.value.code == "NBF-W017"


def test_given_brings_what_the_flow_put_in_the_store(workspace: Workspace) -> None:
    ref = workspace.store.put({"a": 1})
    digest = workspace.store.put_bytes(json.dumps(ref.to_json()).encode())
    assert nbflow.given(digest) == {"a": 1}
