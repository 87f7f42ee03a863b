"""The live run panel as a person has it before them, in JupyterLab and in Notebook 7."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab import voila, write
from playwright.sync_api import Locator, expect

#: cell id → text; `{gate}` is replaced by a name of the notebook's own
CELLS = {
    "name": "%load_ext nbflow\n%flow name {gate}",
    "parameters": "%%parameters\nfirst: int = 1\ntitle: str = '<img src=x onerror=window.acted=1>'",
    "definitions": "import pathlib, time\ndef hold(name):\n    while not pathlib.Path(name).exists(): time.sleep(0.02)",
    "load": "%%step load --define\nx = first",
    "work": "%%step work --foreach range(9) --as n --define\nprint('item', n, title)\nif n == 7: hold('{gate}.go')\n"
    "if n == 5 and pathlib.Path('{gate}.fails').exists(): raise ValueError(title + ' ' + 'x' * 300)\ny = n + x",
    "last": "%%step last --join work --define\ntotal = sum(task.y for task in inputs)",
    "run": "run = %flow run --fresh --max-workers 2",
    "background": "run = %flow run --background --fresh --max-workers 2",
    "detached": "run = %flow run --detach --fresh --max-workers 2",
    "busy": "hold('{gate}.busy')",
    "attach": "%load_ext nbflow\n%flow name {gate}\n%flow attach",
    "static": "%env NBFLOW_VIEWS=static\nrun = %flow run --fresh",
    "one": "%load_ext nbflow\nprint(1)",
}
ENDED = re.compile(r"\w+/\d+ ?succeeded")
APPS = ("lab/tree", "notebooks")

RESTART = """async () => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    await kernel.restart();
    await kernel.info;
}"""
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
#: the least contrast, as in WCAG, of any text in an element, and how far anything in it juts out to the right
LOOKS = """element => {
    const parsed = colour => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
    const over = ([r, g, b, a], below) => [r, g, b].map((each, at) => a * each + (1 - a) * below[at]);
    const light = colour => colour.map(each => each / 255)
        .map(each => (each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
        .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
    let least = 21, juts = 0;
    for (const each of element.querySelectorAll("*")) {
        const said = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!each.checkVisibility()) continue;
        if (!each.closest(".nbf-scroll")) juts = Math.max(juts, each.getBoundingClientRect().right - element.getBoundingClientRect().right);
        if (!said || each.closest("svg")) continue;
        const above = [];
        for (let node = each; node; node = node.parentElement) above.unshift(getComputedStyle(node));
        const ground = above.reduce((below, style) => over(parsed(style.backgroundColor), below), [255, 255, 255]);
        const faint = above.reduce((share, style) => share * style.opacity, 1), [r, g, b, a] = parsed(getComputedStyle(each).color);
        const [low, high] = [light(over([r, g, b, a * faint], ground)), light(ground)].sort((one, other) => one - other);
        least = Math.min(least, (high + 0.05) / (low + 0.05));
    }
    return { least, juts };
}"""
INTERRUPT = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()"


@pytest.fixture
def written(lab: Any, request: pytest.FixtureRequest) -> Path:
    """A notebook for one test, under a name of its own."""
    name = f"panel_{zlib.crc32(request.node.name.encode()):08x}"
    path: Path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.replace("{gate}", name) for cell, text in CELLS.items()})
    return path


@pytest.fixture
def notebook(written: Path, open_notebook: Any, request: pytest.FixtureRequest) -> Any:
    """That notebook, open, with its flow defined."""
    opened = open_notebook(written, getattr(request, "param", "lab/tree"))
    opened.run_cells("name", "parameters", "definitions", "load", "work", "last")
    return opened


def let_go(notebook: Any, suffix: str = "go") -> None:
    notebook.path.with_suffix(f".{suffix}").touch()


def panel(notebook: Any, cell: str) -> Locator:
    found: Locator = notebook.output_of(cell).locator("[data-nbflow=run]")
    found.wait_for(timeout=60_000)
    return found


def app_of(page: Any) -> str:
    return "notebooks" if "/notebooks/" in page.url else "lab/tree"


def over(output: Locator, word: str) -> None:
    """The run has ended so; of the panel and the picture that stands for it one is seen."""
    seen = output.locator("[data-nbflow=run], [data-nbflow-picture]").locator("visible=true")
    expect(seen).to_contain_text(re.compile(rf"/\d+\s*{word}"), timeout=60_000)


@pytest.mark.parametrize("notebook", APPS, indirect=True)
def test_it_is_live_while_the_kernel_is_idle_and_while_it_is_busy_and_after_the_page_is_read_anew(
    notebook: Any, page: Any, open_notebook: Any, traffic: Any
) -> None:
    notebook.run_cells("background")
    shown = panel(notebook, "background")
    # 8 of 9 are done while the kernel is idle
    expect(shown.locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
    expect(shown).to_contain_text("of 11 tasks")
    notebook.run_cells("busy", wait=False)
    # what it says about a task is heard and answered beside the busy cell
    shown.locator(".nbf-strip i").nth(2).click()
    expect(shown.locator(".nbf-log")).to_contain_text("item 2 <img src=x", timeout=60_000)
    assert shown.locator(".nbf-strip i").count() == 9
    let_go(notebook)
    over(notebook.output_of("background"), "succeeded")
    let_go(notebook, "busy")
    notebook.saved()
    app = app_of(page)
    page.goto("about:blank")
    over(open_notebook(notebook.path, app).output_of("background"), "succeeded")
    assert page.evaluate("window.acted") is None
    assert not traffic.wrong
    assert not traffic.outside


@pytest.mark.parametrize("notebook", APPS, indirect=True)
def test_cancel_stops_a_run_that_a_cell_waits_for_one_beside_a_busy_cell_and_an_interrupt_does_too(
    notebook: Any, page: Any, traffic: Any
) -> None:
    notebook.run_cells("run", wait=False)
    shown = panel(notebook, "run")
    expect(shown.locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
    shown.get_by_role("button", name="Cancel run").click()
    over(notebook.output_of("run"), "cancelled")

    notebook.run_cells("background")
    notebook.run_cells("busy", wait=False)
    shown = panel(notebook, "background")
    expect(shown.locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
    shown.get_by_role("button", name="Cancel run").click()
    over(notebook.output_of("background"), "cancelled")
    let_go(notebook, "busy")

    notebook.run_cells("run", wait=False)
    expect(panel(notebook, "run").locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
    page.evaluate(INTERRUPT)
    over(notebook.output_of("run"), "cancelled")
    expect(notebook.output_of("run")).to_contain_text("no worker left")
    # the kernel goes on
    notebook.run_cells("one")
    expect(notebook.output_of("one")).to_contain_text("1")

    # and a run that fails says so before everything else, on a narrow page, too, and in the dark
    let_go(notebook, "fails")
    let_go(notebook)
    page.set_viewport_size({"width": 700, "height": 900})
    notebook.run_cells("run", wait=False)
    shown = panel(notebook, "run")
    expect(shown).to_have_attribute("data-status", "failed", timeout=60_000)
    failure = shown.locator(".nbf-failure")
    expect(failure).to_contain_text("work[5]")
    expect(failure).to_contain_text("ValueError: <img src=x onerror=window.acted=1> xxx")
    below = failure.bounding_box()["y"] + failure.bounding_box()["height"]
    assert all(shown.locator(each).bounding_box()["y"] >= below for each in (".nbf-graph", ".nbf-steps", ".nbf-log"))
    failure.get_by_role("button", name="log").click()
    expect(shown.locator(".nbf-log")).to_contain_text("item 5")
    page.evaluate(THEME, "JupyterLab Dark")
    try:
        # the command does not wait for it
        page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
        looks = shown.evaluate(LOOKS)
    finally:
        # the server keeps it, and other tests look at what it keeps
        page.evaluate(THEME, "JupyterLab Light")
        page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
    assert looks["least"] > 3 and looks["juts"] < 1, looks
    assert page.evaluate("window.acted") is None
    assert not traffic.wrong


@pytest.mark.parametrize("notebook", APPS, indirect=True)
def test_a_run_that_outlives_a_restart_is_seen_again(notebook: Any, page: Any, traffic: Any) -> None:
    notebook.run_cells("detached")
    expect(panel(notebook, "detached").locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
    page.evaluate(RESTART)
    left = panel(notebook, "detached")
    expect(left).to_contain_text("its kernel has gone or was restarted", timeout=60_000)
    expect(left.get_by_role("button", name="Cancel run")).to_be_hidden()
    notebook.run_cells("attach", wait=False)
    shown = panel(notebook, "attach")
    expect(shown.locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
    let_go(notebook)
    over(notebook.output_of("attach"), "succeeded")
    assert not traffic.wrong
    assert not traffic.outside


# ---- the file, where nothing runs


@pytest.mark.parametrize("notebook", APPS, indirect=True)
def test_a_waiting_cell_is_live_and_its_last_picture_is_readable_in_the_saved_file_wherever_it_is_opened(
    notebook: Any, page: Any, open_notebook: Any, tmp_path: Path, traffic: Any
) -> None:
    notebook.run_cells("run", wait=False)
    shown = panel(notebook, "run")
    expect(shown.locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
    # what the task that is held has written can be read
    expect(shown.locator(".nbf-log")).to_contain_text("item 7 <img src=x", timeout=60_000)
    let_go(notebook)
    over(notebook.output_of("run"), "succeeded")
    # where pictures are asked for there is one, in place of the panel, and replaced as the run goes on
    notebook.path.with_suffix(".go").unlink()
    notebook.run_cells("static", wait=False)
    pictured = notebook.output_of("static")
    expect(pictured).to_contain_text("8 of 9", timeout=60_000)
    let_go(notebook)
    expect(pictured).to_contain_text(re.compile(r"/\d+\s*succeeded"), timeout=60_000)
    assert pictured.locator("[data-nbflow=run]").count() == 0
    saved = notebook.saved()
    app = app_of(page)
    # by whoever saved it, with a kernel that knows nothing of it
    page.evaluate(SHUT_DOWN)
    page.goto("about:blank")
    again = open_notebook(notebook.path, app)
    again.run_cells("one")
    over(again.output_of("run"), "succeeded")
    stored = {cell.id: cell.outputs for cell in saved.cells}
    assert len(stored["run"]) == 2
    assert ["text/html" in each.get("data", {}) for each in stored["static"]] == [False, True]
    # in a notebook that nobody trusts, whose kernel is not there
    saved.metadata.kernelspec = {"name": "gone", "display_name": "Gone", "language": "none"}
    kept: Path = notebook.path.with_name(f"kept_{notebook.path.name}")
    nbformat.write(saved, kept)
    for app in APPS:
        output = open_notebook(kept, app).output_of("run")
        expect(output).to_contain_text(ENDED)
        text = output.inner_text()
        assert re.search(ENDED, text) and all(step in text for step in ("load", "work", "last"))
    assert not traffic.outside
    # as a page of its own: what its template wants from elsewhere does not come
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", tmp_path, kept]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    page.route(re.compile("^https?://"), lambda route: route.abort())
    page.goto(tmp_path.joinpath(f"{kept.stem}.html").as_uri())
    text = page.locator("body").inner_text()
    assert re.search(ENDED, text) and "9 of 9" in text
    assert page.evaluate("window.acted") is None
    assert not traffic.wrong


def test_under_voila_it_is_live_for_whoever_opens_the_page(
    lab: Any, written: Path, page: Any, tmp_path: Path, traffic: Any
) -> None:
    notebook = nbformat.read(written, as_version=4)
    shown = ("name", "parameters", "definitions", "load", "work", "last", "background")
    notebook.cells = [cell for cell in notebook.cells if cell.id in shown]
    nbformat.write(notebook, written)
    with voila(written, tmp_path) as url:
        found = page.locator("[data-nbflow=run]")
        # on a busy machine ipywidgets' renderer may give up on a model that comes late, for good: each page has a run of its own
        for _ in range(3):
            page.goto(url)
            expect(page.locator("[data-nbflow-picture]")).to_have_count(1, timeout=90_000)
            with contextlib.suppress(AssertionError):
                expect(found).to_be_visible(timeout=20_000)
                break
        expect(found.locator("tr[data-step=work]")).to_contain_text("8 of 9", timeout=60_000)
        written.with_suffix(".go").touch()
        # a page that Voila made keeps the widget
        expect(found).to_have_attribute("data-status", "succeeded", timeout=60_000)
        assert not traffic.wrong
    assert page.evaluate("window.acted") is None
    # Voila's own page asks for its icons elsewhere
    assert not [each for each in traffic.outside if "fontawesome" not in each]
