"""The catalogue: every entry can be said, every code that is raised has one, and every one is raised."""

from __future__ import annotations

import pickle
import re
import string
from pathlib import Path
from typing import Any

import pytest

from nbflow.catalogue import CATALOGUE, Entry
from nbflow.errors import (
    NbflowError,
    Place,
    RunError,
    UsageError,
    did_you_mean,
    error,
    near_or_all,
    problem,
    raise_for,
    sorted_by_place,
)

SOURCE = Path(__file__).parents[2] / "nbflow"
CODE = re.compile(r"""["']([A-Z]\d{3})["']""")
PLACE = Place(notebook="sales.ipynb", cell="cell 7", step="train", line=3, column=4, text="    y = dff.mean()")

#: classes of a letter of which some codes have a narrower one
NARROWED = {"TaskError", "MetadataError", "ViewError"}

#: the codes of each letter: a rule that holds for every code is a test for each letter
LETTERS = {
    letter: [code for code in CATALOGUE if code[0] == letter] for letter in sorted({code[0] for code in CATALOGUE})
}
each_letter = pytest.mark.parametrize("codes", LETTERS.values(), ids=LETTERS)


def fields_of(entry: Entry) -> set[str]:
    """Return the facts the texts of `entry` ask for."""
    texts = (entry.what, entry.why, entry.fix)
    return {field for text in texts for _, field, _, _ in string.Formatter().parse(text) if field}


def facts_for(code: str) -> dict[str, str]:
    return {name: f"<{name}>" for name in fields_of(CATALOGUE[code])}


