"""A bucket with a folder before it."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from nbflow.errors import StoreError
from nbflow.storage.cached import CachedStorage
from nbflow.storage.faulty import FaultyStorage
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.store.blobs import Blobs

KEY = "blobs/ab/abcd"


class Counting(MemoryStorage):
    """Counts what it is asked, and lets uploads wait."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def get_file(self, key: str, path: Path, progress: object = None) -> None:
        self.asked.append(f"get {key}")
        super().get_file(key, path)

    def put_file(self, key: str, path: Path, progress: object = None) -> None:
        self.gate.wait(10)
        self.asked.append(f"put {key}")
        super().put_file(key, path)

    def size(self, key: str) -> int | None:
        self.asked.append(f"size {key}")
        return super().size(key)


@pytest.fixture
def far() -> Counting:
    return Counting()


@pytest.fixture
def storage(tmp_path: Path, far: Counting) -> CachedStorage:
    return CachedStorage(LocalStorage(tmp_path / "near"), far)


def marks(storage: CachedStorage) -> list[str]:
    folder = storage.near.root / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_blob_is_fetched_once(storage: CachedStorage, far: Counting) -> None:
    far.put(KEY, [b"content"])
    assert storage.get(KEY) == b"content"
    path = storage.file(KEY)
    assert path is not None and path.read_bytes() == b"content" and not path.stat().st_mode & 0o222
    assert storage.get(KEY, 2, 2) == b"nt"
    assert storage.size(KEY) == 7
    assert far.asked == [f"get {KEY}"]


def test_a_part_of_a_blob_does_not_bring_the_rest(storage: CachedStorage, far: Counting) -> None:
    far.put(KEY, [b"content"])
    assert storage.get(KEY, 2, 2) == b"nt"
    assert storage.near.size(KEY) is None


def test_a_blob_that_is_nowhere_is_missing_when_its_file_is_opened(storage: CachedStorage) -> None:
    path = storage.file(KEY)
    assert path is not None
    with pytest.raises(FileNotFoundError):
        path.open("rb")


def test_what_is_no_blob_is_not_near(storage: CachedStorage, far: Counting) -> None:
    storage.put("format", [b"1"])
    assert far.get("format") == b"1"
    assert list(storage.near.list()) == []
    assert storage.file("format") is None


def test_a_put_does_not_wait_for_the_upload_and_settle_does(storage: CachedStorage, far: Counting) -> None:
    far.gate.clear()
    storage.put(KEY, [b"content"])
    assert storage.get(KEY) == b"content"
    assert list(far.list()) == []
    assert marks(storage) == ["abcd"]
    far.gate.set()
    storage.settle()
    assert far.get(KEY) == b"content"
    assert marks(storage) == []


def test_a_blob_is_sent_when_its_name_is_known(storage: CachedStorage, far: Counting) -> None:
    def named() -> str:
        assert far.asked == []
        return KEY

    storage.put(named, [b"x" * 2_000_000])
    storage.settle()
    assert far.get(KEY) == b"x" * 2_000_000


def test_settle_says_what_could_not_be_sent_and_the_next_one_tries_again(tmp_path: Path) -> None:
    far = FaultyStorage(MemoryStorage(), at=0, number=errno.ECONNRESET)
    storage = CachedStorage(LocalStorage(tmp_path), far)
    storage.put(KEY, [b"content"])
    with pytest.raises(OSError, match="reset"):
        storage.settle()
    far.mend()
    storage.settle()
    storage.settle()
    assert far.inner.get(KEY) == b"content"


def test_what_a_process_died_before_sending_goes_with_the_next_put_of_it(tmp_path: Path) -> None:
    broken = FaultyStorage(MemoryStorage(), at=0)
    digest = Blobs(CachedStorage(LocalStorage(tmp_path), broken)).put(b"content")
    far = MemoryStorage()
    again = CachedStorage(LocalStorage(tmp_path), far)
    assert Blobs(again).put(b"content") == digest
    again.settle()
    assert Blobs(far).read(digest) == b"content"


