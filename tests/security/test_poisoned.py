"""Whatever looks at a store runs nothing that is in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbflow.client.chosen import default_metadata
from tests.security.poisoned import HTML, SINKS, poison_again, poisoned
from tests.unit.client.conftest import Bench


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, str, Path]]:
    folder = tmp_path_factory.mktemp("poisoned")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBFLOW_ROOT", str(folder / "store"))
        patch.setenv("NBFLOW_USER", "ada")
        bench = Bench(folder / "store")
        place = poisoned(bench, folder / "traces")
        yield bench, place, folder / "traces"
    default_metadata()


@pytest.mark.parametrize("sink", SINKS)
def test_a_look_runs_nothing(stored: tuple[Bench, str, Path], sink: str) -> None:
    bench, place, traces = stored
    pieces = list(SINKS[sink](bench.workspace, place))
    assert not list(traces.iterdir()), f"{sink} ran what it showed"
    assert all(isinstance(each, str) for each in pieces)
    assert any(each.strip() for each in pieces)
    # in a page none is taken for markup; `nbflow logs` prints what was printed
    pages = [each for each in pieces if each.startswith("<") and not each.startswith(HTML)]
    assert not any(HTML in page for page in pages), f"{sink} shows a name as markup"


def test_each_poison_works(stored: tuple[Bench, str, Path]) -> None:
    """A test of the tests above: loading leaves a trace, so that its absence says something."""
    bench, place, traces = stored
    left = poison_again(bench.workspace, place).artifacts
    harmless = {"zoned", "fields", "table", "polars", "text", "bytes", "number", "decimal", "lambda_"}
    for name, ref in left.items():
        for each in traces.iterdir():
            each.rmdir()
        with contextlib.suppress(Exception):
            bench.workspace.store.get(ref)
        assert bool(list(traces.iterdir())) == (name not in harmless), name
    for each in traces.iterdir():
        each.rmdir()
