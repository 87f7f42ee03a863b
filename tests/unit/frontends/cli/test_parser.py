"""Words that no option takes, and values that look like options."""

from __future__ import annotations

import pytest

from nbflow.frontends.cli import run
from nbflow.frontends.cli.parser import Parser, whole_number


@pytest.fixture
def parser() -> Parser:
    made = Parser(prog="nbflow run")
    made.add_argument("--tag", action="append", default=[])
    made.add_argument("--max-workers", type=whole_number)
    made.add_argument("--fresh", action="store_true")
    made.add_argument("-p", "--param")
    made.add_argument("notebook")
    return made


def test_a_mistyped_option_is_told_which_one_was_meant(parser: Parser, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parser.parse_args(["nb.ipynb", "--max-wokers", "3"])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("nbflow: unknown option '--max-wokers'. Did you mean '--max-workers'?\nusage: nbflow run")


def test_a_mistyped_option_with_an_equals_sign_is_told_without_its_value(
    parser: Parser, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser.parse_args(["nb.ipynb", "--tagg=weekly"])
    assert "unknown option '--tagg'. Did you mean '--tag'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--on batch", "For all steps it is  --with batch  and for one its header says it:  %%step NAME --on batch"),
        ("--on=batch", "--with batch  and"),
        ("--retry 2", "--with retry:times=2  and"),
        ("--gpu", " A step says it in its header:  %%step NAME --gpu"),
        ("--on local", " A step says it in its header:  %%step NAME --on local"),
        ("--catch --tag x", "--with catch  and"),
    ],
)
def test_an_option_of_steps_is_told_from_a_parameter(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="nbflow run")
    run.add(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["nb.ipynb", *words.split()])
    assert said in capsys.readouterr().err


def test_a_word_too_many_is_named(parser: Parser, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser.parse_args(["nb.ipynb", "other.ipynb"])
    assert "unexpected 'other.ipynb'" in capsys.readouterr().err


def test_a_mistyped_option_of_a_verb_is_looked_for_among_those_of_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    top = Parser(prog="nbflow")
    verb = top.add_subparsers(parser_class=Parser).add_parser("run")
    verb.add_argument("--reuse", action="store_true")
    with pytest.raises(SystemExit):
        top.parse_args(["run", "--resue"])
    assert "Did you mean '--reuse'?" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["-1", "-1e-3", "-x", "-"])
def test_a_value_may_begin_with_a_dash(parser: Parser, value: str) -> None:
    assert parser.parse_args(["nb.ipynb", "--param", value]).param == value
    assert parser.parse_args(["nb.ipynb", "-p", value, "--fresh"]).param == value


def test_an_option_is_no_value_of_the_option_before_it(parser: Parser, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser.parse_args(["nb.ipynb", "--param", "--fresh"])
    assert "expected one argument" in capsys.readouterr().err


def test_after_two_dashes_everything_is_a_word(parser: Parser) -> None:
    assert parser.parse_args(["--fresh", "--", "-p"]).notebook == "-p"


@pytest.mark.parametrize(("word", "said"), [("x", "'x' is not a whole number"), ("0", "0 is less than 1")])
def test_a_number_that_is_none_is_told_in_words(
    parser: Parser, word: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser.parse_args(["nb.ipynb", "--max-workers", word])
    assert f"--max-workers: {said}" in capsys.readouterr().err
