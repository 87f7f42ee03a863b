from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbflow.storage.local import LocalStorage
from nbflow.store.store import Store
from nbflow.store.unwrapped import unwrapped


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(LocalStorage(tmp_path))


CHANGES: dict[str, tuple[Any, Callable[[Any], object]]] = {
    "deque": (deque([1]), lambda it: it.append(2)),
    "Counter": (Counter("ab"), lambda it: it.update("a")),
    "OrderedDict": (OrderedDict(a=1, b=2), lambda it: it.move_to_end("a")),
    "defaultdict": (defaultdict(list, a=[1]), lambda it: it["b"].append(1)),
    "defaultdict emptied": (defaultdict(list, a=[1]), lambda it: it["a"].clear()),
    "inside others": ({"x": [(Counter("a"),)]}, lambda it: it["x"][0][0].update("b")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_container_of_collections_that_was_changed_is_certainly_changed(store: Store, name: str) -> None:
    value, change = CHANGES[name]
    loaded = store.load({"x": store.put(value)})
    assert loaded.change("x", loaded.values["x"]) == "same"
    change(loaded.values["x"])
    assert loaded.change("x", loaded.values["x"]) == "changed"


def test_a_key_that_was_only_looked_up_is_no_certain_change(store: Store) -> None:
    loaded = store.load({"x": store.put(defaultdict(list))})
    assert loaded.values["x"]["k"] == []
    assert loaded.change("x", loaded.values["x"]) == "perhaps"


def test_kinds_and_limits_are_told_apart() -> None:
    assert unwrapped(Counter(a=1)) != unwrapped(OrderedDict(a=1))
    assert unwrapped(deque([1])) != unwrapped(deque([1], maxlen=2))
    assert unwrapped([1, {"a": (2,)}]) == [1, {"a": (2,)}]
