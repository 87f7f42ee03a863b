"""Reading logs in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.views.task import logfile


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "0-stdout"
    path.write_text("".join(f"line {number}\n" for number in range(50_000)))
    return path


def test_the_end_is_shown_first_in_whole_lines(log: Path) -> None:
    piece = logfile.before(log)
    assert piece.lines[0] == "line 49800" and piece.lines[-1] == "line 49999"
    assert len(piece.lines) == 200 and piece.end == piece.size and not piece.whole


def test_pages_back_and_on_miss_no_line(log: Path) -> None:
    seen: list[str] = []
    piece = logfile.before(log)
    while True:
        seen[:0] = piece.lines
        if piece.start == 0:
            break
        piece = logfile.before(log, piece.start)
    assert seen == [f"line {number}" for number in range(50_000)]
    on: list[str] = []
    start = 0
    while start < logfile.size_of(log):
        piece = logfile.after(log, start)
        on += piece.lines
        start = piece.end
    assert on == seen


@given(data=st.binary(max_size=3000))
def test_any_bytes_can_be_read_and_no_page_stands_still(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("log") / "0-stdout"
    path.write_bytes(data)
    piece = logfile.before(path, lines=3)
    for _ in range(len(data) + 2):
        if piece.start == 0:
            break
        earlier = logfile.before(path, piece.start, lines=3)
        assert earlier.start < piece.start and earlier.end == piece.start
        piece = earlier
    assert piece.start == 0
    assert all("\x1b" not in line and "\n" not in line for line in piece.lines)


def test_a_line_longer_than_a_page_is_cut_and_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("x" * 1_000_000 + "\nlast\n")
    piece = logfile.before(path)
    assert piece.lines == ("last",)
    earlier = logfile.before(path, piece.start)
    assert len(earlier.lines) == 1 and "more characters" in earlier.lines[0] and len(earlier.lines[0]) < 2100


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert logfile.before(tmp_path / "none").lines == ()
    assert logfile.after(tmp_path / "none", 0).lines == ()
    assert logfile.around(tmp_path / "none", 0, 2) == ([], "", [])


def test_lines_around_a_place_are_those_beside_it(log: Path) -> None:
    offset = log.read_text().index("line 300\n")
    assert logfile.around(log, offset, 2) == (["line 298", "line 299"], "line 300", ["line 301", "line 302"])
    assert logfile.around(log, 0, 2) == ([], "line 0", ["line 1", "line 2"])
    assert logfile.around(log, offset, 0) == ([], "line 300", [])


def test_of_lines_around_none_is_shown_in_part(tmp_path: Path) -> None:
    path = tmp_path / "log"
    lines = [f"{number}:" + "x" * 1500 for number in range(60)]
    path.write_text("\n".join(lines))
    leading, _, following = logfile.around(path, path.read_text().index("30:"), 40)
    assert leading == lines[30 - len(leading) : 30] and 8 <= len(leading) <= 11
    assert following == lines[31 : 31 + len(following)] and 8 <= len(following) <= 11


def test_colours_and_overwritten_lines_are_as_a_terminal_leaves_them(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"\x1b[32mgood\x1b[0m\n 10%\r 90%\r100%\nend\x07")
    assert logfile.before(path).lines == ("good", "100%", "end\\x07")
