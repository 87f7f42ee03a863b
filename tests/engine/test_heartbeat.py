"""A run that goes on leaves signs of life, whatever its bodies do, and none when it is over."""

from __future__ import annotations

import time

import pytest
from bench_flow import Bench, NewBench, until

BEAT = 0.1
#: what keeps a run going for as long as the test likes
QUIET = {
    "a body that never lets go": "a\nwhile True: pass",
    "a body that prints without end": "a\nwhile True: print('x' * 1000)",
    "a body that displays without end": "a\nwhile True: display('x' * 100)",
    "a wait for a retry": "a --retry 1 --retry-wait 10m\n1 / 0",
}


def beat_of(bench: Bench, flow: str, run: str) -> float:
    found = bench.engine.workspace.metadata.run(flow, run)  # type: ignore[arg-type]
    assert found is not None and found.heartbeat_at is not None
    return found.heartbeat_at


@pytest.mark.parametrize("flow", QUIET.values(), ids=QUIET)
def test_it_beats_while_nothing_ends(new_bench: NewBench, monkeypatch: pytest.MonkeyPatch, flow: str) -> None:
    monkeypatch.setattr("nbflow.runtime.engine.HEARTBEAT", BEAT)
    bench = new_bench()
    request = bench.request(flow)
    handle = bench.engine.start(request)
    for _ in range(3):
        last = beat_of(bench, handle.flow, handle.run)
        until(lambda last=last: beat_of(bench, handle.flow, handle.run) > last, "the run does not beat")  # type: ignore[misc]
    handle.cancel(kill=True)
    assert bench.ended(request, handle).status == "cancelled"
    last = beat_of(bench, handle.flow, handle.run)
    time.sleep(3 * BEAT)
    assert beat_of(bench, handle.flow, handle.run) == last


def test_each_of_several_runs_beats(new_bench: NewBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbflow.runtime.engine.HEARTBEAT", BEAT)
    bench = new_bench()
    requests = [bench.request("a\nimport time\ntime.sleep(300)", name=f"f{number}.ipynb") for number in range(3)]
    handles = [bench.engine.start(request) for request in requests]
    before = [beat_of(bench, each.flow, each.run) for each in handles]
    until(lambda: all(beat_of(bench, each.flow, each.run) > last for each, last in zip(handles, before, strict=True)))
