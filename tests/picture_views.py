"""Pictures of the views: history, comparison, artifacts, timeline, task page, cards, as JupyterLab shows them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab import opened, write
from pictures import KEPT, NARROW, ROOT, THEMES, WIDE, page_of, take

#: runs of the tour that the pictures are of: notebook, parameters
RUNS = (
    ("models", "--tag", "weekly"),
    ("models", "-p", "noise=3", "--tag", "smudged"),
    ("models", "-p", "noise=6", "-p", "folds=4", "--tag", "smudged"),
    ("branches", "--tag", "weekly"),
)
#: view → the cell that shows it
VIEWS = {
    "history": "nbflow.history()",
    "compare": "nbflow.compare('models/1', 'models/2')",
    "artifacts": "nbflow.artifacts('models/1')",
    "timeline": "nbflow.timeline('models/1')",
    "view": "nbflow.view('models/1/examine')",
    "cards": "from nbflow.frontends.seeing.cards import cards\ncards('models/1/examine')",
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
        write(path, {"import": "import nbflow", **{name: VIEWS[name] for name in names}})
        notebook = opened(server, page, path, "lab/tree" if width == WIDE else "notebooks")
        notebook.run_cells("import")
        for name in names:
            notebook.run_cells(name)
            shown = notebook.output_of(name).locator(f"[data-nbflow={name}]")
            shown.wait_for(timeout=60_000)
            page.wait_for_timeout(2_500)
            take(shown, folder / f"{name}-{theme}{'' if width == WIDE else f'-{width}'}.png")


def kept(store: Path) -> None:
    """Take those of the README and the docs."""
    for theme in THEMES:
        of_views(store, KEPT, theme, WIDE)


def every(store: Path, folder: Path) -> None:
    """Take every view in both themes, wide and narrow."""
    for theme in THEMES:
        for width in (WIDE, NARROW):
            of_views(store, folder, theme, width)
