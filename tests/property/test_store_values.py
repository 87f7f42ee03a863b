"""Whatever plain value a step leaves, it comes back as it was, with one digest for all that equals it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from nbflow.model.artifact import ArtifactRef
from nbflow.storage.memory import MemoryStorage
from nbflow.store.store import Store

hashable = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.binary(max_size=8), st.dates()
)
keys = st.one_of(hashable, st.tuples(hashable, hashable), st.frozensets(hashable, max_size=3))
arrays = st.builds(
    np.array,
    st.lists(st.integers(0, 100), max_size=20),
    st.sampled_from(["i2", "f8", "M8[s]", "U4", object]),
)
frames = st.lists(st.tuples(st.integers(0, 9), st.floats(), st.text(max_size=3)), max_size=8).map(
    lambda rows: pd.DataFrame(rows, columns=["i", "f", "t"])
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(keys, inner, max_size=5),
        st.sets(keys, max_size=5),
        # one value reached twice
        inner.map(lambda value: [value, (value, {"k": value})]),
        # long containers have forms of their own
        st.lists(hashable, min_size=1, max_size=3).map(lambda values: values * 40),
        st.lists(st.text(max_size=3), min_size=1, max_size=3).map(lambda values: values * 40),
    )


values = st.recursive(st.one_of(hashable, arrays, frames), containers, max_leaves=25)


def alike(first: Any, second: Any) -> bool:
    """Return whether two values are of the same types with the same content, NaN and the order of keys included."""
    if type(first) is not type(second):
        return False
    if isinstance(first, float):
        return (math.isnan(first) and math.isnan(second)) or (first, str(first)) == (second, str(second))
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(alike, first, second))
    if isinstance(first, dict):
        return alike(list(first.items()), list(second.items()))
    if isinstance(first, set | frozenset):
        return len(first) == len(second) and all(any(alike(one, other) for other in second) for one in first)
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and first.shape == second.shape and alike(first.tolist(), second.tolist())
    if isinstance(first, pd.DataFrame):
        return list(first.dtypes) == list(second.dtypes) and first.equals(second)
    return bool(first == second)


def rebuilt(value: Any) -> Any:
    """Return an equal value of which no text, tuple or date is the same object, sets filled the other way round.

    What is mutable keeps being one where it was one.
    """
    made: dict[int, Any] = {}

    def again(value: Any) -> Any:
        if isinstance(value, str):
            return "".join(list(value))
        if isinstance(value, bytes):
            return bytes(bytearray(value))
        if isinstance(value, tuple):
            return tuple([again(each) for each in value])
        if isinstance(value, frozenset):
            return frozenset([again(each) for each in reversed(list(value))])
        if id(value) in made:
            return made[id(value)]
        if isinstance(value, list):
            new: Any = []
            made[id(value)] = new
            new.extend(again(each) for each in value)
        elif isinstance(value, dict):
            new = {}
            made[id(value)] = new
            new.update((again(key), again(each)) for key, each in value.items())
        elif isinstance(value, set):
            new = {again(each) for each in reversed(list(value))}
        elif isinstance(value, np.ndarray | pd.DataFrame):
            new = value.copy()
        else:
            return value.replace() if hasattr(value, "replace") else value
        made[id(value)] = new
        return new

    return again(value)


@given(values)
def test_a_plain_value_comes_back_with_its_digest(value: Any) -> None:
    store = Store(MemoryStorage())
    ref = ArtifactRef.from_json(store.put(value).to_json())
    # an array of objects that is reached twice is a pickle; everything else opens without trust
    found = store.get(ref, trusted=ref.kind == "pickle")
    assert alike(found, value)
    assert store.digest(found) == ref.digest
    assert store.load({"x": ref}).change("x", value) == "same"


@given(values)
def test_equal_values_have_one_digest_however_they_were_made(value: Any) -> None:
    store = Store(MemoryStorage())
    other = rebuilt(value)
    assert alike(other, value)
    assert store.digest(other) == store.digest(value)


@given(values, values)
def test_values_that_differ_have_other_digests(first: Any, second: Any) -> None:
    store = Store(MemoryStorage())
    if not alike(first, second):
        assert store.digest(first) != store.digest(second)


@given(values)
def test_many_values_of_one_writer_come_back(value: Any) -> None:
    store = Store(MemoryStorage())
    writer = store.writer()
    for number in range(3):
        writer.add(str(number), [value, number])
    for number, ref in enumerate(writer.close().values()):
        assert alike(store.get(ref), [value, number])
