"""Nothing that was kept acts where it is shown: no script of it runs, no other machine is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hostile.filled import fill
from hostile.outside import Outside, outside
from hostile.payloads import payloads, some
from hostile.sinks import SINKS, Place
from hostile.touch import TOUCH
from lab import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Error, Frame, Page, Playwright

from nbflow import default_namespace, namespace
from nbflow.workspace import Workspace


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
    for each in tried:
        page.goto("about:blank")
        elsewhere.asked.clear()
        shown(page, each.text.encode("utf-8", "replace").decode())
        if acted(page) or elsewhere.asked:
            seen.add(each.kind)
    page.close()
    assert len(seen) > len(tried) / 2, sorted({each.kind for each in tried} - seen)


@pytest.mark.parametrize("name", SINKS)
def test_nothing_acts(name: str, chromium: Browser, elsewhere: Outside, places: list[Place]) -> None:
    page = chromium.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    elsewhere.asked.clear()
    chosen = some(places, list(SINKS).index(name))
    for first in range(0, len(chosen), 16):
        html = "".join("".join(SINKS[name](place)) for place in chosen[first : first + 16])
        shown(page, html)
        assert acted(page) is None
    page.close()
    assert not dialogs
    assert not elsewhere.asked
