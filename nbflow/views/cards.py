"""The cards of a run, a step or a task, one at a time: the newest, or the one that is chosen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import several
from nbflow.cards.html import Html
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.client import Run, Step, Task
from nbflow.client.cards import Card, cards_of, default_card, get_cards, last_steps_first, tasks_of
from nbflow.views.inline import parts
from nbflow.views.pace import Pace

#: most cards to choose from, and most that a saved page shows
_MOST, _SHOWN = 200, 3


class CardsView:
    """The cards of what is at `place`; of a task, or a run, that goes on they are looked at again and again."""

    name = "cards"

    def __init__(self, place: Run | Step | Task) -> None:
        self._place = place
        self._cards: list[Card] = []
        #: path without the hash of the card that was chosen; None: the newest
        self._chosen: str | None = None
        #: the card that is shown, as it was then: it is drawn anew when it has changed, and a page keeps where it is
        self._shown: tuple[tuple[str, str, bool], Html] | None = None
        self._pace = Pace()
        self._look()

    def regions(self) -> Mapping[str, Html]:
        """Return a line to choose a card by, and the card."""
        card = self._card()
        if card is None:
            return {"choose": self._none(), "card": Html("")}
        return {"choose": self._chooser(card), "card": self._framed(card)}

    def static(self) -> Html:
        """Return the first cards, and how many more there are."""
        if not self._cards:
            return self._none()
        shown, more = self._cards[:_SHOWN], len(self._cards) - _SHOWN
        last = [h.block(h.faint(f"{several(more, 'more card')} of {self._place.pathspec}"))] if more > 0 else []
        return h.block(*(card.framed(drawing=False) for card in shown), *last)

    def text(self) -> str:
        """Return the newest card as text, and what others there are."""
        card = self._card()
        if card is None:
            return f"{self._place.pathspec} {self._lack}"
        others = [f"  {one_line(each.caption)}" for each in self._cards if each is not card]
        more = ["", f"{several(len(others), 'more card')}:", *others[:20]] if others else []
        return "\n".join([one_line(card.caption), "", card.text, *more])

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:  # noqa: ARG002 - as every view has it
        """Show the card that was chosen."""
        if act == "fields" and "card" in fields:
            self._chosen = fields["card"] or None

    def poll(self) -> bool:
        """Say whether there are other cards than before, or one has changed."""
        if not self._goes_on or not self._pace.due():
            return False
        before = [_state(card) for card in self._cards]
        self._pace.timed(self._look)
        return before != [_state(card) for card in self._cards]

    def _look(self) -> None:
        # first, so that what changes meanwhile is looked at once more
        whole = self._place.parent if isinstance(self._place, Step) else self._place
        self._goes_on = not whole.finished
        self._cards = list(itertools.islice(_found(self._place), _MOST))

    def _card(self) -> Card | None:
        for card in self._cards:
            if _where(card) == self._chosen:
                return card
        return max(self._cards, key=_made, default=None)

    @property
    def _lack(self) -> str:
        """What is to be said in the place of cards."""
        if not self._goes_on:
            return "has no cards: it has not run" if isinstance(self._place, Step) else "has no cards"
        if isinstance(self._place, Step) and not self._place.tasks():
            return "has not begun yet; its card will be here"
        return "has no cards yet; they will be here"

    def _none(self) -> Html:
        status = getattr(self._place, "status", "")
        sign: Sequence[Html | str] = [h.text(mark(status), f"color:{colour(status)}"), " "] if status else []
        return h.block(*sign, h.tag("b", self._place.pathspec), " ", h.faint(self._lack))

    def _framed(self, card: Card) -> Html:
        state = _state(card)
        if self._shown is None or self._shown[0] != state:
            self._shown = state, card.framed()
        return self._shown[1]

    def _chooser(self, card: Card) -> Html:
        if len(self._cards) < 2:
            return Html("")
        newest = [("", "the newest card")]
        choices = [*newest, *((_where(each), _label(each)) for each in self._cards)]
        chosen = "" if self._chosen is None else _where(card)
        return parts.bar(
            parts.choice("card", choices, chosen, label="card"), h.faint(several(len(self._cards), "card"))
        )


def _found(place: Run | Step | Task) -> Iterator[Card]:
    """Yield the cards of a place: those that were asked for, else the default cards of its tasks."""
    if isinstance(place, Task):
        yield from get_cards(place)
        return
    tasks = last_steps_first(tasks_of(place)) if isinstance(place, Run) else tasks_of(place.parent, place.id)
    asked = [card for task in tasks for card in cards_of(task)]
    yield from asked or (default_card(task) for task in tasks if len(get_cards(task)))


def _where(card: Card) -> str:
    return f"{card.pathspec} {card.type} {card.id or ''}"


def _state(card: Card) -> tuple[str, str, bool]:
    return card.path, str(card.created_on), card.live


def _made(card: Card) -> float:
    return card.created_on.timestamp() if card.created_on else 0.0


def _label(card: Card) -> str:
    task = "/".join(card.pathspec.split("/")[2:])
    named = card.id or ("" if card.type == "default" else card.type)
    return one_line(" · ".join(filter(None, (task, named, "live" if card.live else ""))), 80)
