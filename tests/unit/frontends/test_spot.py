"""Where the cursor is in a cell, and which word is being typed there."""

from __future__ import annotations

import pytest

from nbflow.frontends.magics.spot import spot, typed_words, word_end


def at(marked: str) -> tuple[str, ...] | None:
    """Return what is found at the `|` of a cell: the kind, the words before, the word, the option, its value."""
    offset = marked.index("|")
    found = spot(marked[:offset] + marked[offset + 1 :], offset)
    return None if found is None else (found.kind, " ".join(found.words), found.word, found.option, found.value)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("%%step train --af|", ("step", "train", "--af", "", "")),
        ("%step train --after lo|\nx = 1", ("step", "train --after", "lo", "after", "lo")),
        ("%%step train --after=a,lo|", ("step", "train", "--after=a,lo", "after", "a,lo")),
        ("%%step train --when 'x > al|' --any", ("step", "train --when", "x > al", "when", "x > al")),
        ("# a comment\n\n%%step train |", ("step", "train", "", "", "")),
        ("%%step train --any --|", ("step", "train --any", "--", "", "")),
        ("%%step train|", ("step", "", "train", "", "")),
        ("%%card report --af|", ("step", "report", "--af", "", "")),
        ("%card report --card re|", ("step", "report --card", "re", "card", "re")),
        ("%%cards |", None),
        ("%%ste|p train", None),
        ("%%stepping |", None),
        ("%%step train\nx = 1|", None),
        ("%%parameters |", ("parameters", "", "", "", "")),
        ("%%setup |", ("setup", "", "", "", "")),
        ("    %flow run --al| --fresh", ("flow", "run", "--al", "", "")),
        ("x = 1\nrun, b = %flow why tr|\ny", ("flow", "why", "tr", "", "")),
        ("%flow|", None),
        ("%flowers |", None),
        ("print('%flow |')", None),
        ("x = 1|", None),
        ("", None),
    ],
)
def test_the_line_the_word_and_the_option_are_told(cell: str, found: tuple[str, ...] | None) -> None:
    assert at(cell if "|" in cell else f"{cell}|") == found


def test_lines_below_the_header_count_as_long_as_they_are_options() -> None:
    def comment(cell: str, offset: int | None = None) -> tuple[str, str, str] | None:
        found = spot(cell, len(cell) if offset is None else offset)
        return (found.word, found.option, found.value) if found and found.comment else None

    assert comment("%%step a\n#| af") == ("af", "", "")
    assert comment("%%step a\n#| any\n# | after: load, tr") == ("", "after", "load, tr")
    assert comment("%%step a\n#| when: 'x > 1") == ("", "when", "x > 1")
    assert comment("%step a\n\n\n#| any\n\n#| af") == ("af", "", "")
    assert comment("%%step a\nx = 1\n#| af") is None
    assert comment("x = 1\n#| af") is None


def test_what_the_header_gives_is_known_wherever_the_cursor_is() -> None:
    cell = "%%step a --retry 2 --memory=1G\n\n#| else_of: b\n#| any\nx = '--cpu'"
    assert spot(cell, len("%%step a ")).given == {"retry", "memory", "else-of", "any"}  # type: ignore[union-attr]
    assert spot(cell, cell.index("#| any") + 5).given == {"retry", "memory", "else-of", "any"}  # type: ignore[union-attr]


def test_words_are_read_with_their_quotes() -> None:
    assert typed_words("a 'b c' \"d") == (["a", "b c"], "d", '"')
    assert typed_words("a b ") == (["a", "b"], "", "")
    assert typed_words("'") == ([], "", "'")
    assert word_end("ab cd", 1) == 2 and word_end("ab cd", 2) == 2
