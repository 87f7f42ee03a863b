from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.notebook import parse_notebook
from nbflow.cells.source_text import Edit, edited
from nbflow.errors import UsageError


def notebook(*sources: object, **beside: object) -> dict[str, Any]:
    cells = [{"cell_type": "code", "source": source, "outputs": [], **beside} for source in sources]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


WRITTEN: list[dict[str, Any]] = [
    {"indent": 1, "ensure_ascii": False},
    {"indent": 4},
    {"separators": (",", ":"), "sort_keys": True},
    {"indent": "\t", "ensure_ascii": False, "separators": (" ,", " : ")},
]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("source", ['# "é🎉"\\\n%%step a\nx = 1\n', ['# "é🎉"\\\n', "%%step a\n", "x = 1\n"]])
def test_one_character_goes_or_comes_and_all_else_stays(source: object, written: dict[str, Any]) -> None:
    above = "x = '🎉'"
    text = json.dumps(notebook(above, source, metadata={"ü": [None, 1e5]}), **written) + "\n\n"
    offset = len('# "é🎉"\\\n')

    less = edited(text, [Edit(1, offset, 1, "")])
    assert less == text.replace("%%step", "%step")
    assert edited(less, [Edit(1, offset, 0, "%")]) == text


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=4),
    st.sampled_from(WRITTEN),
    st.data(),
)
def test_whatever_a_source_holds_the_edit_is_made_where_it_was_meant(
    lines: list[str], written: dict[str, Any], data: st.DataObject
) -> None:
    source = "".join(lines)
    if not source:
        return
    offset = data.draw(st.integers(0, len(source) - 1))
    drop = data.draw(st.integers(0, 1))
    raw = notebook("%", data.draw(st.sampled_from([source, lines])), metadata={"source": source})
    text = json.dumps(raw, **written)

    after = edited(text, [Edit(1, offset, drop, "%")])
    assert parse_notebook(after).cells[1].source == source[:offset] + "%" + source[offset + drop :]
    # all else is the same
    again = json.loads(after)
    again["cells"][1]["source"] = raw["cells"][1]["source"]
    assert again == raw


def test_several_edits_are_made_at_once() -> None:
    text = json.dumps(notebook("%%step a", "%step b", ["\n", "%%step c"]))
    assert parse_notebook(edited(text, [Edit(2, 1, 1, ""), Edit(1, 0, 0, "%"), Edit(0, 0, 1, "")])).cells[2].source == (
        "\n%step c"
    )


@pytest.mark.parametrize(
    "text",
    [
        # a byte order mark, as some editors leave it
        '\ufeff{"cells": [{"cell_type": "code", "source": "%%step a"}]}',
        # format 3
        '{"worksheets": [{"cells": [{"cell_type": "code", "input": ["%%step a"]}]}]}',
        # of two keys the later one counts
        '{"cells": 1, "cells": [{"source": "x", "cell_type": "code", "\\u0073ource": "%%step a"}]}',
        # a comma, a bracket and a key in strings, and windows' line ends
        '{"a]": "\\"},{\\"cells\\":[",\r\n"cells": [{"cell_type": "code",\r\n"source": ["%%step a"]}]}\r\n',
        '{"cells": [{"cell_type": "code", "source": "%%step a", "outputs": ' + "[" * 3000 + "]" * 3000 + "}]}",
    ],
)
def test_odd_files_are_edited_where_they_are_read(text: str) -> None:
    assert edited(text, [Edit(0, 0, 1, "")]) == text.replace("%%step a", "%step a")


def test_a_source_that_is_not_all_text_is_refused() -> None:
    text = json.dumps(notebook(["#", 5, "\n%%step a"]))
    with pytest.raises(UsageError, match=r"NBF-R002.*the source of cell 1 is not all text"):
        edited(text, [Edit(0, 3, 1, "")])
