from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.text import CellText
from nbflow.cells.words import quoted, split_words

#: what a line can hold: no line break of any kind, no lone surrogate
LINE = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\n\r"))


def texts(line: str) -> list[str]:
    cell = CellText(line)
    words = [word.text for word in split_words(cell, 1)]
    cell.check()
    return words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("a  b\tc", ["a", "b", "c"]),
        ("'a b' c", ["a b", "c"]),
        ('"a b"', ["a b"]),
        ('"say \\"x\\" \\\\ \\n"', ['say "x" \\ \\n']),
        ("'a\\b'", ["a\\b"]),
        ("a\\ b", ["a b"]),
        ("''", [""]),
        ("a''b", ["ab"]),
        ("--when='x > 5'", ["--when=x > 5"]),
        ("$x {x} *.py", ["$x", "{x}", "*.py"]),
        ("a # b", ["a"]),
        ("# a", []),
        ("img#tag #c", ["img#tag"]),
        ("'#' a", ["#", "a"]),
        ("\"a\"'b'c", ["abc"]),
    ],
)
def test_a_line_is_split_as_posix_quotes_it(line: str, words: list[str]) -> None:
    assert texts(line) == words


def test_each_character_knows_its_column() -> None:
    (word,) = split_words(CellText("  --when='a \"b'"), 1)

    assert word.text == '--when=a "b'
    assert word.columns == (2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14)
    assert word.part(7).column == 10


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [("a 'b c", "C012", 2), ('a "b\\"', "C012", 2), ("a \\", "C009", 2), ("a b\\", "C009", 3)],
)
def test_a_line_that_does_not_end_is_said_where_it_begins(line: str, code: str, column: int) -> None:
    cell = CellText(line)

    words = split_words(cell, 1)

    assert [word.text for word in words] == ["a"]
    assert [(each.code, each.place.column) for each in cell.problems] == [(code, column)]


@given(st.lists(LINE))
def test_quoted_words_are_read_back(words: list[str]) -> None:
    assert texts(" ".join(map(quoted, words))) == words


@given(LINE)
def test_no_line_makes_the_reader_fail(line: str) -> None:
    cell = CellText(line)

    words = split_words(cell, 1)

    assert {each.code for each in cell.problems} <= {"C009", "C012"}
    assert all(len(word.columns) == len(word.text) + 1 for word in words)
    assert all(
        line[column] == character
        for word in words
        for character, column in zip(word.text, word.columns[:-1], strict=True)
    )
