"""A store in which opening anything leaves a trace, and everything that shows what is in a store.

A new view is tested by a line in `SINKS`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from matplotlib.figure import Figure
from PIL import Image

import nbflow
from nbflow.client import DataArtifact, Flow, Run, Step, Task
from nbflow.errors import NbflowError
from nbflow.frontends.carding.server import opened
from nbflow.frontends.carding.server_data import Served
from nbflow.frontends.cli.main import main
from nbflow.frontends.seeing.artifacts import shown_artifacts
from nbflow.frontends.seeing.cards import cards
from nbflow.frontends.seeing.compare import chart_over
from nbflow.model.artifact import Manifest
from nbflow.model.ids import RunId
from nbflow.views import run_panel
from nbflow.views.inline.view import View
from nbflow.workspace import Workspace
from tests.unit.client.conftest import Bench

HTML = "<img src=x onerror=alert(1)>"


class Poison:
    """Makes a folder when it is unpickled, and fails in every way a value can be looked at."""

    #: where the folders are made; how many poisons there are, each with a name of its own
    folder = Path()
    made = 0

    def __reduce__(self) -> Any:
        Poison.made += 1
        return os.mkdir, (str(Poison.folder / f"ran-{Poison.made}"),)

    def __repr__(self) -> str:
        raise RuntimeError("not to be shown")

    __str__ = __repr__

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        return self is other

    def __lt__(self, other: object) -> bool:
        return id(self) < id(other)


class Slotted:
    """Has its poison in a slot and in a subclass of a list."""

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held = Poison()


class Listed(list[Any]):
    """A list that is an object."""


def values() -> dict[str, Any]:
    """Return values of every stored form; all that can have poison in them have."""
    one = Poison
    return {
        "poison": one(),
        "listed": [1, one()],
        "nested": {"a": {"b": [one()]}, HTML: one()},
        "of_class": {"x": Listed([one()])},
        "slotted": Slotted(),
        "many": [one()] * 100,
        "set_of": {one()},
        "objects": pd.DataFrame({"a": [1, 2], HTML: [one(), one()]}),
        "column_names": pd.DataFrame([[1, 2]], columns=pd.Index([one(), HTML], dtype=object)),
        "rows": pd.DataFrame({"a": [1, 2]}, index=pd.Index([one(), one()], dtype=object)),
        "categories": pd.DataFrame({"a": pd.Categorical([one()])}),
        "attributes": _with_attributes(pd.DataFrame({"a": [1]}), one()),
        "levels": pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_arrays([[1], pd.Index([one()], dtype=object)])),
        "named": pd.Series([1, 2], name=one()),
        "series": pd.Series([one()], dtype=object),
        "index": pd.Index([one(), "x"], dtype=object),
        "array": np.array([one(), 1], dtype=object),
        "arrays": [np.arange(3), np.array([one()], dtype=object)],
        "zoned": pd.DataFrame({"t": pd.date_range("2020", periods=3, tz="Europe/Paris")}),
        "fields": np.array([(1, 2.5)], dtype=[("a", "i4"), ("<b>", "f8")]),
        "table": pa.table({HTML: [1, 2]}),
        "polars": pl.DataFrame({HTML: ["<b>", None]}),
        "polars_objects": pl.Series([one()], dtype=pl.Object).to_list(),
        "text": f"{HTML}\n" * 500,
        "bytes": b"\x80\x05c__builtin__\neval\n(S'1'\ntR." * 400,
        "number": 1.5,
        "decimal": Decimal("1.5"),
        "image": _with_info(Image.new("RGB", (20, 20)), one()),
        "figure": _with_label(Figure(), one()),
        "lambda_": lambda: one(),  # noqa: PLW0108 - a function that is written whole
    }


def _with_attributes(frame: pd.DataFrame, value: object) -> pd.DataFrame:
    frame.attrs = {"a": value}
    return frame


def _with_info(image: Image.Image, value: object) -> Image.Image:
    image.info = {HTML: value}
    return image


def _with_label(figure: Figure, value: object) -> Figure:
    figure.set_gid(value)
    figure.subplots().set_title(HTML)
    return figure


def poisoned(bench: Bench, traces: Path) -> str:
    """Write two runs of everything, and return the place of the later one. Traces are left in a folder."""
    Poison.folder = traces
    traces.mkdir()
    runs = [_run(bench) for _ in range(2)]
    # pandas copies what is attached to a frame, as copies are made: by the way of a pickle
    for each in traces.iterdir():
        each.rmdir()
    return f"quick/{runs[-1]}"


def _run(bench: Bench) -> str:
    run = bench.run(parameters={HTML: ("str", HTML, "given")}, reason=HTML)
    bench.task(run, "load", left=values(), logs={"stdout": f"{HTML}\n"}, item=Poison())
    for index in range(3):
        bench.task(run, "train", (index,), {"model": Poison(), "rmse": index / 2, HTML: [Poison()]}, item=Poison())
    bench.task(run, "best", left={"model": Poison()}, captured={"given": bench.workspace.store.put(Poison())})
    return run


def poison_again(workspace: Workspace, place: str) -> Manifest:
    """Return the manifest of the step with everything."""
    flow, run = place.split("/")
    found = workspace.metadata.tasks(flow, run, "load")[0].manifest
    assert found is not None
    return found


# ---- everything that shows


def _client(workspace: Workspace, place: str) -> Iterator[str]:
    from IPython.lib.pretty import pretty

    run = Run(place, workspace=workspace)
    things: list[Any] = [Flow(place.partition("/")[0], workspace=workspace), run, run.data]
    for step in run.steps():
        things += [step, *step, *(task.data for task in step), *(left for task in step for left in task)]
    for thing in things:
        yield thing._repr_html_()
        yield pretty(thing)
    yield from (repr(each) for each in things)


#: controls that a person uses to have code run, or a run changed
ASKING = {
    "artifacts": {"open"},
    "compare": {"load"},
    "history": {"resume", "restore", "cancel", "tag", "untag", "compare"},
}
#: controls of one view that are used
_CLICKS = 250
_CONTROL = re.compile(r'data-act="([^"]*)" data-argument="([^"]*)"')


def _shown(view: View) -> Iterator[str]:
    """Yield what a view shows, and what it shows after each of its controls was used, wherever that leads."""
    used: set[tuple[str, str]] = set()
    while len(used) < _CLICKS:
        pages = [str(each) for each in view.regions().values()]
        yield from pages
        found = [(unescape(act), unescape(argument)) for page in pages for act, argument in _CONTROL.findall(page)]
        fresh = next((each for each in found if each not in used and each[0] not in ASKING.get(view.name, ())), None)
        if fresh is None:
            break
        used.add(fresh)
        # a page says what cannot be done
        with contextlib.suppress(NbflowError):
            view.act(*fresh, {})
    yield str(view.static())
    yield view.text()
    view.poll()


def _artifacts(workspace: Workspace, place: str) -> Iterator[str]:
    run = Run(place, workspace=workspace)
    for thing in (run, run["load"], run["load"].task, run["train"], *run["load"].task):
        yield from _shown(shown_artifacts(thing)._view)


def _places(workspace: Workspace, place: str) -> Iterator[str]:
    run = Run(place, workspace=workspace)
    for thing in (run, *run.steps(), *(task for step in run.steps() for task in step)):
        yield from _shown(nbflow.view(thing)._view)
    yield from _shown(nbflow.timeline(run)._view)


def _history(_: Workspace, place: str) -> Iterator[str]:
    yield from _shown(nbflow.history(place.partition("/")[0])._view)


def _compare(workspace: Workspace, place: str) -> Iterator[str]:
    flow = place.partition("/")[0]
    yield from _shown(nbflow.compare(Run(f"{flow}/1", workspace=workspace), Run(place, workspace=workspace))._view)


def _dashboard(workspace: Workspace, _: str) -> Iterator[str]:
    shown = nbflow.dashboard(since=None)
    for each in (shown, shown.cards(), shown.history()):
        yield from _shown(each._view)
    for chart in (shown.days(), shown.durations(), shown.metrics()):
        bundle = chart._repr_mimebundle_()
        yield bundle["text/html"]
        yield bundle["text/plain"]


def _charts(workspace: Workspace, place: str) -> Iterator[str]:
    flow = place.partition("/")[0]
    runs = [Run(f"{flow}/{each}", workspace=workspace) for each in ("1", place.partition("/")[2])]
    found = nbflow.compare(*runs)
    for chart in (found.chart("number"), found.items("train", "rmse"), chart_over(flow, "number")):
        yield chart._repr_html_()
    with contextlib.suppress(NbflowError):
        # the two runs are alike
        yield found.parallel()._repr_html_()


def _card_server(workspace: Workspace, place: str) -> Iterator[str]:
    flow, run = place.split("/")
    with opened(Served(workspace, flow, run), 0, 60.0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        paths = ["/", "/data", *(f"/card/{place}/{task}/0" for task in ("load/0", "train/0", "best/0"))]
        for path in paths:
            talk = HTTPConnection("127.0.0.1", server.server_port)
            talk.request("GET", path)
            answer = talk.getresponse()
            assert answer.status == HTTPStatus.OK, path
            yield answer.read().decode()
            talk.close()
        server.shutdown()


def _cards(workspace: Workspace, place: str) -> Iterator[str]:
    run = Run(place, workspace=workspace)
    for thing in (run, run["load"], run["load"].task):
        yield from _shown(cards(thing)._view)


def _panel(workspace: Workspace, place: str) -> Iterator[str]:
    flow, number = place.split("/")
    run = workspace.metadata.run(flow, RunId(number))
    assert run is not None
    tasks = workspace.metadata.tasks(flow, number)
    yield str(run_panel.html(run, tasks, now=run.created_at + 9))
    yield str(run_panel.text(run, tasks, now=run.created_at + 9))


def _terminal(_: Workspace, place: str) -> Iterator[str]:
    flow = place.partition("/")[0]
    lines = [
        ["show", place],
        ["history", flow],
        ["compare", f"{flow}/1", place],
        ["dump", place],
        ["dump", f"{place}/load"],
        ["dump", "--json", f"{place}/train/1"],
        ["logs", f"{place}/load"],
        ["card", "get", f"{place}/load/0"],
    ]
    for words in lines:
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as told:
            code = main(words)
        assert code == 0, f"nbflow {' '.join(words)}: {told.getvalue()}"
        yield out.getvalue()


def _client_objects(workspace: Workspace, place: str) -> Iterator[str]:
    # made by hand, and by their pathspec
    yield repr(Step(f"{place}/train", workspace=workspace)["1"].artifacts)
    yield str(Task(f"{place}/load/0", workspace=workspace).artifacts.poison.summary)
    yield str(DataArtifact(f"{place}/load/0/objects", workspace=workspace).type)


#: what shows a store → the pieces of HTML and text that it makes of it
SINKS: dict[str, Callable[[Workspace, str], Iterator[str]]] = {
    "client": _client,
    "client objects": _client_objects,
    "artifacts": _artifacts,
    "run, step and task pages, timeline": _places,
    "history": _history,
    "compare": _compare,
    "dashboard": _dashboard,
    "charts": _charts,
    "cards": _cards,
    "card server": _card_server,
    "run panel": _panel,
    "terminal": _terminal,
}
