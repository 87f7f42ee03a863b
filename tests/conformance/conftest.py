"""One engine for all cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench_flow import Bench, engine_at

from nbflow.runtime.engine import Engine


@pytest.fixture(scope="module")
def _engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_at(tmp_path_factory.mktemp("store") / ".nbflow")
    # as whatever opens a notebook does: else each worker imports it anew
    engine.preload(["pandas"])
    yield engine
    engine.close()


@pytest.fixture
def bench(tmp_path: Path, _engine: Engine) -> Bench:
    return Bench(tmp_path, _engine)
