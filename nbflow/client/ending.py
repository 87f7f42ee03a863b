"""Waiting for a run's end by looking at its record: it may be of any process, on any machine that shares the store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbflow.client.run import Run

#: seconds between two looks, at first and at most
_FIRST, _MOST = 0.02, 0.25


def wait_for(run: Run, timeout: float | None) -> None:
    """Return when the run has ended. Raises TimeoutError after `timeout` seconds."""
    for pause in _pauses(run, timeout):
        time.sleep(pause)


async def wait_in_loop(run: Run) -> Run:
    """Return the run when it has ended; other tasks of the event loop go on meanwhile."""
    # not needed by those who only read
    import asyncio

    try:
        for pause in _pauses(run, None):
            await asyncio.sleep(pause)
    except asyncio.CancelledError as stopped:
        # an interrupt of a notebook's cell comes as this; IPython shows an exception as it asks to be shown
        text = f"stopped waiting; {run.pathspec} goes on.  await run  waits again,  run.cancel()  ends it"
        stopped.args = (text,)
        stopped.__dict__["_render_traceback_"] = lambda: [text]
        raise
    return run


def _pauses(run: Run, timeout: float | None) -> Iterator[float]:
    """Yield the seconds until the next look while the run goes on."""
    deadline = None if timeout is None else time.monotonic() + timeout
    pause = _FIRST
    while not run.finished:
        left = pause if deadline is None else min(pause, deadline - time.monotonic())
        if left <= 0:
            raise TimeoutError(f"{run.pathspec} is {run.status} after {timeout:g} s")
        yield left
        pause = min(pause * 1.5, _MOST)
