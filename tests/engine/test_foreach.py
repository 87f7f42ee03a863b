"""Many tasks, few workers: lists of items, nested ones, none, and the joins that see all of it."""

from __future__ import annotations

from bench_flow import Bench


def test_nested_runs_each_pair_and_joins_inside_out(bench: Bench) -> None:
    ran = bench.run(
        "s\nxs = [1, 2, 3]",
        "t --foreach xs --as x\nks = list(range(x))",
        "u --foreach ks --as k\nm = (x, k)",
        "i --join u\nms = [v.m for v in inputs]",
        "o --join i\nall_ = [v.ms for v in inputs]",
    )
    assert ran.left("o")["all_"] == [[(1, 0)], [(2, 0), (2, 1)], [(3, 0), (3, 1), (3, 2)]]


def test_nested_with_empty_lists_inside_joins_what_there_is(bench: Bench) -> None:
    ran = bench.run(
        "t --foreach [0,2,0] --as x\nks = list(range(x))",
        "u --foreach ks --as k\nm = k",
        "i --join u\nms = [v.m for v in inputs]",
        "o --join i\nall_ = [v.ms for v in inputs]",
    )
    assert ran.left("o")["all_"] == [[], [0, 1], []]


def test_of_no_items_runs_the_join_and_what_is_below(bench: Bench) -> None:
    ran = bench.run("t --foreach []\ny = 1", "u\nz = y", "j --join u\nn = len(inputs)", "e\nd = n")
    assert ran.status == "succeeded" and ran.left("e")["d"] == 0


def test_of_1200_items_joins_all_of_them_in_order(bench: Bench) -> None:
    ran = bench.run(
        "s\nxs = list(range(1200))",
        "t --foreach xs --as x\ny = x * 2",
        "j --join t\nys = [v.y for v in inputs]",
    )
    assert ran.status == "succeeded", ran.failure
    assert ran.left("j")["ys"] == [2 * x for x in range(1200)]
    kept = bench.engine.workspace.metadata.tasks(ran.outcome.flow, ran.outcome.run, "t")
    assert len(kept) == 1200 and {each.status for each in kept} == {"succeeded"}


def test_runs_at_most_as_many_tasks_at_once_as_allowed(bench: Bench) -> None:
    # the first ones wait until they are three, however slowly those start
    body = (
        "import os, time, pathlib\n"
        f"place = pathlib.Path({str(bench.folder)!r})\n"
        "mine = place / f'{os.getpid()}.live'\nmine.touch()\n"
        "time.sleep(0.05)\nn = len(list(place.glob('*.live')))\n"
        "while n < 3 and not (place / 'three').exists():\n"
        "    time.sleep(0.01)\n    n = len(list(place.glob('*.live')))\n"
        "if n >= 3: (place / 'three').touch()\n"
        "mine.unlink()"
    )
    ran = bench.run(f"t --foreach range(12)\n{body}", "j --join t\nmost = max(v.n for v in inputs)", workers=3)
    assert ran.left("j")["most"] == 3


def test_runs_more_tasks_at_once_than_a_socket_holds_messages(bench: Bench) -> None:
    # 300 workers: their descriptors and messages must not fill a socket both ways
    ran = bench.run("t --foreach range(300)\ny = item", "j --join t\nn = len(inputs)", workers=300)
    assert ran.status == "succeeded", ran.failure
    assert ran.left("j")["n"] == 300


def test_that_fails_in_one_item_starts_no_more_and_keeps_what_was_done(bench: Bench) -> None:
    ran = bench.run("t --foreach range(50) --as i\nassert i != 5\ny = i", "j --join t\nn = 1", workers=2)
    assert ran.status == "failed"
    states = [
        each.status.value for each in bench.engine.workspace.metadata.tasks(ran.outcome.flow, ran.outcome.run, "t")
    ]
    assert states.count("failed") == 1 and states.count("succeeded") <= 7
    assert set(states) == {"failed", "succeeded", "cancelled"} and ran.record("j") is None
