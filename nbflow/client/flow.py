"""A flow and its runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from nbflow.cards.figures import duration, parameters
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line
from nbflow.client.chosen import spins_shown
from nbflow.client.facts import RunFacts, require_flow
from nbflow.client.run import Run
from nbflow.client.thing import Page, Thing, between, by_key, moment, said
from nbflow.errors import raise_for
from nbflow.metadata.identity import owner_of
from nbflow.model.graph import MISSING, Missing
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace

#: runs that a page lists
_MOST = 20


class Flow(Thing):
    """A flow by its name: `Flow("quickstart")`. Iterating gives its runs, newest first, without drafts.

    Its runs are those in the namespace; where there is none, there is no such flow.
    """

    depth = 1

    def __init__(
        self, pathspec: str, *, workspace: Workspace | None = None, namespace: str | Missing | None = MISSING
    ) -> None:
        super().__init__(pathspec, workspace=workspace, namespace=namespace)
        require_flow(self._workspace, pathspec)
        if not self._is_in(self._namespace):
            owner = owner_of(self._workspace.metadata.runs(pathspec, drafts=True, spins=True, limit=1)[0])
            why = f"none of its runs has this tag; the latest is of {owner}"
            raise_for("M012", namespace=self._namespace, pathspec=pathspec, why=why, owner=owner)

    @property
    def created_at(self) -> datetime | None:
        """When its first run was made."""
        return moment(self._workspace.metadata.began(self.id))

    @property
    def latest_run(self) -> Run | None:
        """The newest run, however it stands; None when there is none."""
        return next(self._runs(limit=1), None)

    @property
    def latest_successful_run(self) -> Run | None:
        """The newest run that succeeded; None when there is none."""
        # nearly always the first; not when the last step of a class failed and @catch kept the run going
        for limit in (1, None):
            for run in self._runs(limit=limit, status=RunStatus.SUCCEEDED):
                if run.successful:
                    return run
        return None

    def runs(self, *tags: str, drafts: bool = False) -> Iterator[Run]:
        """Yield its runs, newest first: those that have all of `tags`, drafts of notebook sessions only if asked."""
        return self._runs(*tags, drafts=drafts)

    def __iter__(self) -> Iterator[Run]:
        return self._runs()

    def __getitem__(self, run: str | int) -> Run:
        with by_key():
            return Run(f"{self.pathspec}/{run}", workspace=self._workspace, namespace=self._namespace)

    def __contains__(self, run: object) -> bool:
        """Say whether there is such a run, in the namespace or not."""
        return self._workspace.metadata.run(self.id, str(run)) is not None

    def _keys(self) -> list[str]:
        return [record.id for record in self._records(drafts=True, limit=200)]

    def _is_in(self, namespace: str | None) -> bool:
        tags = (namespace,) if namespace else ()
        return not tags or bool(self._workspace.metadata.runs(self.id, drafts=True, spins=True, limit=1, tags=tags))

    def _runs(
        self, *tags: str, drafts: bool = False, limit: int | None = None, status: RunStatus | None = None
    ) -> Iterator[Run]:
        for record in self._records(*tags, drafts=drafts, limit=limit, status=status):
            facts = RunFacts(self._workspace, record.flow, record.id, record=record)
            place = f"{record.flow}/{record.id}"
            yield Run(place, workspace=self._workspace, namespace=self._namespace, facts=facts)

    def _records(
        self, *tags: str, drafts: bool = False, limit: int | None = None, status: RunStatus | None = None
    ) -> tuple[RunRecord, ...]:
        tags = (*tags, self._namespace) if self._namespace else tags
        return self._workspace.metadata.runs(
            self.id, drafts=drafts, spins=spins_shown(), limit=limit, status=status, tags=tags
        )

    def _page(self) -> Page:
        records = self._records(limit=_MOST + 1)
        return Page(
            self.pathspec,
            facts=[("shown", f"the latest {_MOST} runs")] if len(records) > _MOST else [],
            head=("run", "status", "started", "took", "parameters", "tags"),
            rows=[_row(record) for record in records[:_MOST]],
            align="lllrll",
        )


def _row(record: RunRecord) -> tuple[str, ...]:
    start = record.started_at or record.created_at
    given = ", ".join(f"{name}={value}" for name, value, origin in parameters(record.parameters) if origin != "default")
    return (
        record.id,
        f"{mark(record.status.value)} {record.status.value}",
        said(start),
        duration(between(start, record.finished_at, ended=record.status.ended)),
        one_line(given, 60),
        one_line(", ".join(sorted(record.tags)), 60),
    )
