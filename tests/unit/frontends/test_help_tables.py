"""The tables of help: every option is in them, aligned, with what holds."""

from __future__ import annotations

from nbflow.cells.step_options import STEP
from nbflow.frontends.magics.flowline import OPTIONS
from nbflow.frontends.magics.helping.tables import aligned, head, listed, narrow, option_line, option_lines
from nbflow.frontends.magics.verbs import PARAMETERISED, VERBS


def test_every_option_of_a_step_stands_in_one_group() -> None:
    assert sorted(key for _, keys in STEP.groups for key in keys) == sorted(option.key for option in STEP.options)
    lines = [" ".join(line.split()) for line in option_lines(STEP)]
    for option in STEP.options:
        assert any(line.startswith(f"{head(option)} {option.help}") for line in lines), option.key


def test_what_holds_has_a_column_and_a_default_is_said_where_it_differs() -> None:
    lines = option_lines(STEP, {"retry": "2", "when": "x > " + "1" * 50})
    retry = next(line for line in lines if "--retry N" in line)
    assert retry.split()[2] == "2" and retry.endswith("(default: 0)")
    cpu = next(line for line in lines if "--cpu" in line)
    assert cpu.split()[2] == "1" and "default" not in cpu
    assert "x > 1" in lines[6] and "1…  skip the step" in lines[6]
    texts = [option.help for option in STEP.options]
    assert (
        len({line.index(text) for line in lines for text in texts if line.strip().startswith("--") and text in line})
        == 1
    )
    assert option_line(STEP["retry"], "3") == "--retry N  tries after the first, 0 to 100 (default: 0); now: 3"


def test_columns_stand_below_each_other() -> None:
    assert aligned([("a", "b"), (), ("long", "c", "d")]) == ["a     b", "", "long  c  d"]


def test_every_verb_has_an_example_and_a_group() -> None:
    for name, verb in VERBS.items():
        assert verb.usage.split()[0] == name and verb.group
        assert verb.examples and all(f"%flow {name}" in example for example in verb.examples)
    assert set(OPTIONS) | PARAMETERISED <= set(VERBS)


def test_a_line_that_is_too_long_goes_on_below_its_last_column() -> None:
    text = "  --any      with the steps that ran, and without the others\nshort"
    assert narrow(text, 50) == ("  --any      with the steps that ran, and without\n             the others\nshort")


def test_a_name_longer_than_its_column_does_not_push_the_others_away() -> None:
    long = "  compare [RUN …] [--baseline RUN] [--fail-if CONDITION]"
    told = listed(
        [("look", ""), ("  show", "draw the graph"), (long, "show what differs"), ("  cancel [RUN]", "end a run")]
    )
    assert told == [
        "look",
        "  show          draw the graph",
        long,
        "                show what differs",
        "  cancel [RUN]  end a run",
    ]


def test_what_goes_on_below_a_long_name_stays_in_its_column() -> None:
    told = narrow(f"{'':<16}show what differs between runs: parameters, metrics", 50)
    assert told.splitlines() == [f"{'':<16}show what differs between runs:", f"{'':<16}parameters, metrics"]
