"""The zygote has one thread and may import for long: nothing that ends, or is to end, waits for that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bench_flow import Bench, NewBench, alive, brood, engine_at, until

from nbflow.task import kin

#: imports for longer than any test waits, says so first, and has a process of its own meanwhile
SLOW = """
import os, subprocess, time
if not os.environ.get("NBFLOW_TASK"):
    helper = subprocess.Popen(["sleep", "300"])
    with open(os.environ["SLOW_FILE"], "w") as file:
        file.write(str(helper.pid))
    {wait}
    helper.kill()
    with open(os.environ["SLOW_FILE"] + ".status", "w") as file:
        file.write(str(helper.wait()))
"""
FOR_EVER = "time.sleep(300)"
UNTIL_TOLD = "while not os.path.exists(os.environ['SLOW_FILE'] + '.go'): time.sleep(0.01)"


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module `slow_module` that zygotes can import; the file it writes into when that has begun."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "slow_module.py").write_text(SLOW.replace("{wait}", FOR_EVER))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("SLOW_FILE", str(folder / "begun"))
    return folder / "begun"


def importing(bench: Bench, slow: Path) -> int:
    """Have the zygote import the module; return the process that the module has started."""
    bench.engine.preload(["slow_module"])
    return int(until(lambda: slow.exists() and slow.read_text(), "it does not import"))


def test_a_task_that_waits_for_it_is_cancelled_and_never_starts(new_bench: NewBench, slow: Path) -> None:
    bench = new_bench()
    importing(bench, slow)
    ran = bench.folder / "ran"
    request = bench.request(f"a\nopen({str(ran)!r}, 'w').close()")
    handle = bench.engine.start(request)
    handle.cancel()
    assert bench.ended(request, handle).status == "cancelled"
    assert not ran.exists()


def test_a_task_that_runs_is_cancelled_with_its_strays(new_bench: NewBench, slow: Path) -> None:
    bench = new_bench()
    pid = bench.folder / "pid"
    request = bench.request(
        "a\nimport subprocess, time\nsubprocess.Popen(['env', '-i', 'setsid', '/bin/sh', '-c', "
        f"'echo $$ > {pid}; exec /bin/sleep 300'])\ntime.sleep(300)"
    )
    handle = bench.engine.start(request)
    stray = int(until(lambda: pid.exists() and pid.read_text().strip()))
    helper = importing(bench, slow)
    handle.cancel()
    assert bench.ended(request, handle).status == "cancelled"
    assert not alive(stray)
    assert alive(helper), "what is imported may have processes"


def test_a_task_that_ends_by_itself_is_over_and_the_next_follows_the_import(new_bench: NewBench, slow: Path) -> None:
    module = slow.with_name("slow_module.py")
    module.write_text(SLOW.replace("{wait}", UNTIL_TOLD))
    bench = new_bench()
    go, began = bench.folder / "go", bench.folder / "began"
    request = bench.request(
        f"a\nimport os, time\nopen({str(began)!r}, 'w').close()\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\ny = 1"
    )
    handle = bench.engine.start(request)
    until(began.exists)
    importing(bench, slow)
    go.write_text("")
    assert bench.ended(request, handle).status == "succeeded"
    # two that wait, one of which is not wanted any more
    requests = [bench.request("a\nimport sys\ny = 'slow_module' in sys.modules", name=f"{n}.ipynb") for n in "bc"]
    handles = [bench.engine.start(each) for each in requests]
    handles[0].cancel()
    assert bench.ended(requests[0], handles[0]).status == "cancelled"
    slow.with_name("begun.go").write_text("")
    assert bench.ended(requests[1], handles[1]).left("a")["y"] is True
    assert slow.with_name("begun.status").read_text() == "-9", "the module could not wait for its own child"
    assert not brood(bench.engine)


def test_closing_does_not_wait(new_bench: NewBench, slow: Path) -> None:
    bench = new_bench()
    helper = importing(bench, slow)
    handle = bench.engine.start(bench.request("a\ny = 1"))
    zygote = bench.engine._backend._zygote.process  # type: ignore[attr-defined]
    bench.engine.close()
    assert handle.done.is_set() and handle.outcome().status == "cancelled"
    assert zygote.returncode == 0, "it had to be killed"
    assert not alive(helper)


OWNER = """
import os, sys
from pathlib import Path
from bench_flow import engine_at
engine = engine_at(Path(sys.argv[1]))
engine.preload(['slow_module'])
while not hasattr(engine._backend, '_zygote'): pass
zygote = engine._backend._zygote
print(zygote.process.pid, zygote.word, flush=True)
import time; time.sleep(300)
"""


def test_the_death_of_the_scheduler_leaves_nothing(slow: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{os.environ['PYTHONPATH']}:{Path(__file__).parents[1]}"}
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path / ".nbflow")], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert owner.stdout is not None
    pid, word = owner.stdout.readline().split()
    until(lambda: slow.exists() and slow.read_text())
    # a process that is just becoming another program has nothing to be known by
    until(lambda: len(kin.brood(int(pid), word)) == 2)
    owner.send_signal(signal.SIGKILL)
    owner.wait(60)
    owner.stdout.close()
    until(lambda: not kin.brood(int(pid), word), "processes are left")


def test_one_that_never_ends_is_given_up(tmp_path: Path, slow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "nbflow.backends.zygote._START",
        "import sys; sys.path.append(sys.argv[1]); from nbflow.task import zygote; "
        "zygote.LONGEST_IMPORT = 0.5; zygote.main(int(sys.argv[2]))",
    )
    engine = engine_at(tmp_path / ".nbflow")
    bench = Bench(tmp_path, engine, plain=())
    importing(bench, slow)
    ran = bench.run("a\nimport sys\ny = 'slow_module' in sys.modules\nimport slow_module")
    engine.close()
    assert ran.left("a")["y"] is False
