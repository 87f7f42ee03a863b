"""`current.card`: which card is meant, what is appended, and that nothing of it ends a task."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.model.card import CardAsk
from nbflow.task.carding import CurrentCards, OneCard


class Table:
    """The cards of a step, with what was told and what was to be shown."""

    def __init__(self, *asks: CardAsk, closed: tuple[str, ...] = ("mine",)) -> None:
        self.told: list[tuple[str, dict[str, str]]] = []
        self.refreshed: list[tuple[str | None, Any, bool]] = []
        cards = [
            OneCard(
                ask,
                lambda code, facts: self.told.append((code, facts)),
                lambda card, data, force: self.refreshed.append((card.ask.id, data, force)),
                editable=ask.type not in closed,
                there=ask.type != "nowhere",
            )
            for ask in asks
        ]
        self.cards = CurrentCards("train", cards, lambda code, facts: self.told.append((code, facts)), asking="ask so")

    @property
    def codes(self) -> list[str]:
        return [code for code, _ in self.told]

    def texts(self) -> list[list[str]]:
        return [[each.text() for each in card.components] for card in self.cards]


A, B, PLAIN = CardAsk(id="a"), CardAsk("blank", "b"), CardAsk()


@pytest.mark.parametrize(
    ("asks", "meant"),
    [
        ((PLAIN,), 0),
        ((A,), 0),
        ((A, PLAIN), 1),
        ((CardAsk("mine"), A), 1),
        ((A, CardAsk(id="c", customize=True)), 1),
        ((PLAIN, CardAsk(id="c", customize=True)), 1),
        ((CardAsk("mine"), PLAIN, B), 1),
        ((CardAsk("nowhere"), A), 1),
        ((CardAsk("nowhere"),), 0),
    ],
)
def test_what_names_no_card_goes_to_the_one_that_is_meant(asks: tuple[CardAsk, ...], meant: int) -> None:
    table = Table(*asks)
    table.cards.append("one")
    table.cards.extend(["two", "three"])
    assert table.told == []
    assert [number for number, texts in enumerate(table.texts()) if texts == ["one", "two", "three"]] == [meant]
    table.cards.clear()
    assert table.texts()[meant] == []


@pytest.mark.parametrize(
    ("asks", "code", "word"),
    [
        ((), "K020", "ask so"),
        ((A, B), "K021", "card a, card b"),
        ((PLAIN, CardAsk("blank")), "K021", "the default card, the blank card"),
        ((CardAsk("mine"),), "K029", "mine"),
    ],
)
def test_where_none_can_be_meant_it_is_told_and_nothing_is_done(
    asks: tuple[CardAsk, ...], code: str, word: str
) -> None:
    table = Table(*asks)
    table.cards.append("lost")
    assert table.codes == [code] and any(word in each for each in table.told[0][1].values())
    table.cards.refresh()
    table.cards.clear()
    table.cards.components["x"].update(1)
    assert table.texts() == [[] for _ in asks] and table.refreshed == []
    assert set(table.codes) == {code}


def test_cards_are_found_by_id_and_set_to_a_list() -> None:
    table = Table(A, B, PLAIN)
    table.cards["a"].append("one")
    table.cards["b"] = ["two", "three"]
    table.cards["b"] = ("four",)
    assert table.texts() == [["one"], ["four"], []]
    assert "a" in table.cards and "c" not in table.cards
    assert [card.ask.id for card in table.cards.get("blank")] == ["b"] and len(table.cards.get()) == 3
    assert table.told == []


def test_a_card_that_is_not_there_takes_everything_and_keeps_nothing() -> None:
    table = Table(A)
    table.cards["aa"].append("lost")
    table.cards["aa"].refresh()
    table.cards["aa"] = ["lost"]
    assert table.texts() == [[]] and table.refreshed == []
    assert table.told[0] == ("K022", {"step": "train", "id": "aa", "hint": " Did you mean 'a'?", "known": "a"})


def test_a_type_that_takes_no_components_says_so_when_it_is_named() -> None:
    table = Table(CardAsk("mine", "m"), A)
    table.cards["m"].append("lost")
    assert table.told == [("K029", {"type": "mine"})] and table.texts() == [[], []]


def test_two_cards_of_one_id_are_told_at_once_and_neither_is_meant() -> None:
    table = Table(A, CardAsk(id="a"), PLAIN)
    assert table.codes == ["K025"]
    table.cards["a"].append("lost")
    table.cards.append("kept")
    assert table.texts() == [[], [], ["kept"]] and table.codes == ["K025"]


def test_a_card_is_set_to_nothing_but_a_list() -> None:
    table = Table(A)
    table.cards["a"].append("stays")
    table.cards["a"] = "text"
    table.cards["a"] = 7
    assert table.codes == ["K028", "K028"] and table.texts() == [["stays"]]


def test_a_component_is_found_by_its_id_and_changed() -> None:
    from nbflow.cards import ProgressBar

    table = Table(PLAIN)
    table.cards.append(ProgressBar(max=10), id="bar")
    table.cards.append("below")
    table.cards.components["bar"].update(7)
    assert "7 of 10" in table.texts()[0][0]
    assert table.cards.components.keys() == ["bar"] and "bar" in table.cards.components
    assert table.cards.components[1].text() == "below" and len(table.cards.components) == 2
    table.cards.components["bra"].update(9)
    assert table.told == [
        ("K026", {"card": "the default card", "id": "bra", "hint": " Did you mean 'bar'?", "known": "bar"})
    ]


def test_a_component_with_an_id_that_is_there_takes_its_place() -> None:
    from nbflow.cards import Markdown

    table = Table(PLAIN)
    components = table.cards.components
    for text in ("one", "two"):
        components.append(Markdown(text), id=text)
    table.cards.append(Markdown("one, anew"), id="one")
    components["two"] = "two, anew"
    components["three"] = "three"
    own = Markdown("four")
    own.component_id = "four"
    components.extend([own, own])
    assert table.texts() == [["one, anew", "two, anew", "three", "four"]]
    components[0] = "first"
    assert components.keys() == ["one", "two", "three", "four"] and components.values()[0].text() == "first"
    del components["two"], components[1], components["nobody"]
    assert table.texts() == [["first", "four"]] and table.codes == ["K026"]
    components.clear()
    assert len(components) == 0


def test_an_empty_card_is_a_card_and_one_that_is_not_there_is_none() -> None:
    table = Table(A)
    assert table.cards["a"] and not table.cards["b"] and table.cards and not Table().cards


def test_a_look_on_the_way_says_which_card_with_which_data() -> None:
    table = Table(A, PLAIN)
    table.cards.refresh({"epoch": 3})
    table.cards["a"].refresh(force=True)
    assert table.refreshed == [(None, {"epoch": 3}, False), ("a", None, True)]


def test_anything_that_a_notebook_shows_can_be_appended() -> None:
    class Odd:
        def _repr_html_(self) -> str:
            raise ValueError("no")

    table = Table(PLAIN)
    for each in ("text", 3, {"a": 1}, [1, 2], Odd(), ValueError("seen"), None):
        table.cards.append(each)
    assert len(table.texts()[0]) == 7 and table.told == []
