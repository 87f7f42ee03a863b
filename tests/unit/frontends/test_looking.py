"""Which screen a kernel's front end has, as far as can be known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from nbflow.frontends.magics.looking import Greeting, screen_of
from nbflow.views.live import screens
from nbflow.views.live.screens import PlainText


def test_a_front_end_that_never_says_hello_though_the_kernel_listened_draws_no_widgets() -> None:
    greeting = Greeting()
    greeting.before_cell(100.0)
    greeting.shown()
    greeting.after_cell(110.0)
    assert not greeting.missed
    greeting.before_cell(120.0)
    assert greeting.missed


def test_cells_that_were_asked_for_together_say_nothing() -> None:
    greeting = Greeting()
    greeting.shown()
    greeting.after_cell(110.0)
    # Run All: the next cell waited in the kernel already
    greeting.before_cell(100.5)
    assert not greeting.missed


def test_one_hello_is_enough_for_good_even_a_late_one() -> None:
    greeting = Greeting()
    greeting.shown()
    greeting.after_cell(110.0)
    greeting.before_cell(120.0)
    greeting.heard()
    assert not greeting.missed
    greeting.after_cell(130.0)
    greeting.before_cell(140.0)
    assert not greeting.missed


def test_before_a_widget_was_shown_nothing_is_missed() -> None:
    greeting = Greeting()
    greeting.after_cell(110.0)
    greeting.before_cell(120.0)
    assert not greeting.missed


def face(*, attended: bool, missed: bool = False) -> Any:
    greeting = Greeting()
    greeting.missed = missed
    return SimpleNamespace(shell=SimpleNamespace(kernel=object()), attended=attended, greeting=greeting)


@pytest.mark.parametrize(
    ("attended", "missed", "environment", "widget"),
    [
        (True, False, {}, True),
        (False, False, {}, False),
        (True, True, {}, False),
        (False, False, {"SERVER_SOFTWARE": "voila/0.5.8"}, True),
        (True, False, {"NBFLOW_VIEWS": "static"}, False),
        (False, False, {"NBFLOW_VIEWS": "widget"}, True),
        (True, False, {"NBFLOW_VIEWS": "wrong"}, True),
    ],
)
def test_widgets_are_for_people(
    monkeypatch: pytest.MonkeyPatch, attended: bool, missed: bool, environment: dict[str, str], widget: bool
) -> None:
    for name in ("NBFLOW_VIEWS", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # each is tied to a kernel as soon as it is made
    monkeypatch.setattr(screens, "WidgetOutput", lambda: "widget")
    monkeypatch.setattr(screens, "PictureOutput", lambda: "picture")
    assert screen_of(face(attended=attended, missed=missed)) == ("widget" if widget else "picture")


def test_a_terminal_has_neither() -> None:
    assert isinstance(screen_of(SimpleNamespace(shell=object())), PlainText)  # type: ignore[arg-type]
