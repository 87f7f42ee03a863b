"""Nothing that was kept acts where it is shown: no script of it runs, no other machine is asked."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hostile.filled import fill
from hostile.outside import Outside, outside
from hostile.payloads import payloads, some
from hostile.sinks import SINKS, Place, charts, live_states, together
from hostile.touch import TOUCH
from lab import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Error, Frame, Page, Playwright, expect
from plotly.offline import get_plotlyjs

from nbflow import default_namespace, namespace
from nbflow.cards.palette import signs_of_statuses
from nbflow.frontends.carding.server import opened
from nbflow.frontends.carding.server_data import Served
from nbflow.views.live import state
from nbflow.workspace import Workspace

RUN_JS = Path(state.__file__).with_name("run.js")
#: draw figures as JupyterLab's renderer does: in the page itself
DRAW = """async figures => {
    for (const { data, layout } of figures) {
        const root = document.body.appendChild(document.createElement("div"));
        await Plotly.newPlot(root, data, layout);
        for (let curve = 0; curve < data.length; curve++) try { Plotly.Fx.hover(root, [{ curveNumber: curve, pointNumber: 0 }]); } catch {}
    }
}"""
#: one widget for each state, as a notebook makes them
LIVE = """async ({ source, look, states }) => {
    const { default: widget } = await import("data:text/javascript;base64," + source);
    for (const state of states) {
        const kept = { look, kernel: "", snapshot: { number: 1, at: Date.now() / 1000, state } };
        const model = { get: name => kept[name], on() {}, send() {} };
        const made = widget();
        made.initialize({ model });
        made.render({ el: document.body.appendChild(document.createElement("div")) });
    }
}"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Outside]:
    with outside() as machine:
        yield machine


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, elsewhere: Outside) -> Iterator[Browser]:
    """A browser for which every other machine is the one that listens here."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, elsewhere.flag])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    # the runs are of people with hostile names
    namespace(None)
    with pytest.MonkeyPatch.context() as made:
        yield made
    default_namespace()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> list[Place]:
    root = tmp_path_factory.mktemp("hostile") / "store"
    workspace = Workspace.open(root)
    patch.setenv("NBFLOW_ROOT", str(root))
    return [Place(workspace, each, fill(root, each, number)) for number, each in enumerate(payloads())]


def shown(page: Page, html: str) -> None:
    """Show `html`, and do to it what a person may do."""
    page.set_content(f"<!doctype html><meta charset=utf-8><body>{html}", wait_until="load")
    touch_all(page)


def touch_all(page: Page) -> None:
    page.wait_for_timeout(40)
    for frame in page.frames:
        touch(frame)
    page.wait_for_timeout(80)


def touch(frame: Frame) -> None:
    try:
        frame.evaluate(TOUCH)
    except Error:
        # a page that went away took its frame along
        assert frame.is_detached() or frame.url != "about:blank"


def acted(page: Page) -> Any:
    return page.evaluate("window.acted ?? null")


def test_shown_as_they_are_most_of_them_act(chromium: Browser, elsewhere: Outside) -> None:
    page = chromium.new_page()
    seen = set()
    tried = some(list(payloads()), 0)
    # on a busy machine some take their time
    for patience in (0, 500, 2000):
        for each in tried if len(seen) <= len(tried) / 2 else ():
            page.goto("about:blank")
            elsewhere.asked.clear()
            shown(page, each.text.encode("utf-8", "replace").decode())
            page.wait_for_timeout(0 if each.kind in seen else patience)
            if acted(page) or elsewhere.asked:
                seen.add(each.kind)
    page.close()
    assert len(seen) > len(tried) / 2, sorted({each.kind for each in tried} - seen)


@pytest.fixture
def quiet(chromium: Browser, elsewhere: Outside) -> Iterator[Page]:
    """A page on which nothing may act while a test has it."""
    page = chromium.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    elsewhere.asked.clear()
    yield page
    page.close()
    assert not dialogs
    assert not elsewhere.asked


def holds(said: str, places: Iterable[Place]) -> bool:
    """Say whether the text of each place is in what was shown: of a view that shows nothing nothing acts."""
    missing = [place.payload for place in places if not re.search(rf"\b{place.payload.mark}\b", said)]
    assert not missing
    return True


def batches(places: Sequence[Place], size: int = 16) -> Iterator[Sequence[Place]]:
    """Give the places, as many at once as one page has room for."""
    yield from (places[first : first + size] for first in range(0, len(places), size))


@pytest.mark.parametrize("name", SINKS)
def test_nothing_acts(name: str, quiet: Page, places: list[Place]) -> None:
    for chosen in batches(some(places, list(SINKS).index(name))):
        pages = ["".join(SINKS[name](place)) for place in chosen]
        assert all(holds(html, [place]) for html, place in zip(pages, chosen, strict=True))
        shown(quiet, "".join(pages))
        assert acted(quiet) is None


def test_nothing_in_a_chart_acts(quiet: Page, places: list[Place]) -> None:
    for chosen in batches(some(places, 3), 12):
        drawn = list(charts(chosen))
        # as a file keeps them
        shown(quiet, "".join(each._repr_html_() for each in drawn))
        assert acted(quiet) is None
        figures = [json.loads(each.to_json()) for each in drawn]
        quiet.set_content("<!doctype html><meta charset=utf-8><body>")
        quiet.add_script_tag(content=get_plotlyjs())
        quiet.evaluate(DRAW, figures)
        quiet.evaluate(TOUCH, "a, text, text *")
        quiet.wait_for_timeout(80)
        assert quiet.locator(".js-plotly-plot").count() == len(figures)
        assert holds(repr(figures), chosen)
        assert acted(quiet) is None


def test_nothing_in_a_run_that_goes_on_acts(quiet: Page, places: list[Place]) -> None:
    source = base64.b64encode(RUN_JS.read_bytes()).decode()
    look = {"signs": state.SIGNS, **signs_of_statuses()}
    for chosen in batches(some(places, 3), 12):
        states = list(live_states(chosen))
        quiet.set_content("<!doctype html><meta charset=utf-8><body>")
        quiet.evaluate(LIVE, {"source": source, "look": look, "states": states})
        touch_all(quiet)
        expect(quiet.locator("[data-ready]")).to_have_count(len(states))
        assert holds(quiet.inner_text("body"), chosen)
        assert acted(quiet) is None


def test_nothing_on_the_page_of_a_card_server_acts(quiet: Page, places: list[Place]) -> None:
    for chosen in batches(some(places, 3), 12):
        with opened(Served(together(chosen), most=99), 0, 60.0) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            quiet.goto(f"http://127.0.0.1:{server.server_port}/")
            expect(quiet.locator("#list button")).to_have_count(2 * len(chosen))
            said = ""
            for button in quiet.locator("#list button").all():
                button.click()
                expect(quiet.locator("#frames iframe:not(.coming)")).to_have_count(1)
                expect(quiet.locator("#frames iframe")).to_have_count(1)
                said += quiet.inner_text("#caption")
            assert holds(said, chosen)
            touch_all(quiet)
            assert acted(quiet) is None
            server.shutdown()
