"""A run at one moment, with what of it is worth showing: as a picture that stays, and as the state of a live one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from nbflow.errors import Problem
from nbflow.frozen import frozen
from nbflow.model.ids import TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.views import run_panel
from nbflow.views.live import state

Bundle = dict[str, str]


@frozen
class Scene:
    """A run at one moment."""

    run: RunRecord
    tasks: tuple[TaskRecord, ...]
    #: seconds since the epoch
    now: float
    #: ends of the logs worth showing, the one most worth it first
    logs: Mapping[TaskKey, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    #: step → seconds that a task of it took in an earlier run
    past: Mapping[str, float] = field(default_factory=dict)
    #: tasks that run at once
    slots: int = 1
    #: the run can be cancelled from here
    cancels: bool = False
    #: someone has asked for it to be cancelled here
    asked_to_cancel: bool = False
    #: the cell that shows it waits for the run
    waited: bool = False

    def bundle(self) -> Bundle:
        """Return the picture, for front ends that have nothing better and for the saved notebook."""
        # a picture that is soon replaced has one
        shown = list(self.logs)[: None if self.run.status.ended else 1]
        logs = {str(key): self.logs[key] for key in shown}
        more: Any = {"now": self.now, "logs": logs, "problems": self.problems}
        return {
            "text/html": run_panel.html(self.run, self.tasks, **more),
            "text/plain": run_panel.text(self.run, self.tasks, **more, lasting=True),
        }

    def live(self) -> state.State:
        """Return what a live panel shows."""
        return state.of(
            self.run,
            self.tasks,
            now=self.now,
            logs=self.logs,
            problems=self.problems,
            past=self.past,
            slots=self.slots,
            control={
                "cancels": self.cancels and not self.run.status.ended,
                "asked": self.asked_to_cancel,
                "waited": self.waited,
            },
        )

    def changed(self, before: Mapping[str, Any]) -> tuple[state.State, state.State]:
        """Return the state now, and what of it differs from the one `before`."""
        now = self.live()
        return now, state.changes(before, now)
