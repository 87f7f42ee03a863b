from __future__ import annotations

from typing import Any

Zygote = Any


def test_a_body_leaves_what_it_assigns(zygote: Zygote) -> None:
    ended = zygote.run("x = 1\ny = [x, 'two']")
    assert ended.status == 0
    assert ended.values == {"x": 1, "y": [1, "two"]}
    assert ended.done["warnings"] == []
    assert ended.done["caught"] is None
    assert len(ended.done["times"]) == 3
