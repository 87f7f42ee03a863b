"""Engines: one shared by tests that leave it as it was, and new ones for tests that break theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from bench_flow import Bench, NewBench, brood, engine_at, until

from nbflow.runtime.engine import Engine


@pytest.fixture(scope="module")
def shared_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_at(tmp_path_factory.mktemp("store") / ".nbflow")
    yield engine
    engine.close()


@pytest.fixture
def bench(tmp_path: Path, shared_engine: Engine) -> Iterator[Bench]:
    """A bench whose engine has no process left when the test ends."""
    yield Bench(tmp_path, shared_engine, plain=())
    assert not brood(shared_engine), "a process outlives its run"


@pytest.fixture
def new_bench(tmp_path: Path) -> Iterator[NewBench]:
    """Makes benches with engines of their own."""
    with ExitStack() as opened:

        def make() -> Bench:
            folder = tmp_path / f"bench{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            bench = Bench(folder, engine_at(folder / ".nbflow"), plain=())
            opened.callback(bench.engine.close)
            until(lambda: hasattr(bench.engine._backend, "_zygote"))
            return bench

        yield make
