from __future__ import annotations

from typing import Any

import pytest

from nbflow.cards import CardType, MetaflowCard
from nbflow.errors import CardError


class Short(MetaflowCard):
    type = "short"

    def render(self, task: Any, data: Any = None) -> str:
        return f"<h1>{task}</h1>{self.options['end']}{len(self.components)}"


def test_a_type_of_card_is_a_class_that_makes_html_of_a_task() -> None:
    assert Short({"end": "!"}, ["a"]).render("x") == "<h1>x</h1>!1"
    assert CardType is MetaflowCard


def test_what_is_not_said_is_as_in_metaflow() -> None:
    assert (Short.ALLOW_USER_COMPONENTS, Short.RUNTIME_UPDATABLE, Short.RELOAD_POLICY) == (False, False, "never")
    assert (Short.RELOAD_POLICY_ALWAYS, Short.RELOAD_POLICY_ONCHANGE) == ("always", "onchange")
    assert Short().reload_content_token(None, {}) == "content-token"
    assert Short(options={}, components=[], graph={"a": 1}, flow=None).graph == {"a": 1}


def test_options_are_each_cards_own() -> None:
    first, second = Short(), Short()
    first.options["a"] = 1
    first.components.append(1)
    assert second.options == {} and second.components == []


def test_a_type_that_does_not_say_how_it_looks_is_an_error() -> None:
    class Empty(MetaflowCard):
        type = "empty"

    with pytest.raises(CardError, match=r"(?s)NBF-K001.*empty has no render\(task\)"):
        Empty().render(None)
    with pytest.raises(CardError, match=r"has no render_runtime"):
        Short().render_runtime(None, {})
    with pytest.raises(CardError, match=r"has no refresh"):
        Short().refresh(None, {})
