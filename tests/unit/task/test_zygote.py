from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Zygote = Any
StartZygote = Callable[..., Any]
FILE = "<test.ipynb · cell 1>"


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pid: int, timeout: float = 10) -> bool:
    deadline = time.monotonic() + timeout
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def number_in(path: Path, timeout: float = 10) -> int:
    """Return the number that appears in a file."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int(path.read_text())
        time.sleep(0.01)
    raise AssertionError(f"nothing in {path}")


class TestOutput:
    def test_of_every_kind_is_in_the_log_and_in_order(self, zygote: Zygote) -> None:
        source = """
import ctypes, os, subprocess
print("print")
print("no newline", end="|")
os.write(1, b"os.write\\n")
ctypes.CDLL(None).printf(b"printf\\n")
ctypes.CDLL(None).fflush(None)
subprocess.run(["echo", "child"])
"""
        assert zygote.run(source).stdout.splitlines() == ["print", "no newline|os.write", "printf", "child"]

    def test_that_c_code_had_buffered_is_not_lost(self, zygote: Zygote) -> None:
        ended = zygote.run("import ctypes\nctypes.CDLL(None).printf(b'buffered')")
        assert ended.stdout == "buffered"

    def test_before_a_crash_is_there(self, zygote: Zygote) -> None:
        source = "import ctypes, os\nctypes.CDLL(None).printf(b'of C\\n')\nprint('so far', end='')\nos.abort()"
        ended = zygote.run(source)
        assert (ended.status, ended.stdout) == (-signal.SIGABRT, "of C\nso far")

    def test_to_stderr_is_apart(self, zygote: Zygote) -> None:
        ended = zygote.run("import sys\nprint('é \\ud800', file=sys.stderr)")
        assert (ended.stdout, ended.stderr) == ("", "é \\ud800\n")

    @pytest.mark.parametrize(
        "source",
        [
            "f = open({path!r}, 'w')\n_n = f.write('all of it')",
            "import json\njson.kept = open({path!r}, 'w')\n_n = json.kept.write('all of it')",
            "import io\nraw = open({path!r}, 'wb')\nf = io.BufferedWriter(raw)\n_n = f.write(b'all of it')",
            "import zipfile\nz = zipfile.ZipFile({path!r}, 'w')\nz.writestr('x', 'all of it')",
        ],
        ids=["a variable", "kept by a module", "two buffers", "written when it is let go"],
    )
    def test_to_a_file_that_is_still_open_is_written(self, zygote: Zygote, tmp_path: Path, source: str) -> None:
        path = tmp_path / "out"
        assert zygote.run(source.format(path=str(path)), leaves=()).done
        if zipfile.is_zipfile(path):
            assert zipfile.ZipFile(path).read("x") == b"all of it"
        else:
            assert path.read_text() == "all of it"

    def test_of_exit_functions_is_there_and_only_of_the_tasks_own(self, zygote: Zygote) -> None:
        source = "import atexit, tempfile\natexit.register(print, 'the end')\n_folder = tempfile.TemporaryDirectory()\nname = _folder.name"
        ended = zygote.run(source)
        assert ended.stdout == "the end\n"
        assert not Path(ended.values["name"]).exists()

    def test_of_threads_that_go_on_is_waited_for(self, zygote: Zygote) -> None:
        source = """
import threading, time
from concurrent.futures import ThreadPoolExecutor
def late(): time.sleep(0.2); print('late', flush=True)
threading.Thread(target=late).start()
ThreadPoolExecutor(1).submit(late);
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""
        assert zygote.run(source).stdout.split() == ["late", "late"]

    def test_has_deprecation_warnings_of_the_flows_own_code(self, zygote: Zygote) -> None:
        source = "import warnings\nwarnings.warn('is old', DeprecationWarning)"
        assert f"{FILE}:2: DeprecationWarning: is old\n  warnings.warn" in zygote.run(source).stderr

    def test_there_is_no_keyboard(self, zygote: Zygote) -> None:
        failure = zygote.run("input('name? ')").failure
        assert (failure.type, failure.line) == ("EOFError", 1)
        assert failure.message.startswith("name? : a step has no keyboard. Make it a parameter")
        assert zygote.run("import sys\ntext = sys.stdin.read()").values == {"text": ""}


