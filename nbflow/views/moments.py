"""When something was and how long it took, as views say it."""

from __future__ import annotations

from datetime import datetime

from nbflow.cards.figures import duration
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus


def moment(seconds: float, now: float) -> str:
    """Return a moment as a person reads it: of today without the day, of this year without the year."""
    local, today = datetime.fromtimestamp(seconds).astimezone(), datetime.fromtimestamp(now).astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M:%S}"
    return f"{local:%d %b %H:%M}".lstrip("0") if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def ago(seconds: float) -> str:
    """Return how long ago something was, in the largest unit."""
    for unit, one in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            many = int(seconds // unit)
            return f"{many} {one}{'' if many == 1 else 's'} ago"
    return "just now"


def took(run: RunRecord, now: float) -> str:
    """Return how long it took; of one that has no end, how long it is known to have gone on."""
    began = run.started_at or run.created_at
    if run.kind == "draft":
        return ""
    if run.status is RunStatus.LOST:
        return f"≥ {duration(run.heartbeat_at - began)}" if run.heartbeat_at else ""
    if run.finished_at is not None:
        return duration(run.finished_at - began)
    return f"{duration(now - began)} so far"
