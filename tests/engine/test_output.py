"""All a task writes is in its logs, whoever wrote it and however."""

from __future__ import annotations

from bench_flow import Bench


def test_of_python_of_descriptors_of_c_and_of_children_is_kept_in_order(bench: Bench) -> None:
    ran = bench.run(
        "a\nimport os, subprocess, ctypes, sys\nprint('python')\nos.write(1, b'descriptor\\n')\n"
        "ctypes.CDLL(None).puts(b'c')\nsubprocess.run(['echo', 'child'])\nprint('error', file=sys.stderr)"
    )
    assert ran.logs("a") == ["python\ndescriptor\nc\nchild\n"]
    assert ran.logs("a", "stderr") == ["error\n"]


def test_of_20_megabytes_is_kept_whole(bench: Bench) -> None:
    ran = bench.run("a\nfor i in range(20): print(chr(97 + i) * (1 << 20))\ny = 1")
    assert ran.status == "succeeded"
    (text,) = ran.logs("a")
    assert len(text) == 20 * ((1 << 20) + 1) and text.endswith("t\n")


def test_that_is_no_utf8_is_kept_byte_by_byte(bench: Bench) -> None:
    ran = bench.run("a\nimport os\nos.write(1, bytes(range(256)))\nprint('\\udcff é')")
    assert ran.status == "succeeded", ran.failure
    (attempt,) = ran.attempts("a")
    assert attempt.stdout
    assert (ran.workspace.root / attempt.stdout).read_bytes() == bytes(range(256)) + "\\udcff é\n".encode()


def test_a_task_that_wrote_nothing_leaves_no_file(bench: Bench) -> None:
    ran = bench.run("a\ny = 1")
    (attempt,) = ran.attempts("a")
    assert attempt.stdout is None and attempt.stderr is None
    folder = ran.workspace.log_path(ran.outcome.flow, ran.outcome.run, "a", "0", 0, "stdout").parent
    assert not list(folder.glob("*"))


def test_of_several_tasks_at_once_is_not_mixed(bench: Bench) -> None:
    ran = bench.run("t --foreach range(8) --as i\nfor _ in range(2000): print(i)", workers=4)
    assert sorted(map(len, map(set, ran.logs("t")))) == [2] * 8
    assert all(log.count("\n") == 2000 for log in ran.logs("t"))


def test_many_displays_do_not_stop_the_run(bench: Bench) -> None:
    ran = bench.run("a\nfor i in range(3000): display('x' * 500)\ny = 1")
    assert ran.status == "succeeded", ran.failure
    record = ran.record("a")
    assert record is not None and record.displays
