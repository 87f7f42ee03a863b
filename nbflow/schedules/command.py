"""The command that a firing is, and what its run is told of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from nbflow.metadata.starter import STARTED_BY
from nbflow.schedules.due import Occurrence
from nbflow.schedules.schedule import Schedule


def words_of(schedule: Schedule) -> tuple[str, ...]:
    """Return what is typed after `nbflow` for a firing, but for the file that its run's id goes into."""
    words = ["run", schedule.file]
    words += ["--papermill"] if schedule.fill else []
    for option, values in (("-p", schedule.parameters), ("--tag", schedule.tags)):
        words += [word for value in values for word in (option, value)]
    return (*words, *schedule.options)


def environment_of(schedule: Schedule, occurrence: Occurrence) -> tuple[tuple[str, str], ...]:
    """Return the variables by which the run knows what started it."""
    return ((STARTED_BY, told(schedule.name, occurrence.moment, occurrence.runs)),)


def told(name: str, moment: datetime, runs: Sequence[str]) -> str:
    """Return what a run is told of its schedule, the moment it is due, and the runs that it is due to."""
    return json.dumps({"schedule": name, "scheduled_at": moment.isoformat(), "runs": list(runs)})
