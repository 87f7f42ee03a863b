"""The words of a message about a run. Pure: what is told is given, and the texts are plain in a mailbox and in a chat room."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.cards.figures import duration, several
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen

#: letters of a title, and of an error
_TITLE, _ERROR = 120, 300
#: metrics that are told
MOST = 5


@frozen
class Message:
    """What is sent."""

    #: one line
    title: str
    body: str
    #: how it is to be taken: success, failure, warning or info
    mood: str = "info"


@frozen
class Told:
    """What a message tells of a run."""

    #: as in `sales/12`
    run: str
    #: succeeded, failed, cancelled or lost
    status: str
    user: str
    #: how long it took
    seconds: float | None = None
    #: as in `train[3]`; empty: no task failed
    step: str = ""
    #: what it raised
    error: str = ""
    #: further tasks that failed
    more_failed: int = 0
    #: both values, where it has become worse than its baseline
    worse: str = ""
    #: by what that was judged
    condition: str = ""
    #: the run before it that succeeded
    baseline: str | None = None
    #: as in `rmse 2.1 → 2.45 (+16.7%)`, what changed most first
    changes: tuple[str, ...] = ()
    #: metrics that both runs have
    compared: int = 0
    #: the page of the run; empty: there is none
    link: str = ""


_MARKS = {"success": "✓", "failure": "✗", "warning": "▼", "info": "■"}


def message(told: Told) -> Message:
    """Return the message about a run that has ended."""
    mood = "warning" if told.worse else {"succeeded": "success", "cancelled": "info"}.get(told.status, "failure")
    title = one_line(f"{_MARKS[mood]} {told.run} {_headline(told)}", _TITLE)
    return Message(title, "\n".join(_lines(told)), mood)


def trial(user: str) -> Message:
    """Return the message by which an address is tried."""
    body = f"{one_line(user, 60)} tries whether messages about runs come here. They do."
    return Message("✓ a message from nbflow", body, "info")


def _headline(told: Told) -> str:
    if told.worse:
        return f"got worse: {told.worse}"
    if told.step:
        return f"{told.status}: {told.step}: {told.error}"
    took = f" in {duration(told.seconds)}" if told.seconds is not None and told.status == "succeeded" else ""
    return {"cancelled": "was cancelled", "lost": "was lost"}.get(told.status, told.status) + took


def _lines(told: Told) -> Iterator[str]:
    if told.step and not told.worse:
        yield f"Step {told.step} failed: {one_line(told.error, _ERROR)}"
        if told.more_failed:
            yield f"{several(told.more_failed, 'more task')} failed, too."
    elif told.status == "lost":
        yield "The process that ran it is gone."
    if told.worse:
        yield f"Worse than {told.baseline or 'it may be'}: {one_line(told.worse, _ERROR)}"
        if told.condition:
            yield f"By the condition: {one_line(told.condition, _ERROR)}"
    yield " · ".join(_who(told))
    if told.baseline and told.compared:
        yield _compared(told)
    elif told.baseline is None and told.status == "succeeded":
        yield "The first that succeeded: there is nothing to compare it with yet."
    yield f"Look at it: {told.link or f'nbflow show {told.run}'}"


def _who(told: Told) -> Iterator[str]:
    yield f"run by {one_line(told.user, 60)}"
    if told.seconds is not None:
        yield f"took {duration(told.seconds)}"
    if told.worse or told.step:
        yield f"status: {told.status}"


def _compared(told: Told) -> str:
    since = f"Since {told.baseline}, the last that succeeded"
    if not told.changes:
        return f"{since}: {several(told.compared, 'metric')}, none changed."
    shown = ", ".join(told.changes[:MOST])
    more = len(told.changes) - MOST
    return f"{since}: {shown}{f', and {more} more' if more > 0 else ''}"
