"""The port of every place for facts about runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from nbflow.metadata.query import RunQuery
from nbflow.model.ids import Digest, FlowName, Path, RunId, StepName
from nbflow.model.record import AttemptRecord, ItemList, ItemsRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus

#: what is known of runs, to choose from
Known = Literal["user", "tag", "parameter", "metric"]


class Metadata(Protocol):
    """Facts about runs. Safe to use from several threads; each method is one transaction."""

    def create_run(self, record: RunRecord) -> RunRecord:
        """Record a run and return it with its id: "1", "2", … per flow, "draft-1", "spin-1", … for others."""
        ...

    def begin_run(self, record: RunRecord) -> RunRecord:
        """Record a run under the id that it has, or return the run that has that id already.

        Several who begin one run at once all go on with the same record.
        """
        ...

    def update_run(self, flow: str, run: str, **changes: Any) -> RunRecord:
        """Change fields of a run and return it. Raises M002 when there is no such run.

        How a run (not a draft) ended is final: what comes late changes nothing.
        """
        ...

    def ask_cancel(self, flow: str, run: str) -> bool:
        """Note that someone wants a run to end; its owner looks. Return whether it was still under way.

        Raises M002 when there is no such run.
        """
        ...

    def cancel_asked(self, flow: str, run: str) -> bool:
        """Say whether someone wants the run to end."""
        ...

    def write(
        self,
        flow: str,
        run: str,
        tasks: Iterable[TaskRecord] = (),
        attempts: Iterable[AttemptRecord] = (),
        items: Iterable[ItemsRecord] = (),
    ) -> None:
        """Record all of these or, when one cannot be, none.

        A task's result in a run is final: what would replace it by something else raises M008. A run that has ended
        takes nothing more (M011): whoever still works on it has lost it to another. In a draft, where a cell runs
        again and again, the latest result counts.
        """
        ...

    def note_code(self, flow: str, run: str, code: Digest, tasks: Iterable[TaskRecord]) -> None:
        """Note the code package of a draft, and of those of `tasks` that did not run again meanwhile."""
        ...

    def flows(self) -> tuple[FlowName, ...]:
        """Return the flows that have runs, in alphabetical order."""
        ...

    def runs(
        self,
        flow: str,
        *,
        drafts: bool = False,
        spins: bool = False,
        limit: int | None = None,
        status: RunStatus | None = None,
        tags: Iterable[str] = (),
    ) -> tuple[RunRecord, ...]:
        """Return runs, newest first: those of `status` and with all of `tags`, when given.

        Tags are those of `nbflow.metadata.identity.tags_of`. Drafts and tasks run alone are left out unless asked for.
        """
        ...

    def find(self, wanted: RunQuery, *, limit: int | None = None, offset: int = 0) -> tuple[RunRecord, ...]:
        """Return the runs that a query asks for, in its order: `limit` of them behind the first `offset`."""
        ...

    def names(self, wanted: RunQuery, *, limit: int | None = None) -> tuple[tuple[FlowName, RunId], ...]:
        """Return the names of the runs that a query asks for, in its order."""
        ...

    def count(self, wanted: RunQuery) -> Mapping[RunStatus, int]:
        """Return how many runs a query asks for, by their status; statuses without any are left out."""
        ...

    def metrics(self, runs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Mapping[str, float]]:
        """Return, of each run (flow, id), the finite numbers that its steps left outside any foreach, by name.

        Of two steps that left one name the later one of the flow counts.
        """
        ...

    def known(self, what: Known, flows: Iterable[str] = ()) -> tuple[str, ...]:
        """Return, in alphabetical order, what the runs of `flows` have: users, tags and so on. Without any: of all.

        Parameters are those of the latest 2000 runs; tags those that people gave.
        """
        ...

    def version(self) -> int:
        """Return a number that is another one when something was written since it was asked last."""
        ...

    def began(self, flow: str) -> float | None:
        """Return when the first of a flow's runs was made."""
        ...

    def run(self, flow: str, run: str) -> RunRecord | None:
        """Return a run."""
        ...

    def tasks(self, flow: str, run: str, step: str | None = None) -> tuple[TaskRecord, ...]:
        """Return the tasks of a run or of one of its steps.

        They come step by step in the order the steps were first recorded, items in the order of their indexes, rounds
        of a step that repeats itself in theirs.
        """
        ...

    def attempts(
        self, flow: str, run: str, step: str | None = None, task: str | None = None
    ) -> tuple[AttemptRecord, ...]:
        """Return attempts in the order of their tasks and numbers."""
        ...

    def items(self, flow: str, run: str) -> Mapping[tuple[StepName, Path], ItemList]:
        """Return what each foreach of a run listed, by step and path of the task that listed it."""
        ...

    def tag(self, flow: str, run: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        """Change the tags that people gave a run, by the rules of `nbflow.metadata.tags`, and return them.

        All of it is done or nothing. Raises M010, M013, M014, M016.
        """
        ...

    def results(self, flow: str, fingerprints: Sequence[str]) -> Mapping[str, tuple[str, TaskRecord]]:
        """Return, by fingerprint, the newest result that may be reused, with its pathspec."""
        ...


def next_id(kind: str, number: int) -> RunId:
    """Return the id of the `number`th run of a kind in its flow."""
    return RunId(str(number) if kind == "run" else f"{kind}-{number}")
