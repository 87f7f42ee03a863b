"""What somebody opened of a task: previews of what it left, and its cards. Nothing is unpickled for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.cards import html as h
from nbflow.cards.figures import size
from nbflow.cards.html import Content, Html
from nbflow.cards.printable import one_line
from nbflow.client.facts import RunFacts
from nbflow.client.preview import preview
from nbflow.client.preview_html import preview_html
from nbflow.client.task import Task
from nbflow.errors import NbflowError
from nbflow.views.inline import parts
from nbflow.views.task.reading import Told

if TYPE_CHECKING:
    from nbflow.client.cards import Card

#: artifacts and cards that are open at once, and cards that are listed
_MOST, _CARDS = 10, 50


class Opened:
    """Which artifacts and cards of a task are open."""

    def __init__(self, facts: RunFacts) -> None:
        self._facts = facts
        self._artifacts: dict[str, Html] = {}
        #: by their place in the list; None: nobody chose, and the first one is
        self._cards: set[int] | None = None

    def forget(self) -> None:
        """Another attempt left other things."""
        self._artifacts.clear()

    def toggle_artifact(self, name: str, told: Told) -> None:
        """Open an artifact of the task, or close it."""
        if self._artifacts.pop(name, None) is not None:
            return
        ref = told.task.manifest.artifacts.get(name) if told.task.manifest else None
        if ref is None:
            return
        while len(self._artifacts) >= _MOST:
            del self._artifacts[next(iter(self._artifacts))]
        seen = preview(self._facts.workspace.store, ref)
        head = h.join([h.code(one_line(name, 80)), " ", h.faint(seen.said)])
        self._artifacts[name] = h.block(head, preview_html(seen), style="margin:6px 0 10px 12px")

    def toggle_card(self, number: int) -> None:
        """Open a card, or close it."""
        chosen = {0} if self._cards is None else self._cards
        self._cards = chosen ^ {number} if number in chosen or len(chosen) < _MOST else chosen

    def artifacts(self) -> Html:
        """Return the previews that are open."""
        return h.join(self._artifacts.values())

    def cards(self, told: Told) -> Html:
        """Return the cards of the task by name, those that are open with what they show."""
        if told.task.status.ended and not told.task.cards:
            return Html("")
        # what draws cards is not imported for a task that has none
        from nbflow.client.cards import cards_of

        task = Task(told.place, workspace=self._facts.workspace, facts=self._facts)
        found = cards_of(task)[:_CARDS]
        if not found:
            return Html("")
        opened = {0} if self._cards is None else self._cards
        return h.block(*(self._card(number, card, shown=number in opened) for number, card in enumerate(found)))

    def _card(self, number: int, card: Card, *, shown: bool) -> Html:
        fold = "▾" if shown else "▸"
        name = parts.link(f"{fold} {one_line(card.id or card.type, 80)}", "card", str(number))
        # a card without an id is called by its type
        said = " · ".join([*([one_line(card.type, 40)] if card.id else []), size(card.size)])
        about: list[Content] = [h.faint(f"\u00a0 {said}")] if card.size else []
        if not shown:
            return h.block(name, *about)
        try:
            # in a frame that runs nothing
            body = Html(card._repr_html_())
        except NbflowError as error:
            # it was cleaned away
            body = h.block(h.faint(one_line(error, 300)))
        return h.block(h.block(name, *about), body)
