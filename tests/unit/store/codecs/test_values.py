"""Python's own values, there and back."""

from __future__ import annotations

import enum
import math
import re
import struct
import subprocess
import sys
import zoneinfo
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from nbflow.errors import StoreError
from nbflow.model.graph import MISSING
from nbflow.store.store import Store
from tests.unit.store.beds import KINDS, store_of, there_and_back


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return store_of(request.param, tmp_path)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Number(enum.IntEnum):
    ONE = 1


class Pair(NamedTuple):
    left: int
    right: list[int]


@dataclass
class Point:
    x: float
    near: list[Any] = field(default_factory=list)


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self) -> None:
        self.a = [1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slotted) and self.a == other.a and hasattr(self, "b") == hasattr(other, "b")

    __hash__ = None  # type: ignore[assignment]


def fresh(value: Any) -> Any:
    """Return an equal text or tuple that is another object."""
    return "".join(list(value)) if isinstance(value, str) else tuple(each for each in value)


SCALARS = [
    None,
    True,
    False,
    0,
    -1,
    2**53 - 1,
    2**53,
    -(2**63),
    2**64,
    2**1023,
    0.0,
    -0.0,
    1.5,
    0.1 + 0.2,
    5e-324,
    math.inf,
    -math.inf,
    "",
    "text",
    "naïve ✓ 🎈",
    "\ud800 alone",
    "nul \0 in it",
    "x" * 4096,
]


@pytest.mark.parametrize("value", SCALARS, ids=repr)
def test_a_scalar_stands_in_its_reference(store: Store, value: object) -> None:
    ref, found = there_and_back(store, value)
    assert (type(found), found) == (type(value), value)
    assert repr(found) == repr(value)
    assert ref.kind == "scalar"
    assert ref.header is None
    assert ref.scalar == value
    assert type(ref.scalar) is type(value)


@pytest.mark.parametrize("bits", [0x7FF8000000000000, 0x7FF8000000000001, 0xFFF8000000000000, 0x7FF0DEADBEEF0001])
def test_every_bit_of_a_nan_survives(store: Store, bits: int) -> None:
    (value,) = struct.unpack(">d", bits.to_bytes(8, "big"))
    ref, found = there_and_back(store, value)
    assert struct.pack(">d", found) == struct.pack(">d", value)
    assert isinstance(ref.scalar, float)
    assert math.isnan(ref.scalar)


def test_what_is_equal_but_not_the_same_has_other_digests(store: Store) -> None:
    values = [0, 0.0, -0.0, False, None, "0", "", b"", [], (), {}, set(), frozenset(), [0], (0,), [0.0], [False], b"0"]
    assert len({store.digest(value) for value in values}) == len(values)


BIG = [2**5000, -(2**5000), "y" * 5000, "line\n" * 100_000]


@pytest.mark.parametrize("value", BIG, ids=lambda value: f"{type(value).__name__}")
def test_large_scalars_are_stored(store: Store, value: object) -> None:
    ref, found = there_and_back(store, value)
    assert found == value
    assert ref.kind == "plain"
    assert ref.scalar is MISSING


@pytest.mark.parametrize("size", [0, 1, 5000, 200_000])
def test_bytes_come_back(store: Store, size: int) -> None:
    ref, found = there_and_back(store, bytes(range(256)) * (size // 256 + 1))
    assert type(found) is bytes
    assert found == bytes(range(256)) * (size // 256 + 1)
    assert ref.kind == "bytes"


PLAIN = [
    [],
    (),
    {},
    set(),
    frozenset(),
    [None, True, 1, 2.5, "a", b"b", 2**100],
    [[1, [2, [3, []]]], (4, (5, ()))],
    {"a": 1, "b": {"c": [1, 2, {"d": (3,)}]}, 1: "x", (1, "t"): "tuple", None: 0, 1.5: []},
    {1, 2, 3},
    {"b", "a", ("c", 1), frozenset({"d"}), None, 1.5, b"e"},
    frozenset({frozenset({1, 2}), (1, frozenset({3}))}),
    [bytearray(b"abc"), range(3), slice(1, None, 2), 2 + 3j, ..., NotImplemented],
    [date(2026, 1, 2), time(3, 4), timedelta(days=1, microseconds=5), datetime(2026, 1, 2, 3, tzinfo=UTC)],
    [datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))), Decimal("1.50"), Fraction(1, 3), UUID(int=7)],
    [Path("a/b"), PurePosixPath("/c")],
    list(range(1000)),
    [float(number) for number in range(1000)],
    [None if number % 3 else number for number in range(1000)],
    [f"text {number}" for number in range(1000)],
    ["eu", "us", None, "ap"] * 1000,
    [f"{number % 300}" for number in range(10_000)],
    [f"{number % 70_000}" for number in range(150_000)],
    {f"key {number}": number for number in range(1000)},
    dict.fromkeys(range(1000)),
    {f"key {number}": [number] for number in range(100)},
    {str(number) for number in range(1000)},
    {date(2026, 1, 1), None, (date(2026, 1, 2), frozenset({Decimal(1)}))},
    [{"id": number, "name": f"n{number % 7}", "at": (number, number + 0.5)} for number in range(300)],
    [b"x" * 100_000, b"x" * 100_000],
]


