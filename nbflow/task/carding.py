"""`current.card`: what a body adds to the cards that its step asks for.

Nothing of it ends a task: what cannot be done is told, once each, and not done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nbflow.errors import did_you_mean
from nbflow.model.card import CardAsk

if TYPE_CHECKING:
    from nbflow.cards.components.component import CardComponent

#: told of what cannot be done: a code of the catalogue with its facts
Tell = Callable[[str, dict[str, str]], None]
#: told that a card is to be shown as it is now: which one, the data given with it, whether at once
Refresh = Callable[["OneCard", Any, bool], None]


class _Nobody:
    """Stands for a component that is not there: it can be updated, and nothing comes of it."""

    def update(self, *_: Any, **__: Any) -> None:
        """Do nothing."""


class Components:
    """The components of a card, in their order: by number, and by the id they were appended with."""

    def __init__(self, card: OneCard) -> None:
        self._card = card
        self._held: list[CardComponent] = []
        #: when one was last added or taken away
        self.changed_at = time.time()

    def append(self, component: Any, id: str | None = None) -> None:  # noqa: A002 - as Metaflow has it
        """Add a component, or anything that a notebook can show; of an id that there is, it takes the place."""
        if (made := self._made(component, id)) is not None:
            self._put(made, self._place(made.component_id))

    def extend(self, components: Iterable[Any]) -> None:
        """Add several."""
        for each in components:
            self.append(each)

    def clear(self) -> None:
        """Take all of them away."""
        self._held.clear()
        self.changed_at = time.time()

    def __getitem__(self, key: str | int) -> Any:
        if isinstance(key, int):
            return self._held[key]
        place = self._place(key)
        if place is not None:
            return self._held[place]
        self._tell_missing(key)
        return _Nobody()

    def __setitem__(self, key: str | int, component: Any) -> None:
        """Put a component in the place of another; of an id that there is not, it is added."""
        if not isinstance(key, int):
            self.append(component, key)
        elif (made := self._made(component, self._held[key].component_id)) is not None:
            self._put(made, key)

    def __delitem__(self, key: str | int) -> None:
        place = key if isinstance(key, int) else self._place(key)
        if place is None:
            self._tell_missing(str(key))
            return
        del self._held[place]
        self.changed_at = time.time()

    def __contains__(self, key: object) -> bool:
        return any(key is each or (key is not None and key == each.component_id) for each in self._held)

    def __iter__(self) -> Iterator[CardComponent]:
        # a copy: who goes through them may take some away
        return iter(tuple(self._held))

    def __len__(self) -> int:
        return len(self._held)

    def keys(self) -> list[str]:
        """Return the ids that were given."""
        return [each.component_id for each in self._held if each.component_id]

    def values(self) -> list[CardComponent]:
        """Return all of them."""
        return list(self._held)

    def __repr__(self) -> str:
        return repr(self._held)

    def _made(self, component: Any, name: str | None) -> CardComponent | None:
        if not self._card.editable:
            self._card.tell("K029", type=self._card.ask.type)
            return None
        from nbflow.cards.components.anything import component_of

        made = component_of(component)
        if name is not None:
            made.component_id = str(name)
        return made

    def _put(self, made: CardComponent, place: int | None) -> None:
        if place is None:
            self._held.append(made)
        else:
            self._held[place] = made
        self.changed_at = time.time()

    def _place(self, name: str | None) -> int | None:
        if name is None:
            return None
        return next((number for number, each in enumerate(self._held) if each.component_id == name), None)

    def _tell_missing(self, name: str) -> None:
        known = self.keys()
        hint, told = did_you_mean(str(name), known), ", ".join(known) or "none"
        self._card.tell("K026", card=self._card.ask.told, id=str(name), hint=hint, known=told)


class OneCard:
    """One card of the task: `current.card["report"]`."""

    def __init__(self, ask: CardAsk, tell: Tell, refresh: Refresh, *, editable: bool, there: bool = True) -> None:
        self.ask = ask
        #: components may be added to it
        self.editable = editable
        #: its type is known; of one that is not it is told when the card is made
        self.there = there
        #: what it shows
        self.components = Components(self)
        self._tell = tell
        self._refresh = refresh

    def append(self, component: Any, id: str | None = None) -> None:  # noqa: A002 - as Metaflow has it
        """Add a component, or anything that a notebook can show.

        Args:
            component: what to add.
            id: under which `components[id]` finds it, to change it later.
        """
        self.components.append(component, id)

    def extend(self, components: Iterable[Any]) -> None:
        """Add several."""
        self.components.extend(components)

    def clear(self) -> None:
        """Take all of its components away."""
        self.components.clear()

    def replace(self, components: Any) -> None:
        """Have it show these components and no others."""
        if isinstance(components, str | bytes) or not isinstance(components, Iterable):
            self.tell("K028", card=self.ask.id or self.ask.type, kind=type(components).__name__)
            return
        fresh = list(components)
        self.clear()
        self.extend(fresh)

    def refresh(self, data: Any = None, force: bool = False) -> None:  # noqa: FBT001, FBT002 - as Metaflow has it
        """Have it shown as it is now, while the task runs.

        Args:
            data: plain values for whoever reads the card by program.
            force: now, however short ago the last time was.
        """
        self._refresh(self, data, force)

    def tell(self, code: str, **facts: str) -> None:
        self._tell(code, facts)

    def __iter__(self) -> Iterator[CardComponent]:
        return iter(self.components)

    def __len__(self) -> int:
        return len(self.components)

    def __bool__(self) -> bool:
        """It is there, and be it empty."""
        return True

    def __repr__(self) -> str:
        return f"<{self.ask.told}: {len(self)} components>"


class _NoCard(OneCard):
    """Stands for a card that is not there: what was wrong is told already, and nobody will see what it is given."""

    def __init__(self) -> None:
        super().__init__(CardAsk(), lambda *_: None, lambda *_: None, editable=True)

    def __bool__(self) -> bool:
        return False


class CurrentCards:
    """All cards of the task. What is added to it, goes to the one that is meant where none is named.

    That is the only one that takes components; of several the one that says `customize`, else the one without an id.
    """

    def __init__(self, step: str, cards: Sequence[OneCard], tell: Tell, *, asking: str) -> None:
        """Take what there is; `asking`: how a step asks for a card where it is written."""
        self.cards = tuple(cards)
        self._step = step
        self._tell = tell
        self._asking = asking
        ids = [card.ask.id for card in cards if card.ask.id]
        self._twice = {name for name in ids if ids.count(name) > 1}
        self._by_id = {card.ask.id: card for card in cards if card.ask.id and card.ask.id not in self._twice}
        self._meant = _meant(cards)
        if self._twice:
            self._say("K025", ids=", ".join(sorted(self._twice)))

    # ---- the card that is meant

    def append(self, component: Any, id: str | None = None) -> None:  # noqa: A002 - as Metaflow has it
        """Add a component, or anything that a notebook can show; `components[id]` finds it again."""
        if (card := self._card("append(…)")) is not None:
            card.append(component, id)

    def extend(self, components: Iterable[Any]) -> None:
        """Add several."""
        if (card := self._card("extend(…)")) is not None:
            card.extend(components)

    def clear(self) -> None:
        """Take all components of the card away."""
        if (card := self._card("clear()")) is not None:
            card.clear()

    def refresh(self, data: Any = None, force: bool = False) -> None:  # noqa: FBT001, FBT002 - as Metaflow has it
        """Have the card shown as it is now, while the task runs; see OneCard.refresh."""
        if (card := self._card("refresh()")) is not None:
            card.refresh(data, force)

    @property
    def components(self) -> Components:
        """What the card shows."""
        card = self._card("components")
        return card.components if card is not None else _NoCard().components

    # ---- others

    def __getitem__(self, key: str) -> OneCard:
        found = self._named(key)
        return found if found is not None else _NoCard()

    def __setitem__(self, key: str, components: Any) -> None:
        if (card := self._named(key)) is not None:
            card.replace(components)

    def __contains__(self, key: object) -> bool:
        return key in self._by_id

    def __iter__(self) -> Iterator[OneCard]:
        return iter(self.cards)

    def __len__(self) -> int:
        return len(self.cards)

    def get(self, type: str | None = None) -> list[OneCard]:  # noqa: A002 - as Metaflow has it
        """Return the cards of a type; without one, all."""
        return [card for card in self.cards if type is None or card.ask.type == type]

    def __repr__(self) -> str:
        return f"<cards of {self._step}: {', '.join(card.ask.told for card in self.cards) or 'none'}>"

    def _card(self, call: str) -> OneCard | None:
        if self._meant is None:
            names = [card.ask.told for card in self.cards]
            if not names:
                self._say("K020", call=f"current.card.{call}", fix=self._asking)
            elif not any(card.editable for card in self.cards):
                self._say("K029", type=self.cards[0].ask.type)
            else:
                self._say("K021", call=f"current.card.{call}", cards=", ".join(names), fix=self._naming())
        return self._meant

    def _named(self, key: str) -> OneCard | None:
        if not self.cards:
            self._say("K020", call=f"current.card[{key!r}]", fix=self._asking)
        elif key not in self._by_id and key not in self._twice:
            known = ", ".join(self._by_id) or "none: write the id with the card"
            self._say("K022", id=str(key), hint=did_you_mean(str(key), self._by_id), known=known)
        return self._by_id.get(key)

    def _naming(self) -> str:
        named = next(iter(self._by_id), None)
        say = f'current.card["{named or "report"}"].append(…), or say customize=True with one of them'
        return f"name one, as in {say}" if named else f"give them ids and name one, as in {say}"

    def _say(self, code: str, **facts: str) -> None:
        self._tell(code, {"step": self._step, **facts})


def _meant(cards: Sequence[OneCard]) -> OneCard | None:
    """Return the card that is added to where none is named; None: it cannot be told."""
    editable = [card for card in cards if card.editable]
    # what is added to a card of no type would be lost
    editable = [card for card in editable if card.there] or editable
    chosen = [card for card in editable if card.ask.customize]
    plain = [card for card in editable if not card.ask.id]
    return next((some[0] for some in (chosen, editable, plain) if len(some) == 1), None)
