"""What every storage promises."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from nbflow.storage.base import Storage
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage


@pytest.fixture(params=["local", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return LocalStorage(tmp_path / "store") if request.param == "local" else MemoryStorage()


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


def test_of_many_that_put_new_one_wins(storage: Storage) -> None:
    winners: list[int] = []
    ready = threading.Barrier(8)

    def race(number: int) -> None:
        ready.wait()
        if storage.put_new("contested", [str(number).encode() * 1000]):
            winners.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
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


def test_a_file_of_a_key_holds_its_bytes(storage: Storage) -> None:
    storage.put("k", [b"content"])
    path = storage.file("k")
    assert path is None or path.read_bytes() == b"content"
