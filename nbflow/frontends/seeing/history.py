"""`nbflow.history`: the runs of one flow, of several or of all, as a list that shows itself and goes on."""

from __future__ import annotations

import difflib
import inspect
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Never, NoReturn, overload

from nbflow.cards.printable import one_line
from nbflow.client.chosen import workspace_if_any
from nbflow.client.facts import RunFacts, require_flow
from nbflow.client.flow import Flow
from nbflow.client.run import Run
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.seeing.deeds import deeds_here
from nbflow.frontends.seeing.shown import Shown
from nbflow.model.record import RunRecord
from nbflow.views.history.asked import Asked, Several, asked_for
from nbflow.views.history.conditions import Conditions
from nbflow.views.history.view import HistoryView
from nbflow.views.history.when import Moment
from nbflow.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

Name = tuple[str, str]

#: records that are read at once
_CHUNK = 200


class History(Shown, Sequence[Run]):
    """Runs as they were found. What it shows goes on: runs that begin later appear there, and not in here.

    `history[0]` is a `Run`, `history[:5]` a shorter history, `history.to_frame()` a table for pandas.
    """

    def __init__(
        self,
        workspace: Workspace,
        asked: Asked,
        *,
        limit: int | None = None,
        names: Sequence[Name] | None = None,
    ) -> None:
        self._workspace = workspace
        self._asked = asked
        if names is None:
            names = workspace.metadata.names(asked.query(time.time()), limit=limit)
        self._names: tuple[Name, ...] = tuple(names)
        super().__init__(HistoryView(workspace.metadata, asked, size=limit, deeds=deeds_here(workspace)))

    @overload
    def __getitem__(self, place: int) -> Run: ...
    @overload
    def __getitem__(self, place: slice) -> History: ...
    def __getitem__(self, place: int | slice) -> Run | History:
        if isinstance(place, slice):
            names = self._names[place]
            return History(self._workspace, replace(self._asked, among=names), names=names)
        flow, run = self._names[place]
        return Run(f"{flow}/{run}", workspace=self._workspace, namespace=None)

    def __iter__(self) -> Iterator[Run]:
        for record in self._records():
            facts = RunFacts(self._workspace, record.flow, record.id, record=record)
            yield Run(f"{record.flow}/{record.id}", workspace=self._workspace, namespace=None, facts=facts)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, run: object) -> bool:
        pathspec = run.pathspec if isinstance(run, Run) else run
        return isinstance(pathspec, str) and tuple(pathspec.split("/")) in set(self._names)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each run: what the list says of it, its parameters, its metrics.

        A parameter or metric whose name is taken has its kind before it, as in `metric:took`.
        """
        from nbflow.views.history.frame import frame

        return frame(list(self._records()), self._workspace.metadata.metrics(self._names))

    def _records(self) -> Iterator[RunRecord]:
        """Yield the records, in order; runs that are gone meanwhile are left out."""
        metadata = self._workspace.metadata
        for start in range(0, len(self._names), _CHUNK):
            names = self._names[start : start + _CHUNK]
            found = metadata.find(Asked(drafts=True, among=names).query(0.0))
            records: Mapping[Name, RunRecord] = {(each.flow, each.id): each for each in found}
            yield from (records[name] for name in names if name in records)


def history(
    flow: Any = None,
    *,
    status: Several = None,
    tag: Several = None,
    user: Several = None,
    since: Moment | None = None,
    until: Moment | None = None,
    where: Conditions | None = None,
    drafts: bool = False,
    sort: str | None = None,
    limit: int | None = None,
    **unknown: Never,
) -> History:
    """Return the runs of a store, newest first; as the last line of a cell they are a list that goes on.

    Whoever made the runs: a history is a team's. `user="me"` finds one's own; the namespace is not heeded.

    Args:
        flow: the name of a flow, a `Flow`, a class, or several of these; all flows by default.
        status: `"failed"`, or several.
        tag: a tag that runs must have, or several that they must all have.
        user: who ran them, or several; `"me"` is whoever asks.
        since: when they were made: `"7d"`, `"24h"`, `"yesterday"`, `"monday"`, `"2026-11-01"`, a date or a datetime.
        until: up to when. Of a day its end is meant.
        where: conditions on parameters: `"alpha>0.1, region=eu"`, or `{"alpha": 0.1}`. `~` is "contains".
        drafts: with what cells computed in kernel sessions.
        sort: `"took"`, `"started"`, `"status"`, `"flow"`, `"user"`, a parameter or a metric; the smallest first, or with
            a minus the largest: `"-rmse"`.
        limit: how many; all by default. The list has so many on a page.
        unknown: nothing is: the name that was meant is told.

    Raises:
        NotFoundError: M001, no such flow has run.
        ViewError: V001 to V007, a filter names what no run has, or cannot be understood; V008, there is no such filter.
    """
    workspace = workspace_if_any() or Workspace.find()
    flows = flow_names(flow)
    for each in flows:
        require_flow(workspace, each)
    others: Mapping[str, object] = unknown
    for name, value in others.items():
        known = [each for each in inspect.signature(history).parameters if each != "unknown"]
        say_unknown(name, value, workspace.metadata.known("parameter", flows), known)
    asked = asked_for(
        workspace.metadata,
        flows,
        status=status,
        tag=tag,
        user=user,
        since=since,
        until=until,
        where=where,
        drafts=drafts,
        sort=sort,
        now=time.time(),
    )
    return History(workspace, asked, limit=limit)


def say_unknown(
    name: str, value: object, parameters: Collection[str], known: Sequence[str], call: str = "nbflow.history"
) -> NoReturn:
    """Say which filter was meant by one that there is not, or that it is a parameter. Raises V008.

    Args:
        name: as it was given.
        value: what it was given.
        parameters: those of the runs.
        known: what `call` takes.
        call: the function that was called, as one writes it.
    """
    if name in parameters or name in {"parameter", "parameters", "params"}:
        wanted = value if isinstance(value, Mapping) else {name: value} if name in parameters else {"alpha": 0.1}
        meant, hint = f"where={one_line(repr(wanted), 80)}", " Parameters are filtered by 'where'."
    else:
        near = difflib.get_close_matches(name, known, n=1)
        meant, hint = f"{near[0]}={one_line(repr(value), 80)}" if near else "", did_you_mean(name, known)
    raise_for("V008", name=name, hint=hint, known=", ".join(known), fix=f"{call}({meant})" if meant else "")


def flow_names(flow: Any) -> tuple[str, ...]:
    """Return the names of flows that are given by name, object or class, one or several; none for None."""
    if flow is None:
        return ()
    if isinstance(flow, str):
        return (flow,)
    if isinstance(flow, Flow):
        return (flow.id,)
    if isinstance(flow, type):
        return (flow.__name__,)
    if isinstance(flow, Iterable):
        return tuple(dict.fromkeys(name for each in flow for name in flow_names(each)))
    # a flow object of a notebook or a file has the name of its class
    return (one_line(repr(flow), 40) if type(flow).__module__ == "builtins" else type(flow).__name__,)
