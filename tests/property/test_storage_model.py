"""Whatever is put and deleted in whatever order, a storage is a dictionary of bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nbflow.storage.base import Storage
from nbflow.storage.cached import CachedStorage
from nbflow.storage.failures import Reply, Where
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.storage.native import obstore
from nbflow.storage.objects import ObjectStorage

# no key is another's folder, as a file system wants it
keys = st.builds(
    "{}/{}".format, st.sampled_from(["blobs/ab", "blobs/abc", "blobs", "j", "k é"]), st.sampled_from("01a~ ")
).map(lambda key: f"{key}.x")
prefixes = st.sampled_from(["", "b", "blobs/", "blobs/ab", "blobs/ab/", "blobs/abc", "j/0", "k", "no/"])
data = st.binary(max_size=20)


class InMemory:
    def __init__(self) -> None:
        self.store = obstore().store.MemoryStore()

    def where(self) -> Where:
        return Where("memory:///model")

    def open(self, *, repeat: bool) -> Any:
        return self.store

    def learn(self, reply: Reply) -> bool:
        return False


class Model(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.all: list[Storage] = [
            MemoryStorage(),
            LocalStorage(root / "local"),
            ObjectStorage(InMemory()),
            CachedStorage(LocalStorage(root / "near"), ObjectStorage(InMemory())),
        ]
        self.held: dict[str, bytes] = {}

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(key=keys, value=data)
    def put(self, key: str, value: bytes) -> None:
        assert [each.put(key, [value[:3], value[3:]]) for each in self.all] == [key] * 4
        self.held[key] = value

    @rule(key=keys, value=data)
    def put_new(self, key: str, value: bytes) -> None:
        free = key not in self.held
        assert [each.put_new(key, [value]) for each in self.all] == [free] * 4
        self.held.setdefault(key, value)

    @rule(some=st.lists(keys, max_size=3))
    def delete(self, some: list[str]) -> None:
        for each in self.all:
            each.delete_many(some)
        for key in some:
            self.held.pop(key, None)

    @rule(key=keys, start=st.integers(0, 25), size=st.none() | st.integers(0, 25))
    def get(self, key: str, start: int, size: int | None) -> None:
        for each in self.all:
            try:
                found = each.get(key, start, size)
            except FileNotFoundError:
                assert key not in self.held
            else:
                assert found == self.held[key][start : None if size is None else start + size]

    @rule(prefix=prefixes, after=st.just("") | keys)
    def list(self, prefix: str, after: str) -> None:
        wanted = sorted(key for key in self.held if key.startswith(prefix) and key > after)
        for each in self.all:
            found = [*each.list(prefix, after)]
            assert (found if after else sorted(found)) == wanted

    @invariant()
    def sizes_are_right(self) -> None:
        for key in ("blobs/ab/0.x", "j/1.x"):
            assert {each.size(key) for each in self.all} == {len(self.held[key]) if key in self.held else None}


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
