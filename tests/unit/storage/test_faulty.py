from __future__ import annotations

import errno

import pytest

from nbflow.storage.faulty import FaultyStorage
from nbflow.storage.memory import MemoryStorage


def test_it_fails_from_the_given_operation_on_until_mended() -> None:
    storage = FaultyStorage(MemoryStorage(), at=2, number=errno.EROFS)
    storage.put("a", [b"1"])
    assert storage.get("a") == b"1"
    for _ in range(2):
        with pytest.raises(OSError, match="Read-only file system") as caught:
            storage.put("b", [b"2"])
        assert caught.value.errno == errno.EROFS
    storage.mend()
    storage.put("b", [b"2"])
    assert storage.count == 5


def test_every_operation_counts() -> None:
    storage = FaultyStorage(MemoryStorage(), at=100)
    storage.put("a", [b"1"])
    storage.put_new("b", [b"1"])
    storage.size("a")
    list(storage.list())
    storage.delete("a")
    assert storage.count == 5
