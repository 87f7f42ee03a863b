"""An engine that is closed, at whatever moment, leaves no process and nobody waiting."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from bench_flow import Bench, NewBench, alive, brood, until

from nbflow.errors import NbflowError
from nbflow.workspace import Workspace


def test_during_a_run_cancels_it_and_its_records_are_terminal(new_bench: NewBench) -> None:
    bench = new_bench()
    request = bench.request("t --foreach range(9) --retry 2\nimport time\ntime.sleep(300)", workers=2)
    handle = bench.engine.start(request)
    until(lambda: len(brood(bench.engine)) == 2)
    bench.engine.close()
    assert not brood(bench.engine)
    ran = bench.ended(request, handle)
    assert ran.status == "cancelled"
    metadata = bench.engine.workspace.metadata
    run = metadata.run(handle.flow, handle.run)
    assert run is not None and run.status == "cancelled" and run.finished_at
    assert {each.status for each in metadata.tasks(handle.flow, handle.run)} == {"cancelled"}
    assert all(each.status.ended for each in metadata.attempts(handle.flow, handle.run))


def test_at_any_moment_lets_nobody_wait(new_bench: NewBench) -> None:
    seed = int(time.time())
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(6):
        bench = new_bench()
        zygote = bench.engine._backend._zygote.process.pid  # type: ignore[attr-defined]
        request = bench.request("t --foreach range(30)\ny = item", "j --join t\nn = len(inputs)")
        handle = bench.engine.start(request)
        time.sleep(chance.random() * 0.3)
        bench.engine.close()
        assert handle.done.wait(60), seed
        assert not alive(zygote) and not brood(bench.engine), seed
        run = bench.engine.workspace.metadata.run(handle.flow, handle.run)
        assert run is not None and run.status in {"cancelled", "succeeded"}, seed


def test_takes_no_more_runs_and_may_be_repeated(new_bench: NewBench) -> None:
    bench = new_bench()
    request = bench.request("a\ny = 1")
    bench.engine.close()
    bench.engine.close()
    assert not bench.engine.alive
    with pytest.raises(NbflowError):
        bench.engine.start(request)


def test_lets_a_run_that_is_over_be_cancelled(new_bench: NewBench) -> None:
    bench = new_bench()
    request = bench.request("a\ny = 1")
    handle = bench.engine.start(request)
    ran = bench.ended(request, handle)
    bench.engine.close()
    handle.cancel()
    assert ran.status == "succeeded"


def test_while_others_ask_for_runs_answers_each(new_bench: NewBench) -> None:
    bench = new_bench()
    request = bench.request("a\ny = 1")
    handles, refused = [], []

    def ask() -> None:
        for _ in range(20):
            try:
                handles.append(bench.engine.start(request))
            except NbflowError as error:
                refused.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for each in threads:
        each.start()
    until(lambda: len(handles) > 5)
    bench.engine.close()
    for each in threads:
        each.join()
    assert all(handle.done.wait(60) for handle in handles)
    metadata = bench.engine.workspace.metadata
    assert all(run.status.ended for run in metadata.runs("case"))


OWNER = """
import sys
from pathlib import Path
from bench_flow import Bench, engine_at
folder = Path(sys.argv[1])
bench = Bench(folder, engine_at(folder / '.nbflow'), plain=())
daemon = "import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    time.sleep(300)\\n"
handle = bench.engine.start(bench.request(f'a\\n{daemon}time.sleep(300)', 'b\\nimport time\\ntime.sleep(300)', workers=2))
print(bench.engine._backend._zygote.process.pid, flush=True)
{end}
"""


@pytest.mark.parametrize(
    "end", ["handle.done.wait()", "while len(handle.snapshot()[1]) < 2: pass"], ids=["kill", "end"]
)
def test_by_the_death_of_its_process_leaves_no_process_and_a_run_that_is_lost(tmp_path: Path, end: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "BENCH_MARK": str(tmp_path)}
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER.replace("{end}", end), str(tmp_path)], stdout=subprocess.PIPE, env=environment
    )
    mark = f"BENCH_MARK={tmp_path}".encode()
    assert owner.stdout is not None
    zygote = int(owner.stdout.readline())
    if "done" in end:
        until(lambda: len(_marked(mark)) >= 4)
        owner.send_signal(signal.SIGKILL)
    owner.wait(60)
    owner.stdout.close()
    until(lambda: not _marked(mark), "processes are left")
    until(lambda: not alive(zygote))
    (run,) = Workspace.open(tmp_path / ".nbflow").metadata.runs("case")
    assert run.status == "lost"


def _marked(mark: bytes) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_two_runs_at_once_are_each_whole(bench: Bench) -> None:
    flow = ("s\nxs = list(range(10))", "t --foreach xs --as x\ny = x", "j --join t\nz = [v.y for v in inputs]")
    requests = [bench.request(*flow, name=f"flow{number}.ipynb", workers=2) for number in range(3)]
    handles = [bench.engine.start(request) for request in requests]
    for request, handle in zip(requests, handles, strict=True):
        assert bench.ended(request, handle).left("j")["z"] == list(range(10))
    assert len({handle.flow for handle in handles}) == 3


def test_two_runs_of_one_flow_at_once_have_their_own_ids(bench: Bench) -> None:
    request = bench.request("a\ny = 1", "b\nz = y + 1")
    handles = [bench.engine.start(request) for _ in range(4)]
    assert len({handle.run for handle in handles}) == 4
    assert all(bench.ended(request, handle).left("b")["z"] == 2 for handle in handles)


def test_what_breaks_while_a_run_is_dropped_lets_nobody_wait(
    new_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = new_bench()
    handle = bench.engine.start(bench.request("t\nimport time\ntime.sleep(300)"))
    until(lambda: brood(bench.engine))

    def broken(*_: object, **__: object) -> bool:
        raise RuntimeError("it is broken")

    # that drops the run, and its worker cannot be stopped
    monkeypatch.setattr(bench.engine._backend, "stop", broken)
    monkeypatch.setattr(bench.engine.workspace.metadata, "cancel_asked", broken)
    assert handle.done.wait(60)
    with pytest.raises(NbflowError, match="it is broken"):
        handle.outcome()
    until(lambda: not brood(bench.engine))


def test_a_log_that_cannot_be_removed_ends_its_run_and_no_other(
    new_bench: NewBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = new_bench()
    theirs = bench.request("o\nimport time\ntime.sleep(3)\nz = 1")
    other = bench.engine.start(theirs)
    until(lambda: brood(bench.engine))
    handle = bench.engine.start(bench.request("t\ny = 1"))

    def denied(path: str) -> None:
        raise PermissionError(1, "denied", path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", denied)
        assert handle.done.wait(60)
    with pytest.raises(NbflowError):
        handle.outcome()
    assert bench.ended(theirs, other).status == "succeeded"
