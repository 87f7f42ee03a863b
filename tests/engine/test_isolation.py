"""What a body does to its process stays there."""

from __future__ import annotations

import os

import pytest
from bench_flow import Bench

PROBE = """
import os, signal, sys, threading
cwd = os.getcwd()
spoiled = os.environ.get('SPOILED')
handlers = [str(signal.getsignal(each)) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)]
blocked = sorted(signal.pthread_sigmask(signal.SIG_BLOCK, []))
path = 'spoiled' in sys.path
module = 'spoiled' in sys.modules
umask = os.umask(0o22)
limit = sys.getrecursionlimit()
threads = threading.active_count()
fds = sorted(map(int, os.listdir('/proc/self/fd')))[:3]
"""
SPOIL = """
import os, signal, sys, threading, resource
os.chdir('/')
os.environ['SPOILED'] = 'yes'
os.environ.pop('PATH', None)
for each in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1): signal.signal(each, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGCHLD])
sys.path.append('spoiled')
sys.modules['spoiled'] = sys
os.umask(0o777)
sys.setrecursionlimit(500)
y = 1
"""


def test_nothing_that_a_body_changes_reaches_the_next(bench: Bench) -> None:
    before = bench.run(f"a{PROBE}", name="p.ipynb").left("a")
    spoiled = bench.run(f"a{SPOIL}")
    assert spoiled.status == "succeeded", spoiled.failure
    assert bench.run(f"a{PROBE}", name="p.ipynb").left("a") == before
    assert before["cwd"] == str(bench.folder)


@pytest.mark.parametrize(
    "body",
    [
        "import os, signal\nfor each in (1, 2, 15): signal.signal(each, signal.SIG_IGN)",
        "import os\nos.chdir('/')\nos.environ.clear()",
        "import os\nos.close(0)\nos.close(1)\nos.close(2)",
        "import sys\nsys.stdout = sys.stderr = None",
        "import sys\nsys.stdout.close()\nsys.stderr.close()",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 600)",
        "import gc\ngc.disable()",
        "import os\nos.nice(5)",
    ],
    ids=[
        "signals ignored", "folder and environment", "standard streams closed", "streams gone",
        "streams closed in Python", "a thread left", "a timer left", "no collector", "nice",
    ],
)  # fmt: skip
def test_a_body_may_change_its_process_and_still_leaves_what_it_bound(bench: Bench, body: str) -> None:
    ran = bench.run(f"a\n{body}\ny = 1")
    assert ran.status == "succeeded", ran.failure
    assert ran.left("a")["y"] == 1


def test_a_body_that_closes_every_descriptor_is_told_what_it_did(bench: Bench) -> None:
    ran = bench.run("a\nimport os\nos.closerange(3, 4096)\ny = 1", "b\nz = y")
    assert ran.status == "failed" and "the body closed the descriptor" in ran.failure


def test_what_a_body_writes_into_a_descriptor_it_took_over_is_no_message(bench: Bench) -> None:
    stolen = bench.folder / "stolen"
    ran = bench.run(
        f"a\nimport os\nos.closerange(3, 4096)\nfds = [os.open({str(stolen)!r}, os.O_CREAT | os.O_RDWR) for _ in range(40)]\ny = 1"
    )
    assert ran.status == "failed"
    assert stolen.read_bytes() == b""


class TestEnv:
    def test_is_set_for_the_step_and_for_no_other(self, bench: Bench) -> None:
        read = "import os\ngot = (os.environ.get('FOO'), os.environ.get('BAR'))"
        ran = bench.run(f"a --env FOO=1 --env BAR=a=b\n{read}", f"b --after a\n{read.replace('got', 'then')}")
        assert ran.left("a")["got"] == ("1", "a=b") and ran.left("b")["then"] == (None, None)

    def test_reaches_child_processes(self, bench: Bench) -> None:
        ran = bench.run("a --env FOO=1\nimport subprocess\nsubprocess.run(['sh', '-c', 'echo $FOO'])")
        assert ran.logs("a") == ["1\n"]


class TestChance:
    def test_differs_between_the_items_of_a_foreach(self, bench: Bench) -> None:
        bench.engine.preload(["numpy", "random"])
        ran = bench.run(
            "t --foreach range(6)\nimport random, numpy, os, uuid\n"
            "a, b, c = random.random(), float(numpy.random.rand()), uuid.uuid4().hex",
            "j --join t\ns = [len({getattr(v, n) for v in inputs}) for n in 'abc']",
        )
        assert ran.left("j")["s"] == [6, 6, 6]

    def test_differs_between_attempts(self, bench: Bench) -> None:
        ran = bench.run("a --retry 1\nimport random\nprint(random.random())\n1 / 0")
        first, second = ran.logs("a")
        assert first != second

    def test_that_is_seeded_is_equal_in_every_task(self, bench: Bench) -> None:
        ran = bench.run(
            "t --foreach range(3)\nimport random, numpy\nrandom.seed(3); numpy.random.seed(3)\n"
            "a, b = random.random(), float(numpy.random.rand())",
            "j --join t\ns = {(v.a, v.b) for v in inputs}",
        )
        assert len(ran.left("j")["s"]) == 1

    def test_does_not_order_sets_so_equal_work_gives_equal_digests(self, bench: Bench) -> None:
        if os.environ.get("PYTHONHASHSEED", "0") != "0":
            pytest.skip("PYTHONHASHSEED is set")
        ran = bench.run(
            "t --foreach range(3)\nwords = list({'a', 'b', 'c', 'd', 'e'})",
            "j --join t\ns = {tuple(v.words) for v in inputs}",
        )
        assert len(ran.left("j")["s"]) == 1


def test_two_tasks_of_a_step_share_no_module_state(bench: Bench) -> None:
    ran = bench.run(
        "t --foreach range(4)\nseen.append(item)\nn = len(seen)",
        "j --join t\ns = [v.n for v in inputs]",
        plain=("seen = []",),
        workers=1,
    )
    if ran.status == "succeeded":
        assert ran.left("j")["s"] == [1, 1, 1, 1]
    else:
        assert "seen" in ran.failure


def test_a_step_may_have_a_python_of_its_own(bench: Bench) -> None:
    body = "with open('/proc/self/cmdline', 'rb') as said: own = b'nbflow.task.fresh' in said.read()"
    ran = bench.run(f"a\n{body}", f"b --isolation process --foreach [1,2]\n{body}\ny = item + 1")
    assert ran.status == "succeeded", ran.failure
    assert ran.left("a") == {"own": False}
    assert [ran.left("b", number)["own"] for number in (0, 1)] == [True, True] and ran.left("b", 1)["y"] == 3
