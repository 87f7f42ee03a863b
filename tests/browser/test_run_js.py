"""The modules of the widgets in the browser that runs them, without a kernel: the panel's pure functions, and what both make of messages."""

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
from nbflow.views.inline import stage as page_of
from nbflow.views.live import state
from tests.unit.views.live.test_state import moments

RUN_JS = Path(state.__file__).with_name("run.js")
PAGE_JS = Path(page_of.__file__).with_name("page.js")
CALL = """async ({ source, name, args }) => {
    const module = await import("data:text/javascript;base64," + source);
    return args.map(each => module[name](...each));
}"""
#: draws a widget, lets it hear some news, and returns after each what is shown and how often it has asked for everything
HEAR = """async ({ source, values, news }) => {
    const { default: widget } = await import("data:text/javascript;base64," + source);
    const heard = {}, el = document.body.appendChild(document.createElement("div"));
    let asked = 0;
    const model = {
        get: name => values[name],
        set: (name, value) => { values[name] = value; heard[`change:${name}`]?.(); },
        on: (name, hear) => { heard[name] = hear; },
        off: () => undefined,
        send: message => { asked += message.type === "hello"; },
    };
    const parts = typeof widget === "function" ? widget() : widget;
    parts.initialize?.({ model });
    parts.render({ model, el });
    const seen = [];
    for (const [name, value] of news) {
        name === "changes" ? heard["msg:custom"](value) : model.set(name, value);
        await new Promise(requestAnimationFrame);
        seen.push([el.innerText.match(/news \\d+/)[0], asked]);
    }
    return seen;
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


def of_a_run(number: int) -> list[Any]:
    """The widget's first values when it is at `number`, the name of the whole, the whole, and changes to it."""
    states = [{**json.loads(json.dumps(moments()[1])), "notices": [f"news {each}"]} for each in (number - 1, number)]
    whole = {"number": number, "at": 0, "state": states[1]}
    look = {"signs": {}, "colours": {"": "grey"}, "marks": {"": "?"}}
    return [{"look": look, "snapshot": whole}, "snapshot", whole, {"at": 0, "changes": state.changes(*states)}]


def of_a_page(number: int) -> list[Any]:
    html = f"<p>news {number}</p>"
    whole = {"number": number, "message": "", "regions": [["said", html]]}
    changes = {"names": ["said"], "set": [["said", 0, 0, html, len(html)]], "message": ""}
    return [{"name": "demo", "page": whole}, "page", whole, changes]


@pytest.mark.parametrize(("source", "of"), [(RUN_JS, of_a_run), (PAGE_JS, of_a_page)], ids=["run", "page"])
def test_who_misses_a_message_asks_for_everything_and_takes_nothing_that_is_older(
    page: Page, source: Path, of: Any
) -> None:
    """Numbers are told in an order that a slow machine or two front ends could give them."""

    def changes(number: int) -> list[Any]:
        return ["changes", {"type": "changes", "number": number, **of(number)[3]}]

    def whole(number: int) -> list[Any]:
        return list(of(number)[1:3])

    news = [
        [*changes(5), "news 5", 1],
        # told twice, and told late
        [*changes(5), "news 5", 1],
        [*changes(3), "news 5", 1],
        # 6 is lost: nothing is made of 7, nor of what comes before the answer
        [*changes(7), "news 5", 2],
        [*changes(8), "news 5", 3],
        [*whole(9), "news 9", 3],
        [*changes(8), "news 9", 3],
        [*changes(10), "news 10", 3],
        # an answer that was under way all the time
        [*whole(4), "news 10", 3],
    ]
    told = {
        "source": base64.b64encode(source.read_bytes()).decode(),
        "values": of(4)[0],
        "news": [each[:2] for each in news],
    }
    assert page.evaluate(HEAR, told) == [each[2:] for each in news]