@pytest.mark.parametrize("value", PLAIN, ids=[f"{type(each).__name__}-{place}" for place, each in enumerate(PLAIN)])
def test_plain_values_come_back_and_open_without_running_code(store: Store, value: object) -> None:
    ref, found = there_and_back(store, value)
    assert found == value
    assert repr(found) == repr(value) or isinstance(value, (set, frozenset))
    assert ref.kind == "plain"
    assert store.get(ref, trusted=False) == value


@pytest.mark.parametrize(
    "value",
    [
        Point(1.5, [Point(2.0)]),
        Pair(1, [2]),
        Slotted(),
        Colour.RED,
        [Colour.RED, Colour.BLUE, Colour.RED, Number.ONE],
        OrderedDict([("b", 1), ("a", 2)]),
        defaultdict(list, {"a": [1]}),
        deque([1, 2], maxlen=5),
        re.compile("a+", re.IGNORECASE),
        zoneinfo.ZoneInfo("Europe/Berlin"),
        ValueError("bad", 3),
        partial(max, 1),
        [len, int, Point],
        {Point: "class as key"},
    ],
    ids=lambda value: repr(value)[:40],
)
def test_objects_come_back_by_pickle(store: Store, value: Any) -> None:
    ref, found = there_and_back(store, value)
    assert type(found) is type(value)
    assert found == value or repr(found) == repr(value)
    assert ref.kind == "pickle"
    with pytest.raises(StoreError) as caught:
        store.get(ref, trusted=False)
    assert caught.value.code == "NBF-S005"


def test_the_order_of_a_dictionary_is_kept(store: Store) -> None:
    for keys in ("abc", "cba"):
        assert list(there_and_back(store, dict.fromkeys(keys))[1]) == list(keys)
        long = [f"{key}{number}" for key in keys for number in range(50)]
        assert list(there_and_back(store, dict.fromkeys(long, 1))[1]) == long


# ---- one object reached twice


def test_one_list_reached_twice_stays_one(store: Store) -> None:
    row = [1]
    _, (first, second) = there_and_back(store, [row, row])
    assert first is second
    assert store.digest([[1], [1]]) != store.digest([row, row])


def test_long_containers_arrays_and_sets_reached_twice_stay_one(store: Store) -> None:
    import numpy as np

    for shared in (list(range(100)), dict.fromkeys(range(100), 1), {1, 2}, np.arange(3), np.arange(9999)):
        _, found = there_and_back(store, {"a": shared, "b": [shared]})
        assert found["a"] is found["b"][0]


def test_immutable_values_reached_twice_are_as_two(store: Store) -> None:
    when = date(2026, 1, 1)
    pair = (1, "a")
    assert store.digest([when, when, pair, pair]) == store.digest([when, date(2026, 1, 1), pair, fresh((1, "a"))])


def test_a_set_of_objects_has_an_order_of_its_own(store: Store) -> None:
    names = [f"n{number}" for number in range(20)]
    first, second = {Fixed(name) for name in names}, {Fixed(name) for name in reversed(names)}
    ref, found = there_and_back(store, {"s": first, "f": frozenset(first)})
    assert found == {"s": first, "f": first}
    assert ref.digest == store.digest({"s": second, "f": frozenset(second)})
    assert store.digest({Colour.RED, Colour.BLUE}) == store.digest({Colour.BLUE, Colour.RED})


@dataclass(frozen=True)
class Fixed:
    name: str


def test_a_set_may_hold_objects_that_hold_it(store: Store) -> None:
    member = Member()
    member.group = {member}
    _, found = there_and_back(store, member)
    assert found.group == {found}


class Member:
    group: set[Member]


def test_a_list_may_hold_itself(store: Store) -> None:
    value: list[Any] = [1]
    value.append(value)
    value.append((value, {"me": value}))
    _, found = there_and_back(store, value)
    assert found[1] is found
    assert found[2][0] is found
    assert found[2][1]["me"] is found


