"""Pictures of the views: history, comparison, artifacts, timeline, task page, cards, dashboard, as JupyterLab shows them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import opened, write
from picture_states import STATES, STORES
from pictures import KEPT, NARROW, ROOT, THEMES, WIDE, page_of, take

#: runs of the tour that the pictures are of: notebook, parameters
RUNS = (
    ("models", "--tag", "weekly"),
    ("models", "--tag", "weekly", "-p", "models=logistic,neighbours,svm,forest"),
    ("models", "-p", "noise=0.5", "--tag", "smudged"),
    ("branches", "--tag", "weekly"),
)
#: picture → the view it is of, and the cell that shows it
VIEWS = {
    "history": ("history", "nbflow.history()"),
    "compare": ("compare", "nbflow.compare('models/1', 'models/3')"),
    "artifacts": ("artifacts", "nbflow.artifacts('models/1')"),
    "timeline": ("timeline", "nbflow.timeline('models/2')"),
    "view": ("view", "nbflow.view('models/1/examine')"),
    "card": ("cards", "from nbflow.frontends.seeing.cards import cards\ncards('models/2/report')"),
}


def runs_in(root: Path) -> None:
    """Run the tour, so that there is something to see in the store `root`."""
    for notebook, *words in RUNS:
        command = [sys.executable, "-m", "nbflow", "run", ROOT / "notebooks" / f"{notebook}.ipynb", *words]
        environment = {**os.environ, "NBFLOW_ROOT": str(root), "NBFLOW_USER": "ada"}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)


def of_views(store: Path, folder: Path, theme: str, width: int, names: tuple[str, ...] = tuple(VIEWS)) -> None:
    """Take each view in `theme` on a page `width` pixels wide."""
    with page_of(theme, width) as (server, page):
        shutil.copytree(store, server.root / ".nbflow")
        path = server.root / "views.ipynb"
        write(path, {"import": "import nbflow", **{name: VIEWS[name][1] for name in names}})
        notebook = opened(server, page, path, "lab/tree" if width == WIDE else "notebooks")
        notebook.run_cells("import")
        for name in names:
            notebook.run_cells(name)
            shown = notebook.output_of(name).locator(f"[data-nbflow={VIEWS[name][0]}]")
            shown.wait_for(timeout=60_000)
            page.wait_for_timeout(2_500)
            take(shown, folder / f"{name}-{theme}{'' if width == WIDE else f'-{width}'}.png")


def of_states(stores: Path, folder: Path, theme: str, width: int, names: Sequence[str] = tuple(STATES)) -> None:
    """Take views of nothing, of very much, of long names and of what failed; `stores` holds them by name."""
    with page_of(theme, width) as (server, page):
        shutil.copytree(stores, server.root / "stores")
        path = server.root / "states.ipynb"
        chosen = {name: STATES[name] for name in names}
        cells = {name: f"nbflow.metadata('stores/{store}')\n{text}" for name, (store, _, text) in chosen.items()}
        write(path, {"import": "import nbflow.cards", **cells})
        notebook = opened(server, page, path, "lab/tree" if width == WIDE else "notebooks")
        notebook.run_cells("import")
        for name, (_, view, _) in chosen.items():
            notebook.run_cells(name)
            output = notebook.output_of(name)
            shown = output.locator(f"[data-nbflow={view.removesuffix('+')}]") if view else output.first
            shown.wait_for(timeout=60_000)
            # charts and frames take their time
            page.wait_for_timeout(2_500 if view.isalpha() else 5_000)
            below = output.first if view.endswith("+") else None
            take(shown, folder / f"{name}-{theme}{'' if width == WIDE else f'-{width}'}.png", below)


def stores_in(folder: Path, *names: str) -> Path:
    """Fill the stores of those names, or all, and return their folder."""
    for name in names or STORES:
        STORES[name](folder / "stores" / name)
    return folder / "stores"


def kept(store: Path, folder: Path) -> None:
    """Take those of the README and the docs; `folder` is for what is needed meanwhile."""
    stores = stores_in(folder, "month")
    for theme in THEMES:
        of_views(store, KEPT, theme, WIDE)
        of_states(stores, folder, theme, WIDE, ["dashboard-month"])
        shutil.copy(folder / f"dashboard-month-{theme}.png", KEPT / f"dashboard-{theme}.png")


def every(store: Path, folder: Path, stores: Path) -> None:
    """Take every view in both themes, wide and narrow, and every state of it."""
    for theme in THEMES:
        for width in (WIDE, NARROW):
            of_views(store, folder, theme, width)
            of_states(stores, folder, theme, width)
