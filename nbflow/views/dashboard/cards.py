"""The newest card of each flow, one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from nbflow.cards import html as h
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line
from nbflow.client import Run, Task
from nbflow.client.cards import Card, cards_of, default_card
from nbflow.errors import NbflowError
from nbflow.views.dashboard.summary import Reader
from nbflow.views.inline import parts
from nbflow.views.pace import Pace
from nbflow.workspace import Workspace

#: flows to choose from, runs of a flow that are searched, tasks of a run, and cards in a saved page
_FLOWS, _RUNS, _TASKS, _SHOWN = 20, 10, 200, 3


class LatestCards:
    """The newest card of each flow: of those that its steps ask for, else the default card of its last task."""

    name = "latest-cards"

    def __init__(self, workspace: Workspace, reader: Reader, clock: Callable[[], float] = time.time) -> None:
        self._workspace = workspace
        self._reader = reader
        self._clock = clock
        self._pace = Pace(clock)
        self._version = -1
        self._chosen = ""
        self._cards: dict[str, Card] = {}

    def regions(self) -> Mapping[str, Html]:
        """Return a list of the flows, and the card of the one that is chosen."""
        cards = self._read()
        if not cards:
            return {"choose": h.block(h.faint("no cards yet"))}
        flow = self._chosen if self._chosen in cards else next(iter(cards))
        options = [(name, one_line(f"{name} · {card.title}", 80)) for name, card in cards.items()]
        bar = parts.bar(parts.choice("flow", options, flow, label="flow whose card is shown"))
        return {"choose": bar if len(cards) > 1 else h.block(), "card": cards[flow].framed()}

    def static(self) -> Html:
        """Return the cards of the first flows."""
        cards = self._read()
        if not cards:
            return h.block(h.faint("no cards yet"))
        return h.block(*(card.framed(drawing=False) for card in islice(cards.values(), _SHOWN)))

    def text(self) -> str:
        """Return what cards there are."""
        return "\n".join(card.caption for card in self._read().values()) or "no cards yet"

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:  # noqa: ARG002 - as every view has it
        """Show the card of the flow that was chosen."""
        if act == "fields":
            self._chosen = fields.get("flow", "")

    def poll(self) -> bool:
        """Look whether there is another card."""
        if not self._pace.due():
            return False
        before = {name: card.path for name, card in self._cards.items()}
        return before != {name: card.path for name, card in self._read().items()}

    def _read(self) -> dict[str, Card]:
        version = self._reader.metadata.version()
        if version != self._version:
            self._cards = self._pace.timed(self._found)
            self._version = version
        return self._cards

    def _found(self) -> dict[str, Card]:
        """Return the newest card of each flow that has one."""
        records = self._reader.records(self._clock())
        runs = {name: [run for run in found if run.status.ended][:_RUNS] for name, found in records.items()}
        found = ((name, self._newest(name, [run.id for run in ended])) for name, ended in islice(runs.items(), _FLOWS))
        return {name: card for name, card in found if card is not None}

    def _newest(self, flow: str, runs: list[str]) -> Card | None:
        """Return the newest card that a step asks for, else the default card of the latest run's last task."""
        last: Task | None = None
        for run in runs:
            try:
                tasks = list(_tasks(Run(f"{flow}/{run}", workspace=self._workspace, namespace=None)))
            except NbflowError:
                # deleted since, or of another program's make: one run is no reason to show nothing of the others
                continue
            for task in tasks:
                # the card that its step asks for first
                if cards := cards_of(task):
                    return cards[0]
            last = last or next(iter(tasks), None)
        return default_card(last) if last is not None else None


def _tasks(run: Run) -> Iterator[Task]:
    """Yield the tasks of a run that ran, those of its last step first."""
    for step in reversed(run.steps(skipped=False)):
        yield from islice(step, _TASKS)
