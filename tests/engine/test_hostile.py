"""Bodies that do their worst: the attempt's failure says what happened, nobody else is hurt, and nothing is left."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench_flow import Bench, until

from nbflow.model.status import TaskStatus

#: what each does → what the failure says
TOLD = {
    # exceptions
    "SystemExit": ("raise SystemExit('bye')", "exit('bye') was called; a step ends after its last line"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt: the task was interrupted"),
    "GeneratorExit": ("raise GeneratorExit", "GeneratorExit"),
    "no text": ("class E(Exception):\n    def __str__(self): raise SystemExit(3)\nraise E", "E: <its text cannot be made>"),
    "50 MB of text": ("raise ValueError('m' * 50_000_000)", "… 49980000 characters …"),
    "a long name": ("raise type('N' * 1_000_000, (Exception,), {})('that one')", "NNN: that one"),
    "no UTF-8": ("raise ValueError('a \\udcff name')", "ValueError: a \\udcff name"),
    "a long chain": (
        "e = None\nfor i in range(5000):\n    try: raise ValueError(i) from e\n    except ValueError as n: e = n\nraise e",
        "ValueError: 4999",
    ),
    "recursion": ("def f(): return f()\nf()", "RecursionError"),
    "a folder that is gone": (
        "import os, tempfile\nfolder = tempfile.mkdtemp()\nos.chdir(folder)\nos.rmdir(folder)\nopen('x', 'w')",
        "FileNotFoundError",
    ),
    # signals and other ends
    "kill its group": ("import os\nos.killpg(0, 9)", "something outside nbflow killed it; it had taken"),
    "kill what it came from": (
        "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(300)",
        "the process it was forked from was killed",
    ),
    "end what it came from": (
        "import os, time\nos.kill(os.getppid(), 15)\ntime.sleep(300)",
        "the process it was forked from was killed",
    ),
    "kill its session": (
        (
            "import os, time\nfor pid in map(int, filter(str.isdigit, os.listdir('/proc'))):\n    try:\n"
            "        if pid != os.getpid() and os.getsid(pid) == os.getsid(0): os.kill(pid, 9)\n"
            "    except OSError: pass\ntime.sleep(300)"
        ),
        "the process it was forked from was killed",
    ),
    "an alarm": ("import signal, time\nsignal.alarm(1)\ntime.sleep(300)", "an alarm rang (SIGALRM)"),
    "another program": ("import os\nos.execvp('true', ['true'])", "left by itself with exit code 0"),
    "death while it is stored": (
        "class P:\n    def __reduce__(self):\n        import os; os._exit(8)\ny = P()",
        "left by itself with exit code 8",
    ),
    # what the worker itself needs
    "every descriptor": ("import os\nos.closerange(0, 256)\ny = 1", "closed the descriptor on which its result is told"),
    "builtins": (
        "import builtins\nfor name in ('open', 'len', 'isinstance', 'getattr', 'str'): delattr(builtins, name)\n[][1]",
        "nbflow itself failed in it",
    ),
    "the result's pipe, never ending": (
        "import os\nwhile True:\n    for fd in range(3, 20):\n        try: os.write(fd, b'x' * 65536)\n        except OSError: pass",
        "--timeout",
    ),
}  # fmt: skip

#: what a body may do and still leaves its value
BORNE = {
    "a stopped parent": "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)",
    "words on the result's pipe": "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'no message\\n{\"done\": 1}\\n[1]\\n7\\nhalf')\n    except OSError: pass",
    "3 MB on the result's pipe": "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'x' * 3_000_000)\n    except OSError: pass",
    "streams that raise": "import sys\nclass S:\n    def write(self, *_): raise SystemExit(5)\n    flush = write\nsys.stdout = sys.stderr = S()\n2",
    "closed streams and a last value": "import sys\nsys.stdout.close()\nsys.stderr.close()\n2",
    "busy threads": "import threading\ndef f():\n    while True: pass\nfor _ in range(3): threading.Thread(target=f, daemon=True).start()",
    "a thread that goes on": "import threading, time\nthreading.Thread(target=time.sleep, args=(0.3,)).start()",
    "a fork that goes on": "import os\nos.fork()",
    "a fork that raises": "import os\nif os.fork() == 0: 1 / 0",
    "an exit function that dies": "import atexit, ctypes\natexit.register(ctypes.string_at, 0)",
    "limits": "import resource\nfor each in (resource.RLIMIT_CORE, resource.RLIMIT_NPROC, resource.RLIMIT_STACK): resource.setrlimit(each, (0, 0))",
    "its locale": "import locale, os\nos.environ['LC_ALL'] = 'C'\nlocale.setlocale(locale.LC_ALL, 'C')\nprint('ü')",
    "no modules": "import sys\nsys.modules.clear()",
    "a folder that is gone": "import os, tempfile\nfolder = tempfile.mkdtemp()\nos.chdir(folder)\nos.rmdir(folder)",
    "50 daemons": "import subprocess\nfor _ in range(50): subprocess.Popen(['env', '-i', 'setsid', '/bin/sleep', '300'])",
}  # fmt: skip


@pytest.mark.parametrize(("body", "told"), TOLD.values(), ids=TOLD)
def test_what_happened_is_told_and_the_next_task_runs(bench: Bench, body: str, told: str) -> None:
    # what ends by itself has all the time it needs
    limit = "2s" if told == "--timeout" else "50s"
    ran = bench.run(f"a --timeout {limit}\n{body}", "b --after a\nz = 1")
    assert ran.status == "failed" and told in ran.failure, ran.failure[-1000:]
    assert len(ran.failure) < 25_000
    assert bench.run("a\ny = 1").left("a")["y"] == 1


@pytest.mark.parametrize("body", BORNE.values(), ids=BORNE)
def test_a_body_may_do_it_and_its_value_is_kept(bench: Bench, body: str) -> None:
    ran = bench.run(f"a --timeout 30s\n{body}\ny = 1", "b\nz = y + 1")
    assert ran.status == "succeeded", ran.failure
    assert ran.left("b")["z"] == 2


def test_another_run_outlives_a_body_that_kills_its_session(bench: Bench) -> None:
    go = bench.folder / "go"
    wait = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)"
    other = bench.request(f"a --retry 2\n{wait}\ny = 1", name="other.ipynb")
    handle = bench.engine.start(other)
    until(lambda: any(task.status is TaskStatus.RUNNING for task in handle.snapshot()[1]))
    assert bench.run(f"a\n{TOLD['kill its session'][0]}").status == "failed"
    go.touch()
    assert bench.ended(other, handle).left("a")["y"] == 1


def test_a_body_that_stopped_itself_can_be_cancelled(bench: Bench) -> None:
    asked = bench.folder / "asked"
    request = bench.request(
        f"a\nimport os, signal\ndef bye(*_):\n    open({str(asked)!r}, 'w').close()\n    os._exit(1)\n"
        "signal.signal(signal.SIGTERM, bye)\nprint('on')\nos.kill(os.getpid(), signal.SIGSTOP)\nsignal.pause()"
    )
    handle = bench.engine.start(request)
    # those of its own run: what others printed is there, too
    logs = bench.engine.workspace.root / "logs" / handle.flow / handle.run
    until(lambda: any("on" in log.read_text() for log in logs.rglob("0-stdout")))
    handle.cancel()
    assert bench.ended(request, handle).status == "cancelled"
    assert asked.exists(), "it was killed without being asked"


def test_what_happens_after_the_body_of_which_nbflow_died_is_in_its_log(bench: Bench) -> None:
    ran = bench.run("a\nimport builtins\nfor name in ('open', 'len', 'isinstance', 'getattr', 'str'): delattr(builtins, name)\n[][1]")  # fmt: skip
    (log,) = ran.logs("a", "stderr")
    assert "Traceback" in log and "is not defined" in log


def test_100_megabytes_printed_are_all_in_the_log(bench: Bench) -> None:
    ran = bench.run("a\nfor number in range(1_000_000): print(f'{number:>99}')\ny = 1")
    assert ran.status == "succeeded"
    (attempt,) = ran.attempts("a")
    assert attempt.stdout
    log = ran.workspace.root / attempt.stdout
    assert log.stat().st_size == 100_000_000
    with log.open("rb") as lines:
        assert all(int(line) == number for number, line in enumerate(lines))


class TestMemory:
    def test_is_refused_to_a_body_bit_by_bit_beyond_what_was_asked_for(self, bench: Bench) -> None:
        ran = bench.run("a --memory 64M\nkept = []\nwhile True: kept.append(bytearray(1 << 16))")
        assert ran.status == "failed" and "MemoryError" in ran.failure

    def test_that_runs_out_costs_a_worker_its_life_before_all_others(self, bench: Bench) -> None:
        ran = bench.run(
            "a\nimport subprocess\nmine, childs = (int(subprocess.check_output(command, text=True))\n"
            "    for command in ([['cat', f'/proc/{__import__(\"os\").getpid()}/oom_score_adj'], ['cat', '/proc/self/oom_score_adj']]))"
        )
        ours = int(Path("/proc/self/oom_score_adj").read_text())
        assert ran.left("a") == {"mine": min(1000, ours + 500), "childs": min(1000, ours + 500)}

    def test_that_runs_out_for_real_is_told_and_the_scheduler_lives(self, tmp_path: Path) -> None:
        with memory_group(400 << 20) as group:
            host = subprocess.run(
                [sys.executable, "-c", FILL, str(tmp_path), str(group)],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            )
        assert host.returncode == 0, host.stderr
        assert "there was no memory left: it had taken" in host.stdout and "--max-workers" in host.stdout
        assert host.stdout.endswith("next succeeded\n")


#: a scheduler whose worker takes all the memory there is
FILL = """
import os, sys
from pathlib import Path
from bench_flow import Bench, engine_at
Path(sys.argv[2], 'cgroup.procs').write_text(str(os.getpid()))
folder = Path(sys.argv[1])
bench = Bench(folder, engine_at(folder / '.nbflow'), plain=())
print(bench.run('a\\nkept = []\\nwhile True: kept.append(bytearray(1 << 20))').failure)
print('next', bench.run('a\\ny = 1').status)
bench.engine.close()
"""


@contextlib.contextmanager
def memory_group(limit: int) -> Iterator[Path]:
    """A control group whose processes may have `limit` bytes together."""
    from nbflow.runtime.capacity import control_groups

    parent = next(iter(control_groups()), None)
    if parent is None:
        pytest.skip("there are no control groups for memory")
    group = parent / f"nbflow-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.max" if (group / "memory.max").exists() else "memory.limit_in_bytes")).write_text(str(limit))
    except OSError as error:
        with contextlib.suppress(OSError):
            group.rmdir()
        pytest.skip(f"no control group can be made: {error}")
    try:
        yield group
    finally:
        until(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()