def codes_in_source() -> dict[str, set[str]]:
    """Return every code the source names, with the modules that do."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        if path.parent.name != "catalogue":
            for code in CODE.findall(path.read_text()):
                found.setdefault(code, set()).add(path.relative_to(SOURCE).as_posix())
    return found


@each_letter
def test_an_entry_shows_its_code_its_place_and_every_fact(codes: list[str]) -> None:
    for code in codes:
        facts = facts_for(code)
        text = str(problem(code, PLACE, **facts))
        assert text.startswith(f"NBF-{code}  ")
        assert "sales.ipynb · cell 7 · %%step train · line 3" in text, code
        assert all(fact in text for fact in facts.values()), code


@each_letter
def test_an_entry_without_a_place_says_nothing_of_one(codes: list[str]) -> None:
    for code in codes:
        assert "  where" not in str(problem(code, **facts_for(code))), code


@each_letter
def test_an_entry_says_what_is_wrong_in_one_line_without_a_full_stop(codes: list[str]) -> None:
    for code in codes:
        what = CATALOGUE[code].what
        assert what, code
        assert "\n" not in what, code
        assert not what.endswith("."), code


@each_letter
def test_a_notice_has_the_letter_of_notices(codes: list[str]) -> None:
    for code in codes:
        severity = CATALOGUE[code].severity
        # what decorators record is told with the decorators
        assert (severity == "notice") <= (code[0] in "ND"), code
        assert (code[0] == "N") <= (severity != "error"), code


@each_letter
def test_an_error_has_the_class_of_its_letter_and_survives_pickling(codes: list[str]) -> None:
    names = {"C": "Cell", "D": "Decorator", "F": "Lint", "G": "Graph", "P": "Parameter", "T": "Task", "R": "Run"}
    names |= {"S": "Store", "M": "Metadata", "V": "View", "K": "Card", "E": "Package", "U": "Configuration"}
    names |= {"L": "Schedule", "A": "Deployment", "W": "Notebook", "Q": "Message"}
    for code in codes:
        if CATALOGUE[code].severity != "error":
            continue
        raised = error(problem(code, PLACE, **facts_for(code)))
        expected = "UsageError" if CATALOGUE[code].usage else names[code[0]] + "Error"
        classes = [each.__name__ for each in type(raised).__mro__]
        assert classes[0] == expected or (expected in NARROWED and expected in classes), code
        again = pickle.loads(pickle.dumps(raised))
        assert (type(again), again.problems, str(again)) == (type(raised), raised.problems, str(raised))


def test_a_missing_fact_is_a_defect_that_shows_at_once() -> None:
    with pytest.raises(KeyError, match="name"):
        str(problem("G012"))


def test_the_caret_stands_under_the_column() -> None:
    lines = str(problem("G001", PLACE, name="dff", hint="", extra="", fix="")).splitlines()
    assert lines[2] == "             y = dff.mean()"
    assert lines[3].index("^") == 9 + PLACE.column


def test_problems_of_several_letters_are_one_flow_error() -> None:
    both = error([problem("C013"), problem("G012", name="alpha")])
    assert type(both).__name__ == "FlowError"
    assert both.code == "NBF-C013"
    assert "NBF-G012" in str(both)


def test_a_command_line_that_starts_nothing_has_its_own_class_and_exit_code() -> None:
    usage = error(problem("R001", path="a.ipynb", hint=""))
    failed = error(problem("R011", run="3", why=""))
    assert (type(usage), usage.exit_code) == (UsageError, 2)
    assert (type(failed), failed.exit_code) == (RunError, 1)


def test_raise_for_raises_and_the_notebook_shows_its_lines_only() -> None:
    with pytest.raises(NbflowError) as caught:
        raise_for("G012", PLACE, name="alpha")
    assert caught.value._render_traceback_() == str(caught.value).splitlines()


def test_long_texts_are_folded_at_blanks_and_further_lines_stand_below_the_first() -> None:
    found = problem("G012", PLACE, name="alpha " * 40)
    lines = found.lines(60)
    assert max(map(len, lines)) <= 60 or PLACE.text in lines[2]
    assert lines[0].startswith("NBF-G012  ") and lines[1].startswith(" " * 9 + "alpha")
    assert " ".join(" ".join(lines).split()) == " ".join(str(found).split())


def test_a_problem_without_a_place_stands_where_the_persons_code_led_to_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def look(do):\n    return do()\n\n\ndef ask(do):\n    look(do)\n")
    space: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), space)
    with pytest.raises(NbflowError) as caught:
        space["ask"](lambda: raise_for("M002", flow="a", run="1", hint=""))
    lines = caught.value._render_traceback_()
    # the test's own file is a person's, too
    assert lines[1].startswith("  where  test_errors.py · line ")
    assert [line.strip() for line in lines[3:5]] == ["called from mine.py · line 2", "called from mine.py · line 6"]
    assert str(caught.value).count("\n") == 1, "only the notebook says so"


def test_what_there_is_is_told_where_nothing_is_near() -> None:
    assert near_or_all("trian", ["load", "train"], "Its steps are") == " Did you mean 'train'?"
    assert near_or_all("33", ["3", "2"], "Its runs are") == " Its runs are 3, 2."
    assert near_or_all("x", [str(number) for number in range(10)], "It has", 2) == " It has 0, 1 and 8 more."
    assert near_or_all("x", [], "It has") == ""


def test_errors_stand_before_notices_and_repeats_are_dropped() -> None:
    notice, wrong = problem("N013", step="load"), problem("C013")
    assert sorted_by_place([notice, wrong, notice]) == [wrong, notice]


def test_did_you_mean_names_the_nearest_or_nothing() -> None:
    assert did_you_mean("trian", ["load", "train"]) == " Did you mean 'train'?"
    assert did_you_mean("retires", ["retry"], "--{}") == " Did you mean '--retry'?"
    assert did_you_mean("zzz", ["load", "train"]) == ""


def test_the_beginning_of_one_long_name_is_enough_and_of_several_is_not() -> None:
    steps = ["estimate_monthly_components", "evaluate_one_month", "load"]
    assert did_you_mean("evaluate", steps) == " Did you mean 'evaluate_one_month'?"
    assert did_you_mean("es", steps) == ""
    assert did_you_mean("loa", ["load_prices_of_the_north", "load_weather_of_the_south"]) == ""


def test_every_code_in_the_source_is_in_the_catalogue() -> None:
    unknown = {code: where for code, where in codes_in_source().items() if code not in CATALOGUE}
    assert not unknown


def test_every_code_of_the_catalogue_is_raised_somewhere() -> None:
    unused = set(CATALOGUE) - set(codes_in_source())
    assert not unused


#: a failure of the person's own code: what helps is in its traceback
OWN_FAILURE = {"T001"}


@each_letter
def test_an_error_says_what_to_do(codes: list[str]) -> None:
    for code in codes:
        entry = CATALOGUE[code]
        assert entry.fix or entry.severity == "notice" or code in OWN_FAILURE, code


@each_letter
def test_a_text_is_written_as_the_others_are(codes: list[str]) -> None:
    for code in codes:
        entry = CATALOGUE[code]
        for text in (entry.what, entry.why, entry.fix):
            assert text == text.strip(), code
            assert not text.endswith((".", ";", ",")) or text.endswith("…"), code
        assert "\n" not in entry.what, f"the headline of {code} is one line"
