from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.converters import count, names, size, word
from nbflow.cells.options import Option, Table, parse_line
from nbflow.errors import CellError

TABLE = Table(
    "%cook",
    (
        Option("hot", "a flag"),
        Option("eggs", "how many", "N", count(1)),
        Option("pan-size", "how big", "SIZE", size),
        Option("with", "what else", "LIST", names, repeatable=True),
        Option("spice", "a spice", "NAME", word, repeatable=True),
        Option("note", "words", "TEXT", word, optional=True, absent="plain"),
    ),
    operands=1,
)


def values(line: str) -> dict[str, Any]:
    return dict(parse_line(line, TABLE).values)


def problems(line: str, table: Table = TABLE) -> list[tuple[str, int | None, str]]:
    with pytest.raises(CellError) as caught:
        parse_line(line, table)
    return [(each.code, (each.place.column or 0) - len("%cook "), each.fix) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", {}),
        ("--hot", {"hot": True}),
        ("--hot=true", {"hot": True}),
        ("--hot=false", {}),
        ("--eggs 3", {"eggs": 3}),
        ("--eggs=3", {"eggs": 3}),
        ("--pan_size 1M", {"pan-size": 2**20}),
        ("--with a,b --with c", {"with": ("a", "b", "c")}),
        ("--spice a,b --spice c", {"spice": ("a,b", "c")}),
        ("--note", {"note": "plain"}),
        ("--note --hot", {"note": "plain", "hot": True}),
        ("--note 'two words'", {"note": "two words"}),
        ("--spice '--odd'", {"spice": ("--odd",)}),
        ("--spice -1", {"spice": ("-1",)}),
    ],
)
def test_options_are_read_by_their_table(line: str, found: dict[str, Any]) -> None:
    assert values(line) == found


def test_words_that_are_no_options_are_operands() -> None:
    parsed = parse_line("pasta --hot", TABLE)

    assert [each.text for each in parsed.operands] == ["pasta"]
    assert parsed.value("hot") is True
    assert parsed.value("eggs", 2) == 2


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("--egs 3", ("C005", 0, "%cook? lists the options")),
        ("--Hot", ("C005", 0, "%cook? lists the options")),
        ("--", ("C005", 0, "%cook? lists the options")),
        ("--eggs", ("C006", 0, "--eggs 1")),
        ("--eggs none", ("C006", 7, "--eggs 1")),
        ("--eggs=none", ("C006", 7, "--eggs 1")),
        ("--hot=maybe", ("C006", 6, "")),
        ("--eggs 1 --eggs 1", ("C007", 9, "keep one of them")),
        ("--hot=false --hot", ("C007", 12, "keep one of them")),
        ("--hot yes pasta", ("C014", 10, "--hot takes no value")),
        ("pasta rice", ("C014", 6, "drop it")),
        ("pasta --with a b", ("C014", 15, "write --with a,b")),
        ("pasta --with a, b", ("C014", 16, "write --with a,b")),
        ("pasta --with a , b", ("C014", 15, "write --with a,b")),
        ("pasta --spice black pepper", ("C014", 20, 'quote it: --spice "black pepper"')),
        ("pasta eggs=3", ("C014", 6, "write --eggs 3")),
        ("pasta egs=3", ("C014", 6, "write --eggs 3")),
        ("pasta eggs 3", ("C014", 6, "write --eggs 3")),
        ("pasta -eggs 3", ("C014", 6, "write --eggs 3")),
        ("pasta -p eggs=3 pan_size=2M", ("C014", 6, "write --eggs 3 --pan-size 2M")),
        ("pasta —eggs 3", ("C014", 6, "write --eggs 3")),
        ("pasta −-eggs 3", ("C014", 6, "write --eggs 3")),
        ("pasta -hot", ("C014", 6, "write --hot")),
        ("pasta with a, b", ("C014", 6, "write --with a,b")),
        ("-p eggs=3", ("C014", 0, "write --eggs 3")),
        ("eggs=3", ("C014", 0, "write --eggs 3")),
        ("pasta -h", ("C014", 6, "%cook? lists the options")),
        ("pasta --spice “black pepper”", ("C014", 21, 'use straight quotes: "…"')),
        ("--spice 'open", ("C012", 8, "add the missing '")),
        ("--hot \\", ("C009", 6, "put long options on '#| key: value' lines below it")),
    ],
)
def test_a_slip_is_said_with_what_was_meant(line: str, found: tuple[str, int, str]) -> None:
    (said,) = [each for each in problems(line) if each[0] != "C006" or found[0] == "C006"]

    assert said == found


def test_an_option_without_its_value_needs_one_even_where_it_may_be_empty() -> None:
    table = Table("%cook", (Option("note", "", "TEXT", str),))

    assert problems("--note", table) == [("C006", 0, "--note TEXT")]
    assert parse_line('--note ""', table).value("note") == ""


def test_a_table_says_what_to_do_about_a_word_that_it_does_not_take() -> None:
    table = Table("%cook", (), stray="%serve {word}")

    assert problems("pasta rice", table) == [("C014", 0, "%serve pasta")]


def test_an_unknown_option_says_what_was_meant_and_swallows_its_value() -> None:
    with pytest.raises(CellError, match=r"unknown option --egs\. Did you mean '--eggs'\?") as caught:
        parse_line("--egs 3 4 --hot", TABLE)

    assert len(caught.value.problems) == 1


def test_all_slips_of_a_line_are_said_together_in_its_order() -> None:
    assert [code for code, _, _ in problems("--egs --pan-size 8Q a b --eggs 0")] == ["C005", "C006", "C014", "C006"]


def test_the_first_operand_too_many_is_said() -> None:
    assert problems("a b c") == [("C014", 2, "drop it")]


@given(st.text(st.characters(blacklist_characters="\n\r", blacklist_categories=("Cs",))))
def test_every_line_is_read_or_its_problems_are_said(line: str) -> None:
    for head in ("", "--", "--with ", "--eggs 3 "):
        try:
            said = str(parse_line(head + line, TABLE).values)
        except CellError as wrong:
            said = str(wrong)
        assert said
