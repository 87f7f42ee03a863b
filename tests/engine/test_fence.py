"""A run that was found lost is closed: a scheduler that still works on it ends it, and commits nothing more."""

from __future__ import annotations

import pytest
from bench_flow import Bench, brood, until

from nbflow.errors import NbflowError
from nbflow.model.status import RunStatus


def test_a_scheduler_whose_run_was_closed_kills_its_workers_and_commits_nothing(bench: Bench) -> None:
    request = bench.request(
        "first\nx = 1", "rest --foreach range(60)\nimport time\ntime.sleep(0.3)\ny = item + x", workers=2
    )
    handle = bench.engine.start(request)
    metadata = bench.engine.workspace.metadata
    until(lambda: any(task.status == "running" for task in metadata.tasks(handle.flow, handle.run, "rest")))
    metadata.update_run(handle.flow, handle.run, status=RunStatus.LOST)
    kept = metadata.tasks(handle.flow, handle.run)
    assert handle.done.wait(60)
    with pytest.raises(NbflowError, match="NBF-M011"):
        handle.outcome()
    assert metadata.tasks(handle.flow, handle.run) == kept
    run = metadata.run(handle.flow, handle.run)
    assert run is not None and run.status == "lost"
    until(lambda: not brood(bench.engine))
    # the engine itself goes on
    assert bench.run("a\ny = 1").status == "succeeded"


def test_a_run_is_cancelled_by_whoever_shares_the_store(bench: Bench) -> None:
    request = bench.request("slow\nimport time\ntime.sleep(300)")
    handle = bench.engine.start(request)
    until(lambda: brood(bench.engine))
    assert bench.engine.workspace.metadata.ask_cancel(handle.flow, handle.run)
    assert bench.ended(request, handle).status == "cancelled"
    assert not brood(bench.engine)