def test_objects_may_know_each_other(store: Store) -> None:
    parent, child = Point(1), Point(2)
    parent.near.append(child)
    child.near.append(parent)
    _, found = there_and_back(store, parent)
    assert found.near[0].near[0] is found


def test_repeated_texts_are_shared_again(store: Store) -> None:
    records = [{"country": fresh("France")} for _ in range(10)]
    _, found = there_and_back(store, records)
    assert len({id(record["country"]) for record in found}) == 1
    assert len({id(key) for record in found for key in record}) == 1
    _, column = there_and_back(store, [fresh("France") for _ in range(200)])
    assert len(set(map(id, column))) == 1


# ---- equal values, equal digests


def twins() -> dict[str, tuple[Any, Any]]:
    """Pairs of equal values that came about in different ways."""
    text = "interned"
    copy = fresh(text)
    assert text is not copy
    words = ["a", "b", "c", "d"]
    forward, backward = set(), set()
    for number in range(100):
        forward.add(f"w{number}")
        backward.add(f"w{99 - number}")
    shared = [1]
    pair = (1, text)
    return {
        "one text or two": ({"k": text, text: text}, {"k": text, copy: copy}),
        "one tuple or two": ([(1, 2)] * 2, [fresh((1, 2)), fresh((1, 2))]),
        "texts in objects": ([Point(1, [text]), Point(2, [text])], [Point(1, [text]), Point(2, [copy])]),
        "order of a set": (forward, backward),
        "mixed set": ({1, "a", (2, "b"), None}, {None, (2, "b"), "a", 1}),
        "one date or two": ([date(2026, 1, 1)] * 2, [date(2026, 1, 1), date(2026, 1, 1)]),
        "bytes": ([b"xy", b"xy"], [b"xy", bytes(bytearray(b"xy"))]),
        "keys of records": ([dict.fromkeys(words, 1)], [{fresh(word): 1 for word in words}]),
        "with sharing": ([shared, shared, text, text], [shared, shared, text, copy]),
        "tuples and sharing": ([shared, shared, pair, pair], [shared, shared, pair, (1, copy)]),
        "enum and sharing": ([shared, shared, Colour.RED, "x"], [shared, shared, Colour(1), "x"]),
    }


@pytest.mark.parametrize("name", twins())
def test_equal_values_have_equal_digests_however_they_came_about(store: Store, name: str) -> None:
    first, second = twins()[name]
    assert first == second
    assert store.digest(first) == store.digest(second)


SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from tests.unit.store.codecs.test_values import sample
from nbflow.store.store import Store
from nbflow.storage.memory import MemoryStorage
store = Store(MemoryStorage())
print({{name: store.digest(value) for name, value in sample().items()}})
"""


def sample() -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    names = ["eu", "us", "ap"]
    frame = pd.DataFrame({"region": names * 50, "x": np.arange(150.0), "kind": pd.Categorical(names * 50)})
    return {
        "set": {f"w{number}" for number in range(50)},
        "nested": {"regions": names, "by": {name: {name, "x"} for name in names}},
        "objects": [Point(1, [Colour.RED, "eu"]), Point(2, [frozenset(names)])],
        "frame": frame,
        "index": frame.set_index(["region", "x"]),
        "array": np.arange(10_000).reshape(100, 100),
        "function": lambda value: value + len(names),
    }


def test_digests_are_the_same_in_every_process() -> None:
    from nbflow.storage.memory import MemoryStorage

    store = Store(MemoryStorage())
    here = {name: store.digest(value) for name, value in sample().items()}
    root = str(Path(__file__).parents[4])
    for seed in ("0", "1", "random"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(root=root)],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == str(here), seed


# ---- functions


def test_a_lambda_is_stored_with_what_it_uses(store: Store) -> None:
    rate = 3
    ref, found = there_and_back(store, {"f": lambda value: value * rate})
    assert found["f"](2) == 6
    assert ref.kind == "pickle"


def test_enumerations_of_a_function_are_stored_with_it(store: Store) -> None:
    class Local(enum.Enum):
        ONE = 1

    shared = [1]
    found = store.get(store.put([shared, shared, Local.ONE, Local.ONE, lambda: 7]))
    assert found[0] is found[1]
    assert found[2].name == "ONE"
    assert found[2] is found[3]
    assert found[4]() == 7


def test_a_function_with_a_name_is_stored_by_it(store: Store) -> None:
    assert there_and_back(store, there_and_back)[1] is there_and_back
