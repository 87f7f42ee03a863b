"""The browser: what is shown, and what its controls do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from nbflow.client import DataArtifact, Run
from nbflow.client.chosen import default_metadata
from nbflow.client.holdings import Holdings
from nbflow.errors import NbflowError, raise_for
from nbflow.views.artifacts.view import ArtifactsView
from tests.unit.client.conftest import Bench

HOSTILE = "<b onclick=alert(1)>"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("NBFLOW_USER", "ada")
    yield Bench(tmp_path / "store")
    default_metadata()


def a_run(bench: Bench, items: int = 3, status: str = "succeeded") -> str:
    run = bench.run(status)
    bench.task(
        run, "load", left={"df": [1, 2, 3], "rows": 3, "grid": np.arange(6.0).reshape(2, 3), HOSTILE: {"a": HOSTILE}}
    )
    for n in range(items):
        bench.task(run, "train", (n,), {"rmse": n / 4, "model": Ridge(alpha=n + 1)}, item=f"r{n}")
    bench.task(run, "best", left={"rmse": 0.5})
    return run


class Screen:
    """A view as a person sees it."""

    def __init__(self, thing: Any, opener: Any = None) -> None:
        self.opened: list[str] = []
        self.view = ArtifactsView(Holdings(thing), opener or self._open)

    def _open(self, place: str) -> Mapping[str, Any]:
        self.opened.append(place)
        return {"text/plain": "Ridge(alpha=2)"}

    def act(self, act: str, argument: Any = "", **fields: str) -> None:
        self.view.act(act, argument if isinstance(argument, str) else json.dumps(argument), fields)

    def said(self, region: str = "detail") -> str:
        found = self.view.regions().get(region, "")
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found))


def screen(bench: Bench, run: str, opener: Any = None) -> Screen:
    return Screen(Run(f"quick/{run}", workspace=bench.workspace), opener)


def test_the_list_has_a_row_a_step_and_name(bench: Bench) -> None:
    shown = screen(bench, a_run(bench))
    assert "quick/1 succeeded · 11 artifacts" in shown.said("head")
    for row in ("load df list", "rows int", "train rmse 3 items float", "0 … 0.5", "best rmse float"):
        assert row in shown.said("list"), row
    assert "detail" not in shown.view.regions()


def test_a_search_and_an_order_narrow_and_turn_the_list(bench: Bench) -> None:
    shown = screen(bench, a_run(bench))
    shown.act("fields", find="ridge", order="flow")
    assert "model" in shown.said("list")
    assert "rmse" not in shown.said("list")
    assert "1 of 7" in shown.said("controls")
    shown.act("fields", find="nothing of this name")
    assert "no artifact has this" in shown.said("list")
    shown.act("fields", find="", order="size")
    names = re.findall(r"\[&quot;\w+&quot;, &quot;(\w+)&quot;\]", shown.view.regions()["list"])
    assert names[0] == "model"


def test_a_click_shows_what_is_in_an_artifact_and_another_hides_it(bench: Bench) -> None:
    shown = screen(bench, a_run(bench))
    shown.act("choose", ["load", "grid"])
    assert "load.grid" in shown.said()
    assert "2 × 3 · float64" in shown.said()
    assert 'Run("quick/1")["load"].task.data.grid'.replace('"', "&quot;") in shown.view.regions()["detail"]
    shown.act("choose", ["load", "grid"])
    assert "detail" not in shown.view.regions()
    shown.act("choose", ["load", "gone"])
    assert "detail" not in shown.view.regions()


def test_items_are_paged_searched_and_opened_one_by_one(bench: Bench) -> None:
    shown = screen(bench, a_run(bench, items=120))
    shown.act("choose", ["train", "rmse"])
    assert "1 – 50 of 120" in shown.said()
    shown.act("page", "100")
    assert "101 – 120 of 120" in shown.said()
    shown.act("fields", item="r77")
    assert " 1 – 1 of 1 (of 120)" in shown.said()
    shown.act("item", "77")
    assert "task 77 · r77" in shown.said()
    assert "19.25" in shown.said()
    shown.act("back")
    assert "of 1 (of 120)" in shown.said()
    shown.act("page", "nonsense")
    shown.act("close")
    assert "detail" not in shown.view.regions()


def test_code_runs_only_when_somebody_asks_for_it(bench: Bench) -> None:
    shown = screen(bench, a_run(bench))
    shown.act("choose", ["train", "model"])
    shown.act("item", "1")
    assert "sklearn.linear_model._ridge.Ridge" in shown.said()
    assert 'data-act="open"' in shown.view.regions()["detail"]
    assert shown.opened == []
    shown.act("open", "quick/1/train/1/model")
    assert shown.opened == ["quick/1/train/1/model"]
    detail = shown.view.regions()["detail"]
    assert "sandbox" in detail
    assert "Ridge(alpha=2)" in detail
    assert 'data-act="open"' not in detail


def test_what_cannot_be_opened_is_said_by_the_page(bench: Bench) -> None:
    def refuse(place: str) -> Any:
        raise_for("V030", name="model", message="no", place=place)

    shown = screen(bench, a_run(bench), refuse)
    with pytest.raises(NbflowError, match="NBF-V030"):
        shown.act("open", "quick/1/train/1/model")


def test_the_picture_unfolds_without_a_kernel(bench: Bench) -> None:
    page = screen(bench, a_run(bench)).view.static()
    assert page.count("<details") >= 4
    assert "data-act" not in page
    assert HOSTILE not in page
    assert "2 × 3 · float64" in page


def test_the_picture_is_bounded(bench: Bench) -> None:
    run = bench.run()
    noise = np.random.default_rng(0).integers(0, 255, (20, 120, 120, 3), "u1")
    values = {f"text_{n}": "x" * 9000 for n in range(280)}
    bench.task(run, "load", left={f"photo_{n}": photo for n, photo in enumerate(noise)} | values)
    page = screen(bench, run).view.static()
    assert "and 100 more" in page
    assert len(page) < 320_000
    # what has no room any more has no mark to unfold
    assert page.count("<img") == 1


def test_nothing_that_was_left_is_said(bench: Bench) -> None:
    shown = screen(bench, bench.run())
    assert "nothing was left" in shown.said("head")
    assert "nothing was left" in shown.view.static()
    assert "nothing was left" in shown.view.text()


def test_a_damaged_artifact_says_so_and_the_rest_shows(bench: Bench) -> None:
    run = a_run(bench)
    ref = bench.workspace.metadata.tasks("quick", run, "load")[0].manifest
    assert ref is not None
    header = ref.artifacts["df"].header
    assert header is not None
    (bench.workspace.root / f"blobs/{header.blob[:2]}/{header.blob}").unlink()
    shown = screen(bench, run)
    assert "is missing from the store" in shown.view.static()
    assert "0 … 0.5" in shown.view.static()
    shown.act("choose", ["load", "df"])
    assert "is missing from the store" in shown.said()


def test_a_step_a_task_and_an_artifact_show_themselves_alone(bench: Bench) -> None:
    run = Run(f"quick/{a_run(bench)}", workspace=bench.workspace)
    step = Screen(run["train"])
    assert "rmse 3 items" in step.said("list")
    assert "load" not in step.said("list")
    task = Screen(run["train"]["1"])
    assert "0.25" in task.said("list")
    one = Screen(run["train"]["1"]["model"])
    assert "list" not in one.view.regions()
    assert "what it holds" in one.said()
    assert "what it holds" in one.view.static()
    assert "alpha: 2" in one.view.text()


def test_an_earlier_attempt_shows_what_it_left(bench: Bench) -> None:
    run = bench.run()
    bench.task(run, "load", left={"x": 1}, status="failed", attempt=0)
    bench.task(run, "load", left={"x": 2}, attempt=1)
    assert "Leaf" not in Screen(DataArtifact(f"quick/{run}/load/0/x", attempt=0, workspace=bench.workspace)).view.text()
    first = Screen(DataArtifact(f"quick/{run}/load/0/x", attempt=0, workspace=bench.workspace)).view.text()
    assert first.splitlines()[-1] == "1"


def test_a_run_under_way_is_read_again_when_something_was_left(bench: Bench) -> None:
    run = bench.run("running")
    shown = screen(bench, run)
    assert not shown.view.poll()
    bench.task(run, "load", left={"x": 1})
    assert shown.view.poll()
    assert "x" in shown.said("list")
    assert not shown.view.poll()