class TestExit:
    @pytest.mark.parametrize(
        ("source", "status"),
        [
            ("import os\nos._exit(3)", 3),
            ("import ctypes\nctypes.string_at(0)", -signal.SIGSEGV),
            ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
            ("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass", -signal.SIGKILL),
        ],
    )
    def test_of_a_worker_that_dies_is_its_own(self, zygote: Zygote, source: str, status: int) -> None:
        ended = zygote.run(source)
        assert ended.status == status
        assert ended.messages == []
        assert zygote.run("x = 1").values == {"x": 1}

    @pytest.mark.parametrize("call", ["raise SystemExit", "import sys; sys.exit(0)", "exit()", "quit('bye')"])
    def test_by_sys_exit_fails_the_task(self, zygote: Zygote, call: str) -> None:
        ended = zygote.run(call)
        assert ended.failure.type == "SystemExit"
        assert "after its last line" in ended.failure.message
        assert ended.status == 0


class TestSpec:
    def test_may_be_large(self, zygote: Zygote) -> None:
        text = "x" * 1_000_000
        assert zygote.run(f"# {text}\nn = len('{text}')").values == {"n": 1_000_000}

    def test_that_cannot_be_used_is_said(self, zygote: Zygote) -> None:
        ended = zygote.run("x = 1", cwd="/no/such/folder")
        assert ended.failure.code == "T004"
        assert "/no/such/folder" in ended.failure.message
        assert ended.status == 1

    def test_without_descriptors_is_a_task_that_ended(self, zygote: Zygote) -> None:
        zygote.tell(task=99)
        assert zygote.hear() == {"exit": 99, "status": 1, "peak": 0}
        assert zygote.run("x = 1").values == {"x": 1}


class TestProcess:
    def test_is_where_the_task_runs(self, zygote: Zygote, tmp_path: Path) -> None:
        (tmp_path / "beside.py").write_text("K = 3")
        source = "import os, sys, beside\nfolder = os.getcwd()\nk = beside.K\npath = sys.path[0]\nvalue = os.environ['GIVEN']"
        values = zygote.run(source, cwd=str(tmp_path), sys_path=(str(tmp_path), *sys.path), env={"GIVEN": "yes"}).values
        assert values == {"folder": str(tmp_path), "k": 3, "path": str(tmp_path), "value": "yes"}

    def test_leaves_nothing_to_the_next(self, zygote: Zygote) -> None:
        zygote.run(
            "import os, sys, json, builtins\nos.environ['LEFT'] = '1'\njson.dumps = None\nbuiltins.left = 1\nsys.path.clear()"
        )
        source = (
            "import os, json, builtins\nleft = ('LEFT' in os.environ, json.dumps is None, hasattr(builtins, 'left'))"
        )
        assert zygote.run(source).values == {"left": (False, False, False)}

    def test_has_an_edited_local_module_fresh(self, zygote: Zygote, tmp_path: Path) -> None:
        path = (str(tmp_path), *sys.path)
        module = tmp_path / "edited.py"
        for value in (1, 2):
            module.write_text(f"K = {value}")
            os.utime(module, (value, value))
            assert zygote.run("import edited\nk = edited.K", sys_path=path).values == {"k": value}

    def test_is_known_by_its_mark(self, zygote: Zygote) -> None:
        source = "import os, subprocess\nmark = os.environ['NBFLOW_TASK']\nseen = subprocess.check_output('echo -n $NBFLOW_TASK', shell=True).decode()"
        values = zygote.run(source).values
        assert values["mark"] == values["seen"]
        assert values["mark"].startswith(f"{zygote.process.pid}.")

    def test_does_not_show_who_started_it(self, start_zygote: StartZygote) -> None:
        zygote = start_zygote(NBFLOW_PARENT=str(os.getpid()))
        assert zygote.run("import os\nparent = os.environ.get('NBFLOW_PARENT')").values == {"parent": None}

    def test_has_no_descriptor_of_others(self, zygote: Zygote) -> None:
        waiting = zygote.start(zygote.spec("import time\ntime.sleep(60)"))
        source = "import os\nfound = {fd: os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{fd}')}"
        found = zygote.run(source).values["found"]
        assert set(found) == {"0", "1", "2"} | {fd for fd, target in found.items() if target.startswith("pipe:")}
        assert len(found) == 4
        executed = zygote.run("import os\nos.system('ls /proc/self/fd')").stdout.split()
        assert set(executed) == {"0", "1", "2", "3"}
        os.killpg(waiting.pid, signal.SIGKILL)
        zygote.wait(waiting)

    def test_runs_several_at_once(self, zygote: Zygote) -> None:
        flights = [zygote.start(zygote.spec(f"import time\ntime.sleep(0.2)\nx = {number}")) for number in range(5)]
        assert [zygote.wait(flight).values["x"] for flight in flights] == [0, 1, 2, 3, 4]


