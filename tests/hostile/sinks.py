"""Everything that shows what was kept, each as a function from a hostile run to the HTML of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hostile.filled import BAD, FAN, FLOW, LOAD
from hostile.payloads import Payload

from nbflow import DataArtifact, Flow, Run, Step, Task
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
