"""The process that workers are forked from is killed, or falls over what it imports: runs end or go on, nothing is left."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time

import pytest
from bench_flow import Bench, NewBench, alive, brood, until

from nbflow.errors import NbflowError


def zygote_of(bench: Bench) -> int:
    return bench.engine._backend._zygote.process.pid  # type: ignore[attr-defined, no-any-return]


def kill(bench: Bench) -> None:
    with contextlib.suppress(ProcessLookupError):  # killed before, and not replaced yet
        os.kill(zygote_of(bench), signal.SIGKILL)


def test_attempts_that_ran_fail_and_the_next_find_a_new_one(new_bench: NewBench) -> None:
    bench = new_bench()
    first = zygote_of(bench)
    seen = bench.folder / "seen"
    request = bench.request(
        f"a --retry 1\nimport os, time\nif not os.path.exists({str(seen)!r}):\n"
        f"    open({str(seen)!r}, 'w').close()\n    time.sleep(300)\ny = 1"
    )
    handle = bench.engine.start(request)
    until(seen.exists)
    kill(bench)
    ran = bench.ended(request, handle)
    assert ran.status == "succeeded" and ran.left("a")["y"] == 1
    assert [each.status for each in ran.attempts("a")] == ["failed", "succeeded"]
    assert zygote_of(bench) != first and not alive(first)


def test_between_runs_is_not_noticed(new_bench: NewBench) -> None:
    bench = new_bench()
    for _ in range(3):
        assert bench.run("a\ny = 1").status == "succeeded"
        kill(bench)
    assert bench.run("a\ny = 1").status == "succeeded"


def test_at_any_moment_ends_the_run_with_no_process_left(new_bench: NewBench) -> None:
    bench = new_bench()
    seed = int(time.time())
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(6):
        request = bench.request(
            "t --foreach range(12) --retry 4\ny = item", "j --join t --retry 4\ns = [v.y for v in inputs]", workers=3
        )
        handle = bench.engine.start(request)
        for _ in range(2):
            time.sleep(chance.random() * 0.15)
            kill(bench)
        ran = bench.ended(request, handle)
        assert ran.status == "succeeded", (seed, ran.failure)
        assert ran.left("j")["s"] == list(range(12)), seed
        assert not brood(bench.engine), seed
        # three in a row that never became ready would be given up; the last fall may not be noticed yet
        until(lambda: alive(zygote_of(bench)) and not bench.engine._backend._false_starts)  # type: ignore[attr-defined]


def test_a_result_told_before_the_fall_counts(new_bench: NewBench) -> None:
    bench = new_bench()
    request = bench.request(
        "a\nimport threading, time\nthreading.Thread(target=time.sleep, args=(300,)).start()\ny = 1"
    )
    handle = bench.engine.start(request)
    number = until(lambda: list(handle._tasks()))[0]  # type: ignore[attr-defined]
    assert number.step == "a"
    until(lambda: any(flight.said for flight in _machine(bench)._flights.values()))
    kill(bench)
    assert bench.ended(request, handle).left("a")["y"] == 1


def _machine(bench: Bench):  # type: ignore[no-untyped-def]
    return bench.engine._conductors[0]._machine


@pytest.mark.parametrize(
    "body",
    ["import os\nos._exit(3)", "import os, signal\nos.kill(os.getpid(), 9)", "import ctypes\nctypes.string_at(0)"],
)
def test_a_module_that_kills_who_imports_it_is_left_out(
    new_bench: NewBench, monkeypatch: pytest.MonkeyPatch, tmp_path: object, body: str
) -> None:
    folder = tmp_path / "modules"  # type: ignore[operator]
    folder.mkdir()
    (folder / "deadly.py").write_text(
        f"if not __import__('os').environ.get('NBFLOW_TASK'):\n    {body.replace(chr(10), '; ')}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    bench = new_bench()
    first = zygote_of(bench)
    bench.engine.preload(["json", "deadly", "colorsys"])
    # ordered while the zygote is about to fall
    assert bench.run("a\ny = 1").status == "succeeded"
    second = zygote_of(bench)
    assert second != first
    assert bench.run("b\nimport sys\ny = 1").status == "succeeded"
    bench.engine.preload(["deadly"])
    assert bench.run("c\ny = 1").status == "succeeded"
    assert zygote_of(bench) == second


def test_one_that_cannot_start_ends_the_engine_with_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from bench_flow import engine_at

    monkeypatch.setattr("nbflow.backends.zygote._START", "raise SystemExit(5)")
    engine = engine_at(tmp_path / ".nbflow")  # type: ignore[operator]
    bench = Bench(tmp_path, engine, plain=())  # type: ignore[arg-type]
    try:
        handle = engine.start(bench.request("a\ny = 1"))
        assert handle.done.wait(60)
        with pytest.raises(NbflowError, match="could not start") as caught:
            handle.outcome()
    except NbflowError as error:
        caught = error  # it fell before the run was asked for
    assert "R012" in str(caught.value if hasattr(caught, "value") else caught)
    until(lambda: not engine.alive)
    engine.close()
