"""What every storage promises."""

from __future__ import annotations

import itertools
import os
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from s3_server import ENVIRONMENT, FOREIGN, client, s3_server

from nbflow.storage import objects
from nbflow.storage.base import Storage
from nbflow.storage.cached import CachedStorage
from nbflow.storage.failures import Reply, Where
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.storage.native import obstore
from nbflow.storage.objects import ObjectStorage
from nbflow.storage.urls import open_storage

ALL = ["local", "memory", "objects", "s3", "cached"]
numbers = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with s3_server() as url:
        client(url).create_bucket(Bucket="contract")
        yield url


@pytest.fixture(params=ALL)
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    match request.param:
        case "local":
            return LocalStorage(tmp_path / "store")
        case "memory":
            return MemoryStorage()
        case "objects":
            return ObjectStorage(InMemory())
        case "s3":
            for name, value in ENVIRONMENT.items():
                monkeypatch.setenv(name, value)
            for name in FOREIGN:
                monkeypatch.delenv(name, raising=False)
            monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("server"))
            return open_storage(f"s3://contract/a/prefix-{os.getpid()}-{next(numbers)}")
    return CachedStorage(LocalStorage(tmp_path / "near"), ObjectStorage(InMemory()))


class InMemory:
    """Opens one of obstore's stores that live in memory."""

    def __init__(self) -> None:
        self.store = obstore().store.MemoryStore()

    def where(self) -> Where:
        return Where("memory:///test")

    def open(self, *, repeat: bool) -> object:
        return self.store

    def learn(self, reply: Reply) -> bool:
        return False


def test_what_was_put_is_got(storage: Storage) -> None:
    assert storage.put("a/b", [b"one", bytearray(b"two"), memoryview(b"three")]) == "a/b"
    assert storage.get("a/b") == b"onetwothree"


def test_put_replaces_what_was_there(storage: Storage) -> None:
    storage.put("k", [b"old and longer"])
    storage.put("k", [b"new"])
    assert storage.get("k") == b"new"
    assert storage.size("k") == 3


def test_parts_of_numbers_are_put_as_their_bytes(storage: Storage) -> None:
    import array

    storage.put("k", [array.array("H", [1, 2])])
    assert storage.size("k") == 4


def test_a_key_may_be_said_after_the_bytes(storage: Storage) -> None:
    assert storage.put(lambda: "late/key", [b"x"]) == "late/key"
    assert storage.get("late/key") == b"x"


def test_a_key_that_cannot_be_said_leaves_nothing(storage: Storage) -> None:
    def fails() -> str:
        raise RuntimeError("no name")

    with pytest.raises(RuntimeError, match="no name"):
        storage.put(fails, [b"x"])
    assert list(storage.list()) == []


def test_a_part_is_got(storage: Storage) -> None:
    storage.put("k", [b"0123456789"])
    assert storage.get("k", 2, 3) == b"234"
    assert storage.get("k", 7) == b"789"
    assert storage.get("k", 8, 100) == b"89"
    assert storage.get("k", 100) == b""


def test_a_missing_key_has_no_size_and_cannot_be_got(storage: Storage) -> None:
    assert storage.size("no") is None
    with pytest.raises(FileNotFoundError):
        storage.get("no")


def test_nothing_is_something(storage: Storage) -> None:
    storage.put("empty", [])
    assert storage.size("empty") == 0
    assert storage.get("empty") == b""


def test_put_new_takes_only_a_free_key(storage: Storage) -> None:
    assert storage.put_new("k", [b"first"]) is True
    assert storage.put_new("k", [b"second"]) is False
    assert storage.get("k") == b"first"
    # the same bytes are no better, nor are none
    assert storage.put_new("k", [b"first"]) is False
    assert storage.put_new("empty", []) is True
    assert storage.put_new("empty", []) is False


def test_of_many_that_put_new_one_wins(storage: Storage) -> None:
    winners: list[int] = []
    ready = threading.Barrier(64)

    def race(number: int) -> None:
        ready.wait()
        if storage.put_new("contested", [str(number).encode() * 1000]):
            winners.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1
    assert storage.get("contested") == str(winners[0]).encode() * 1000


