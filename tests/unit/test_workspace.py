from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbflow.errors import StoreError
from nbflow.workspace import Workspace


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    monkeypatch.delenv("NBFLOW_USER", raising=False)


def test_a_workspace_is_made_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Workspace.nearest() is None
    workspace = Workspace.find()
    assert workspace.root == tmp_path / ".nbflow"
    assert (workspace.root / "format").read_text() == "nbflow store 1\n"
    assert (workspace.root / ".gitignore").read_text() == "*\n"


def test_a_workspace_is_found_upward(tmp_path: Path) -> None:
    made = Workspace.find(tmp_path)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert Workspace.find(deep).root == made.root
    assert not (deep / ".nbflow").exists()


def test_the_nearest_of_two_counts(tmp_path: Path) -> None:
    Workspace.find(tmp_path)
    inner = Workspace.open(tmp_path / "a" / ".nbflow")
    (tmp_path / "a" / "b").mkdir()
    assert Workspace.find(tmp_path / "a" / "b").root == inner.root


def test_a_folder_of_that_name_without_a_format_is_not_one(tmp_path: Path) -> None:
    (tmp_path / ".nbflow").mkdir()
    (tmp_path / "a").mkdir()
    assert Workspace.find(tmp_path / "a").root == tmp_path / "a" / ".nbflow"


def test_the_environment_names_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Workspace.find(tmp_path)
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "shared" / "store"))
    assert Workspace.find(tmp_path).root == tmp_path / "shared" / "store"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NBFLOW_ROOT", "~/mine")
    assert Workspace.find().root == tmp_path / "mine"


def test_the_user_is_the_environments_or_the_logins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    assert Workspace.open(tmp_path).user == "ada"
    monkeypatch.setenv("NBFLOW_USER", "grace")
    assert Workspace.open(tmp_path).user == "grace"


def test_a_user_without_a_name_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert Workspace.open(tmp_path).user == str(os.getuid())


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    first = Workspace.open(tmp_path / "w")
    ref = first.store.put([1, 2])
    (first.root / ".gitignore").write_text("mine\n")
    again = Workspace.open(tmp_path / "w")
    assert again.store.get(ref) == [1, 2]
    assert (again.root / ".gitignore").read_text() == "mine\n"


@pytest.mark.parametrize("text", ["nbflow store 2\n", "something else\n", "", "nbflow store x"])
def test_a_folder_of_another_format_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "format").write_text(text)
    with pytest.raises(StoreError) as caught:
        Workspace.open(tmp_path)
    assert caught.value.code == "NBF-S003"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written") as caught:
        Workspace.open(tmp_path / "file" / "w")
    assert caught.value.code == "NBF-S006"


def test_logs_and_code_have_their_places(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    log = workspace.log_path("f", "1", "train", "3-1", 0, "stdout")
    assert log == tmp_path / "logs" / "f" / "1" / "train" / "3-1" / "0-stdout"
    assert workspace.code_path("abc") == tmp_path / "code" / "abc.json"
    assert not log.parent.exists()


def test_store_and_metadata_are_opened_once(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    assert workspace.store is workspace.store
    assert workspace.metadata is workspace.metadata
    assert workspace.metadata.flows() == ()
    assert (tmp_path / "metadata.db").exists()