class TestChance:
    def test_differs_between_tasks_though_the_zygote_has_numpy(self, start_zygote: StartZygote) -> None:
        zygote = start_zygote()
        assert zygote.preload("numpy", "numpy.random")["preloaded"] == ["numpy", "numpy.random"]
        source = "import numpy, random\nn = float(numpy.random.rand())\nr = random.random()"
        drawn = [zygote.run(source).values for _ in range(3)]
        assert len({each["n"] for each in drawn}) == 3
        assert len({each["r"] for each in drawn}) == 3

    def test_does_not_order_sets(self, start_zygote: StartZygote) -> None:
        orders = [start_zygote().run("order = list({'a', 'b', 'c', 'd', 'e'})").values["order"] for _ in range(2)]
        assert orders[0] == orders[1]


SETSID = "import subprocess\np = subprocess.Popen(['setsid', 'sh', '-c', 'echo $$ > {pid}; exec sleep 60'])\n"
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        {become}
        open({pid!r}, 'w').write(str(os.getpid()))
        time.sleep(60)
        os._exit(0)
    os._exit(0)
os.wait()
while not (os.path.exists({pid!r}) and open({pid!r}).read()): time.sleep(0.01)
"""
CLEAN_ENVIRONMENT = """
import subprocess, os, time
subprocess.Popen(['env', '-i', 'setsid', 'sh', '-c', 'echo $$ > {pid}; sleep 60 & wait'])
while not (os.path.exists({pid!r}) and open({pid!r}).read()): time.sleep(0.01)
"""
#: a tree of daemons: each leaves its own session behind
TREE = """
import os, time
for depth in range(4):
    if os.fork():
        break
    os.setsid()
else:
    open({pid!r}, 'w').write(str(os.getpid()))
    time.sleep(60)
if depth:
    time.sleep(60)
