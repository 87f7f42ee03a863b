from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from compared import Runs

from nbflow.client.chosen import default_metadata
from nbflow.client.namespace import default_namespace


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """A store to write runs into, seen as whoever runs them sees it."""
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("NBFLOW_USER", "ada")
    monkeypatch.delenv("NBFLOW_PRODUCTION_TOKEN", raising=False)
    yield Runs(tmp_path / "store")
    default_namespace()
    default_metadata()
