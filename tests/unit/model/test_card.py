"""Cards as they are stored come out as they went in."""

from __future__ import annotations

import json

from nbflow.model.card import CardAsk, CardContent, CardRef
from nbflow.model.ids import Digest


def test_a_card_is_read_as_it_was_stored() -> None:
    full = CardContent("default", "report", "<b>é</b>", True, frozenset({"plotly", "vega"}), "é", {"n": 1}, "no", 320)
    for card in (full, CardContent("blank", None, "")):
        assert CardContent.from_bytes(card.to_bytes()) == card


def test_what_a_later_version_stores_beside_is_passed_over() -> None:
    raw = {"type": "blank", "html": "x", "colour": "red"}
    assert CardContent.from_bytes(json.dumps(raw).encode()) == CardContent("blank", None, "x")


def test_a_card_is_told_by_the_first_digits_of_its_content() -> None:
    ref = CardRef("blank", "a", Digest("0123456789abcdef" * 4), 12, failed=True)
    assert ref.hash == "0123456789" and CardRef.from_json(ref.to_json()) == ref


def test_a_card_is_called_by_its_id_or_its_type() -> None:
    assert CardAsk("mine", "a").told == "card a" and CardAsk("mine").told == "the mine card"
