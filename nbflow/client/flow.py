"""A flow and its runs."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.cards.figures import duration, parameters
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line
from nbflow.client.facts import require_flow
from nbflow.client.run import Run
from nbflow.client.thing import Page, Thing, between, said
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace

#: runs that a page lists
_MOST = 20


class Flow(Thing):
    """A flow by its name: `Flow("quickstart")`. Iterating gives its runs, newest first, without drafts."""

    depth = 1

    def __init__(self, name: str, *, workspace: Workspace | None = None) -> None:
        super().__init__(name, workspace=workspace)
        require_flow(self._workspace, name)

    @property
    def latest_run(self) -> Run | None:
        """The newest run, however it stands; None when there is none."""
        return next(self._runs(limit=1), None)

    @property
    def latest_successful_run(self) -> Run | None:
        """The newest run that succeeded; None when there is none."""
        return next(self._runs(limit=1, status=RunStatus.SUCCEEDED), None)

    def runs(self, *tags: str, drafts: bool = False) -> Iterator[Run]:
        """Yield its runs, newest first: those that have all of `tags`, drafts of notebook sessions only if asked."""
        return self._runs(*tags, drafts=drafts)

    def __iter__(self) -> Iterator[Run]:
        return self._runs()

    def __getitem__(self, run: str | int) -> Run:
        return Run(f"{self.pathspec}/{run}", workspace=self._workspace)

    def __contains__(self, run: object) -> bool:
        return self._workspace.metadata.run(self.id, str(run)) is not None

    def _ipython_key_completions_(self) -> list[str]:
        return [record.id for record in self._workspace.metadata.runs(self.id, drafts=True, limit=200)]

    def _runs(
        self, *tags: str, drafts: bool = False, limit: int | None = None, status: RunStatus | None = None
    ) -> Iterator[Run]:
        records = self._workspace.metadata.runs(self.id, drafts=drafts, limit=limit, status=status, tags=tags)
        return (self[record.id] for record in records)

    def _page(self) -> Page:
        records = self._workspace.metadata.runs(self.id, limit=_MOST + 1)
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
