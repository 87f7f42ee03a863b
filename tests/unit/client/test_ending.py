"""Waiting for a run that another process runs, and asking for its end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nbflow.client import Run
from nbflow.model.status import RunStatus


def ended_soon(bench: Any, run: str, status: str = "succeeded", after: float = 0.1) -> threading.Timer:
    timer = threading.Timer(
        after, lambda: bench.workspace.metadata.update_run("quick", run, status=RunStatus(status), finished_at=1.0)
    )
    timer.start()
    return timer


def test_waits_for_the_end_and_returns_the_run(bench: Any) -> None:
    run = Run(f"quick/{bench.run('running')}")
    timer = ended_soon(bench, run.id, "failed")
    assert run.wait() is run
    assert run.status == "failed"
    timer.join()


def test_gives_up_in_time(bench: Any) -> None:
    run = Run(f"quick/{bench.run('running')}")
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"quick/1 is running after 0\.1 s"):
        run.wait(0.1)
    assert time.monotonic() - began < 20
    timer = ended_soon(bench, run.id, after=0)
    timer.join()
    # one that has ended needs no time
    assert run.wait(0).status == "succeeded"


def test_a_run_whose_owner_is_gone_has_ended(bench: Any) -> None:
    run = Run(f"quick/{bench.run('running', owner='')}")
    gone = Run(f"quick/{bench.run('running', owner='elsewhere:1', heartbeat_at=1.0)}")
    assert gone.wait(5).status == "lost"
    assert not run.finished


def alone(waiting: Coroutine[Any, Any, Any]) -> Any:
    """Await in a thread of its own: another test's browser may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, waiting).result()


def test_runs_can_be_awaited_together(bench: Any) -> None:
    runs = [Run(f"quick/{bench.run('running')}") for _ in range(2)]
    timers = [ended_soon(bench, run.id) for run in runs]

    async def both() -> list[Run]:
        return list(await asyncio.gather(*runs))

    assert alone(both()) == runs
    for timer in timers:
        timer.join()


def test_a_cancelled_await_says_that_the_run_goes_on(bench: Any) -> None:
    run = Run(f"quick/{bench.run('running')}")

    async def look() -> str:
        task = asyncio.ensure_future(run)
        await asyncio.sleep(0.05)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as stopped:
            return str(stopped)
        return "not cancelled"

    assert "quick/1 goes on" in alone(look())
    assert not bench.workspace.metadata.cancel_asked("quick", "1")


def test_cancel_asks_the_owner_and_can_wait(bench: Any) -> None:
    run = Run(f"quick/{bench.run('running')}")
    run.cancel()
    assert bench.workspace.metadata.cancel_asked("quick", run.id)
    timer = ended_soon(bench, run.id, "cancelled")
    run.cancel(wait=True)
    assert run.status == "cancelled"
    timer.join()


def test_cancel_leaves_a_run_alone_that_has_ended(bench: Any) -> None:
    run = Run(f"quick/{bench.run('succeeded')}")
    run.cancel(wait=True)
    assert run.status == "succeeded"
    assert not bench.workspace.metadata.cancel_asked("quick", run.id)
