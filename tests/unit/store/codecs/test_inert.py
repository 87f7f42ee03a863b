"""Streams read without making anything of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from nbflow.errors import NbflowError
from nbflow.storage.memory import MemoryStorage
from nbflow.store.blobs import Blobs
from nbflow.store.codecs import stream
from nbflow.store.codecs.inert import BYTES, Cut, CutText, Note, Taken, plain_start, unopened
from nbflow.store.codecs.pickler import Tag
from nbflow.store.mapped import Mapped
from nbflow.store.pieces import Pieces

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=8)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=8)
        | st.tuples(inner, inner)
        | st.tuples(inner, inner, inner, inner)
    ),
    max_leaves=40,
)


def streamed(value: object) -> bytes:
    return stream.write(value, Pieces(Mapped(), Blobs(MemoryStorage())), lambda _: False).data


def foreign(data: bytes) -> bytes:
    return bytes([stream.VERSION]) + data


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@given(PLAIN)
def test_a_plain_value_is_itself(value: object) -> None:
    assert unopened(streamed(value)) == (value, False)


def test_an_object_is_noted_with_what_it_holds_and_its_class_is_not_looked_for() -> None:
    data = streamed({"m": Ridge(alpha=0.5)}).replace(b"sklearn.linear_model._ridge", b"sklearn.linear_model._nopes")
    note = unopened(data).root["m"]
    assert (note.module, note.name, note.state["alpha"]) == ("sklearn.linear_model._nopes", "Ridge", 0.5)
    assert note.full_name == "sklearn.linear_model._nopes.Ridge"
    assert "sklearn.linear_model._nopes" not in sys.modules


def test_nothing_is_called(tmp_path: Path) -> None:
    for protocol in range(2, 6):
        data = foreign(pickle.dumps([Trap(tmp_path / "ran"), dt.date(2020, 1, 1)], protocol))
        first, second = unopened(data).root
        assert (first.name, first.args) == ("mkdir", (str(tmp_path / "ran"),))
        assert second.full_name == "datetime.date"
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickle.dumps(Trap(tmp_path / "ran")))
    assert (tmp_path / "ran").exists(), "the trap does not work"


@pytest.mark.parametrize(
    "opcodes",
    [
        b"cos\nmkdir\n(S'/tmp/x'\ntR.",
        b"(ios\nmkdir\n.",
        b"\x82\x01.",
        b"\x83\x01\x00.",
        b"\x97.",
        b"P12\n.",
        b"(cos\nmkdir\no.",
    ],
)
def test_opcodes_that_no_stream_has_are_refused(opcodes: bytes) -> None:
    with pytest.raises(NbflowError, match="NBF-S001"):
        unopened(foreign(opcodes))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (unopened, plain_start):
        with contextlib.suppress(NbflowError):
            read(foreign(data))


def test_another_version_is_refused() -> None:
    with pytest.raises(NbflowError, match="NBF-S003"):
        unopened(b"\x07" + pickle.dumps(1))


@given(st.integers(5, 6000))
def test_a_long_value_is_read_from_its_beginning(steps: int) -> None:
    rows = [{"number": number, "day": dt.date(2020, 1, 1)} for number in range(500)]
    found = unopened(streamed(rows), steps=steps)
    assert found.cut
    whole = found.root[:-1]
    assert [row["number"] for row in whole] == list(range(len(whole)))
    assert len(whole) >= steps // 20 - 1


def test_what_is_left_in_the_middle_of_an_object_is_that_object() -> None:
    found = unopened(streamed(Ridge(alpha=0.5)), steps=20)
    assert found.cut
    assert isinstance(found.root, Note)
    assert found.root.state["alpha"] == 0.5


def test_a_frame_left_in_the_middle_has_its_first_columns() -> None:
    import pandas as pd

    one = {"a": 1}
    # one dictionary again and again: written by identity
    for column in ([dt.date(2020, 1, 1)] * 300, [one] * 300):
        found = unopened(streamed(pd.DataFrame({"x": range(300), "d": column})), steps=200)
        assert found.cut
        assert isinstance(found.root, Taken)
        assert found.root.tag == Tag.FRAME
        assert isinstance(found.root.parts, Cut)
        assert found.root.parts[0][0][:3] == ("plain", "<i8", (300,))


def test_of_a_long_text_the_beginning_is_read() -> None:
    text = "é" * BYTES
    start, size = unopened(streamed(text)).root
    assert isinstance(unopened(streamed(text)).root, CutText)
    assert text.startswith(start[:-1])
    assert size == 2 * BYTES
    assert len(start) > BYTES // 2 - 100


def test_a_stream_that_was_cut_off_is_damaged() -> None:
    data = streamed([1, {"a": 2}])
    for end in range(1, len(data)):
        with pytest.raises(NbflowError, match="NBF-S001"):
            unopened(data[:end])