while not (os.path.exists({pid!r}) and open({pid!r}).read()): time.sleep(0.01)
"""
STRAYS = {
    "in a session of its own": SETSID,
    "a daemon that forked twice without exec": DAEMON.replace("{become}", "pass"),
    "with an empty environment": CLEAN_ENVIRONMENT,
    "a tree of sessions": TREE,
}
each_stray = pytest.mark.parametrize("stray", STRAYS.values(), ids=STRAYS)


class TestStrays:
    @each_stray
    def test_are_gone_when_a_task_has_ended(self, zygote: Zygote, tmp_path: Path, stray: str) -> None:
        pid = tmp_path / "pid"
        source = stray.replace("{pid!r}", repr(str(pid))).replace("{pid}", str(pid))
        wait = f"import os, time\nwhile not (os.path.exists({str(pid)!r}) and open({str(pid)!r}).read()): time.sleep(0.01)\n"
        ended = zygote.run(f"{source}\n{wait}print('end')")
        assert ended.stdout == "end\n"
        assert not alive(int(pid.read_text()))

    @each_stray
    def test_are_gone_when_a_task_was_killed(self, zygote: Zygote, tmp_path: Path, stray: str) -> None:
        pid = tmp_path / "pid"
        source = stray.replace("{pid!r}", repr(str(pid))).replace("{pid}", str(pid))
        flight = zygote.start(zygote.spec(f"{source}\nimport time\ntime.sleep(60)"))
        child = number_in(pid)
        assert alive(child)
        os.killpg(flight.pid, signal.SIGKILL)
        assert zygote.wait(flight).status == -signal.SIGKILL
        assert not alive(child)

    @each_stray
    def test_of_one_task_go_and_those_of_another_stay(self, zygote: Zygote, tmp_path: Path, stray: str) -> None:
        mine, other = tmp_path / "mine", tmp_path / "other"
        source = stray.replace("{pid!r}", repr(str(other))).replace("{pid}", str(other))
        flight = zygote.start(zygote.spec(f"{source}\nimport time\ntime.sleep(60)"))
        child = number_in(other)
        daemon = STRAYS["a daemon that forked twice without exec"].replace("{pid!r}", repr(str(mine)))
        zygote.run(daemon)
        assert not alive(int(mine.read_text()))
        assert alive(child)
        os.killpg(flight.pid, signal.SIGKILL)
        zygote.wait(flight)
        assert gone(child)


class TestInterrupt:
    def test_is_a_keyboard_interrupt_in_the_body(self, zygote: Zygote) -> None:
        flight = zygote.start(zygote.spec("import time\nx = 1\nprint('on'); time.sleep(60)"))
        while not flight.stdout.read_text():
            time.sleep(0.01)
        os.killpg(flight.pid, signal.SIGINT)
        ended = zygote.wait(flight, timeout=50)
        assert ended.failure.type == "KeyboardInterrupt"
        assert ended.failure.line == 3

    def test_to_end_ends_it_without_a_word(self, zygote: Zygote) -> None:
        flight = zygote.start(zygote.spec("import time\ntime.sleep(60)"))
        os.killpg(flight.pid, signal.SIGTERM)
        ended = zygote.wait(flight, timeout=50)
        assert (ended.status, ended.messages) == (-signal.SIGTERM, [])
        assert zygote.run("x = 1").values == {"x": 1}

    def test_right_after_the_start_does_not_reach_the_zygote(self, zygote: Zygote) -> None:
        for _ in range(30):
            flight = zygote.start(zygote.spec("import time\ntime.sleep(60)"))
            os.killpg(flight.pid, signal.SIGTERM)
            assert zygote.wait(flight, timeout=50).status == -signal.SIGTERM

    def test_that_the_body_ignores_is_followed_by_a_kill(self, zygote: Zygote) -> None:
        source = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('on')\ntime.sleep(60)"
        flight = zygote.start(zygote.spec(source))
        while not flight.stdout.read_text():
            time.sleep(0.01)
        os.killpg(flight.pid, signal.SIGTERM)
        time.sleep(0.1)
        assert alive(flight.pid)
        os.killpg(flight.pid, signal.SIGKILL)
        assert zygote.wait(flight, timeout=50).status == -signal.SIGKILL


class TestEnd:
    def started(self, zygote: Any, folder: Path, **fields: Any) -> tuple[int, int]:
        """Return the pids of a worker and of its daemon."""
        pid = folder / "daemon"
        daemon = STRAYS["a daemon that forked twice without exec"].replace("{pid!r}", repr(str(pid)))
        flight = zygote.start(zygote.spec(f"{daemon}\ntime.sleep(60)", **fields))
        return flight.pid, number_in(pid)

    def test_of_the_socket_ends_all(self, start_zygote: StartZygote, tmp_path: Path) -> None:
        zygote = start_zygote()
        pids = self.started(zygote, tmp_path)
        zygote.socket.close()
        assert zygote.process.wait(10) == 0
        assert not any(map(alive, pids))

    def test_by_a_word_ends_all(self, start_zygote: StartZygote, tmp_path: Path) -> None:
        zygote = start_zygote()
        pids = self.started(zygote, tmp_path)
        zygote.tell(bye=1)
        assert zygote.process.wait(10) == 0
        assert not any(map(alive, pids))

    def test_by_a_signal_ends_all(self, start_zygote: StartZygote, tmp_path: Path) -> None:
        zygote = start_zygote()
        pids = self.started(zygote, tmp_path)
        zygote.process.terminate()
        assert zygote.process.wait(10) == 0
        assert not any(map(alive, pids))

    @pytest.mark.parametrize("fresh", [False, True], ids=["forked", "in a Python of their own"])
    def test_of_the_zygote_by_force_ends_its_workers(
        self, start_zygote: StartZygote, tmp_path: Path, fresh: bool
    ) -> None:
        zygote = start_zygote()
        worker, _ = self.started(zygote, tmp_path, fresh=fresh)
        zygote.process.kill()
        zygote.process.wait(10)
        assert gone(worker)

    @pytest.mark.parametrize("socket_kept", [False, True], ids=["alone", "while a child of it holds the socket"])
    def test_of_the_starter_by_force_ends_all(self, tmp_path: Path, socket_kept: bool) -> None:
        starter = subprocess.Popen(
            [
                sys.executable,
                "-c",
                STARTER,
                str(Path(__file__).parent / "conftest.py"),
                str(tmp_path),
                str(int(socket_kept)),
            ],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            start_new_session=True,
        )
        with starter:
            assert starter.stdout is not None
            zygote, worker, holder = json.loads(starter.stdout.readline())
            daemon = number_in(tmp_path / "daemon")
            assert all(map(alive, (zygote, worker, daemon)))
            starter.kill()
        try:
            assert gone(zygote)
            assert not alive(worker)
            assert not alive(daemon)
        finally:
            if holder:
                os.kill(holder, signal.SIGKILL)


#: starts a zygote and a task with a daemon, tells the pids, and waits to be killed
STARTER = f"""
import importlib.util, json, os, sys, time
from pathlib import Path
spec = importlib.util.spec_from_file_location("driver", sys.argv[1])
driver = importlib.util.module_from_spec(spec)
sys.modules["driver"] = driver
spec.loader.exec_module(driver)
zygote = driver.Driver(Path(sys.argv[2]))
source = {STRAYS["a daemon that forked twice without exec"]!r}.replace("{{pid!r}}", repr(sys.argv[2] + "/daemon"))
flight = zygote.start(zygote.spec(source + "\\ntime.sleep(60)"))
holder = 0
if sys.argv[3] == "1":
    holder = os.fork()
    if holder == 0:
        os.setsid()
        os.close(1)
        time.sleep(60)
        os._exit(0)
