"""No process of a task is left when it has ended, however it was started and however the task ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from bench_flow import Bench, NewBench, alive, brood, until

from nbflow.model.event import TaskStarted

#: each writes its process id into {file} once it stands on its own
STRAYS = {
    "a child": "import subprocess\nsubprocess.Popen(['sh', '-c', 'echo $$ > {file}; exec sleep 300'])",
    "a session of its own": "import subprocess\nsubprocess.Popen(['setsid', 'sh', '-c', 'echo $$ > {file}; exec sleep 300'])",
    "without environment": (
        "import subprocess\nsubprocess.Popen(['env', '-i', 'setsid', '/bin/sh', '-c', "
        "'echo $$ > {file}; exec /bin/sleep 300'])"
    ),
    "a daemon without exec": (
        "import os, time, signal\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "        with open({file!r}, 'w') as file: file.write(str(os.getpid()))\n"
        "        time.sleep(300)\n"
        "    os._exit(0)\n"
        "os.wait()"
    ),
    "multiprocessing": (
        "import multiprocessing, os, time\n"
        "def work(file):\n"
        "    with open(file, 'w') as out: out.write(str(os.getpid()))\n"
        "    time.sleep(300)\n"
        "multiprocessing.get_context('fork').Process(target=work, args=({file!r},), daemon=True).start()"
    ),
}
WAIT = "\nimport os, time\nwhile not (os.path.exists({file!r}) and open({file!r}).read().strip()): time.sleep(0.01)\n"
each_stray = pytest.mark.parametrize("stray", STRAYS.values(), ids=STRAYS)


def written(stray: str, file: Path) -> str:
    return (stray + WAIT).replace("{file!r}", repr(str(file))).replace("{file}", str(file))


def pid_in(file: Path) -> int:
    return int(until(lambda: file.exists() and file.read_text().strip(), "the stray does not start"))


@each_stray
@pytest.mark.parametrize("end", ["y = 1", "1 / 0", "os._exit(3)"], ids=["success", "failure", "death"])
def test_it_is_gone_when_the_run_is_over(bench: Bench, stray: str, end: str) -> None:
    file = bench.folder / "pid"
    bench.run(f"a\n{written(stray, file)}\n{end}")
    assert not alive(pid_in(file))


@each_stray
def test_it_is_gone_before_the_next_step_starts(bench: Bench, stray: str) -> None:
    file = bench.folder / "pid"
    look = f"import os\ntry:\n    os.kill(int(open({str(file)!r}).read()), 0)\n    there = True\nexcept OSError: there = False"
    assert bench.run(f"a\n{written(stray, file)}\ny = 1", f"b --after a\n{look}").left("b")["there"] is False


@each_stray
def test_it_is_gone_when_a_cancelled_run_is_over(bench: Bench, stray: str) -> None:
    file = bench.folder / "pid"
    request = bench.request(f"a\n{written(stray, file)}\ntime.sleep(300)")
    handle = bench.engine.start(request)
    pid = pid_in(file)
    handle.cancel()
    assert bench.ended(request, handle).status == "cancelled"
    assert not alive(pid)


@each_stray
def test_it_is_gone_when_the_zygote_was_killed(new_bench: NewBench, stray: str) -> None:
    bench = new_bench()
    file = bench.folder / "pid"
    request = bench.request(f"a\n{written(stray, file)}\ntime.sleep(300)")
    handle = bench.engine.start(request)
    pid = pid_in(file)
    os.kill(bench.engine._backend._zygote.process.pid, signal.SIGKILL)  # type: ignore[attr-defined]
    assert bench.ended(request, handle).status == "failed"
    assert not alive(pid)
    assert not brood(bench.engine)


@each_stray
def test_it_is_gone_when_the_engine_is_closed(new_bench: NewBench, stray: str) -> None:
    bench = new_bench()
    file = bench.folder / "pid"
    handle = bench.engine.start(bench.request(f"a\n{written(stray, file)}\ntime.sleep(300)"))
    pid = pid_in(file)
    bench.engine.close()
    assert handle.done.is_set() and not alive(pid)


def test_those_of_other_tasks_stay(bench: Bench) -> None:
    file = bench.folder / "pid"
    stray = written(STRAYS["a daemon without exec"], file)
    look = f"{WAIT.replace('{file!r}', repr(str(file)))}time.sleep(0.3)\nos.kill(int(open({str(file)!r}).read()), 0)"
    many = "t --foreach range(6)\nimport subprocess\nsubprocess.Popen(['sleep', '300'])\ny = 1"
    ran = bench.run(f"a\n{stray}\ntime.sleep(1)\n{look}", many, workers=3)
    assert ran.status == "succeeded", ran.failure


def test_a_started_event_names_logs_that_exist(bench: Bench) -> None:
    handle = bench.engine.start(bench.request("a\nprint(1)"))
    handle.done.wait(60)
    started = next(event for event in iter(handle.events.get, None) if isinstance(event, TaskStarted))
    assert Path(started.stdout).read_text() == "1\n"
