"""What is said of a word behind `%flow` that is no verb."""

from __future__ import annotations

import re

import pytest

from nbflow.frontends.magics.elsewhere import _MEANT, _TERMINAL, meant_by
from nbflow.frontends.magics.verbs import VERBS


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("logs train[3]", "%flow view train[3]"),
        ("log", "%flow view [STEP or RUN]"),
        ("ls", "%flow history"),
        ("diff 3 5", "%flow compare 3 5"),
        ("chart", "%flow compare --chart METRIC"),
        ("stop", "%flow cancel"),
        ("rerun train", "%flow resume train"),
        ("tag weekly", "%flow run --tag weekly  for the next run; for one that is there tick it in  %flow history"),
        ("tag", "%flow run --tag NAME  for the next run; for one that is there tick it in  %flow history"),
        ("convert sales.ipynb sales.py", "!nbflow convert sales.ipynb sales.py"),
        ("Run --alpha 3", "%flow run --alpha 3"),
    ],
)
def test_a_word_that_is_no_verb_leads_to_the_line_that_was_meant(line: str, fix: str) -> None:
    word, _, rest = line.partition(" ")
    assert meant_by(word, rest)[1] == fix


def test_a_slip_has_its_verb_and_anything_else_all_of_them() -> None:
    assert meant_by("hsitory", "3")[0] == " Did you mean 'history'?"
    hint, fix = meant_by("xyzzy", "")
    assert hint == ""
    assert all(verb in fix for verb in VERBS)


def test_what_is_said_leads_to_verbs_that_are_there() -> None:
    assert not (set(_MEANT) | _TERMINAL) & set(VERBS)
    named = {verb for line in _MEANT.values() for verb in re.findall(r"%flow (\w+)", line)}
    assert named <= set(VERBS)