def test_list_gives_the_keys_of_a_prefix(storage: Storage) -> None:
    for key in ("blobs/ab/1", "blobs/ab/2", "blobs/ac/3", "blobsy", "other"):
        storage.put(key, [b"."])
    assert sorted(storage.list("blobs/a")) == ["blobs/ab/1", "blobs/ab/2", "blobs/ac/3"]
    assert sorted(storage.list("blobs/ab/")) == ["blobs/ab/1", "blobs/ab/2"]
    assert sorted(storage.list()) == ["blobs/ab/1", "blobs/ab/2", "blobs/ac/3", "blobsy", "other"]
    assert list(storage.list("nowhere/")) == []


def test_a_deleted_key_is_gone_and_may_be_deleted_again(storage: Storage) -> None:
    storage.put("k/l", [b"x"])
    storage.delete("k/l")
    storage.delete("k/l")
    storage.delete("k/l/m")
    assert storage.size("k/l") is None
    assert storage.put_new("k/l", [b"y"])


def test_list_goes_on_after_a_key_in_order(storage: Storage) -> None:
    for key in ("j/3", "j/1", "j/10", "j/2", "k/1", "jay"):
        storage.put(key, [b"."])
    assert list(storage.list("j/", after="j/1")) == ["j/10", "j/2", "j/3"]
    assert list(storage.list("j/", after="j/2x")) == ["j/3"]
    assert list(storage.list("j/", after="k")) == []
    assert list(storage.list(after="j/2")) == ["j/3", "jay", "k/1"]


def test_more_keys_than_a_page_are_listed(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_PAGE", 50)
    keys = [f"many/{number:04}" for number in range(123)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda key: storage.put(key, [b"."]), keys))
    assert sorted(storage.list("many/")) == keys
    assert list(storage.list("many/", after="many/0100")) == keys[101:]
    storage.delete_many(keys[1:])
    assert list(storage.list("many/")) == keys[:1]


def test_of_keys_that_are_deleted_some_may_be_missing(storage: Storage) -> None:
    storage.put("a", [b"1"])
    storage.put("blobs/aa/b", [b"2"])
    storage.delete_many(["a", "no", "blobs/aa/b", "blobs/aa/no"])
    storage.delete_many([])
    assert list(storage.list()) == []


@pytest.mark.parametrize("key", ["files/x", "blobs/ab/x"])
@pytest.mark.parametrize("size", [0, 10, 17_000_000])
def test_a_file_goes_and_comes_back(storage: Storage, tmp_path: Path, key: str, size: int) -> None:
    data = random.Random(size).randbytes(size)
    (tmp_path / "there").write_bytes(data)
    went: list[tuple[int, int]] = []
    came: list[tuple[int, int]] = []
    storage.put_file(key, tmp_path / "there", progress=lambda done, total: went.append((done, total)))
    storage.settle()
    assert storage.size(key) == size
    storage.get_file(key, tmp_path / "back", progress=lambda done, total: came.append((done, total)))
    assert (tmp_path / "back").read_bytes() == data
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["back", "there"]
    if size:
        assert went[-1] == (size, size) and went == sorted(went)
        assert came[-1] == (size, size) and came == sorted(came)
    assert storage.get(key, 3, 4) == data[3:7]
    assert storage.get(key) == data


def test_a_missing_file_leaves_what_there_is(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        storage.get_file("no", tmp_path / "kept")
    with pytest.raises(FileNotFoundError):
        storage.put_file("no", tmp_path / "nothing")
    assert (tmp_path / "kept").read_bytes() == b"old"
    assert storage.size("no") is None


def test_large_parts_are_put_one_after_the_other(storage: Storage) -> None:
    parts = [b"head", random.Random(1).randbytes(9_000_000), b"", b"tail"]
    storage.put("blobs/ab/large", parts)
    storage.settle()
    assert storage.get("blobs/ab/large") == b"".join(parts)


def test_what_was_found_near_is_kept(storage: Storage) -> None:
    storage.put("blobs/ab/abc", [b"x"])
    storage.keep("blobs/ab/abc")
    storage.settle()
    assert storage.get("blobs/ab/abc") == b"x"


def test_a_file_of_a_key_holds_its_bytes(storage: Storage) -> None:
    for key in ("k", "blobs/ab/k"):
        storage.put(key, [b"content"])
        path = storage.file(key)
        assert path is None or path.read_bytes() == b"content"
