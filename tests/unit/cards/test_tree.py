from __future__ import annotations

import numpy as np

from nbflow.cards.sanitize import text_of
from nbflow.cards.tree import CHARACTERS, MEMBERS, VALUES, plain, tree


def test_each_name_and_value_shows_escaped() -> None:
    shown = tree({"<b>": "<i>", "n": None, "t": True, "x": 1.5, "l": [1, "a"]})
    assert "<b>" not in shown and "<i>" not in shown
    words = text_of(shown)
    for each in ("<b>:", '"<i>"', "n: null", "t: true", "x: 1.5", 'l: [1, "a"]'):
        assert each in words


def test_the_first_levels_are_unfolded() -> None:
    assert tree({"a": {"b": {"c": 1}}}, levels=1).count("<details style") == 3
    assert tree({"a": {"b": {"c": 1}}}, levels=1).count(" open>") == 1
    assert tree({"a": {"b": {"c": 1}}}, levels=9).count(" open>") == 3


def test_what_is_too_much_is_counted() -> None:
    assert f"… {1000 - MEMBERS:,} more" in tree([{"a": 1}] * 1000)
    assert len(tree([[[i] * 20 for i in range(40)] for _ in range(400)])) < VALUES * 600
    assert "…" in tree("x" * (CHARACTERS + 1))


def test_a_deep_tree_ends() -> None:
    deep: list[object] = []
    for _ in range(500):
        deep = [deep]
    assert "…" in tree(deep)
    assert plain(deep)


def test_values_become_what_json_has_words_for() -> None:
    given = {1: {2, 1}, "a": (np.float64(0.5), np.int64(3)), "b": b"x", "c": object}
    assert plain(given) == {"1": [1, 2], "a": [0.5, 3], "b": "b'x'", "c": str(object)}
