"""Retry, timeout and catch, alone and together."""

from __future__ import annotations

import pytest
from bench_flow import Bench

# fails until it has been tried `times` times, counting in a file: attempts share nothing else
FLAKY = """
from pathlib import Path
count = Path({file!r})
number = len(count.read_text()) if count.exists() else 0
count.write_text('x' * (number + 1))
print('attempt', number)
"""


def flaky(bench: Bench) -> str:
    return FLAKY.format(file=str(bench.folder / "count"))


class TestRetry:
    def test_runs_the_step_again_and_keeps_number_log_and_failure_of_each_attempt(self, bench: Bench) -> None:
        ran = bench.run(f"a --retry 3{flaky(bench)}assert number == 2, f'no {{number}}'\ny = number")
        assert ran.status == "succeeded" and ran.left("a")["y"] == 2
        tries = ran.attempts("a")
        assert [each.number for each in tries] == [0, 1, 2]
        assert [each.status for each in tries] == ["failed", "failed", "succeeded"]
        assert [each.failure and each.failure.message for each in tries] == ["no 0", "no 1", None]
        assert ran.logs("a") == ["attempt 0\n", "attempt 1\n", "attempt 2\n"]
        record = ran.record("a")
        assert record is not None and record.attempt == 2 and record.failure is None

    def test_waits_between_two_tries(self, bench: Bench) -> None:
        ran = bench.run(f"a --retry 2 --retry-wait 0.4s{flaky(bench)}assert number == 2")
        first, second, third = ran.attempts("a")
        for earlier, later in ((first, second), (second, third)):
            assert earlier.finished_at and later.started_at and later.started_at - earlier.finished_at >= 0.39

    def test_that_is_used_up_fails_the_run_with_the_last_failure(self, bench: Bench) -> None:
        ran = bench.run(f"a --retry 1{flaky(bench)}1 / 0 if number else [][1]", "b\nz = 1")
        assert ran.status == "failed" and "ZeroDivisionError" in ran.failure
        assert [each.number for each in ran.attempts("a")] == [0, 1]

    def test_of_one_item_does_not_hold_up_others(self, bench: Bench) -> None:
        ran = bench.run(
            "t --foreach [0,1,2] --as i --retry 1 --retry-wait 2s\n"
            "import os\n"
            f"if i == 0 and not os.path.exists({str(bench.folder / 'seen')!r}):\n"
            f"    open({str(bench.folder / 'seen')!r}, 'w').close()\n"
            "    raise OSError('once')\n"
            "y = i",
            "j --join t\ns = [v.y for v in inputs]",
            workers=2,
        )
        assert ran.left("j")["s"] == [0, 1, 2]
        ends = {each.task: each.finished_at or 0 for each in ran.attempts("t") if each.status == "succeeded"}
        assert ends["0"] > ends["1"] and ends["0"] > ends["2"]

    def test_of_a_list_of_items_tries_the_expression_again(self, bench: Bench) -> None:
        seen = str(bench.folder / "seen")
        ran = bench.run(
            "t --foreach listed() --as i --retry 1\ny = i",
            "j --join t\ns = [v.y for v in inputs]",
            plain=(
                (
                    "import os\n"
                    "def listed():\n"
                    f"    if not os.path.exists({seen!r}):\n"
                    f"        open({seen!r}, 'w').close()\n"
                    "        os._exit(4)\n"
                    "    return [5, 6]"
                ),
            ),
        )
        assert ran.status == "succeeded" and ran.left("j")["s"] == [5, 6]


