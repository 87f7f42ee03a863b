"""Everything that shows what was kept, each as a function from a hostile run to the HTML of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hostile.filled import BAD, FAN, FLOW, LOAD, stored_text
from hostile.payloads import Payload

from nbflow import DataArtifact, Flow, Run, Step, Task
from nbflow.client.cards import get_cards
from nbflow.frontends.seeing.artifacts import artifacts
from nbflow.frontends.seeing.cards import cards
from nbflow.frontends.seeing.compare import compare
from nbflow.frontends.seeing.dashboard import dashboard
from nbflow.frontends.seeing.history import history
from nbflow.frontends.seeing.shown import Shown
from nbflow.frontends.seeing.timeline import timeline
from nbflow.frontends.seeing.view import view
from nbflow.views import run_panel
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
    # it shows the newest of all
    if int(place.run) > 1:
        return
    shown = dashboard(since=None)
    yield from forms(shown)
    yield from forms(shown.cards())


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
    yield from cards(f"{place.spec}/{BAD}/0")._view.regions().values()
