"""A folder whose notebook counts what its steps do, and the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from counting import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
