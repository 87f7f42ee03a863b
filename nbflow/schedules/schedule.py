"""A schedule: what runs, when, and what is done when it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from nbflow.frozen import frozen
from nbflow.schedules.timetable import Timetable

#: what becomes of a firing while the one before still runs: it is left out, waits, or runs beside it
Overlap = Literal["skip", "queue", "allow"]
#: what becomes of moments at which nobody looked: nothing, the newest is made up for, all are
Missed = Literal["skip", "latest", "all"]

OVERLAPS: tuple[Overlap, ...] = ("skip", "queue", "allow")
MISSES: tuple[Missed, ...] = ("skip", "latest", "all")
#: seconds for which a missed moment is worth making up for, unless told otherwise
WITHIN = 86_400.0

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


@frozen
class Upstream:
    """A flow whose runs start another one, and what such a run must have."""

    flow: str
    #: tags of the system
    tags: tuple[str, ...] = ()


@frozen
class Schedule:
    """One schedule as it is kept. It has a timetable, or upstreams."""

    name: str
    #: another one for each time that a name is given
    id: str
    #: absolute path of a notebook, or of a flow file, perhaps with `:ClassName`
    file: str
    flow: str
    timetable: Timetable | None = None
    upstreams: tuple[Upstream, ...] = ()
    #: `NAME=VALUE`, as they were typed
    parameters: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: further words of `nbflow run`
    options: tuple[str, ...] = ()
    overlap: Overlap = "skip"
    missed: Missed = "latest"
    #: seconds
    within: float = WITHIN
    #: a notebook is filled in by papermill
    fill: bool = False
    #: folder in which the command is given
    cwd: str = "."
    #: machine, and identity, of who added it
    host: str = ""
    owner: str = ""
    created_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    #: nothing before this moment counts: when it was added, or resumed
    since: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    paused: bool = False

    @property
    def when(self) -> str:
        """What it starts by, as a person reads it."""
        if self.timetable is not None:
            return self.timetable.said
        return f"after {' and '.join(each.flow for each in self.upstreams)}"

    def to_json(self) -> dict[str, Any]:
        plain = ("name", "id", "file", "flow", "overlap", "missed", "within", "fill", "cwd", "host", "owner", "paused")
        return {
            "format": 1,
            **{name: getattr(self, name) for name in plain},
            "cron": self.timetable and self.timetable.cron,
            "timezone": self.timetable and self.timetable.timezone,
            "upstreams": [[each.flow, list(each.tags)] for each in self.upstreams],
            **{name: list(getattr(self, name)) for name in ("parameters", "tags", "options")},
            "created_at": self.created_at.isoformat(),
            "since": self.since.isoformat(),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Schedule:
        """Return the schedule that `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: it did not write that.
            ScheduleError: L002, this machine does not know its time zone.
        """
        if raw["format"] != 1:
            raise ValueError(f"its format is {raw['format']}")
        plain = ("name", "id", "file", "flow", "overlap", "missed", "within", "fill", "cwd", "host", "owner", "paused")
        found: dict[str, Any] = {name: raw[name] for name in plain}
        found |= {name: tuple(raw[name]) for name in ("parameters", "tags", "options")}
        return cls(
            **found,
            timetable=Timetable.read(raw["cron"], raw["timezone"]) if raw["cron"] else None,
            upstreams=tuple(Upstream(flow, tuple(tags)) for flow, tags in raw["upstreams"]),
            created_at=datetime.fromisoformat(raw["created_at"]),
            since=datetime.fromisoformat(raw["since"]),
        )
