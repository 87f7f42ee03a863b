"""Everything that shows what was kept, each as a function from a hostile run to the HTML of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hostile.filled import BAD, FAN, FLOW, LOAD, fill, fill_flow, stored_text
from hostile.payloads import Payload

from nbflow import DataArtifact, Flow, Run, Step, Task
from nbflow.client.cards import get_cards
from nbflow.errors import Place as Where
from nbflow.errors import problem
from nbflow.frontends.seeing.artifacts import artifacts
from nbflow.frontends.seeing.cards import cards
from nbflow.frontends.seeing.compare import compare
from nbflow.frontends.seeing.dashboard import Dashboard
from nbflow.frontends.seeing.history import history
from nbflow.frontends.seeing.shown import Shown
from nbflow.frontends.seeing.timeline import timeline
from nbflow.frontends.seeing.view import view
from nbflow.metadata.query import RunQuery
from nbflow.model.status import RunStatus
from nbflow.views import run_panel
from nbflow.views.live.scene import Scene
from nbflow.workspace import Workspace


@dataclass(frozen=True)
class Place:
    """A run whose every text is hostile."""

    workspace: Workspace
    payload: Payload
    run: str

    @property
    def spec(self) -> str:
        return f"{FLOW}/{self.run}"

    @property
    def short(self) -> str:
        """The text of what is shown `together`."""
        return stored_text(self.payload.short)


Sink = Callable[[Place], Iterator[str]]
#: of one run
SINKS: dict[str, Sink] = {}


def sink(name: str) -> Callable[[Sink], Sink]:
    """Add a function to the table."""

    def add(made: Sink) -> Sink:
        SINKS[name] = made
        return made

    return add


@sink("pages of the client")
def _client(place: Place) -> Iterator[str]:
    workspace = place.workspace
    yield Flow(FLOW, workspace=workspace, namespace=None)._repr_html_()
    run = Run(place.spec, workspace=workspace, namespace=None)
    yield run._repr_html_()
    for step in (LOAD, FAN, BAD):
        yield Step(f"{place.spec}/{step}", workspace=workspace, namespace=None)._repr_html_()
        task = Task(f"{place.spec}/{step}/0", workspace=workspace, namespace=None)
        yield task._repr_html_()
        # a name with a slash cannot be asked for
        for name in (each for each in task._keys() if "/" not in each):
            yield DataArtifact(f"{task.pathspec}/{name}", workspace=workspace, namespace=None)._repr_html_()
    yield run.data._repr_html_()


@sink("run panel")
def _panel(place: Place) -> Iterator[str]:
    metadata = place.workspace.metadata
    record = metadata.run(FLOW, place.run)
    assert record is not None
    yield run_panel.html(record, metadata.tasks(FLOW, place.run), now=time.time())


def forms(shown: Shown) -> Iterator[str]:
    """Give a view as a file keeps it, and as a page has it."""
    yield shown._view.static()
    yield from shown._view.regions().values()


@sink("history")
def _history(place: Place) -> Iterator[str]:
    yield from forms(history(FLOW, tag=stored_text(place.payload.text)))


@sink("dashboard")
def _dashboard(place: Place) -> Iterator[str]:
    # two runs: one alone has no metric over time
    shown = Dashboard(together([place, place]))
    yield from forms(shown)
    yield from forms(shown.cards())
    yield from forms(shown.history())


@sink("comparison")
def _comparison(place: Place) -> Iterator[str]:
    others = [each.id for each in Flow(FLOW, workspace=place.workspace, namespace=None).runs()]
    other = others[(others.index(place.run) + 1) % len(others)]
    yield from forms(compare(place.spec, f"{FLOW}/{other}"))


@sink("artifacts")
def _artifacts(place: Place) -> Iterator[str]:
    for what in ("", f"/{LOAD}", f"/{LOAD}/0", f"/{FAN}", f"/{LOAD}/0/frame", f"/{LOAD}/0/tree", f"/{LOAD}/0/picture"):
        yield from forms(artifacts(place.spec + what))


@sink("timeline")
def _timeline(place: Place) -> Iterator[str]:
    yield from forms(timeline(place.spec))


@sink("pages")
def _pages(place: Place) -> Iterator[str]:
    for what in ("", f"/{LOAD}", f"/{LOAD}/0", f"/{FAN}", f"/{FAN}/1", f"/{BAD}/0"):
        shown = view(place.spec + what)
        yield from forms(shown)
        shown._view.act("fields", "", {"search": place.payload.text, "words": place.payload.text})
        yield from shown._view.regions().values()


@sink("cards of tasks")
def _cards(place: Place) -> Iterator[str]:
    yield get_cards(Task(f"{place.spec}/{LOAD}/0", workspace=place.workspace, namespace=None))._repr_html_()
    yield get_cards(Task(f"{place.spec}/{FAN}/0", workspace=place.workspace, namespace=None))._repr_html_()
    yield from cards(f"{place.spec}/{BAD}/0")._view.regions().values()


def together(places: Sequence[Place]) -> Workspace:
    """Return a store with the runs of several places, and of their flows with hostile names; the texts are the short ones."""
    root = Path(f"{places[0].workspace.root}-{'-'.join(each.payload.mark for each in places)}")
    if not root.exists():
        for number, place in enumerate(places):
            fill(root, replace(place.payload, text=place.payload.short), number)
            for again in (1, 2):
                fill_flow(root, place.short, number + again)
    return Workspace.open(root)


def charts(places: Sequence[Place]) -> Iterator[Any]:
    """Give the charts of a store with the runs of several places, a metric's across runs of the first few."""
    workspace = together(places)
    shown = Dashboard(workspace)
    yield from (each.figure for each in (shown.days(), shown.durations(), shown.metrics(len(places) + 1)))
    found = compare(*Flow(FLOW, workspace=workspace, namespace=None).runs())
    yield from (found.items(FAN, "score"), found.parallel())
    yield from (found.chart(f"{LOAD}.{place.short}#") for place in places[:3])


def live_states(places: Sequence[Place]) -> Iterator[Any]:
    """Give what live panels are told of runs that ended, and of the same while they go on."""
    metadata = together(places).metadata
    for run in metadata.find(RunQuery(flows=(FLOW,)), limit=len(places)):
        tasks = metadata.tasks(FLOW, run.id)
        logs = {each.key: run.reason for each in tasks}
        problems = (problem("V017", Where(run.reason), name=run.reason, hint=run.reason, why=run.reason),)
        for status in (run.status, RunStatus.RUNNING):
            scene = Scene(replace(run, status=status), tasks, run.created_at + 9, logs, problems, cancels=True)
            yield scene.live()
