from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest

from nbflow.errors import StoreError
from nbflow.storage.faulty import FaultyStorage
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.store import blobs as module
from nbflow.store.blobs import Blobs, digest_of
from nbflow.store.framing import OFFSET

SIZES = (0, 1, 100, 4096, 70_000, (1 << 20) + 1, (8 << 20) + 5)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(LocalStorage(tmp_path))


def file_of(blobs: Blobs, digest: str) -> Path:
    path = blobs.storage.file(f"blobs/{digest[:2]}/{digest}")
    assert path is not None
    return path


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def code(blobs: Blobs, digest: str, way: str = "read") -> str:
    with pytest.raises(StoreError) as caught:
        getattr(blobs, way)(digest)
    return caught.value.code


@pytest.mark.parametrize("size", SIZES)
def test_a_blob_is_read_and_mapped_as_it_was_put(blobs: Blobs, size: int) -> None:
    data = random.Random(size).randbytes(size)
    digest = blobs.put(data)
    assert digest == digest_of(data)
    assert blobs.read(digest) == data
    assert blobs.map(digest) == data


def test_storages_without_files_give_private_memory(tmp_path: Path) -> None:
    blobs = Blobs(MemoryStorage())
    digest = blobs.put(b"abc")
    view = blobs.map(digest)
    view[0] = ord("x")
    assert blobs.map(digest) == b"abc"


def test_what_is_mapped_may_be_changed_and_the_blob_stays(blobs: Blobs) -> None:
    digest = blobs.put(bytes(100_000))
    mapped = blobs.map(digest)
    mapped[5] = 1
    assert blobs.map(digest)[5] == 0
    assert digest_of(blobs.map(digest)) == digest


def test_a_payload_is_aligned_to_a_page(blobs: Blobs) -> None:
    import numpy as np

    view = blobs.map(blobs.put(bytes(100_000)))
    assert np.frombuffer(view, "u1").__array_interface__["data"][0] % 4096 == 0


def test_equal_bytes_are_one_file(blobs: Blobs, tmp_path: Path) -> None:
    first, second = blobs.put(b"x" * 5000), blobs.put(bytearray(b"x" * 5000))
    assert first == second
    assert sum(1 for path in (tmp_path / "blobs").rglob("*") if path.is_file()) == 1


@pytest.mark.parametrize("way", ["read", "map"])
def test_a_missing_blob_says_so(blobs: Blobs, way: str) -> None:
    assert code(blobs, "0" * 64, way) == "NBF-S002"


def test_every_changed_byte_of_a_small_blob_is_seen(tmp_path: Path) -> None:
    blobs = Blobs(LocalStorage(tmp_path))
    digest = blobs.put(b"sixteen bytes ..")
    path = file_of(blobs, digest)
    whole = path.read_bytes()
    for place in [*range(64), *range(OFFSET, len(whole))]:
        broken = bytearray(whole)
        broken[place] ^= 0x10
        overwrite(path, bytes(broken))
        assert code(Blobs(LocalStorage(tmp_path)), digest) == "NBF-S001"
        assert code(Blobs(LocalStorage(tmp_path)), digest, "map") == "NBF-S001"


@pytest.mark.parametrize("size", [200_000, 3 << 20])
def test_damage_to_a_large_blob_is_seen_on_the_next_open(blobs: Blobs, size: int) -> None:
    chance = random.Random(size)
    digest = blobs.put(chance.randbytes(size))
    path = file_of(blobs, digest)
    whole = path.read_bytes()
    for _ in range(20):
        broken = bytearray(whole)
        broken[OFFSET + chance.randrange(size)] ^= 1 << chance.randrange(8)
        overwrite(path, bytes(broken))
        assert code(blobs, digest, "map") == "NBF-S001"


@pytest.mark.parametrize("way", ["read", "map"])
def test_a_blob_in_place_of_another_is_seen(blobs: Blobs, way: str) -> None:
    for size in (100, 3 << 20):
        digest, other = blobs.put(b"a" * size), blobs.put(b"b" * size)
        path = file_of(blobs, digest)
        path.unlink()
        os.link(file_of(blobs, other), path)
        assert code(blobs, digest, way) == "NBF-S001"


