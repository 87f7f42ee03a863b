"""A run, its steps and what it left."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from nbflow.client.data import Data
from nbflow.client.ending import wait_for, wait_in_loop
from nbflow.client.facts import by_step
from nbflow.client.left import left_by
from nbflow.client.step import Step
from nbflow.client.tagging import Tagged
from nbflow.client.task import Task
from nbflow.client.thing import Page, by_key, moment
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.model.value import decode

if TYPE_CHECKING:
    from nbflow.client.code import Code
    from nbflow.client.notebook import FilledNotebook
    from nbflow.client.trigger import Trigger


class Run(Tagged):
    """One execution of a flow: `Run("quickstart/3")`. Iterating gives its steps."""

    depth = 2

    # ---- how it stands

    @property
    def status(self) -> str:
        """Where it is: pending, running, succeeded, failed, cancelling, cancelled or lost."""
        return self._facts.record.status.value

    @property
    def successful(self) -> bool:
        """All of it came to a good end; of a class its last step did, whatever @catch caught before."""
        if self._facts.record.status is not RunStatus.SUCCEEDED:
            return False
        end = self.end_task
        return end is None or end.successful

    @property
    def finished(self) -> bool:
        """It has come to an end, good or bad."""
        return self._facts.record.status.ended

    @property
    def created_at(self) -> datetime | None:
        """When it was asked for."""
        return moment(self._facts.record.created_at)

    @property
    def finished_at(self) -> datetime | None:
        """When it ended."""
        return moment(self._facts.record.finished_at)

    @property
    def reason(self) -> str:
        """Why it failed, in one line."""
        return self._facts.record.reason

    @property
    def user(self) -> str:
        """Who ran it."""
        return self._facts.record.user

    @property
    def source(self) -> str:
        """The notebook or file it was started from."""
        return self._facts.record.source

    @property
    def origin_pathspec(self) -> str | None:
        """The run whose results it took over, when it was resumed from one."""
        origin = self._facts.record.origin_run
        return origin and f"{self._spec.flow}/{origin}"

    @property
    def parameters(self) -> dict[str, Any]:
        """Its parameters' values; a member of the flow's own Enum stays as it was recorded."""
        return {name: _plain(raw) for name, (_, raw, _) in self._facts.record.parameters.items()}

    @property
    def code(self) -> Code | None:
        """What it ran: the file of the flow or the notebook's cells, and the flow's own modules."""
        # archives are not imported by those who look at none
        from nbflow.client.code import code_of

        return code_of(self._facts)

    @property
    def trigger(self) -> Trigger | None:
        """The runs whose success started it; None: a person did, or the clock."""
        from nbflow.client.trigger import Trigger

        return Trigger.of(self._workspace, self._facts.record.about.get("started_by"))

    @property
    def graph(self) -> str:
        """Its steps and what they waited for, drawn as text."""
        from nbflow.graph.draw import text

        return text(self._facts.steps())

    # ---- its end

    def wait(self, timeout: float | None = None) -> Self:
        """Return the run when it has ended, well or not; an interrupt only stops the waiting.

        Raises:
            TimeoutError: it still goes on after `timeout` seconds.
        """
        wait_for(self, timeout)
        return self

    def __await__(self) -> Generator[Any, None, Run]:
        return wait_in_loop(self).__await__()

    def cancel(self, *, wait: bool = False) -> None:
        """Ask for its end, whatever process runs it; one that has ended stays as it is.

        Args:
            wait: return when no process of it is left.
        """
        if not self.finished:
            self._workspace.metadata.ask_cancel(self._spec.flow, self.id)
        if wait:
            self.wait()

    # ---- steps

    def steps(self, *tags: str, skipped: bool | None = None) -> tuple[Step, ...]:
        """Return the steps that have tasks, in flow order.

        Args:
            tags: none when the run has not all of these.
            skipped: with steps all of whose tasks were skipped. Unless said, those of a notebook are among them, and
                those of a class, which a switch did not choose, are not.
        """
        if not self.tags.issuperset(tags):
            return ()
        with_skipped = not self._facts.of_class if skipped is None else skipped
        ran = by_step(task for task in self._facts.tasks() if with_skipped or task.status is not TaskStatus.SKIPPED)
        names = (summary.name for summary in self._facts.steps())
        return tuple(self[name] for name in names if name in ran and not name.startswith("_"))

    def __iter__(self) -> Iterator[Step]:
        """Yield its steps: those of a class the newest first, as Metaflow does."""
        steps = list(self.steps())
        if self._facts.of_class:
            # of those as old as each other the later one of the flow counts as newer
            steps.reverse()
            steps.sort(key=_age)
        return iter(steps)

    def __getitem__(self, step: str) -> Step:
        with by_key():
            made: Step = self._child(Step, step)
        return made

    def __contains__(self, step: object) -> bool:
        return any(summary.name == step for summary in self._facts.steps())

    def _keys(self) -> list[str]:
        return [summary.name for summary in self._facts.steps()]

    @property
    def end_task(self) -> Task | None:
        """The task of a class's last step; None while there is none, and for a notebook."""
        end = next((summary.name for summary in self._facts.record.steps if summary.kind == "end"), None)
        ran = self._facts.tasks(end) if end else ()
        return self[end][ran[0].id] if end and ran else None

    # ---- what it left

    @property
    def data(self) -> Data:
        """What it left, by name.

        Of a class it is what the last step left, once that has a result. Else, and of a notebook, it is of each name
        the version of the last step that ran; in a foreach a list, item by item.
        """
        end = self.end_task
        if end is not None and end.status in {TaskStatus.SUCCEEDED, TaskStatus.REUSED}:
            return end.data
        return Data(self.pathspec, left_by(self._facts))

    @property
    def notebook(self) -> FilledNotebook | None:
        """The filled-in notebook: of the run, which papermill made, else of its last step that is one; None: there is none."""
        # most runs have none
        from nbflow.client.notebook import of_run

        return of_run(self.pathspec, self._facts.record, self._facts.tasks(), self._facts)

    # ---- how it looks

    def _page(self) -> Page:
        # drawing is not imported by those who only read
        from nbflow.client.run_page import run_page

        facts = self._facts
        return run_page(self.pathspec, facts.record, facts.steps(), by_step(facts.tasks()), facts.listed())


def _age(step: Step) -> float:
    # one that has not begun yet is the newest
    made = step.created_at
    return -made.timestamp() if made else -math.inf


def _plain(raw: Any) -> Any:
    try:
        return decode(raw)
    except (ValueError, TypeError):
        return raw
