"""Pictures of what a person sees, taken in JupyterLab and Notebook 7: `make pictures`.

Without arguments it makes those of the README and the docs, of real runs of the tour. `--all FOLDER` takes the panel in every
state, and every view of good runs, of none, of ten thousand, of long names and failures, in a light and a dark theme and on a narrow
page, to be looked at.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab import CHROMIUM, FLAGS, Notebook, opened, serving, write
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "pictures"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
#: pixels; the narrow one is half a laptop's screen
WIDE, NARROW = 1240, 700

LONG = "a_step_with_a_rather_long_name_that_somebody_found_useful"
#: cell id → text of a flow that can be held in any state: while `go` is missing, its eighth item waits
STATES = {
    "name": "%load_ext nbflow\n%flow name {flow}",
    "parameters": (
        "%%parameters\nalpha: float = 0.25     # penalty\n"
        "regions: list[str] = ['north-eastern highlands', 'coast', 'islands']\nsource: str = 'https://data.example/prices.csv'"
    ),
    "definitions": (
        "import pathlib, time\n"
        "def hold(name):\n    while not pathlib.Path(name).exists(): time.sleep(0.02)\n"
        "def read(text):\n    return int(text)"
    ),
    "load": "%%step load --define\nprint('reading', source)\nprices = list(range(40))\ntime.sleep(0.3)",
    "clean": "%%step clean --define\ntidy = [p for p in prices if p % 7]\ntime.sleep(0.2)",
    LONG: f"%%step {LONG} --foreach range(24) --as fold --define\n"
    "for epoch in range(3): print(f'fold {fold} epoch {epoch}: loss {1 / (1 + epoch + fold):.3f}', flush=True); time.sleep(0.05)\n"
    "if fold in {bad}: read('twelve')\nif fold == 20: hold('{gate}')\nloss = 1 / (1 + fold)",
    "baseline": "%%step baseline --define\nmean = sum(tidy) / len(tidy)",
    "best": f"%%step best --join {LONG} --define\nwinner = min(inputs, key=lambda task: task.loss).fold",
    "publish": "%%step publish --when 'mean > 1000' --define\ntext = f'fold {winner} wins, and {alpha}'",
    "report": "%%step report --define\nverdict = [winner, mean]",
    "run": "run = %flow run --background --fresh --max-workers 4 --tag weekly --tag prices-of-the-north",
}


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@contextlib.contextmanager
def page_of(theme: str, width: int) -> Iterator[tuple[Any, Page]]:
    """Give a server in `theme` and an empty page `width` pixels wide."""
    settings = {"apputils-extension/themes": {"theme": THEMES[theme]}}
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        root, private = Path(folder, "work"), Path(folder, "private")
        root.mkdir()
        private.mkdir()
        with serving(root, private, settings) as server:
            # twice as many pixels as a plain screen: text stays sharp where a page shrinks it
            context = chromium.new_context(viewport={"width": width, "height": 1800}, device_scale_factor=2)
            yield server, context.new_page()


def panel_of(notebook: Notebook, cell: str) -> Locator:
    found = notebook.output_of(cell).locator("[data-nbflow=run]")
    found.wait_for(timeout=120_000)
    return found


def take(found: Locator, path: Path, below: Locator | None = None) -> None:
    """Take a picture of an element with a little of the page around it, and down to the end of `below`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    if below is not None and (rest := below.bounding_box()) is not None:
        box["height"] = rest["y"] + rest["height"] - box["y"]
    clip = {"x": box["x"] - 10, "y": box["y"] - 8, "width": box["width"] + 10, "height": box["height"] + 12}
    found.page.screenshot(path=path, clip=clip)
    print(path)


def of_the_readme(theme: str) -> None:
    """Run the notebook of the tour, and take the run on smudged scans when half of its scores are there."""
    with page_of(theme, WIDE) as (server, page):
        path = Path(shutil.copy(ROOT / "notebooks" / "models.ipynb", server.root))
        notebook = opened(server, page, path)
        cells = [cell.id for cell in notebook.saved().cells if cell.cell_type == "code"]
        notebook.run_cells(*cells[: cells.index("smudged")])
        notebook.run_cells("smudged", wait=False)
        shown = panel_of(notebook, "smudged")
        expect(shown.locator("tr[data-step=score]")).to_contain_text(re.compile("[5-8] of 12"), timeout=120_000)
        take(shown, KEPT / f"panel-{theme}.png")


def of_states(folder: Path, theme: str, width: int) -> None:
    """Take the panel running, failed, cancelled and finished."""
    with page_of(theme, width) as (server, page):
        for state in ("running", "finished", "cancelled", "failed"):
            gate = server.root / f"{state}.go"
            bad = "{5, 6, 21}" if state == "failed" else "{}"
            texts = {"flow": f"prices_{state}", "bad": bad, "gate": gate.name}
            cells = dict(STATES)
            for name, value in texts.items():
                cells = {cell: text.replace(f"{{{name}}}", value) for cell, text in cells.items()}
            path = server.root / f"{state}.ipynb"
            write(path, cells)
            notebook = opened(server, page, path, "lab/tree" if width == WIDE else "notebooks")
            notebook.run_cells(*cells)
            shown = panel_of(notebook, "run")
            if state != "failed":
                # what can be done is done, and the one that is held is shown
                expect(shown.locator(f"tr[data-step={LONG}]")).to_contain_text("23 of 24", timeout=120_000)
                expect(shown.locator(".nbf-log")).to_contain_text("fold 20 epoch 2", timeout=60_000)
            if state == "cancelled":
                shown.get_by_role("button", name="Cancel run").click()
            if state != "running":
                gate.touch()
                wanted = {"finished": "succeeded"}.get(state, state)
                expect(shown).to_have_attribute("data-status", wanted, timeout=120_000)
            take(shown, folder / f"{state}-{theme}-{width}.png")
            gate.touch()


def main() -> None:
    import picture_views

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="take the panel in every state, and every view")
    asked = parser.parse_args().all
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "store")
        picture_views.runs_in(store)
        if asked is None:
            for theme in THEMES:
                of_the_readme(theme)
            picture_views.kept(store, Path(folder))
            return
        for theme, width in (("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)):
            of_states(asked, theme, width)
        picture_views.every(store, asked, picture_views.stores_in(Path(folder)))


if __name__ == "__main__":
    main()
