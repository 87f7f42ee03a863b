"""`nbflow.artifacts`: its doors, and opening in a process of its own."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

import nbflow
from nbflow.client import Flow, Run
from nbflow.client.chosen import default_metadata
from nbflow.errors import NbflowError
from nbflow.frontends.seeing import opening
from nbflow.frontends.seeing.opening import open_apart
from tests.unit.client.conftest import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("NBFLOW_USER", "ada")
    yield Bench(tmp_path / "store")
    default_metadata()


class Calls:
    """Calls a function when it is unpickled."""

    def __init__(self, function: Any, *given: Any) -> None:
        self.called = function, given

    def __reduce__(self) -> Any:
        return self.called


def test_an_object_is_opened_elsewhere_and_what_it_displays_comes_back(bench: Bench) -> None:
    run = bench.run()
    figure = Figure()
    figure.subplots().plot([1, 2])
    bench.task(run, "load", left={"figure": figure, "process": Calls(os.getpid), "table": {"a": figure}})
    shown = nbflow.artifacts("quick")
    picture = shown.open("figure")
    assert base64.b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert "Figure" in repr(picture)
    assert int(repr(shown.open("load.process"))) != os.getpid()
    # the view's own button does the same
    shown._view.act("choose", '["load", "process"]', {})
    shown._view.act("open", "quick/1/load/0/process", {})
    assert "sandbox" in shown._view.regions()["detail"]


def test_what_fails_hangs_or_ends_its_process_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.run()
    left = {"fails": Calls(int, "x"), "hangs": Calls(time.sleep, 60), "ends": Calls(os._exit, 3)}
    bench.task(run, "load", left=left)
    root = bench.workspace.root
    with pytest.raises(NbflowError, match="invalid literal for int"):
        open_apart(root, "quick/1/load/0/fails")
    with pytest.raises(NbflowError, match="its process ended with 3"):
        open_apart(root, "quick/1/load/0/ends")
    monkeypatch.setattr(opening, "TIMEOUT", 2.0)
    with pytest.raises(NbflowError, match="it took more than 2 s, and was ended"):
        open_apart(root, "quick/1/load/0/hangs", timeout=2.0)


def test_what_an_object_prints_is_no_part_of_what_it_displays(bench: Bench) -> None:
    bench.task(bench.run(), "load", left={"loud": Calls(print, "noise")})
    assert open_apart(bench.workspace.root, "quick/1/load/0/loud") == {
        "text/plain": "NoneType, which displays nothing that can be shown here"
    }


def test_a_name_that_several_have_is_asked_for(bench: Bench) -> None:
    run = bench.run()
    for index in range(2):
        bench.task(run, "train", (index,), {"model": Calls(int)})
    bench.task(run, "best", left={"model": Calls(int)})
    shown = nbflow.artifacts(Run("quick/1"))
    with pytest.raises(NbflowError, match="they are: train/0/model, train/1/model, best/0/model"):
        shown.open("model")
    with pytest.raises(NbflowError, match=r"Did you mean 'model'\?"):
        shown.open("modle")
    assert shown._place("best.model") == "quick/1/best/0/model"
    assert shown._place("train/1/model") == "quick/1/train/1/model"
    assert nbflow.artifacts("quick/1/best/0/model")._place(None) == "quick/1/best/0/model"


def test_every_way_to_name_a_place_leads_there(bench: Bench) -> None:
    run = bench.run()
    bench.task(run, "load", left={"x": 1})
    whole = Run("quick/1")
    for what, place in (
        (None, "quick/1"),
        ("quick", "quick/1"),
        (Flow("quick"), "quick/1"),
        (whole, "quick/1"),
        (whole["load"], "quick/1/load"),
        ("quick/load", "quick/1/load"),
        (whole["load"].task, "quick/1/load/0"),
        ("quick/1/load/0/x", "quick/1/load/0/x"),
    ):
        assert nbflow.artifacts(what)._holdings.pathspec == place
    for wrong, told in (
        (3.5, "a float is no run"),
        ("qiuck", "Did you mean 'quick'?"),
        ("quick/1/laod", "Did you mean 'load'?"),
        ("quick/7", "NBF-M002"),
    ):
        with pytest.raises(NbflowError) as refused:
            nbflow.artifacts(wrong)
        assert told in str(refused.value)


def test_it_shows_itself_as_text_and_as_a_picture(bench: Bench) -> None:
    bench.task(bench.run(), "load", left={"x": 1, "words": ["a"]})
    shown = nbflow.artifacts()
    assert "load  words" in repr(shown)
    assert "words" in shown._repr_html_()
    artifact = Run("quick/1")["load"].task["words"]
    assert "list, 1 item" in artifact._repr_html_()
