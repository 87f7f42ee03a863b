"""NumPy arrays and scalars, there and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nbflow.model.graph import MISSING
from nbflow.store.store import Store
from tests.unit.store.beds import KINDS, store_of, there_and_back


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return store_of(request.param, tmp_path)


RECORD = np.dtype([("name", "U5"), ("at", "M8[s]"), ("xy", "f4", (2,))])
DTYPES = [
    "?",
    "i1",
    "u8",
    "<i4",
    ">i4",
    "f2",
    "f4",
    ">f8",
    "c8",
    "c16",
    "U7",
    "S3",
    "M8[ns]",
    "M8[D]",
    "m8[us]",
    RECORD,
]
SHAPES: list[tuple[int, ...]] = [(), (0,), (1,), (7,), (3, 4), (2, 0, 3), (50, 60), (4, 5, 6)]


def filled(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    count = int(np.prod(shape))
    if np.dtype(dtype) == RECORD:
        array = np.zeros(count, RECORD)
        array["name"], array["xy"] = np.arange(count).astype("U5"), np.arange(2 * count).reshape(count, 2)
        return array.reshape(shape)
    return np.arange(count).astype(dtype).reshape(shape)


def same(first: np.ndarray, second: np.ndarray) -> bool:
    return first.dtype == second.dtype and first.shape == second.shape and first.tobytes() == second.tobytes()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_array_comes_back(store: Store, dtype: Any, shape: tuple[int, ...]) -> None:
    array = filled(shape, dtype)
    ref, found = there_and_back(store, array)
    assert type(found) is np.ndarray
    assert same(found, array)
    assert found.dtype.str == array.dtype.str
    assert found.flags.writeable
    assert ref.kind == "ndarray"
    assert store.get(ref, trusted=False).shape == shape


@pytest.mark.parametrize("rows", [3, 300])
def test_the_order_of_axes_is_kept(store: Store, rows: int) -> None:
    fortran = np.asfortranarray(np.arange(rows * 100.0).reshape(rows, 100))
    _, found = there_and_back(store, fortran)
    assert found.flags.f_contiguous
    assert not found.flags.c_contiguous
    assert same(found, fortran)


@pytest.mark.parametrize("step", [2, 3, -1])
def test_views_with_gaps_are_equal_to_copies(store: Store, step: int) -> None:
    array = np.arange(90_000).reshape(300, 300)
    for view in (array[::step], array[:, ::step], np.broadcast_to(array[0], (50, 300)), array.T[5:9]):
        _, found = there_and_back(store, view)
        assert same(found, view)
        assert store.digest(view) == store.digest(view.copy(order="C"))


def test_nan_and_signed_zero_keep_their_bits(store: Store) -> None:
    bits = np.array([0x7FF8000000000001, 0x8000000000000000, 0xFFF0000000000000], "u8")
    _, found = there_and_back(store, bits.view("f8"))
    assert (found.view("u8") == bits).all()


def test_arrays_of_objects_come_back_and_hold_what_they_held(store: Store) -> None:
    inner = [1]
    array = np.empty((2, 2), object)
    array[:] = [[1, "a"], [None, inner]]
    ref, found = there_and_back(store, array)
    assert found.dtype == object
    assert found.tolist() == array.tolist()
    assert ref.kind == "ndarray"
    assert store.get(ref, trusted=False).tolist() == array.tolist()
    _, (array_again, inner_again) = there_and_back(store, [array, inner])
    assert array_again[1, 1] is inner_again


def test_an_array_of_objects_may_hold_itself(store: Store) -> None:
    array = np.empty(2, object)
    array[0] = array
    _, found = there_and_back(store, array)
    assert found[0] is found


def test_arrays_within_containers_are_arrays(store: Store) -> None:
    value = {"weights": [np.arange(20_000.0), np.arange(3)], "bias": np.float32(0.5)}
    ref, found = there_and_back(store, value)
    assert same(found["weights"][0], value["weights"][0])
    assert type(found["bias"]) is np.float32
    assert ref.kind == "plain"
    assert len(ref.buffers) == 1


NUMPY_SCALARS = [
    np.float64(2.5),
    np.float64("nan"),
    np.float32(0.1),
    np.int64(-7),
    np.uint8(255),
    np.bool_(True),
    np.str_("text"),
    np.bytes_(b"raw"),
    np.complex128(1 + 2j),
    np.datetime64("2026-01-02T03:04"),
    np.timedelta64(5, "h"),
    np.longdouble(1) / 3,
]


@pytest.mark.parametrize("value", NUMPY_SCALARS, ids=repr)
def test_a_numpy_scalar_stands_in_its_reference(store: Store, value: np.generic) -> None:
    ref, found = there_and_back(store, value)
    assert type(found) is type(value)
    assert found.tobytes() == value.tobytes()
    assert ref.kind == "scalar"


def test_a_record_comes_back(store: Store) -> None:
    value = filled((3,), RECORD)[1]
    _, found = there_and_back(store, value)
    assert found == value
    assert type(found) is np.void


@pytest.mark.parametrize(
    ("value", "scalar"),
    [
        (np.float64(2.5), 2.5),
        (np.int8(3), 3),
        (np.bool_(False), False),
        (np.str_("go"), "go"),
        (np.array(1.5), 1.5),
        (np.array("x"), "x"),
        (np.array([1.5]), MISSING),
        (np.complex64(1), MISSING),
        (np.datetime64("2026-01-01"), MISSING),
        (np.longdouble(1), MISSING),
        ([1], MISSING),
    ],
    ids=repr,
)
def test_conditions_see_scalars_by_value(store: Store, value: object, scalar: object) -> None:
    ref = store.put(value)
    assert ref.scalar == scalar
    assert type(ref.scalar) is type(scalar)


def test_types_that_numpy_cannot_describe_go_by_pickle(store: Store) -> None:
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    ref = store.put(masked)
    found = store.get(ref)
    assert type(found) is np.ma.MaskedArray
    assert found.mask.tolist() == [False, True]
    assert ref.kind == "pickle"
    text = np.array(["a", "long text " * 10], np.dtypes.StringDType())
    _, found = there_and_back(store, text)
    assert found.dtype == text.dtype
    assert found.tolist() == text.tolist()


def test_a_summary_says_the_shape(store: Store) -> None:
    assert store.put(np.zeros((3, 4, 5))).summary == "3×4×5"
    assert store.put(np.zeros(7)).summary == "7"
    assert store.put(np.array(1)).summary == ""
    assert store.put(np.zeros(3)).type == "ndarray"
