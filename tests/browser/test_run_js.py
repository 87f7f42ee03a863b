"""The pure functions of the panel's module, in the browser that runs them."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from nbflow.cards.figures import duration
from nbflow.model.ids import StepName, TaskKey
from nbflow.views.live import state
from tests.unit.views.live.test_state import moments

RUN_JS = Path(state.__file__).with_name("run.js")
CALL = """async ({ source, name, args }) => {
    const module = await import("data:text/javascript;base64," + source);
    return args.map(each => module[name](...each));
}"""


@pytest.fixture
def module(page: Page) -> Any:
    """Call an exported function of the module with each of some lists of arguments."""
    source = base64.b64encode(RUN_JS.read_bytes())

    def call(name: str, *args: Any) -> list[Any]:
        found: list[Any] = page.evaluate(CALL, {"source": source.decode(), "name": name, "args": list(args)})
        return found

    return call


def test_changes_taken_in_one_after_another_lead_to_the_state_that_they_were_made_of(module: Any) -> None:
    states = [json.loads(json.dumps(each)) for each in moments()]
    pairs = [[before, state.changes(before, now)] for before, now in pairwise(states)]
    assert len(pairs) > 5
    assert module("merged", *pairs) == states[1:]


def test_a_duration_reads_as_python_writes_it(module: Any) -> None:
    seconds = [
        0,
        0.0004,
        0.031,
        0.0994,
        0.0996,
        0.31,
        0.994,
        0.996,
        1,
        9.94,
        9.96,
        12,
        59.4,
        61,
        185,
        3599,
        3661,
        90_000,
    ]
    assert module("duration", *([each] for each in seconds)) == [duration(each) for each in seconds]


def test_a_place_in_a_strip_has_the_name_of_its_task(module: Any) -> None:
    train = StepName("train")
    keys = [TaskKey(train, (3,)), TaskKey(train, (2, 11)), TaskKey(train, (), 2), TaskKey(train, (4,), 1)]
    step = {"each": 1, "paths": [str(key).removeprefix("train") for key in keys]}
    names = module("taskAt", *(["train", step, place] for place in range(len(keys))))
    assert names == [str(key) for key in keys]
    assert module("taskAt", ["train", {"each": 1, "paths": None}, 5], ["train", {"each": 3}, 5]) == ["train[5]", None]
