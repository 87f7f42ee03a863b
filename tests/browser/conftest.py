"""JupyterLab in Chromium: one server for all tests, a fresh browser page for each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lab import CHROMIUM, FLAGS, Notebook, Server, opened, serving
from playwright.sync_api import ConsoleMessage, Page, Request

#: both faces for each test; `make test` takes one, JupyterLab and Notebook in turn
_BOTH = bool(os.environ.get("NBFLOW_BROWSERS"))

#: what is said by Notebook 7 while it starts, by JupyterLab of a kernel that has gone, by Voila of other extensions, and of
#: what a test keeps from coming
_JUPYTERS = re.compile(
    r"\(reading 'schema'\)|^Command '[\w:-]+' not registered|Canceled future for \w+ message|widget model not found|^Failed to load resource: "
    r"|[Mm]odule [Ff]ederation|@jupyterlab/|@voila-dashboards/"
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    if not _BOTH:
        dropped = _of_the_other_face([item for item in items if here in item.path.parents])
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(400))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


def _of_the_other_face(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return of each test that is there for two faces the one that is left to `make browsers`."""
    faces: dict[str, list[pytest.Item]] = {}
    for item in items:
        test, bracket, face = item.nodeid.partition("[")
        if bracket and face.endswith(("lab/tree]", "notebooks]")):
            faces.setdefault(test, []).append(item)
    dropped = []
    for number, test in enumerate(sorted(faces)):
        found = sorted(faces[test], key=lambda each: each.nodeid)
        dropped += [each for place, each in enumerate(found) if place != number % len(found)]
    return dropped


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose folder, settings and runs are its own."""
    with serving(tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture
def open_notebook(lab: Server, page: Page) -> Callable[..., Notebook]:
    """Open a notebook of the server's folder in `page`, in JupyterLab unless another app is named."""
    return partial(opened, lab, page)


@dataclass
class Traffic:
    """What a page said on its console and asked of other machines."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """The errors that are not Jupyter's own."""
        return [each for each in self.errors if not _JUPYTERS.search(each)]

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def asked(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(request.url)


@pytest.fixture
def traffic(page: Page) -> Traffic:
    """What `page` says and asks from now on."""
    seen = Traffic()
    page.on("console", seen.heard)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", seen.asked)
    return seen
