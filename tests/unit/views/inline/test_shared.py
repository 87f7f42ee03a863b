"""A view that is shown under several cells."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from nbflow.cards.html import Html
from nbflow.views.inline.shared import SharedView


class Slow:
    """Is in two of its methods at once where nothing prevents that."""

    name = "slow"

    def __init__(self) -> None:
        self.inside = self.most = 0
        self.news = False

    def _enter(self) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        threading.Event().wait(0.02)
        self.inside -= 1

    def regions(self) -> Mapping[str, Html]:
        self._enter()
        return {}

    def static(self) -> Html:
        self._enter()
        return Html("")

    def text(self) -> str:
        self._enter()
        return ""

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        self._enter()
        if act == "refuse":
            raise ValueError(argument)

    def poll(self) -> bool:
        self._enter()
        return self.news


def test_its_methods_are_called_one_at_a_time() -> None:
    view = Slow()
    shared = SharedView(view)
    calls = [shared.regions, shared.static, shared.text, shared.poll, lambda: shared.act("", "", {})]
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert view.most == 1


def test_it_counts_what_was_done_and_what_was_new() -> None:
    view = Slow()
    shared = SharedView(view)
    shared.poll()
    assert shared.changes == 0
    view.news = True
    shared.poll()
    assert shared.changes == 1
    with pytest.raises(ValueError, match="why"):
        shared.act("refuse", "why", {})
    assert shared.changes == 2