@pytest.mark.parametrize("keep", [0, 30, 64, OFFSET, OFFSET + 1, OFFSET + 99_999])
@pytest.mark.parametrize("way", ["read", "map"])
def test_a_cut_blob_is_seen(blobs: Blobs, keep: int, way: str) -> None:
    digest = blobs.put(b"z" * 100_000)
    path = file_of(blobs, digest)
    overwrite(path, path.read_bytes()[:keep])
    assert code(blobs, digest, way) == "NBF-S001"


def test_putting_the_bytes_again_mends_a_damaged_blob(blobs: Blobs) -> None:
    for size in (100, 100_000, 3 << 20, 9 << 20):
        data = random.Random(size).randbytes(size)
        digest = blobs.put(data)
        path = file_of(blobs, digest)
        broken = bytearray(path.read_bytes())
        broken[-1] ^= 1
        overwrite(path, bytes(broken))
        again = Blobs(blobs.storage)
        again.put(data)
        assert again.map(digest) == data


def test_a_large_blob_is_hashed_once_on_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Blobs(LocalStorage(tmp_path))
    digest = writer.put(bytes(2 << 20))
    hashed: list[int] = []

    def counting(*parts: bytes) -> str:
        hashed.append(len(parts))
        return digest_of(*parts)

    monkeypatch.setattr(module, "digest_of", counting)
    # another process of this machine, as far as the marks go
    Blobs(LocalStorage(tmp_path)).map(digest)
    assert hashed == []
    Blobs(LocalStorage(tmp_path), "always").map(digest)
    assert hashed == [1]


def test_marks_of_another_boot_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = Blobs(LocalStorage(tmp_path)).put(bytes(2 << 20))
    (marks,) = (tmp_path / "verified").iterdir()
    marks.rename(marks.with_name("another-boot"))
    path = file_of(Blobs(LocalStorage(tmp_path)), digest)
    stat = path.stat()
    broken = bytearray(path.read_bytes())
    broken[-1] ^= 1
    overwrite(path, bytes(broken))
    # what a crash of the machine loses does not show in the time of a file
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert code(Blobs(LocalStorage(tmp_path)), digest, "map") == "NBF-S001"


def test_a_torn_mark_is_no_mark(tmp_path: Path) -> None:
    digest = Blobs(LocalStorage(tmp_path)).put(bytes(2 << 20))
    (marks,) = (tmp_path / "verified").iterdir()
    marks.write_bytes(marks.read_bytes()[:30])
    assert Blobs(LocalStorage(tmp_path)).map(digest) == bytes(2 << 20)


def test_the_header_is_checked_whatever_was_verified(tmp_path: Path) -> None:
    blobs = Blobs(LocalStorage(tmp_path), "never")
    digest = blobs.put(bytes(100))
    path = file_of(blobs, digest)
    overwrite(path, path.read_bytes()[:-1])
    assert code(blobs, digest, "map") == "NBF-S001"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EMFILE])
@pytest.mark.parametrize("size", [100, 9 << 20])
def test_a_disk_that_fails_gives_one_clear_error_and_works_when_mended(tmp_path: Path, number: int, size: int) -> None:
    data = random.Random(1).randbytes(size)
    whole = FaultyStorage(LocalStorage(tmp_path), at=1000)
    Blobs(whole).put(data)
    assert whole.count >= 1
    for at in range(whole.count):
        storage = FaultyStorage(LocalStorage(tmp_path / str(at)), at, number)
        blobs = Blobs(storage)
        with pytest.raises(StoreError, match=os.strerror(number)) as caught:
            blobs.put(data)
        assert caught.value.code == "NBF-S006"
        storage.mend()
        assert blobs.read(blobs.put(data)) == data


def test_a_read_that_fails_once_is_repeated(tmp_path: Path) -> None:
    inner = LocalStorage(tmp_path)
    digest = Blobs(inner).put(b"abc")

    class Once(LocalStorage):
        failed = False

        def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
            data = super().get(key, start, size)
            if not self.failed:
                self.failed = True
                return data[:-1] + b"?"
            return data

    assert Blobs(Once(tmp_path)).read(digest) == b"abc"


def test_threads_that_put_the_same_bytes_do_not_disturb_each_other(blobs: Blobs) -> None:
    from concurrent.futures import ThreadPoolExecutor

    data = [bytes([number]) * 200_000 for number in range(5)]
    with ThreadPoolExecutor(8) as threads:
        digests = list(threads.map(blobs.put, data * 8))
    assert digests == [digest_of(each) for each in data] * 8
    assert all(blobs.read(digest) == each for digest, each in zip(digests, data * 8, strict=True))
