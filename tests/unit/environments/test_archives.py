"""Archives: what goes in, and that nothing of when or where they were made does."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

from nbflow.environments.archive import write_archive
from nbflow.environments.own import own_pack
from nbflow.environments.packs import stored
from nbflow.environments.pruning import pruned
from nbflow.storage.memory import MemoryStorage


def installed(folder: Path, python: str, time: float) -> Path:
    """Write what an installer leaves: a package with tests, a script, its own notes."""
    for name, text in {
        "pandas/__init__.py": "",
        "pandas/tests/test_a.py": "x",
        "mine/tests/needed.py": "y",
        "mine/__pycache__/needed.cpython-311.pyc": python,
        "mine-1.dist-info/RECORD": f"mine/tests/needed.py,sha256=a,1\n../../bin/mine,sha256={hash(python)},9\nbin/mine,,\n",
        "mine-1.dist-info/INSTALLER": "uv",
        "mine-1.dist-info/uv_cache.json": str(time),
        "mine-1.dist-info/METADATA": "Name: mine",
        "bin/mine": f"#!{python}\nimport mine\n",
        "bin/long": f"#!/bin/sh\n'''exec' {python} \"$0\" \"$@\"\n' '''\nimport mine\n",
        "bin/tool": "\x7fELF",
        ".lock": "",
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (time, time))
    (folder / "bin" / "tool").chmod(0o755)
    return folder


def archived(folder: Path) -> bytes:
    made = io.BytesIO()
    write_archive(pruned(folder), made)
    return made.getvalue()


def test_the_same_packages_give_the_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    one = archived(installed(tmp_path / "a", "/home/ann/.venv/bin/python", 1e9))
    other = archived(installed(tmp_path / "somewhere" / "else", "/usr/bin/python3", 1.5e9))
    assert one == other
    # made in one second they would be equal anyway
    assert one[4:8] == bytes(4), "no time in its head"


def test_an_archive_has_what_is_imported_and_nothing_an_installer_wrote_for_itself(tmp_path: Path) -> None:
    data = archived(installed(tmp_path, "/home/ann/.venv/bin/python", 1e9))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = {member.name: member for member in archive}
        script = archive.extractfile("bin/mine")
        long = archive.extractfile("bin/long")
        record = archive.extractfile("mine-1.dist-info/RECORD")
        assert script and script.read() == b"#!/usr/bin/env python3\nimport mine\n"
        assert long and long.read() == b"#!/usr/bin/env python3\nimport mine\n"
        assert record and record.read() == b"mine/tests/needed.py,sha256=a,1\n"
    assert sorted(members) == [
        *("bin/long", "bin/mine", "bin/tool", "mine-1.dist-info/METADATA", "mine-1.dist-info/RECORD"),
        *("mine/tests/needed.py", "pandas/__init__.py"),
    ]
    assert members["bin/tool"].mode == 0o755
    assert {(each.mtime, each.uid, each.uname) for each in members.values()} == {(0, 0, "")}


def test_nbflow_itself_is_stored_once_under_what_is_in_it() -> None:
    storage = MemoryStorage()
    made = own_pack(storage)
    assert own_pack(storage) == made
    with tarfile.open(fileobj=io.BytesIO(storage.get(made.key))) as archive:
        names = archive.getnames()
    assert "nbflow/task/worker.py" in names and "nbflow/views/live/run.js" in names
    assert not [name for name in names if "__pycache__" in name or not name.startswith("nbflow/")]
    assert list(storage.list("")) == [made.key]


def test_an_archive_of_other_bytes_takes_no_ones_place(tmp_path: Path) -> None:
    storage = MemoryStorage()
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "b").write_bytes(b"second and longer")
    first = stored(storage, "x", tmp_path / "a", "3.12")
    other = stored(storage, "x", tmp_path / "b", "3.12")
    assert stored(storage, "x", tmp_path / "a", "3.12") == first
    assert (first.size, other.size, first.python) == (5, 17, "3.12")
    assert {storage.get(first.key), storage.get(other.key)} == {b"first", b"second and longer"}
