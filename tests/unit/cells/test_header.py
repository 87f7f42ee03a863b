from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.header import cell_kind, in_one_form, misspelt_magic, split_header
from nbflow.errors import CellError


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("%%step train", "step"),
        ("%step train", "step"),
        ("%%step", "step"),
        ("\n\n# why\n%%step train\nx = 1", "step"),
        ("%%card report", "step"),
        ("# why\n%card report --when 'x > 0'\nx", "step"),
        ("%%cards\nx = 1", None),
        ("x = (total\n%card)", None),
        ("%%parameters\nalpha = 1", "parameters"),
        ("%%setup\nimport x", "setup"),
        ("x = 1\n%%step train", "step"),
        ("x = '''\n'''\n%step train", "step"),
        ("%matplotlib inline\n%%step train", "step"),
        ("", None),
        ("# only words", None),
        ("x = 1", None),
        ("%%step?", None),
        ("%%steps a", None),
        ("%%stepwise", None),
        ("  %%step a", None),
        ("%parameters", None),
        ("%%time\nx = 1", None),
        ("doc = '''\n%%step train\n'''", None),
        ("x = (total\n%step)", None),
        ("!echo \\\n%%step a", None),
        ("print('%%step train')", None),
    ],
)
def test_a_cell_is_of_the_kind_its_first_header_says(text: str, kind: str | None) -> None:
    assert cell_kind(text) == kind


def test_a_header_is_taken_apart() -> None:
    header = split_header("# why\n%%step train --retry 3  # twice is not enough\n#| when: rmse < 2.5\n#| any\nx = 1\n")

    assert (header.kind, header.spelling, header.name_word) == ("step", "%%step", "train")
    assert [word.text for word in header.words] == ["--retry", "3"]
    assert [(line.key.text, line.value and line.value.text) for line in header.option_lines] == [
        ("when", "rmse < 2.5"),
        ("any", None),
    ]
    assert (header.line, header.body, header.body_line) == (2, "x = 1\n", 5)


@pytest.mark.parametrize("text", ["%%step", "%%step --retry 3", "%step  # later"])
def test_a_header_without_a_name_has_none(text: str) -> None:
    assert split_header(text).name_word is None


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("#| retry: 3", "retry", "3"),
        ("#|retry:3", "retry", "3"),
        ("# | retry: 3", "retry", "3"),
        ("#| retry  :  3  ", "retry", "3"),
        ("#| env: A=b: c # d", "env", "A=b: c # d"),
        ("#| any", "any", None),
        ("#| when: ", "when", ""),
        ('#| when: "a < 1"', "when", "a < 1"),
        ("#| when: 'a' < 'b'", "when", "'a' < 'b'"),
    ],
)
def test_an_option_line_is_a_key_and_the_rest(line: str, key: str, value: str | None) -> None:
    (found,) = split_header(f"%%step a\n{line}\n").option_lines

    assert found.key.text == key
    assert (found.value and found.value.text) == value


def test_the_first_other_line_ends_the_option_lines() -> None:
    header = split_header("%%step a\n#| retry: 3\n# a comment\n#| cpu: 2\nx = 1\n#| gpu: 1")

    assert [line.key.text for line in header.option_lines] == ["retry"]
    assert [line.key.text for line in header.stray_lines] == ["cpu"]
    assert header.body_line == 3


@pytest.mark.parametrize(
    "text", ["%step a\n\n\n# | retry: 3\n# | cpu: 2\ndef f():", "%step a\n#| retry: 3\n\n#| cpu: 2\ndef f():"]
)
def test_blank_lines_do_not_end_the_option_lines(text: str) -> None:
    # formatters put them there, above a function or a class
    header = split_header(text)

    assert [line.key.text for line in header.option_lines] == ["retry", "cpu"]
    assert (header.body, header.stray_lines) == ("def f():", ())
    assert header.body_line == text.count("\n") + 1


def test_blank_lines_above_the_code_are_of_the_body() -> None:
    header = split_header("%step a\n#| retry: 3\n\n\nx = 1")

    assert (header.body, header.body_line) == ("\n\nx = 1", 3)


def test_code_above_the_header_is_an_error() -> None:
    with pytest.raises(CellError) as caught:
        split_header("# why\nimport pandas\n\n%%step train")

    (found,) = caught.value.problems
    assert found.code == "C001"
    assert "line 2 is" in found.what
    assert found.place.line == 4


def test_windows_line_ends_do_not_matter() -> None:
    header = split_header("%%step train --retry 3\r\n#| cpu: 2\r\nx = 1\r\n")

    assert [word.text for word in header.words] == ["--retry", "3"]
    assert [line.value and line.value.text for line in header.option_lines] == ["2"]


@given(st.text())
def test_no_text_makes_the_kind_fail(text: str) -> None:
    for head in ("", "%%step a\n", "x = 1\n%%step a "):
        cell_kind(head + text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("%%steps a\nx=1", "%%step"),
        ("# note\n%%Step a", "%%step"),
        ("%%parameter\na: int = 1", "%%parameters"),
        ("%%Setup", "%%setup"),
        ("%steps a\nx=1", "%step"),
        ("# note\n%Step a", "%step"),
        ("%parameters\nalpha: float = 0.1", "%%parameters"),
        ("  %%step a\n  x = 1", "%%step"),
        ("\t%step a", "%step"),
        ("%% step a\nx = 1", "%%step"),
        ("% step a\nx = 1", "%step"),
        ("%%  parameters", "%%parameters"),
        ("%%flow run", "%flow"),
        ("%% flow run", "%flow"),
        ("% flow run", "%flow"),
        ("%Flow run", "%flow"),
        ("%%crad a\n1", "%%card"),
        ("%%stpe a\nx = 1", "%%step"),
        ("%%setp a\nx = 1", "%%step"),
        ("%%setpu\nx = 1", "%%setup"),
        ("%stpe a\nx = 1", "%step"),
        ("%crad a\n1", "%card"),
        ("%cards 12", "%flow cards"),
        ("%flwo run", "%flow"),
        ("%flows run", "%flow"),
        ("%nbflow run", "%flow"),
        ("%%flwo run", "%flow"),
        ("%stop", None),
        ("%stab a", None),
        ("%pets", None),
        ("%card a\n1", None),
        ("%flow run", None),
        ("%flow", None),
        ("%%flow?", None),
        ("%% time", None),
        ("% stop", None),
        ("x = 1\n%steps a", None),
        ("%setup", None),
        ("%set a", None),
        ("%step?", None),
        ("%%time\nx=1", None),
        ("%%step?", None),
        ("%%steps??", None),
        ("%%sql\nselect 1", None),
        ("%%step a\nx=1", None),
        ("x = '%%steps'", None),
    ],
)
def test_a_magic_that_is_nearly_ours_is_told_from_others(text: str, meant: str | None) -> None:
    found = misspelt_magic(text)
    assert (found and found[1]) == meant


@pytest.mark.parametrize("text", ["# note\n%step a --retry 2\nx = 1\n", "# note\n%%step a --retry 2\nx = 1"])
def test_both_forms_of_a_header_are_one(text: str) -> None:
    assert in_one_form(text) == "# note\n%%step a --retry 2\nx = 1"
