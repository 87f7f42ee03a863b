from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cards.printable import log_text, one_line, printable, tail


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, größe, 数 and 🙂", "plain, größe, 数 and 🙂"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"),
        ("\ud800", "\\ud800"),
        ("a\rb", "a\\x0db"),
    ],
)
def test_invisible_characters_are_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(text=st.text(alphabet=st.characters(codec=None)))
def test_what_is_printable_moves_nothing_and_can_be_written(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(each) in {"Cc", "Cs"} for each in shown if each not in "\t\n")
    shown.encode()


def test_one_line_is_one_line_and_no_longer_than_asked() -> None:
    assert one_line(" two\n\n lines ") == "two lines"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"
    assert one_line("x" * 10, 10) == "x" * 10


def test_a_log_is_what_a_terminal_would_leave() -> None:
    assert log_text("\x1b[1;32mok\x1b[0m\r\n 10%\r 50%\r100%\ndone") == "ok\n100%\ndone"
    assert log_text("\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link") == "textlink"


def test_a_tail_says_how_much_it_leaves_out() -> None:
    assert tail("a\nb\nc\n", 2) == "… 1 earlier lines\nb\nc"
    assert tail("a\nb", 2) == "a\nb"
