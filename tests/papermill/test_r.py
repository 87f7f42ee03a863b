"""A notebook of R as a step of a flow of Python, on a real kernel of R."""

from __future__ import annotations

from pathlib import Path

import pytest
from filled_notebooks import WITH_PAPERMILL, write
from jupyter_client.kernelspec import KernelSpecManager
from terminal import Terminal

from nbflow import Run
from nbflow.client.cards import get_cards
from nbflow.workspace import Workspace

pytestmark = [
    pytest.mark.skipif(
        "ir" not in KernelSpecManager().find_kernel_specs(),
        reason="needs R and its kernel: apt-get install r-base-core r-cran-irkernel, or IRkernel::installspec() in R",
    ),
    pytest.mark.timeout(180),
]

FLOW = (
    "%%parameters\nregion: str = 'eu'",
    "import pandas as pd",
    "%%step load\ndf = pd.DataFrame({'x': [1.0, 2.0, 3.0, 4.0], 'y': [3.1, 4.9, 7.0, 9.0]})\nweights = [1, 2]",
    "%%step fit --notebook fit.ipynb --out slope,n,said",
    "%%step end\nseen = (round(slope, 2), n, said)",
)
OF_R = {"language": "R", "kernel": "ir"}
FIT = (
    ("df <- NULL\nregion <- 'us'\nweights <- list()", "parameters"),
    "d <- read.csv(df)\nm <- lm(y ~ x, d)\ncat('rows of', region, nrow(d))",
    "plot(d$x, d$y)\nsummary(m)",
    """IRdisplay::publish_mimebundle(list(`application/vnd.nbflow.result+json` = list(
  slope = unname(coef(m)[2]), n = nrow(d), said = paste(region, sum(unlist(weights))))))""",
)


def test_a_table_goes_to_r_and_what_it_found_comes_back(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, modules=WITH_PAPERMILL)
    write(tmp_path, "flow.ipynb", *FLOW)
    write(tmp_path, "fit.ipynb", *FIT, **OF_R)
    done = terminal.run("run", "flow.ipynb")
    assert done.returncode == 0, done.stderr
    run = Run("flow/1", workspace=Workspace.open(tmp_path / ".nbflow"), namespace=None)
    assert run.data.seen == (1.98, 4, "eu 3")
    task = run["fit"].task
    assert task.notebook is not None and "rows of eu 4" in task.stdout
    (card,) = get_cards(task)
    page = card.get()
    assert "Residual standard error" in page and "data:image/png;base64," in page


def test_what_r_stops_at_is_the_failure_of_the_step(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, modules=WITH_PAPERMILL)
    write(tmp_path, "flow.ipynb", "%%step fit --notebook fit.ipynb")
    write(tmp_path, "fit.ipynb", "n <- 1", "stop('no such region')", **OF_R)
    done = terminal.run("run", "flow.ipynb")
    assert done.returncode == 1
    assert "NBF-W008 cell 2 of fit.ipynb failed" in done.stderr and "no such region" in done.stderr
