"""What doctor says of the folder that the store is in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbflow.upkeep import place
from nbflow.upkeep.place import Place, place_of
from nbflow.workspace import Workspace


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_store_is_found_here_above_by_name_or_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / ".nbflow"
    Workspace.open(root)
    assert place_of(None) == Place(root, "in this folder", exists=True)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert place_of(None) == Place(root, "found above this folder", exists=True)
    assert place_of("../.nbflow").why == "named by --store"
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "other"))
    assert place_of(None) == Place(tmp_path / "other", "named by NBFLOW_ROOT", exists=False)


def test_no_store_yet_is_no_trouble_and_leaves_no_trace(tmp_path: Path) -> None:
    found = place.store(place_of(None))
    assert found.level == "fine" and f"the first run makes {tmp_path / '.nbflow'}" in found.said
    assert place.disk(place_of(None)).level == "fine"
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_was_named_must_be_there(tmp_path: Path) -> None:
    assert place.store(place_of(str(tmp_path / "nowhere"))).level == "broken"


def test_a_store_shows_where_it_is_and_why(tmp_path: Path) -> None:
    Workspace.open(tmp_path / ".nbflow")
    assert place.store(place_of(None)).said == f"{tmp_path / '.nbflow'} · in this folder"


def test_a_store_of_a_newer_version_is_told(tmp_path: Path) -> None:
    (tmp_path / ".nbflow").mkdir()
    (tmp_path / ".nbflow" / "format").write_text("nbflow store 99\n")
    found = place.store(place_of(None))
    assert found.level == "broken" and "99" in found.said


def test_room_and_file_system_are_told_and_the_trial_file_is_gone(tmp_path: Path) -> None:
    found = place.disk(place_of(None))
    assert " free" in found.said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_broken() -> None:
    found = place.disk(place_of("/proc/self"))
    assert found.level == "broken" and "cannot be written" in found.said


@pytest.mark.parametrize(("threshold", "level"), [("_ROOM_WARNING", "warning"), ("_ROOM_BROKEN", "broken")])
def test_little_room_is_told_before_it_ends_a_run(monkeypatch: pytest.MonkeyPatch, threshold: str, level: str) -> None:
    monkeypatch.setattr(place, threshold, 1 << 62)
    assert place.disk(place_of(None)).level == level


def test_few_files_left_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_FEW_FILES", 1 << 62)
    found = place.disk(place_of(None))
    # some file systems have no table of files that could be full
    assert found.level == ("warning" if os.statvfs(".").f_files else "fine")


def test_a_file_system_whose_clock_differs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_written", lambda _: -90.0)
    found = place.disk(place_of(None))
    assert found.level == "warning" and "1 min 30 s" in found.said


def test_a_network_file_system_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "network_type", lambda _: "nfs4")
    found = place.disk(place_of(None))
    assert found.level == "warning" and "NBFLOW_ROOT" in found.fixes[0]
