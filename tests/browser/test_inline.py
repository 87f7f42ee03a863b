"""Views that answer, in a browser: clicks and typing, a busy kernel, a page read anew, a file whose kernel is gone."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest
from lab import write
from playwright.sync_api import Locator, expect

#: a view of its own: it counts, it says what was typed, and it refuses
VIEW = """
from nbflow.cards import html as h
from nbflow.cards.document import document, framed
from nbflow.errors import raise_for
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.inline.parts import bar, button, field

class Counting:
    name = "counting"
    def __init__(self):
        self.count, self.typed, self.polled = 0, "", 0
    def regions(self):
        return {
            "controls": bar(button("more", "more", "2"), button("refuse", "refuse"), field("words", self.typed)),
            "said": h.block(f"count {self.count}, typed <{self.typed}>", h.details("more of it", "folded")),
            "polled": h.block(f"polled {self.polled > 0}"),
            "card": framed(document(h.block("a card"), title="card"), height=60, title="card"),
        }
    def static(self):
        return h.block(f"picture of {self.count} <script>window.acted = 1</script>")
    def text(self):
        return f"text of {self.count}"
    def act(self, act, argument, fields):
        if act == "more":
            self.count += int(argument)
        elif act == "refuse":
            raise_for("M001", name="<b>nowhere</b>", hint="", why="nothing has run")
        self.typed = fields["words"]
    def poll(self):
        self.polled += 1
        return self.polled == 1
"""
CELLS = {
    "view": VIEW,
    "show": "Shown(Counting())",
    "busy": "import pathlib, time\nwhile not pathlib.Path('{name}.go').exists(): time.sleep(0.02)",
}
APPS = ("lab/tree", "notebooks")
#: what is found in an output though a style hides it
PICTURE = "[data-nbflow-picture]"
RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


@pytest.fixture
def written(lab: Any, request: pytest.FixtureRequest) -> Path:
    name = f"inline_{zlib.crc32(request.node.name.encode()):08x}"
    path: Path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.replace("{name}", name) for cell, text in CELLS.items()})
    return path


def page_in(output: Locator) -> Locator:
    found = output.locator("[data-nbflow=counting]")
    found.wait_for(timeout=60_000)
    return found


@pytest.mark.parametrize("app", APPS)
def test_a_view_answers_beside_a_busy_cell_and_keeps_what_is_typed_and_unfolded(
    written: Path, open_notebook: Any, page: Any, traffic: Any, app: str
) -> None:
    notebook = open_notebook(written, app)
    notebook.run_cells("view", "show")
    shown = page_in(notebook.output_of("show"))
    expect(notebook.output_of("show").locator(PICTURE)).to_be_hidden()
    expect(shown).to_contain_text("polled True", timeout=60_000)
    # as light as the notebook, whatever the machine prefers
    expect(shown.frame_locator("iframe").locator("html")).to_have_attribute("data-theme", "light")
    shown.get_by_text("more of it").click()
    notebook.run_cells("busy", wait=False)
    shown.get_by_role("button", name="more").click()
    expect(shown).to_contain_text("count 2, typed <>", timeout=60_000)
    expect(shown.get_by_text("folded")).to_be_visible()
    words = shown.locator("[data-field=words]")
    words.press_sequentially("<i>a word</i>", delay=40)
    expect(shown).to_contain_text("typed <<i>a word</i>>", timeout=60_000)
    expect(words).to_be_focused()
    expect(words).to_have_value("<i>a word</i>")
    shown.get_by_role("button", name="refuse").click()
    expect(shown.get_by_role("alert")).to_contain_text("there is no flow '<b>nowhere</b>'", timeout=60_000)
    shown.get_by_role("button", name="more").click()
    expect(shown.get_by_role("alert")).to_be_hidden(timeout=60_000)
    # a menu may keep the release of its button to itself
    shown.get_by_text("folded").hover()
    page.mouse.down(button="right")
    shown.get_by_role("button", name="more").evaluate("button => button.click()")
    expect(shown).to_contain_text("count 6", timeout=60_000)
    written.with_suffix(".go").touch()
    assert page.evaluate("window.acted") is None
    assert not traffic.wrong
    assert not traffic.outside


def test_a_page_read_anew_is_live_and_a_file_whose_kernel_is_gone_shows_the_last_picture(
    written: Path, open_notebook: Any, page: Any, traffic: Any
) -> None:
    notebook = open_notebook(written)
    notebook.run_cells("view", "show")
    page_in(notebook.output_of("show")).get_by_role("button", name="more").click()
    # the file's picture follows
    expect(notebook.output_of("show").locator(PICTURE)).to_contain_text("picture of 2", timeout=60_000)
    notebook.saved()
    page.goto("about:blank")

    notebook = open_notebook(written)
    again = page_in(notebook.output_of("show"))
    expect(again).to_contain_text("count 2")
    again.get_by_role("button", name="more").click()
    expect(again).to_contain_text("count 4", timeout=60_000)
    expect(notebook.output_of("show").locator(PICTURE)).to_be_hidden()

    page.evaluate(RESTART)
    # what does nothing any more is not beside the picture
    expect(notebook.output_of("show").locator(PICTURE)).to_be_visible(timeout=60_000)
    expect(again).to_be_hidden()
    page.evaluate(SHUT_DOWN)
    notebook.saved()
    page.goto("about:blank")
    output = open_notebook(written).output_of("show")
    expect(output.locator(PICTURE)).to_be_visible(timeout=60_000)
    expect(output.locator(PICTURE)).to_contain_text("picture of")
    # JupyterLab says so, and nobody sees it
    expect(output.get_by_text("model not found")).to_have_count(1, timeout=60_000)
    expect(output.get_by_text("model not found")).to_be_hidden()
    assert page.evaluate("window.acted") is None
    assert not traffic.wrong
