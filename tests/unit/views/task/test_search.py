"""Looking through logs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.views.task import search as searching
from nbflow.views.task.search import Search
from nbflow.views.task.sought import Sought, sought


def wanted(text: str, *, expression: bool = False) -> Sought:
    found = sought(text, expression=expression)
    assert found is not None
    return found


def searched(path: Path, text: str, *, expression: bool = False, ended: bool = True) -> Search:
    found = Search(path, wanted(text, expression=expression))
    found.go_on(ended=ended)
    return found


PIECES = st.lists(st.sampled_from(["a", "B", "ab", "é", "\n", "\r", "\r\n", "\x1b[31m", "x" * 7, " "]), max_size=60)


@given(pieces=PIECES, text=st.sampled_from(["a", "AB", "é", "b x"]), chunk=st.integers(min_value=1, max_value=20))
def test_it_finds_in_pieces_what_it_finds_at_once(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], text: str, chunk: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "log"
    # every line is shorter than a piece, as lines are
    lines = [line[:18] for line in "".join(pieces).split("\n")]
    path.write_bytes("\n".join(lines).encode())
    whole = searched(path, text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searching, "_CHUNK", 64 + chunk)
        parts = searched(path, text)
    assert (list(parts.numbers), list(parts.offsets), parts.found) == (
        list(whole.numbers),
        list(whole.offsets),
        whole.found,
    )


def test_lines_are_told_by_number_and_place_and_how_often(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("one\ntwo Two\nthree\ntwo")
    found = searched(path, "two")
    assert (list(found.numbers), list(found.offsets), found.lines, found.found) == ([1, 3], [4, 18], 2, 3)


def test_words_that_colours_tear_apart_are_found_as_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"plain\n\x1b[31mER\x1b[0mROR\n 5%\r 50%\rdone\n\x1b]0;title\nerror\n")
    assert list(searched(path, "error").numbers) == [1, 4]
    assert list(searched(path, "50%").numbers) == []
    assert list(searched(path, "done").numbers) == [2]


def test_an_expression_looks_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("loss: 1\nloss:\n2\nLoss: 22 loss: 3\n")
    found = searched(path, r"loss: \d+", expression=True)
    assert (list(found.numbers), found.found) == ([0, 3], 3)


def test_what_a_log_grows_by_is_looked_through_once_a_line_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("error 1\nerr")
    found = searched(path, "error", ended=False)
    assert found.lines == 1
    with path.open("a") as file:
        file.write("or 2\nfine\nerror 3")
    assert found.go_on(ended=False)
    assert list(found.numbers) == [0, 1]
    assert found.go_on(ended=True)
    assert list(found.numbers) == [0, 1, 3]
    assert not found.go_on(ended=True)


def test_a_log_that_began_anew_is_looked_through_anew(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("error\n" * 10)
    found = searched(path, "error")
    path.write_text("error\n")
    assert found.go_on(ended=True)
    assert found.lines == 1


def test_of_a_long_log_the_newest_part_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("".join(f"error {number:04}\n" for number in range(1000)))
    found = Search(path, wanted("error"), most=115)
    found.go_on(ended=True)
    # eleven bytes a line, and no part of one
    assert found.start == 11_000 - 110 and found.lines == 10


def test_of_very_many_matches_the_newest_are_remembered_and_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_HITS", 10)
    monkeypatch.setattr(searching, "_CHUNK", 100)
    path = tmp_path / "log"
    path.write_text("error\n" * 1000)
    found = searched(path, "error")
    assert found.lines == 1000 and len(found.offsets) <= 40
    assert found.numbers[-1] == 999


def test_a_log_that_is_missing_has_nothing(tmp_path: Path) -> None:
    assert searched(tmp_path / "none", "error").lines == 0
