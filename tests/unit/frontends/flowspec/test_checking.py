"""Notices of a flow, each thing once."""

from __future__ import annotations

import pytest

from nbflow.errors import Place, problem
from nbflow.frontends.flowspec.terminal.checking import say_notices
from nbflow.frontends.flowspec.terminal.console import Console


def test_what_is_to_be_said_of_several_steps_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    batch = [problem("D050", Place(step=name), name="batch", step=name, instead="it runs here") for name in "abcdef"]
    flow = problem("D051", name="schedule", instead="nothing")
    say_notices([flow, *batch[:2], flow], Console())
    assert capsys.readouterr().err.splitlines() == [
        "note: @schedule is recorded, but does nothing yet: nothing",
        "note: @batch on a, b is recorded, but does nothing yet: it runs here",
    ]
    say_notices(batch, Console())
    assert "@batch on a, b, c, d and 2 more is recorded" in capsys.readouterr().err


def test_errors_are_no_notices(capsys: pytest.CaptureFixture[str]) -> None:
    say_notices([problem("R004", option="x", message="y", fix="z")], Console())
    assert capsys.readouterr().err == ""


def test_quiet_says_no_notice(capsys: pytest.CaptureFixture[str]) -> None:
    say_notices([problem("D051", name="schedule", instead="nothing")], Console(quiet=True))
    assert capsys.readouterr().err == ""
