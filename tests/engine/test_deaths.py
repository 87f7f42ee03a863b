"""A task that dies in any way is that attempt's failure, told as what it was, and nobody else's."""

from __future__ import annotations

import pytest
from bench_flow import Bench

DEATHS = {
    "segmentation fault": ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    "abort": ("import os\nos.abort()", "SIGABRT"),
    "kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    "terminate": ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "SIGTERM"),
    "a signal without a name": ("import os\nos.kill(os.getpid(), 40)", "40"),
    "exit 0": ("import os\nos._exit(0)", "exit code 0"),
    "exit 3": ("import os\nos._exit(3)", "exit code 3"),
    "sys.exit": ("import sys\nsys.exit()", "exit() was called"),
    "sys.exit 0": ("import sys\nsys.exit(0)", "exit(0) was called"),
    "deep recursion in C": (
        "import functools, operator\nx = None\nfor _ in range(10**6): x = [x]\nrepr(x)",
        "Recursion",
    ),
}


@pytest.mark.parametrize(("body", "told"), DEATHS.values(), ids=DEATHS)
def test_a_death_is_told_as_what_it_was(bench: Bench, body: str, told: str) -> None:
    ran = bench.run(f"a\nprint('last words', flush=True)\n{body}\ny = 1", "b\nz = y")
    assert ran.status == "failed" and told in ran.failure, ran.failure
    assert ran.logs("a") == ["last words\n"]
    assert ran.record("b") is None


@pytest.mark.parametrize("break_it", ["sys.stdout = None", "sys.stdout.close()", "sys.stderr = sys.stdout = object()"])
def test_an_exception_is_told_whatever_the_body_did_to_its_streams(bench: Bench, break_it: str) -> None:
    ran = bench.run(f"a\nimport sys\n{break_it}\n1 / 0")
    assert ran.status == "failed" and "ZeroDivisionError" in ran.failure


def test_others_that_run_at_that_time_finish(bench: Bench) -> None:
    ran = bench.run("a\nimport os\nos._exit(3)", "b\nimport time\ntime.sleep(0.5)\ny = 1", workers=2)
    assert ran.status == "failed" and ran.left("b") == {"y": 1}


class TestMemory:
    def test_beyond_what_was_asked_for_is_a_memory_error_in_the_body(self, bench: Bench) -> None:
        ran = bench.run("a --memory 64M\nx = bytes(300 << 20)")
        assert ran.status == "failed" and "MemoryError" in ran.failure
        assert "--memory 64M is the limit that a has" in ran.failure

    def test_of_a_limit_in_gigabytes_is_told_in_those(self, bench: Bench) -> None:
        ran = bench.run("a --memory 1G\nraise MemoryError('no room.')")
        assert "MemoryError: no room. --memory 1G is the limit that a has" in ran.failure

    def test_without_a_limit_no_option_is_named(self, bench: Bench) -> None:
        ran = bench.run("a\nraise MemoryError")
        assert "the task ran out of memory" in ran.failure and "--memory" not in ran.failure

    def test_that_was_asked_for_is_there(self, bench: Bench) -> None:
        ran = bench.run("a --memory 300M\nn = len(bytes(200 << 20))")
        assert ran.left("a")["n"] == 200 << 20

    def test_of_its_inputs_does_not_count(self, bench: Bench) -> None:
        ran = bench.run("a\nx = bytes(100 << 20)", "b --memory 64M\nn = len(x)")
        assert ran.left("b")["n"] == 100 << 20

    def test_that_ran_out_can_be_caught_and_told_below(self, bench: Bench) -> None:
        ran = bench.run("a --memory 64M --catch e\nx = bytes(300 << 20)", "b\nz = e.type")
        assert ran.left("b")["z"] == "MemoryError"

    def test_asked_for_by_several_is_never_more_than_there_is(self, bench: Bench) -> None:
        from nbflow.runtime.capacity import memory

        share = (memory() * 2 // 3) >> 20
        mark = bench.folder / "here"
        body = (
            f"import os, time\nmark = {str(mark)!r}\n"
            "fd = os.open(mark, os.O_CREAT | os.O_EXCL)\ntime.sleep(0.2)\nos.close(fd)\nos.unlink(mark)\ny = 1"
        )
        ran = bench.run(*(f"{name} --memory {share}M\n{body}" for name in "abc"), workers=3)
        assert ran.status == "succeeded", ran.failure

    def test_beyond_the_whole_machine_still_runs_alone(self, bench: Bench) -> None:
        from nbflow.runtime.capacity import memory

        ran = bench.run(f"a --memory {memory() >> 19}M\ny = 1")
        assert ran.status == "succeeded"
