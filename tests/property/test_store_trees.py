"""Whatever tree of files a step leaves, it comes back as it was, and equal trees are one value."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nbflow import Directory, File
from nbflow.model.artifact import ArtifactRef
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.store.files import chunks
from nbflow.store.files.keeping import files_kept_in
from nbflow.store.store import Store

#: bytes and whether the file may be run; sizes on both sides of those that change how a file is kept
sizes = st.sampled_from([0, 1, 100, 4095, 4096, chunks.SMALL - 1, chunks.SMALL, chunks.SMALL + 1, 200_000])
files = st.tuples(sizes, st.binary(min_size=1, max_size=3), st.booleans())
names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda name: name not in {".", ".."} and len(name.encode()) < 100
)
trees = st.recursive(
    st.dictionaries(names, files, max_size=5),
    lambda inner: st.dictionaries(names, st.one_of(files, inner), max_size=5),
    max_leaves=12,
)


def laid_out(tree: dict[str, Any], folder: Path) -> Path:
    folder.mkdir()
    for name, each in tree.items():
        if isinstance(each, dict):
            laid_out(each, folder / name)
        else:
            size, pattern, executable = each
            (folder / name).write_bytes((pattern * size)[:size])
            (folder / name).chmod(0o755 if executable else 0o644)
    return folder


def seen(folder: Path) -> dict[str, Any]:
    """Return what is in a folder, by path."""
    found: dict[str, Any] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        else:
            found[name] = None if path.is_dir() else (path.read_bytes(), os.access(path, os.X_OK))
    return found


@settings(max_examples=40, deadline=None)
@given(trees, st.booleans())
def test_a_tree_comes_back_as_it_was(tree: dict[str, Any], in_a_folder: bool) -> None:
    home = Path(tempfile.mkdtemp())
    try:
        store = Store(LocalStorage(home / "store") if in_a_folder else MemoryStorage())
        value = Directory(laid_out(tree, home / "tree"))
        ref = ArtifactRef.from_json(store.put(value).to_json())
        found = store.get(ref, trusted=False)
        assert seen(found.path) == seen(home / "tree")
        assert (found, found.digest, hash(found)) == (value, value.digest, hash(value))
        assert store.digest(found) == ref.digest
        # where it lies does not matter, nor whether it was stored when it was made a value or later
        shutil.copytree(home / "tree", home / "other" / "tree")
        with files_kept_in(store.blobs):
            at_once = Directory(home / "other" / "tree")
        assert store.put(at_once).digest == ref.digest
        for path in found.files:
            file = found / path
            assert isinstance(file, File)
            assert file.read_bytes() == (home / "tree" / path).read_bytes()
            assert store.put(file).digest == store.digest(File(home / "tree" / path))
        for name in (name for name, each in tree.items() if isinstance(each, dict)):
            assert store.put(found / name).digest == store.digest(Directory(home / "tree" / name))
    finally:
        shutil.rmtree(home)


@settings(max_examples=40, deadline=None)
@given(trees, trees)
def test_trees_are_one_value_when_they_are_equal_and_only_then(one: dict[str, Any], other: dict[str, Any]) -> None:
    home = Path(tempfile.mkdtemp())
    try:
        store = Store(MemoryStorage())
        first = Directory(laid_out(one, home / "one"), name="tree")
        second = Directory(laid_out(other, home / "other"), name="tree")
        equal = seen(home / "one") == seen(home / "other")
        assert (store.digest(first) == store.digest(second)) is equal
        assert (first == second) is equal
    finally:
        shutil.rmtree(home)
