"""Previews as HTML and as text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from nbflow.client.preview import LARGE, SMALL, preview
from nbflow.client.preview_html import preview_html
from nbflow.client.preview_text import preview_text
from nbflow.store.store import Store

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202e"
VALUES: dict[str, Any] = {
    "frame": pd.DataFrame({HOSTILE: [HOSTILE, None], "n": [1.5, 2]}),
    "series": pd.Series([1, 2], name=HOSTILE),
    "array": np.arange(12.0).reshape(3, 4),
    "row": np.arange(100),
    "deep": np.zeros((2, 3, 4)),
    "fields": np.array([(1,)], dtype=[(HOSTILE, "i4")]),
    "picture": np.zeros((30, 40, 3), "u1"),
    "text": HOSTILE * 2000,
    "line": HOSTILE,
    "bytes": HOSTILE.encode() * 300,
    "tree": {HOSTILE: [HOSTILE, {HOSTILE: (1, 2)}]},
    "model": Ridge(),
    "object": {"m": Ridge()},
    "empty": [],
    "number": 1.5,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("previews"))


@pytest.mark.parametrize("limits", [LARGE, SMALL])
@pytest.mark.parametrize("name", VALUES)
def test_a_preview_shows_no_markup_of_others_and_turns_nothing_around(store: Store, name: str, limits: Any) -> None:
    seen = preview(store, store.put(VALUES[name]), limits)
    page, text = str(preview_html(seen)), preview_text(seen)
    assert "<img src=x" not in page
    for shown in (page, text):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    # what an untrusted notebook keeps
    assert set(re.findall(r"<(\w+)", page)) <= {
        "div",
        "span",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "b",
        "br",
        "pre",
        "details",
        "summary",
        "img",
    }
    assert all(source.startswith("data:image/") for source in re.findall(r'src="([^"]*)"', page))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("frame", ["2 rows × 2 columns", "float64", "1.5"]),
        ("array", ["3 × 4 · float64", "least 0", "mean 5.5", "most 11"]),
        ("row", ["100 · int64", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …"]),
        ("deep", ["2 × 3 × 4"]),
        ("bytes", ["the first 256", "3c 69 6d 67"]),
        (
            "model",
            ["sklearn.linear_model._ridge.Ridge", "alpha", "1.0", "stored as a pickle: to open it is to run its code"],
        ),
        ("object", ["dict, 1 item", "Ridge"]),
        ("number", ["1.5"]),
    ],
)
def test_a_preview_says_the_same_in_a_page_and_in_a_terminal(store: Store, name: str, told: list[str]) -> None:
    seen = preview(store, store.put(VALUES[name]))
    page = re.sub(r"<[^>]*>", "", preview_html(seen))
    for each in told:
        assert each in preview_text(seen)
        assert each.replace(", …", "") in page


def test_a_sample_is_called_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbflow.store.peek import arrays

    monkeypatch.setattr(arrays, "_WHOLE", 1000)
    monkeypatch.setattr(arrays, "_BLOCK", 10)
    seen = preview(store, store.put(np.arange(100_000.0)))
    said = "of a sample: 640 of 100,000 values"
    assert said in preview_html(seen)
    assert said in preview_text(seen)


def test_a_small_preview_is_small(store: Store) -> None:
    values = [
        pd.DataFrame(np.zeros((1000, 100))),
        np.zeros((500, 500)),
        np.random.default_rng(0).integers(0, 255, (900, 900, 3), "u1"),
        {n: dict.fromkeys(range(100), "x" * 1000) for n in range(100)},
        "x" * 100_000,
    ]
    for value in values:
        page = preview_html(preview(store, store.put(value), SMALL))
        assert len(page) < 100_000


def test_missing_blobs_are_told(tmp_path: Path) -> None:
    store = Store(tmp_path)
    ref = store.put({"a": 1})
    for path in (tmp_path / "blobs").rglob("*"):
        if path.is_file():
            path.unlink()
    seen = preview(store, ref)
    assert seen.is_damaged
    assert "is missing from the store" in preview_html(seen)
    assert "✗" in preview_text(seen)