print(json.dumps([zygote.process.pid, flight.pid, holder]), flush=True)
time.sleep(60)
"""


class TestPreload:
    def test_says_what_it_imported_and_what_it_could_not(self, start_zygote: StartZygote) -> None:
        answer = start_zygote().preload("json", "no_such_module", "fractions")
        assert answer["preloaded"] == ["json", "fractions"]
        assert "no_such_module" in answer["failed"]["no_such_module"]

    def test_makes_modules_ready_for_tasks(self, start_zygote: StartZygote) -> None:
        zygote = start_zygote()
        zygote.preload("fractions")
        assert zygote.run("import sys\nready = 'fractions' in sys.modules").values == {"ready": True}

    @pytest.mark.parametrize("ending", ["raise SystemExit(3)", "raise KeyboardInterrupt", "1 / 0"])
    def test_survives_a_module_that_raises(self, start_zygote: StartZygote, tmp_path: Path, ending: str) -> None:
        (tmp_path / "raises.py").write_text(ending)
        zygote = start_zygote(PYTHONPATH=str(tmp_path))
        assert list(zygote.preload("raises")["failed"]) == ["raises"]
        assert zygote.run("x = 1").values == {"x": 1}

    def test_imports_nothing_from_the_folder_it_was_started_in(self, start_zygote: StartZygote, tmp_path: Path) -> None:
        (tmp_path / "local_module.py").write_text("")
        assert start_zygote().preload("local_module")["preloaded"] == []

    @pytest.mark.parametrize(
        "spoil",
        [
            "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
            "import _thread, time\n_thread.start_new_thread(time.sleep, (600,))",
        ],
        ids=["threading", "_thread"],
    )
    def test_leaves_out_a_module_that_starts_a_thread(
        self, start_zygote: StartZygote, tmp_path: Path, spoil: str
    ) -> None:
        library = tmp_path / "library"
        library.mkdir()
        for name in ("spoiler", "spoiler2"):
            (library / f"{name}.py").write_text(spoil)
        zygote = start_zygote(PYTHONPATH=str(library))
        zygote.preload("fractions")
        before = zygote.start(zygote.spec("import time\ntime.sleep(1)\nx = 1"))
        answer = zygote.preload("sched", "spoiler", "colorsys")
        assert answer["preloaded"] == ["sched", "colorsys"]
        assert "thread" in answer["failed"]["spoiler"]
        # the task that ran meanwhile is still known
        assert zygote.wait(before).values == {"x": 1}
        source = "import sys, threading\nready = [name in sys.modules for name in ('fractions', 'sched', 'spoiler', 'colorsys')]\nthreads = threading.active_count()"
        assert zygote.run(source).values == {"ready": [True, True, False, True], "threads": 1}
        assert list(zygote.preload("spoiler", "spoiler2")["failed"]) == ["spoiler", "spoiler2"]
        assert zygote.run(source).values == {"ready": [True, True, False, True], "threads": 1}
        # the body itself may import it
        assert zygote.run("import spoiler\nx = 2", sys_path=(str(library), *sys.path)).values == {"x": 2}

    def test_keeps_libraries_whose_threads_survive_a_fork(self, start_zygote: StartZygote) -> None:
        zygote = start_zygote()
        assert zygote.preload("numpy", "pandas", "pyarrow", "polars")["failed"] == {}
        source = """
