"""Options of a command: values from the environment, and words that belong elsewhere."""

from __future__ import annotations

import argparse

import pytest

from nbflow.frontends.cli.parser import whole_number
from nbflow.frontends.flowspec.terminal.options import TopParser, split
from nbflow.frontends.flowspec.terminal.parsing import FlowParser, take_environment, words_in


@pytest.fixture
def parser() -> FlowParser:
    made = FlowParser("python flow.py run", "[STEP]")
    made.add_argument("--max-workers", type=whole_number)
    made.add_argument("--tag", action="append", default=[], dest="tags")
    made.add_argument("--all", action="store_true")
    made.add_argument("--alpha", dest="parameter alpha")
    return made


def parsed(parser: FlowParser, *words: str) -> argparse.Namespace:
    take_environment(parser, "run")
    return parser.parse_args(words)


def test_an_option_that_is_not_given_comes_from_the_environment(
    parser: FlowParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBFLOW_RUN_MAX_WORKERS", "3")
    monkeypatch.setenv("METAFLOW_RUN_TAGS", "a b")
    monkeypatch.setenv("NBFLOW_RUN_ALL", "yes")
    monkeypatch.setenv("NBFLOW_RUN_ALPHA", "read with the parameters")
    found = parsed(parser)
    assert (found.max_workers, found.tags, found.all) == (3, ["a", "b"], True)
    assert getattr(found, "parameter alpha") is None


def test_ours_count_more_than_those_of_metaflow_and_what_is_typed_counts_most(
    parser: FlowParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBFLOW_RUN_MAX_WORKERS", "3")
    monkeypatch.setenv("METAFLOW_RUN_MAX_WORKERS", "4")
    assert parsed(parser).max_workers == 3
    assert parsed(parser, "--max-workers", "5").max_workers == 5


@pytest.mark.parametrize("word", ["", "0", "false", "No", "off"])
def test_a_switch_may_be_turned_off_by_a_word(parser: FlowParser, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLOW_RUN_ALL", word)
    assert parsed(parser).all is False


def test_another_command_has_variables_of_its_own(parser: FlowParser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLOW_TAG_ADD_MAX_WORKERS", "3")
    take_environment(parser, "tag add")
    assert parser.parse_args([]).max_workers == 3


def test_words_come_from_the_first_variable_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B", "x y")
    assert words_in(("A", "B")) == ["x", "y"]
    monkeypatch.setenv("A", "")
    assert words_in(("A", "B")) == []


def test_a_usage_error_says_the_usage_in_a_line(parser: FlowParser, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parser.parse_args(["--max-workers", "x"])
    assert left.value.code == 2
    assert capsys.readouterr().err.splitlines() == [
        "flow.py: argument --max-workers: 'x' is not a whole number",
        "usage: python flow.py run [OPTIONS] [STEP]",
        "more:  python flow.py run --help",
    ]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ([], 0),
        (["run", "--alpha", "1"], 0),
        (["--quiet", "run"], 1),
        (["--with", "retry", "--with=catch", "run"], 3),
        (["--config", "cfg", "run", "run"], 3),
        (["--help"], 1),
        (["--branch"], 1),
    ],
)
def test_the_words_before_the_command_are_counted_with_their_values(words: list[str], count: int) -> None:
    assert split(words, TopParser(object, "flow.py")) == count


def test_the_texts_of_commands_stand_below_each_other() -> None:
    lines = TopParser(object, "flow.py").format_help().partition("commands:\n")[2].partition("\n\n")[0].splitlines()
    # a name has single blanks, and at least two follow it
    assert len({len(line) - len(line.strip().partition("  ")[2].strip()) for line in lines}) == 1
