"""The port of every place for facts about runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import AttemptRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus


class Metadata(Protocol):
    """Facts about runs. Safe to use from several threads; each method is one transaction."""

    def create_run(self, record: RunRecord) -> RunRecord:
        """Record a run and return it with its id: "1", "2", … per flow, "draft-1", … for drafts."""
        ...

    def update_run(self, flow: str, run: str, **changes: Any) -> RunRecord:
        """Change fields of a run and return it. Raises M002 when there is no such run.

        How a run (not a draft) ended is final: what comes late changes nothing.
        """
        ...

    def write(
        self, flow: str, run: str, tasks: Iterable[TaskRecord] = (), attempts: Iterable[AttemptRecord] = ()
    ) -> None:
        """Record all of these or, when one cannot be, none.

        A task's result in a run is final: what would replace it by something else raises M008. In a draft, where a
        cell runs again and again, the latest one counts.
        """
        ...

    def flows(self) -> tuple[FlowName, ...]:
        """Return the flows that have runs, in alphabetical order."""
        ...

    def runs(
        self,
        flow: str,
        *,
        drafts: bool = False,
        limit: int | None = None,
        status: RunStatus | None = None,
        tags: Iterable[str] = (),
    ) -> tuple[RunRecord, ...]:
        """Return runs, newest first: those of `status` and with all of `tags`, when given."""
        ...

    def run(self, flow: str, run: str) -> RunRecord | None:
        """Return a run."""
        ...

    def tasks(self, flow: str, run: str, step: str | None = None) -> tuple[TaskRecord, ...]:
        """Return the tasks of a run or of one of its steps.

        They come step by step in the order the steps were first recorded, items in the order of their indexes.
        """
        ...

    def attempts(
        self, flow: str, run: str, step: str | None = None, task: str | None = None
    ) -> tuple[AttemptRecord, ...]:
        """Return attempts in the order of their tasks and numbers."""
        ...

    def tag(self, flow: str, run: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        """Change a run's tags and return them."""
        ...

    def results(self, flow: str, fingerprints: Sequence[str]) -> Mapping[str, tuple[str, TaskRecord]]:
        """Return, by fingerprint, the newest result that may be reused, with its pathspec."""
        ...


def next_id(kind: str, number: int) -> RunId:
    """Return the id of the `number`th run of a kind in its flow."""
    return RunId(f"draft-{number}" if kind == "draft" else str(number))