class TestTimeout:
    def test_ends_a_body_that_is_too_slow_and_says_so(self, bench: Bench) -> None:
        ran = bench.run("a --timeout 3s\nimport time\nprint('begun')\ntime.sleep(60)")
        assert ran.status == "failed" and "--timeout of 3 s" in ran.failure
        (only,) = ran.attempts("a")
        assert only.status == "failed" and only.failure and only.failure.code == "T002"
        assert ran.logs("a") == ["begun\n"]

    @pytest.mark.parametrize(
        "body",
        [
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)",
            "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ntime.sleep(60)",
            "while True:\n    try: time.sleep(60)\n    except BaseException: pass",
            "subprocess.Popen(['sleep', '61'])\nsubprocess.Popen(['setsid', 'sleep', '62'])\ntime.sleep(60)",
            "subprocess.run('trap \"\" TERM; sleep 60 & wait; sleep 60', shell=True)",
            "os.kill(os.getpid(), signal.SIGSTOP)",
        ],
        ids=["ignores SIGTERM", "blocks signals", "swallows exceptions", "leaves children", "in a shell", "stopped"],
    )
    def test_ends_a_body_whatever_it_does_against_it(self, bench: Bench, body: str) -> None:
        ran = bench.run(f"a --timeout 0.3s\nimport os, signal, subprocess, time\n{body}")
        assert ran.status == "failed" and "--timeout" in ran.failure

    def test_counts_for_each_attempt_anew(self, bench: Bench) -> None:
        ran = bench.run(f"a --timeout 4s --retry 1{flaky(bench)}import time\nif number == 0: time.sleep(60)\ny = 1")
        assert ran.status == "succeeded"
        assert [each.failure and each.failure.code for each in ran.attempts("a")] == ["T002", None]

    def test_does_not_count_the_wait_for_a_free_place(self, bench: Bench) -> None:
        ran = bench.run(*(f"{name} --timeout 5s\nimport time\ntime.sleep(1)" for name in "abcdef"), workers=1)
        assert ran.status == "succeeded"

    def test_holds_for_the_list_of_items(self, bench: Bench) -> None:
        ran = bench.run(
            "t --foreach slow() --timeout 0.3s\ny = item",
            plain=("import time\ndef slow():\n    time.sleep(60)\n    return [1]",),
        )
        assert ran.status == "failed" and "--timeout" in ran.failure


class TestCatch:
    def test_leaves_the_error_under_its_name_and_what_was_bound(self, bench: Bench) -> None:
        ran = bench.run("a --catch err\nx = 1\n1 / 0\ny = 2", "b\nz = (err.type, x)")
        assert ran.status == "succeeded" and ran.left("b")["z"] == ("ZeroDivisionError", 1)
        record = ran.record("a")
        assert record is not None and record.caught and record.failure and record.failure.type == "ZeroDivisionError"

    def test_that_had_nothing_to_catch_leaves_none(self, bench: Bench) -> None:
        ran = bench.run("a --catch err\nx = 1", "b\nz = err is None")
        assert ran.left("b")["z"] is True

    def test_keeps_the_older_value_of_a_name_that_was_not_reached(self, bench: Bench) -> None:
        ran = bench.run("a\nm = 'older'", "b --catch\n1 / 0\nm = 'newer'", "c\nz = m")
        assert ran.left("c")["z"] == "older"

    def test_comes_after_the_last_retry(self, bench: Bench) -> None:
        ran = bench.run(f"a --catch err --retry 2{flaky(bench)}1 / 0", "b\nz = err.type")
        assert ran.status == "succeeded" and ran.left("b")["z"] == "ZeroDivisionError"
        assert [each.status for each in ran.attempts("a")] == ["failed", "failed", "succeeded"]

    @pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 11)", "os.abort()", "time.sleep(60)"])
    def test_catches_the_death_of_the_worker(self, bench: Bench, end: str) -> None:
        ran = bench.run(
            "s\nm = 'older'",
            f"a --catch err --timeout 1s\nimport os, time\n{end}\nm = 1",
            "b\nz = (err.type, m)",
        )
        assert ran.status == "succeeded", ran.failure
        kind, kept = ran.left("b")["z"]
        assert kind in {"WorkerDied", "TimeoutError"} and kept == "older"

    def test_in_a_foreach_counts_for_its_item_only(self, bench: Bench) -> None:
        ran = bench.run(
            "t --foreach [1,0,2] --as i --catch err\ny = 1 / i", "j --join t\ns = [v.err is None for v in inputs]"
        )
        assert ran.left("j")["s"] == [True, False, True]

    def test_does_not_catch_a_failing_list_of_items(self, bench: Bench) -> None:
        ran = bench.run("t --foreach 1/0 --catch\ny = item")
        assert ran.status == "failed" and "ZeroDivisionError" in ran.failure
