from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nbflow.store import pages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which pages were written")
PAGE = 4096


@pytest.fixture(params=["scan", "map"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of asking: the ioctl of newer kernels, and the page map of all."""
    monkeypatch.setattr(pages, "_refused", [] if request.param == "scan" else [OSError("not here")])
    return str(request.param)


@pytest.fixture
def mapped(tmp_path: Path) -> Iterator[np.ndarray]:
    path = tmp_path / "file"
    path.write_bytes(bytes([7]) * (300 * PAGE + 100))
    with path.open("rb") as file:
        yield np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY), "u1")
    assert set(path.read_bytes()) == {7}


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_memory_that_was_only_read_is_untouched(way: str, mapped: np.ndarray) -> None:
    assert pages.written(address(mapped), mapped.nbytes) is False
    assert mapped.sum() == 7 * mapped.size
    assert pages.written(address(mapped), mapped.nbytes) is False


@pytest.mark.parametrize("place", [0, 150 * PAGE + 5, -1])
def test_one_written_byte_is_seen(way: str, mapped: np.ndarray, place: int) -> None:
    mapped[place] = 8
    assert pages.written(address(mapped), mapped.nbytes) is True


def test_a_byte_written_with_its_own_value_counts_as_written(way: str, mapped: np.ndarray) -> None:
    mapped[5] = 7
    assert pages.written(address(mapped), mapped.nbytes) is True


def test_only_the_range_asked_for_counts(way: str, mapped: np.ndarray) -> None:
    mapped[100 * PAGE] = 8
    assert pages.written(address(mapped), 100 * PAGE) is False
    assert pages.written(address(mapped) + 101 * PAGE, 50 * PAGE) is False
    assert pages.written(address(mapped) + 100 * PAGE, 1) is True


def test_nothing_was_written_to_nothing(way: str) -> None:
    assert pages.written(0, 0) is False


def test_memory_that_is_no_file_counts_as_written(way: str) -> None:
    array = np.ones(100 * PAGE, "u1")
    assert pages.written(address(array), array.nbytes) is True
