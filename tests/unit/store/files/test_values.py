"""Files and folders as values: what is kept, what is refused, where they are opened."""

from __future__ import annotations

import copy
import json
import os
import pickle
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nbflow import Directory, File
from nbflow.errors import StoreError
from nbflow.model.artifact import ArtifactRef
from nbflow.storage.memory import MemoryStorage
from nbflow.store.files import listing
from nbflow.store.files.chunks import CHUNK
from nbflow.store.files.keeping import files_kept_in
from nbflow.store.files.opened import Place
from nbflow.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "config.json").write_text('{"a": 1}')
    (folder / "deep" / "er" / "words.txt").write_text("one\ntwo\n")
    (folder / "deep" / "run.sh").write_text("#!/bin/sh\n")
    (folder / "deep" / "run.sh").chmod(0o755)
    return folder


def blobs(store: Store) -> set[str]:
    return {key.rpartition("/")[2] for key in store.blobs.storage.list("blobs/")}


def inodes(store: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in store.glob("blobs/*/*")}


def through(store: Store, value: object) -> ArtifactRef:
    return ArtifactRef.from_json(store.put(value).to_json())


# ---- a file


def test_a_file_is_read_in_every_way(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"one\r\ntwo\xc3\xa9")
    ref = through(store, File(path))
    assert (ref.kind, ref.type, ref.summary) == ("file", "File", "words.txt")
    path.unlink()
    found = store.get(ref)
    assert (found.name, found.size, found.executable) == ("words.txt", 10, False)
    assert found.read_bytes() == b"one\r\ntwo\xc3\xa9" == Path(found).read_bytes()
    assert found.read_text() == "one\ntwoé" == Path(found).read_text()
    with found.open() as raw, found.open("r") as text:
        assert raw.read(3) == b"one" and text.readline() == "one\n"
    assert found.path.name == "words.txt" and not Path(found).stat().st_mode & 0o222
    with pytest.raises(ValueError, match="does not change"):
        found.open("w")


