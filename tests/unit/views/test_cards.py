"""The view of cards: one of several, chosen; live while its run goes on; nothing to click in a saved page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nbflow.client import Run, Step, Task
from nbflow.model.artifact import Manifest
from nbflow.model.card import CardContent, CardRef
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.views.cards import CardsView
from nbflow.views.pace import Pace
from nbflow.workspace import Workspace


class Store:
    """A run that goes on: a step `load`, and `train` over three items."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root)
        steps = (StepSummary(StepName("load"), (), ()), StepSummary(StepName("train"), (), ("train",)))
        fields: dict[str, Any] = {"created_at": 1.0, "heartbeat_at": 2e9, "user": "ann", "steps": steps}
        self.workspace.metadata.create_run(RunRecord(FlowName("f"), RunId(""), "run", RunStatus.RUNNING, **fields))
        self.task("load", "0")

    def task(self, step: str, name: str, *texts: str, status: str = "succeeded", at: float = 1.0) -> None:
        store = self.workspace.store
        cards = [CardContent("blank", f"c{number}", f"<p>{text}</p>", text=text) for number, text in enumerate(texts)]
        refs = tuple(CardRef("blank", each.id, store.put_bytes(each.to_bytes()), 9) for each in cards)
        path = () if step == "load" else (int(name),)
        kept = TaskRecord(
            *(StepName(step), name, path, TaskStatus(status)),
            manifest=Manifest({}),
            started_at=at,
            finished_at=at,
            cards=refs,
        )
        self.workspace.metadata.write("f", "1", [kept], [])

    def run(self) -> Run:
        return Run("f/1", workspace=self.workspace)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def card_of(view: CardsView) -> str:
    return str(view.regions()["card"])


@pytest.fixture(autouse=True)
def looks_whenever_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "due", lambda _: True)


def test_the_newest_card_is_shown_until_another_is_chosen(store: Store) -> None:
    store.task("train", "0", "first", at=5.0)
    store.task("train", "1", "second", at=3.0)
    view = CardsView(store.run())
    assert "first" in card_of(view) and "second" not in card_of(view)
    choices = str(view.regions()["choose"])
    assert "<select" in choices and "train/0 · c0" in choices and "2 cards" in choices
    view.act("fields", "", {"card": "f/1/train/1 blank c0"})
    assert "second" in card_of(view)
    view.act("fields", "", {"card": ""})
    assert "first" in card_of(view)


def test_what_changes_while_the_run_goes_on_is_seen(store: Store) -> None:
    store.task("train", "0", "first")
    view = CardsView(store.run())
    assert not view.poll()
    store.task("train", "1", "second", at=9.0)
    assert view.poll() and not view.poll()
    assert "second" in card_of(view)


def test_a_card_of_a_task_that_runs_is_looked_at_again(store: Store) -> None:
    store.task("train", "0", status="running")
    path = store.workspace.live_card_path("f", "1", "train", "0", 0, 0)
    path.parent.mkdir(parents=True)
    view = CardsView(Task("f/1/train/0", workspace=store.workspace))
    for text in ("one", "two"):
        path.write_bytes(CardContent("blank", None, f"<p>{text}</p>").to_bytes())
        assert view.poll() and text in card_of(view)


def test_a_run_that_is_over_is_not_looked_at_any_more(store: Store) -> None:
    store.task("train", "0", "first")
    store.workspace.metadata.update_run("f", "1", status=RunStatus.SUCCEEDED, finished_at=9.0)
    view = CardsView(store.run())
    asked: list[str] = []
    view._look = lambda: asked.append("looked")  # type: ignore[method-assign]
    assert not view.poll() and asked == []


def test_a_saved_page_has_the_first_cards_and_no_controls(store: Store) -> None:
    store.task("train", "0", "a", "b", "c", "d")
    saved = str(CardsView(Step("f/1/train", workspace=store.workspace)).static())
    assert saved.count("<iframe ") == 3 and "1 more card of f/1/train" in saved
    assert "<select" not in saved and "<button" not in saved and "<script" not in saved


def test_tasks_without_cards_have_their_default_ones(store: Store) -> None:
    view = CardsView(store.run())
    assert "f/1/load/0" in card_of(view) and "<select" not in str(view.regions()["choose"])
    assert "load · succeeded" in view.text()


def test_where_nothing_has_run_there_is_a_line(store: Store) -> None:
    view = CardsView(Step("f/1/train", workspace=store.workspace))
    assert "f/1/train has not begun yet" in view.text() and "has not begun yet" in str(view.static())
    assert "has not begun yet" in str(view.regions()["choose"]) and card_of(view) == ""
    view.act("fields", "", {"card": "nonsense"})


def test_the_card_of_a_step_comes_to_the_place_that_waits_for_it(store: Store) -> None:
    view = CardsView(Step("f/1/train", workspace=store.workspace))
    assert not view.poll()
    store.task("train", "0", "here it is")
    assert view.poll() and "here it is" in card_of(view)
    assert "has not begun" not in str(view.regions()["choose"])


def test_in_a_terminal_the_newest_is_text_and_the_others_are_named(store: Store) -> None:
    store.task("train", "0", "first", at=5.0)
    store.task("train", "1", "second", at=3.0)
    text = CardsView(store.run()).text()
    assert "first" in text and "\n1 more card:\n" in text and "f/1/train/1 · c0" in text