import numpy, pandas, polars
a = float(numpy.linalg.det(numpy.eye(200)))
b = int(pandas.DataFrame({"k": ["x", "y", "x"], "v": [1, 2, 3]}).groupby("k").v.sum()["x"])
c = polars.DataFrame({"k": [1, 2, 1], "v": [1, 2, 3]}).group_by("k").agg(polars.col("v").sum()).sort("k")["v"].to_list()
"""
        for _ in range(2):
            assert zygote.run(source).values == {"a": 1.0, "b": 4, "c": [4, 2]}


class TestAPythonOfItsOwn:
    SOURCE = """
import os, sys
had = sorted({'tabnanny', 'wave'} & set(sys.modules))
same = (os.getcwd(), os.getppid(), os.getpgrp() == os.getpid(), hash('x'), sys.path[0], __name__)
fds = len(os.listdir('/proc/self/fd'))
print('out')
print('err', file=sys.stderr)
"""

    def test_has_imported_nothing_and_is_the_same_process_otherwise(self, zygote: Zygote) -> None:
        zygote.preload("tabnanny", "wave")
        forked, fresh = (zygote.run(self.SOURCE, fresh=fresh) for fresh in (False, True))
        assert (fresh.stdout, fresh.stderr, fresh.status) == ("out\n", "err\n", 0)
        before, after = forked.values, fresh.values
        assert (before.pop("had"), after.pop("had")) == (["tabnanny", "wave"], [])
        assert after == before

    def test_ends_with_its_exit_code_its_signal_and_what_it_started(self, zygote: Zygote, tmp_path: Path) -> None:
        assert zygote.run("import os\nos._exit(7)", fresh=True).status == 7
        source = f"""
import os, signal, subprocess
child = subprocess.Popen(['sleep', '60'], start_new_session=True)
open({str(tmp_path / "child")!r}, 'w').write(str(child.pid))
os.kill(os.getpid(), signal.SIGKILL)
"""
        assert zygote.run(source, fresh=True).status == -signal.SIGKILL
        assert gone(number_in(tmp_path / "child"))

    def test_fails_as_any_task_does(self, zygote: Zygote) -> None:
        ended = zygote.run("1 / 0", fresh=True)
        assert ended.failure.type == "ZeroDivisionError" and FILE in ended.failure.traceback
