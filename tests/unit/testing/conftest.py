"""Notebooks of a few cells, loaded for testing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nbflow.testing import Notebook, load

Loader = Callable[..., Notebook]


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """Return a function that writes cells into a notebook beside the test's files, and loads it."""
    monkeypatch.setattr(sys, "path", sys.path[:])

    def made(*cells: str, name: str = "sales.ipynb") -> Notebook:
        raw = [
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
            for text in cells
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"cells": raw, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
        return load(path)

    return made
