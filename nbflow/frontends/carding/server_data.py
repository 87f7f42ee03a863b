"""Which cards a card server lists: those of the newest runs, the newest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from nbflow.cards.palette import colour, mark
from nbflow.client import Flow, Run, Task
from nbflow.client.cards import Card, cards_of, default_card, get_cards, last_steps_first, tasks_of
from nbflow.errors import NbflowError
from nbflow.frozen import frozen
from nbflow.workspace import Workspace

#: runs that are looked through
_RUNS = 12


@frozen
class Served:
    """What is served: all flows, or one, or one run of it."""

    workspace: Workspace
    flow: str | None = None
    run: str | None = None
    namespace: str | None = None
    most: int = 30

    def listed(self) -> list[dict[str, Any]]:
        """Return runs with their tasks and cards, as JSON."""
        left = self.most
        found: list[dict[str, Any]] = []
        for run in self._runs():
            tasks = last_steps_first(tasks_of(run))
            asked = [(task, cards) for task in tasks if (cards := cards_of(task))]
            if not asked and self.run is None and found:
                continue
            # of a run in which nobody asked for cards each task has one all the same
            default = ((task, [default_card(task)]) for task in tasks if len(get_cards(task)))
            told = [_task(task, cards) for task, cards in itertools.islice(asked or default, left)]
            left -= sum(len(each["cards"]) for each in told)
            if told:
                found.append({"run": run.pathspec, **_look(run.status), "tasks": told})
            if left <= 0:
                break
        return found

    def card(self, place: str, number: int) -> Card | None:
        """Return a card of a task: its number in the order that `listed` has; None: there is no such card."""
        try:
            cards = get_cards(Task(place, workspace=self.workspace))
        except NbflowError:
            return None
        return cards[number] if number < len(cards) else None

    def _runs(self) -> Iterator[Run]:
        if self.flow and self.run:
            yield Run(f"{self.flow}/{self.run}", workspace=self.workspace)
            return
        flows = [self.flow] if self.flow else self.workspace.metadata.flows()
        found = [run for name in flows for run in self._newest(name)]
        yield from sorted(found, key=_begun, reverse=True)[:_RUNS]

    def _newest(self, name: str) -> list[Run]:
        try:
            flow = Flow(name, workspace=self.workspace, namespace=self.namespace)
        except NbflowError:
            if self.flow:
                raise
            # of all flows those of others are left out, and those whose names another program wrote
            return []
        return list(itertools.islice(flow.runs(drafts=True), _RUNS))


def _begun(run: Run) -> float:
    began = run.created_at
    if run.id.startswith("draft"):
        # it goes on: its newest cell counts
        times = [began, *(task.started_at for task in tasks_of(run))]
        began = max((each for each in times if each is not None), default=None)
    return began.timestamp() if began else 0.0


def _task(task: Task, cards: list[Card]) -> dict[str, Any]:
    return {
        "task": "/".join(task.path_components[2:]),
        **_look(task.status),
        "cards": [_card(number, card) for number, card in enumerate(cards)],
    }


def _card(number: int, card: Card) -> dict[str, Any]:
    return {
        "place": f"{card.pathspec}/{number}",
        "name": card.id or card.type,
        "caption": card.caption,
        "hash": f"{card.hash}{'' if card.size else card.created_on}",
        "live": card.live,
        "failed": card.failed,
        "made": card.created_on.timestamp() if card.created_on else 0,
    }


def _look(status: str) -> dict[str, str]:
    return {"status": status, "mark": mark(status), "colour": colour(status)}
