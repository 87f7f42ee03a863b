"""What a card of a person's own type is made with, while its task runs and in the end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from nbflow.cards import Markdown, MetaflowCard
from nbflow.model.card import CardAsk
from nbflow.task.card_making import content
from nbflow.task.carding import OneCard

GRAPH = {"file": "sales.py", "doc": "Sells.", "steps": {"start": {"next": ["end"]}, "end": {"next": []}}}


class Told(MetaflowCard):
    type = "told"

    def __init__(self, components: Any = (), graph: Any = None, flow: Any = None) -> None:
        self.shown = f"{''.join(components)} {list(graph)} {flow.name} {flow.script_name} {flow.__doc__}"

    def render(self, task: Any) -> str:
        return f"{self.shown} of {task.pathspec} [METAFLOW_RELOAD_TOKEN]"

    def render_runtime(self, task: Any, data: Any) -> str:
        return f"{data['user']} {data['components']} {data['component_update_ts'] > 0} [METAFLOW_RELOAD_TOKEN]"

    def reload_content_token(self, task: Any, data: Any) -> str:
        return f"with {data['user']}"


def made(data: dict[str, Any]) -> str:
    card = OneCard(CardAsk("told"), lambda *_: None, lambda *_: None, editable=True)
    card.append(Markdown("one"), id="one")
    card.append(Markdown("two"))
    types: Any = SimpleNamespace(find=lambda _: Told)
    return content(card, types, lambda: SimpleNamespace(pathspec="sales/1/start/0"), lambda: GRAPH, data).html


def test_a_card_is_told_of_its_components_the_graph_and_the_flow() -> None:
    page = made({"user": None, "mode": "render", "render_seq": "final"})
    assert page.startswith('<div class="md"><p>one</p>') and "<p>two</p>" in page
    assert page.endswith("['start', 'end'] sales sales.py Sells. of sales/1/start/0 final")


@pytest.mark.parametrize(("policy", "token"), [("never", "never"), ("always", "render-seq-3"), ("onchange", "with 7")])
def test_while_its_task_runs_it_is_told_what_there_is_now_and_its_token_follows_its_policy(
    policy: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Told, "RELOAD_POLICY", policy)
    page = made({"user": 7, "mode": "render_runtime", "render_seq": 3})
    assert page.startswith("7 {'one': '<div") and "two" not in page
    assert page.endswith(f" True {token}")