def test_a_file_in_a_task_is_what_it_was_when_it_was_made(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    made = []
    with files_kept_in(store.blobs):
        for number in range(3):
            path.write_text(f"{number}" * 100_000)
            made.append(File(path))
        path.unlink()
    assert [store.get(store.put(each)).read_text()[0] for each in made] == ["0", "1", "2"]
    assert made[0].path.read_text()[0] == "0", "its own path holds something else by now"


def test_a_file_outside_of_tasks_must_stay_as_it_was(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("one")
    value = File(path)
    assert value.path == path and store.digest(value) == store.digest(File(path))
    path.write_text("other")
    for use in (store.put, lambda each: each.digest, lambda each: each.size, lambda each: each.path):
        with pytest.raises(StoreError, match="S031"):
            use(value)


def test_a_file_that_is_there_is_not_written_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    first = os.urandom(CHUNK)
    path.write_bytes(first + b"end")
    store.put(File(path))
    before = inodes(tmp_path / "store")
    with path.open("ab") as file:
        file.write(b"more")
    with files_kept_in(store.blobs):
        grown = store.put(File(path))
    after = inodes(tmp_path / "store")
    assert before.items() <= after.items() and len(after) == len(before) + 1
    assert store.get(grown).read_bytes() == first + b"endmore"


def test_a_file_handed_on_is_not_read(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(200_000))
    found = store.get(store.put(File(path)))
    key = f"blobs/{found._taken.chunks[0].ref.blob[:2]}/{found._taken.chunks[0].ref.blob}"
    store.blobs.storage.delete(key)
    assert store.put({"again": found, "twice": [found]}).buffers
    with pytest.raises(StoreError, match="S002"):
        found.read_bytes()


def test_a_file_goes_from_one_store_to_another(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(CHUNK + 5))
    other = Store(MemoryStorage())
    ref = other.put([store.get(store.put(File(path)))])
    assert other.get(ref)[0].path.read_bytes() == path.read_bytes()


def test_a_file_crosses_to_other_processes_of_the_machine(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(b"x" * 100_000)
    found = store.get(store.put(File(path)))
    data = tmp_path / "pickle"
    data.write_bytes(pickle.dumps(found))
    code = f"import pickle; print(pickle.loads(open({str(data)!r}, 'rb').read()).path.stat().st_size)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "100000\n"
    assert copy.deepcopy(found) is found and pickle.loads(pickle.dumps(File(path))) == found


@pytest.mark.parametrize("what", ["missing", "folder", "pipe", "socket"])
def test_what_is_no_file_is_refused_with_the_reason(tmp_path: Path, what: str) -> None:
    path = tmp_path / "thing"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    told = {"missing": "no such file", "folder": "nbflow.Directory", "pipe": "a pipe", "socket": "a socket"}[what]
    with pytest.raises(StoreError, match="S030") as refused:
        File(path).digest  # noqa: B018
    assert told in str(refused.value)


# ---- a folder


def test_a_folder_gives_its_files_one_by_one(store: Store, tree: Path) -> None:
    found = store.get(through(store, Directory(tree)))
    assert found.files == ("config.json", "deep/er/words.txt", "deep/run.sh")
    assert [each.name for each in found] == ["config.json", "deep"]
    assert [each.name for each in found.glob("**/*.txt")] == ["words.txt"]
    assert [each.name for each in found.glob("deep/*")] == ["er", "run.sh"]
    assert (found / "deep" / "er" / "words.txt").read_text() == "one\ntwo\n"
    assert (found / "deep/run.sh").executable and "deep/er" in found and "nothing" not in found
    assert (found / "deep").files == ("er/words.txt", "run.sh")
    with pytest.raises(StoreError, match=r"S032.*Did you mean 'config.json'"):
        found / "confg.json"


def test_links_within_a_folder_stay_links_and_those_to_files_elsewhere_become_files(store: Store, tree: Path) -> None:
    outside = tree.parent / "weights.bin"
    outside.write_bytes(b"w" * 10)
    (tree / "deep" / "up").symlink_to("../config.json")
    (tree / "folder").symlink_to("deep/er")
    (tree / "weights.bin").symlink_to(outside)
    found = store.get(store.put(Directory(tree)))
    at = found.path
    assert (at / "deep" / "up").readlink() == Path("../config.json") and (at / "folder").is_symlink()
    assert (at / "weights.bin").read_bytes() == b"w" * 10 and not (at / "weights.bin").is_symlink()
    assert (found / "folder" / "words.txt").read_text() == "one\ntwo\n" == (found / "folder/words.txt").read_text()


@pytest.mark.parametrize("target", ["nowhere", "..", "/", "loop"])
def test_links_that_lead_elsewhere_are_refused(tree: Path, target: str) -> None:
    (tree / "loop").symlink_to(target)
    with pytest.raises(StoreError, match="S030") as refused:
        Directory(tree).digest  # noqa: B018
    assert "loop" in str(refused.value)


def test_a_change_in_one_of_many_small_files_stores_few_of_them(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number}").write_bytes(f"{number},".encode() * 2000)
    store.put(Directory(folder))
    before = blobs(store)
    (folder / "500").write_bytes(b"other")
    store.put(Directory(folder))
    added = sum(store.blobs.storage.size(f"blobs/{key[:2]}/{key}") or 0 for key in blobs(store) - before)
    assert added < (2 << 20), "of ten megabytes"


# ---- where they are opened


def test_processes_of_a_machine_share_a_file_and_the_last_one_removes_it(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(CHUNK + 5))
    taken = store.get(store.put(File(path)))._taken
    root = tmp_path / "opened"
    places = [Place(root), Place(root)]
    opened = [place.file("big.bin", taken.entry, taken.chunks) for place in places]
    assert len({each.stat().st_ino for each in opened}) == 1 and opened[0].read_bytes() == path.read_bytes()
    places[0].close()
    assert opened[1].exists() and not opened[0].exists() and any(root.glob("whole/*"))
    places[1].close()
    assert [each.name for each in root.rglob("*")] == ["whole"]


def test_a_shared_file_that_was_written_to_is_not_given_to_others(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(2 << 20))
    taken = store.get(store.put(File(path)))._taken
    one, other = Place(tmp_path / "opened"), Place(tmp_path / "opened")
    first = one.file("big.bin", taken.entry, taken.chunks)
    first.chmod(0o644)
    with first.open("r+b") as file:
        file.write(b"damage")
    assert other.file("big.bin", taken.entry, taken.chunks).read_bytes() == path.read_bytes()


def test_what_a_killed_process_left_is_removed(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(2 << 20))
    data = tmp_path / "pickle"
    data.write_bytes(pickle.dumps(store.get(store.put(File(path)))))
    code = f"import os, pickle; print(pickle.loads(open({str(data)!r}, 'rb').read()).path, flush=True); os._exit(9)"
    left = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    assert Path(left).exists()
    Place(tmp_path / "store" / "opened").close()
    assert not Path(left).exists() and not any((tmp_path / "store" / "opened" / "whole").iterdir())


# ---- what a store may not make of us


@pytest.mark.parametrize(
    "entry",
    [
        {"..": [0, "0" * 64, 0, 0, 0]},
        {"a/b": [0, "0" * 64, 0, 0, 0]},
        {"a": "/etc/passwd"},
        {"a": "/b", "b": {}},
        {"a": "../../x"},
        {"a": "missing"},
        {"a": "../b", "b": {}},
        # by its text it stays within, on a disk it does not
        {"e": {}, "y": {}, "s": {"t": {"d": "../../e", "x": "d/../../y"}, "y": {}}},
        {"a": [-1, "0" * 64, 0, 0, 0]},
        {"a": [1, "zz", 0, 0, 0]},
        {"a": 3},
        [1, 2],
        None,
    ],
)
def test_a_listing_that_leads_elsewhere_is_damage(entry: object) -> None:
    with pytest.raises(StoreError, match="S001"):
        listing.read(json.dumps(["name", entry]).encode())
    with pytest.raises(StoreError, match="S001"):
        listing.read(json.dumps(["../name", {}]).encode())


def test_sizes_that_do_not_fit_the_bytes_are_damage(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 10)
    found = store.get(store.put(File(path)))
    longer = replace(found._taken, entry=replace(found.entry, size=11))
    with pytest.raises(StoreError, match="S001"):
        File.stored("a", longer).read_bytes()


def test_links_within_are_taken_as_the_system_takes_them() -> None:
    tree = {"..b": {"c": {}}, "a": "..b", "d": "a/c/../c", "e": {"f": "../a/c"}}
    name, read = listing.read(json.dumps(["name", tree]).encode())
    assert name == "name" and isinstance(read, dict)
    assert listing.found(read, "e/f") == {} == listing.found(read, "d") and listing.found(read, "../a") is None
