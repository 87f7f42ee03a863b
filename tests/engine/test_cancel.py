"""A cancelled run is over when none of its processes is left, whatever it was doing."""

from __future__ import annotations

import os
import random
import time

import pytest
from bench_flow import Bench, brood, until

#: the workers of one test run must collect the same tests
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID")
SEED = int(os.environ.get("CANCEL_SEED") or (int(_RUN, 16) % 10**9 if _RUN else time.time()))
DELAYS = [
    random.Random(SEED + number).choice([0.0, 0.02, 0.1, 0.4]) * random.Random(number).random() for number in range(20)
]
FLOW = (
    "%%step s\nxs = list(range(12))",
    (
        "%%step t --foreach xs --as x --retry 1\nimport subprocess, time\nsubprocess.Popen(['setsid', 'sleep', '300'])\n"
        "time.sleep(0.05)\nif x == 3: raise OSError('once more')\ny = x"
    ),
    "%%step j --join t\nz = sum(v.y for v in inputs)",
)


@pytest.mark.parametrize("delay", DELAYS, ids=[f"{delay:.3f}s of seed {SEED}" for delay in DELAYS])
def test_at_any_moment_ends_all_and_leaves_true_records(bench: Bench, delay: float) -> None:
    request = bench.request(*FLOW, workers=3)
    handle = bench.engine.start(request)
    time.sleep(delay)
    handle.cancel(kill=delay < 0.02)
    ran = bench.ended(request, handle)
    assert not brood(bench.engine)
    assert ran.status in {"cancelled", "failed"}
    metadata = bench.engine.workspace.metadata
    run = metadata.run(ran.outcome.flow, ran.outcome.run)
    assert run is not None and run.status == ran.status and run.finished_at
    kept = {(task.step, task.id): task for task in metadata.tasks(ran.outcome.flow, ran.outcome.run)}
    assert all(task.status.ended and task.finished_at for task in kept.values())
    assert kept == {(key.step, record.id): record for key, record in ran.outcome.results.items()}
    assert all(each.status.ended for each in metadata.attempts(ran.outcome.flow, ran.outcome.run))


def test_asks_first_and_kills_after_a_while(bench: Bench) -> None:
    file = bench.folder / "asked"
    request = bench.request(
        f"a\nimport signal, sys, time\ndef bye(*_):\n    open({str(file)!r}, 'w').write('yes')\n    sys.exit(1)\n"
        f"signal.signal(signal.SIGTERM, bye)\nopen({str(file)!r}, 'w').write('on')\ntime.sleep(300)"
    )
    handle = bench.engine.start(request)
    until(lambda: file.exists() and file.read_text() == "on")
    handle.cancel()
    assert bench.ended(request, handle).status == "cancelled"
    assert file.read_text() == "yes"


def test_of_a_body_that_will_not_end_kills_it(bench: Bench) -> None:
    request = bench.request(
        "a\nimport signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(1)\ntime.sleep(300)"
    )
    handle = bench.engine.start(request)
    until(lambda: any(each.status == "running" for each in handle.snapshot()[1]))
    handle.cancel()
    assert bench.ended(request, handle).status == "cancelled"


def test_while_it_waits_for_a_retry_ends_at_once(bench: Bench) -> None:
    request = bench.request("a --retry 1 --retry-wait 10m\n1 / 0")
    handle = bench.engine.start(request)
    until(lambda: any(each.status == "waiting" for each in handle.snapshot()[1]))
    handle.cancel()
    ran = bench.ended(request, handle)
    record = ran.record("a")
    assert ran.status == "cancelled" and record is not None and record.status == "cancelled"
    assert [each.status for each in ran.attempts("a")] == ["failed"]


def test_of_a_list_of_items_that_takes_long_ends_it(bench: Bench) -> None:
    request = bench.request("t --foreach slow()\ny = item", plain=("import time\ndef slow(): time.sleep(300)",))
    handle = bench.engine.start(request)
    until(lambda: brood(bench.engine))
    handle.cancel()
    assert bench.ended(request, handle).status == "cancelled"


def test_of_one_run_leaves_another_alone(bench: Bench) -> None:
    go = bench.folder / "go"
    first = bench.request("a\nimport time\ntime.sleep(300)", name="first.ipynb")
    second = bench.request(
        f"a\nimport os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)\ny = 1", name="second.ipynb"
    )
    handles = [bench.engine.start(first), bench.engine.start(second)]
    until(lambda: len(brood(bench.engine)) == 2)
    handles[0].cancel(kill=True)
    assert bench.ended(first, handles[0]).status == "cancelled"
    go.touch()
    assert bench.ended(second, handles[1]).left("a")["y"] == 1


def test_of_a_run_that_is_over_changes_nothing(bench: Bench) -> None:
    request = bench.request("a\ny = 1")
    handle = bench.engine.start(request)
    ran = bench.ended(request, handle)
    handle.cancel()
    handle.cancel(kill=True)
    run = bench.engine.workspace.metadata.run(ran.outcome.flow, ran.outcome.run)
    assert run is not None and run.status == "succeeded"
