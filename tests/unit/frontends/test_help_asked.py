"""Lines that ask for help: IPython would look for an object of that name."""

from __future__ import annotations

import pytest

from nbflow.frontends.magics.helping.asked import answer_questions


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("%flow?", "%flow help"),
        ("%flow run?", "%flow help run"),
        ("%flow run --fresh??", "%flow help run --fresh"),
        ("x = 1\nif x:\n    %flow why?\ny", "x = 1\nif x:\n    %flow help why\ny"),
        ("%%step?", "%flow help step"),
        ("# a comment\n%%step train?", "# a comment\n%flow help step train"),
        ("%step train?", "%flow help step train"),
        ("%%parameters?", "%flow help parameters"),
        ("%%setup?\n\n", "%flow help setup\n\n"),
    ],
)
def test_a_question_about_ours_becomes_a_call_for_its_help(cell: str, becomes: str) -> None:
    assert "".join(answer_questions(f"{cell}\n".splitlines(keepends=True))) == f"{becomes}\n"


@pytest.mark.parametrize(
    "cell",
    [
        "run?",
        "%time?",
        "%flowers?",
        "text = '''\n%flow run?\n'''",
        "%%step train\nwhy = '?'\n%flow run?",
        "%%step train --when 'x?'",
        "%flow run --tag 'why?'",
        "# %flow run?",
        "",
    ],
)
def test_everything_else_stays_as_it_is(cell: str) -> None:
    lines = f"{cell}\n".splitlines(keepends=True)
    assert answer_questions(list(lines)) == lines
