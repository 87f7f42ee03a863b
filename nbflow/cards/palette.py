"""One colour and one mark per status, the same in every view.

Each colour keeps a contrast of about 4:1 on white and on near-black, so that one set serves both themes.
"""

from __future__ import annotations

from nbflow.model.status import TaskStatus

GREEN = "#1a8f52"
BLUE = "#2f7de1"
RED = "#e0443e"
VIOLET = "#8b63d9"
AMBER = "#b8690f"
MAGENTA = "#c2468f"
GREY = "#7d828b"

_COLOURS = {
    "succeeded": GREEN,
    "running": BLUE,
    "submitted": BLUE,
    "failed": RED,
    "reused": VIOLET,
    "cancelling": AMBER,
    "cancelled": AMBER,
    "lost": MAGENTA,
}
#: darker, to write on in white
_GROUNDS = {
    "": "#52617a",
    "succeeded": "#157a45",
    "running": "#2468c4",
    "submitted": "#2468c4",
    "failed": "#c5332e",
    "reused": "#7650c2",
    "cancelling": "#95540a",
    "cancelled": "#95540a",
    "lost": "#a8357a",
}
_MARKS = {
    "succeeded": "✓",
    "reused": "↺",
    "running": "●",
    "submitted": "●",
    "failed": "✗",
    "skipped": "–",
    "cancelling": "◌",
    "cancelled": "◌",
    "lost": "?",
}

#: statuses from most to least worth knowing: what a step of many tasks is called by
URGENCY: tuple[str, ...] = (
    TaskStatus.FAILED.value,
    TaskStatus.LOST.value,
    TaskStatus.CANCELLING.value,
    TaskStatus.RUNNING.value,
    TaskStatus.SUBMITTED.value,
    TaskStatus.CANCELLED.value,
    TaskStatus.READY.value,
    TaskStatus.WAITING.value,
    TaskStatus.SUCCEEDED.value,
    TaskStatus.REUSED.value,
    TaskStatus.SKIPPED.value,
)


def colour(status: str) -> str:
    """Return the colour of a run's or task's status."""
    return _COLOURS.get(status, GREY)


def ground_colour(status: str) -> str:
    """Return the ground to write on in white for a status; `""` is no status at all."""
    return _GROUNDS.get(status, GREY)


def mark(status: str) -> str:
    """Return the one-character mark of a run's or task's status."""
    return _MARKS.get(status, "○")


def signs_of_statuses() -> dict[str, dict[str, str]]:
    """Return `colours` and `marks` by status, for those who draw elsewhere; `""` is any other status."""
    return {"colours": {**_COLOURS, "": GREY}, "marks": {**_MARKS, "": "○"}}