def test_what_was_deleted_far_goes_again_with_the_next_put_of_it(tmp_path: Path) -> None:
    far = MemoryStorage()
    first = CachedStorage(LocalStorage(tmp_path), far)
    digest = Blobs(first).put(b"content")
    first.settle()
    far.delete_many([*far.list()])
    again = CachedStorage(LocalStorage(tmp_path), far)
    Blobs(again).put(b"content")
    again.settle()
    assert Blobs(far).read(digest) == b"content"


def test_what_somebody_else_sent_is_not_sent_again_when_it_is_large(tmp_path: Path, far: Counting) -> None:
    data = b"x" * 3_000_000
    Blobs(far).put(data)
    storage = CachedStorage(LocalStorage(tmp_path), far)
    Blobs(storage).put(data)
    storage.settle()
    assert not [each for each in far.asked if each.startswith("put")]
    assert marks(storage) == []


def test_putting_small_new_blobs_asks_the_bucket_nothing(storage: CachedStorage, far: Counting) -> None:
    blobs = Blobs(storage)
    digests = [blobs.put(str(number).encode()) for number in range(20)]
    storage.settle()
    assert sorted(far.asked) == sorted(f"put blobs/{digest[:2]}/{digest}" for digest in digests)


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_damaged_copy_is_replaced_from_the_bucket(storage: CachedStorage, size: int) -> None:
    digest = Blobs(storage).put(b"x" * size)
    storage.settle()
    path = storage.near.root / f"blobs/{digest[:2]}/{digest}"
    for open_ in (Blobs.read, Blobs.map):
        damaged = bytearray(path.read_bytes())
        damaged[-1] ^= 1
        path.chmod(0o644)
        path.write_bytes(damaged)
        assert bytes(open_(Blobs(storage, "always"), digest)) == b"x" * size


def test_a_damaged_blob_that_the_bucket_does_not_have_is_damaged(storage: CachedStorage, far: Counting) -> None:
    digest = Blobs(storage).put(b"content")
    storage.settle()
    far.delete(f"blobs/{digest[:2]}/{digest}")
    path = storage.near.root / f"blobs/{digest[:2]}/{digest}"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(StoreError) as caught:
        Blobs(storage).map(digest)
    assert caught.value.code == "NBF-S001"


def test_a_missing_blob_is_missing(storage: CachedStorage) -> None:
    blobs = Blobs(storage)
    digest = blobs.put(b"y" * 2_000_000)
    storage.delete(f"blobs/{digest[:2]}/{digest}")
    assert not blobs.has(digest)
    for look in (blobs.read, blobs.map):
        with pytest.raises(StoreError) as caught:
            look(digest)
        assert caught.value.code == "NBF-S002"


def test_a_full_disk_is_said_when_a_blob_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = MemoryStorage()
    digest = Blobs(far).put(b"content")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(far, "get_file", full)
    with pytest.raises(StoreError, match="cannot be written: No space left") as caught:
        Blobs(CachedStorage(LocalStorage(tmp_path), far)).read(digest)
    assert caught.value.code == "NBF-S006"


def test_a_blob_that_is_deleted_on_its_way_stays_deleted(storage: CachedStorage, far: Counting) -> None:
    far.gate.clear()
    storage.put(KEY, [b"content"])
    threading.Timer(0.1, far.gate.set).start()
    storage.delete(KEY)
    storage.settle()
    assert storage.size(KEY) is None
    assert marks(storage) == []


def test_a_child_of_a_fork_sends_what_is_its_own(storage: CachedStorage, far: Counting, tmp_path: Path) -> None:
    far.gate.clear()
    storage.put(KEY, [b"content"])
    child = os.fork()
    if child == 0:
        # the parent's upload is not waited for, and threads are there
        far.gate.set()
        storage.put("blobs/cd/cdef", [b"mine"])
        storage.settle()
        os._exit(0 if list(far.list()) == ["blobs/cd/cdef"] else 1)
    assert os.waitpid(child, 0)[1] == 0
    far.gate.set()
    storage.settle()
    assert list(far.list()) == [KEY]
