from __future__ import annotations

from nbflow.cards.palette import GREEN, RED
from nbflow.views.changes import Explained, Section, coloured, html, text

DIFF = "@@ -1,2 +1,2 @@\n %%step load\n-x = 1 < 2\n+x = 2 < 2"
FOUND = Explained(
    "train[3]",
    "running",
    "code changed since sales/12: it runs",
    (Section("the cell of train", diff=DIFF), Section("inputs", ("df from load: DataFrame 3×2 → DataFrame 4×2",))),
)


def test_it_is_told_in_lines_with_the_diff_below_its_title() -> None:
    assert text(FOUND).splitlines() == [
        "● train[3]  code changed since sales/12: it runs",
        "  the cell of train",
        "    @@ -1,2 +1,2 @@",
        "     %%step load",
        "    -x = 1 < 2",
        "    +x = 2 < 2",
        "  inputs",
        "    df from load: DataFrame 3×2 → DataFrame 4×2",
    ]


def test_it_shows_itself() -> None:
    assert repr(FOUND) == text(FOUND)
    assert FOUND._repr_html_() == html(FOUND)


def test_added_and_removed_lines_have_their_colours() -> None:
    lines = coloured(DIFF).splitlines()
    assert RED in lines[2] and GREEN in lines[3] and "span" not in lines[1]


def test_nothing_that_a_person_wrote_is_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    found = Explained(evil, "running", evil, (Section(evil, (evil,), f"+{evil}\n {evil}\n@@ {evil}"),))
    assert "<img" not in html(found) and html(found).count("&lt;img") == 7


def test_no_control_character_moves_a_cursor() -> None:
    found = Explained("a", "running", "b", (Section("c", ("\x1b[2J",), "+\x1b[2J"),))
    assert "\x1b" not in text(found) and "\x1b" not in html(found)
