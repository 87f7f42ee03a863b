"""What may be done in a bucket, tried on storages that fall short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbflow.storage.memory import MemoryStorage
from nbflow.upkeep.access import access
from nbflow.upkeep.aws.bucket import _clock


class Overwriting(MemoryStorage):
    """As a server that does not know conditions."""

    def put_new(self, key: str, parts: Sequence[Any]) -> bool:
        self.put(key, parts)
        return True


class Full(MemoryStorage):
    def put_new(self, key: str, parts: Sequence[Any]) -> bool:
        raise OSError(28, "No space left on device")


def test_all_that_a_store_needs_is_tried_and_nothing_is_left() -> None:
    storage = MemoryStorage()
    assert access(lambda: storage, "memory:///a").level == "fine"
    assert list(storage.list()) == []


def test_a_server_that_overwrites_what_is_to_stay_is_told() -> None:
    storage = Overwriting()
    found = access(lambda: storage, "s3://a/b")
    assert found.level == "broken" and "If-None-Match" in found.said
    assert list(storage.list()) == []


def test_what_fails_is_told_in_its_own_words() -> None:
    found = access(Full, "s3://a/b")
    assert found.level == "broken" and found.said.startswith("you cannot write") and "No space left" in found.said


def test_a_clock_that_is_not_the_servers_is_told() -> None:
    assert _clock("Wed, 01 Jan 2020 00:00:00 GMT").level == "warning"
    assert "ahead of the server's" in _clock("Wed, 01 Jan 2020 00:00:00 GMT").said
    assert "behind the server's" in _clock("Sat, 01 Jan 2120 00:00:00 GMT").said
