"""Long names of steps on a narrow page: a line ends where a word of the name does."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from nbflow.client import Run
from nbflow.client.holdings import Holdings
from nbflow.frontends.seeing.compare import RunComparison
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary
from nbflow.views.artifacts.view import ArtifactsView
from nbflow.views.compare.artifact_table import artifacts
from nbflow.views.compare.sections import metrics
from nbflow.views.inline import stage
from nbflow.views.places.view import PlaceView
from tests.unit.client.conftest import Bench

LONG = "estimate_monthly_seasonal_components"
STYLE = Path(stage.__file__).with_name("page.css").read_text()
#: the characters at which lines of the text `name` end, within elements that show all of it
ENDS = """name => {
    const ends = [];
    for (const cell of document.querySelectorAll("td")) {
        if (!cell.textContent.includes(name) || getComputedStyle(cell.firstElementChild).whiteSpace === "nowrap") continue;
        const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
        let above = null, before = "";
        for (let node = texts.nextNode(); node; node = texts.nextNode())
            for (let place = 0; place < node.length; place++) {
                range.setStart(node, place); range.setEnd(node, place + 1);
                const top = range.getBoundingClientRect().top;
                if (above !== null && top > above + 8) ends.push(before);
                above = top; before = node.data[place];
            }
    }
    return ends;
}"""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, ...]:
    """Two runs of a flow with a step of a long name."""
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "store"))
    bench = Bench(tmp_path / "store")
    steps = (StepSummary(StepName(LONG), (), ()),)
    made = [bench.run(steps=steps) for _ in range(2)]
    for number, run in enumerate(made):
        bench.task(
            run, LONG, left={"parts_of_the_sum": [number], "largest_amplitude": 3.5 + number, "fitted_on": "all"}
        )
    return tuple(Run(f"quick/{run}", workspace=bench.workspace, namespace=None) for run in made)


def test_a_line_ends_where_a_word_of_the_name_does(page: Page, runs: tuple[Run, ...]) -> None:
    run, _ = runs
    browser = ArtifactsView(Holdings(run), lambda _: {})
    place = PlaceView(run._workspace, run.pathspec)
    compared = RunComparison(list(runs))
    shown = {
        "artifacts": browser.regions()["list"],
        "steps": place.regions()["steps"],
        "metrics": metrics(compared),
        "compared": artifacts(compared),
    }
    for what, html in shown.items():
        page.set_content(f"<style>{STYLE}</style><div class=nbf-page style='width:480px'>{html}</div>")
        ends = page.evaluate(ENDS, LONG.split("_", maxsplit=1)[0])
        assert ends, f"{what}: no name was too long for its column"
        assert set(ends) <= set("_. \u00a0"), what
