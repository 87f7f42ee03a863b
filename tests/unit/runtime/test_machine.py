"""The scheduler's machine, without a clock or a process."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Driver, foreach, join, node, ref

from nbflow.model.artifact import Manifest
from nbflow.model.graph import Condition, Need, Source
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.options import Catch, Options, Resources, Retry
from nbflow.model.record import Failure
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.plan.reuse import Reuse
from nbflow.runtime.stimuli import Alarm, CancelAsked, Stop, WorkerExited, WorkerSaid


def test_a_chain_runs_in_order_and_the_run_succeeds() -> None:
    world = Driver(node("a"), node("b", "a.a"))
    assert world.launched == ["body:a#0"]
    world.done("a")
    assert world.launched == ["body:a#0", "body:b#0"]
    world.done("b")
    assert world.ended == [RunStatus.SUCCEEDED]


def test_never_more_workers_than_allowed_and_in_the_order_of_becoming_ready() -> None:
    world = Driver(*(node(name) for name in "abcd"), workers=2)
    assert world.launched == ["body:a#0", "body:b#0"]
    world.done("b")
    assert world.launched[-1] == "body:c#0"


def test_memory_asked_for_is_never_exceeded_but_a_single_giant_still_runs() -> None:
    big = Options(resources=Resources(memory=60))
    world = Driver(node("a", options=big), node("b", options=big), workers=4, memory=100)
    assert world.launched == ["body:a#0"]
    world.done("a")
    assert world.launched[-1] == "body:b#0"
    world = Driver(node("a", options=Options(resources=Resources(memory=1000))), memory=100)
    assert world.launched == ["body:a#0"]


def test_a_foreach_lists_its_items_then_runs_one_task_each_and_the_join_waits_for_all() -> None:
    world = Driver(foreach("t"), join("j", "t", "t"))
    assert world.launched == ["items:t#0"]
    world.items("t", 1.0, 2.0)
    assert world.launched[1:] == ["body:t[0]#0", "body:t[1]#0"]
    world.done("t[1]")
    assert "body:j#0" not in world.launched
    world.done("t[0]")
    joined = world.live[world.number("j")].ready.joined
    assert joined is not None and [view.index for view in joined.inputs.views] == [0, 1]


def test_zero_items_run_the_join_at_once() -> None:
    world = Driver(foreach("t"), join("j", "t", "t"))
    world.items("t")
    assert world.launched[-1] == "body:j#0"
    world.done("j")
    assert world.ended == [RunStatus.SUCCEEDED]


def test_a_failed_attempt_is_tried_again_after_its_wait() -> None:
    world = Driver(node("a", options=Options(retry=Retry(1, 7.0))))
    world.fail("a")
    assert world.status("a") is TaskStatus.WAITING and not world.ended
    assert [wake.seconds for wake in world.wakes] == [7.0]
    world.ring("retry")
    assert world.launched[-1] == "body:a#1"
    world.done("a")
    assert world.ended == [RunStatus.SUCCEEDED]


def test_a_failure_stops_new_submissions_and_lets_running_tasks_finish() -> None:
    world = Driver(node("a"), node("b"), node("c", "b.b"), node("d"))
    world.fail("a")
    assert not world.ended
    world.done("b")
    assert world.ended == [RunStatus.FAILED]
    assert not any(name.startswith(("body:c", "body:d")) for name in world.launched)
    assert world.status("b") is TaskStatus.SUCCEEDED
    assert world.machine.failure == (TaskKey(StepName("a")), Failure("ValueError", "no"))


def test_a_worker_that_dies_without_a_word_is_told_by_its_signal() -> None:
    world = Driver(node("a"))
    number = world.start("a")
    world.live.pop(number)
    world.feed(WorkerExited(number, -11))
    assert world.machine.failure is not None
    assert "segmentation fault" in world.machine.failure[1].message


def test_a_timeout_asks_then_kills_and_is_a_failed_attempt() -> None:
    world = Driver(node("a", options=Options(timeout=5.0)))
    number = world.start("a")
    world.ring("timeout")
    assert world.stops == [Stop(number, kill=False)]
    world.ring("kill")
    assert world.stops[-1] == Stop(number, kill=True)
    world.live.pop(number)
    world.feed(WorkerExited(number, -9))
    assert world.machine.failure is not None and world.machine.failure[1].code == "T002"


def test_a_cancel_is_over_only_when_the_last_worker_is_gone() -> None:
    world = Driver(node("a"), node("b"), node("c"))
    first, second = world.start("a"), world.start("b")
    world.feed(CancelAsked())
    assert world.machine.status is RunStatus.CANCELLING and not world.ended
    world.feed(WorkerExited(first, -15))
    assert not world.ended
    world.feed(WorkerExited(second, -15))
    assert world.ended == [RunStatus.CANCELLED]
    assert world.status("a") is TaskStatus.CANCELLED
    assert "body:c#0" not in world.launched


def test_a_result_that_came_before_the_cancel_took_effect_is_kept() -> None:
    world = Driver(node("a"))
    number = world.start("a")
    world.feed(CancelAsked())
    world.feed(WorkerSaid(number, {"done": {"manifest": Manifest({"a": ref(1.0)}).to_json()}}))
    world.feed(WorkerExited(number, 0))
    assert world.status("a") is TaskStatus.SUCCEEDED and world.ended == [RunStatus.CANCELLED]


def test_nothing_changes_an_ended_run() -> None:
    world = Driver(node("a"))
    world.done("a")
    before = dict(world.machine.records)
    for late in (WorkerExited(1, -9), WorkerSaid(1, {"failed": {}}), CancelAsked(), Alarm(("retry", 1))):
        world.feed(late)
    assert world.machine.records == before and world.ended == [RunStatus.SUCCEEDED]


def test_a_caught_death_leaves_the_error_under_its_name() -> None:
    world = Driver(node("a", options=Options(catch=Catch("err"))), node("b", "a.err"))
    number = world.start("a")
    world.live.pop(number)
    world.feed(WorkerExited(number, -11))
    assert world.status("a") is TaskStatus.SUCCEEDED
    assert world.live[world.number("b")].ready.given.inputs["err"] == ref("WorkerDied")


def test_a_condition_skips_without_a_process_and_else_of_takes_over() -> None:
    when = node("s", "a.x", when=Condition("x > 5"))
    other = replace(
        node("t"), needs=(Need("order", None, ((Source(StepName("s")),),)),), when=Condition(None, (StepName("s"),))
    )
    world = Driver(node("a", leaves=frozenset({"x"})), when, other)
    world.done("a", x=1.0)
    assert world.status("s") is TaskStatus.SKIPPED
    assert world.launched[-1] == "body:t#0"
    world = Driver(node("a", leaves=frozenset({"x"})), when, other)
    world.done("a", x=9.0)
    world.done("s")
    assert world.status("t") is TaskStatus.SKIPPED and world.ended == [RunStatus.SUCCEEDED]


def test_a_known_fingerprint_is_reused_and_launches_nothing() -> None:
    world = Driver(node("a"), node("b", "a.a"))
    world.done("a")
    world.done("b")
    known = {record.fingerprint: (f"f/1/{key.step}/{key.id}", record) for key, record in world.machine.records.items()}
    again = Driver(node("a"), node("b", "a.a"), reuse=Reuse(known))
    assert again.launched == [] and again.ended == [RunStatus.SUCCEEDED]
    assert again.status("b") is TaskStatus.REUSED
    assert next(iter(again.machine.records.values())).origin == "f/1/a/0"


def test_a_changed_input_changes_the_fingerprint_of_those_below_only() -> None:
    first = Driver(node("a"), node("b", "a.a"), node("c"))
    first.done("a", a=1.0)
    first.done("b")
    first.done("c")
    second = Driver(node("a"), node("b", "a.a"), node("c"))
    second.done("a", a=2.0)
    second.done("b")
    second.done("c")

    def prints(world: Driver) -> dict[str, str]:
        return {key.step: record.fingerprint for key, record in world.machine.records.items()}

    assert prints(first)["a"] == prints(second)["a"] and prints(first)["c"] == prints(second)["c"]
    assert prints(first)["b"] != prints(second)["b"]


def test_a_long_chain_of_reused_steps_does_not_exhaust_the_stack() -> None:
    chain = [node("s0"), *(node(f"s{i}", f"s{i - 1}.s{i - 1}") for i in range(1, 1500))]
    world = Driver(*chain)
    for each in chain:
        world.done(each.name)
    known = {record.fingerprint: (str(key), record) for key, record in world.machine.records.items()}
    assert Driver(*chain, reuse=Reuse(known)).ended == [RunStatus.SUCCEEDED]


@pytest.mark.parametrize("sample", [1, 2])
def test_a_sample_runs_the_first_items_and_marks_what_joins_them(sample: int) -> None:
    world = Driver(foreach("t"), join("j", "t", "t"), sample={StepName("t"): sample})
    world.items("t", 1.0, 2.0, 3.0)
    for index in range(sample):
        world.done(f"t[{index}]")
    world.done("j")
    records = {str(key): record for key, record in world.machine.records.items()}
    assert records["j"].sampled and not records["t[0]"].sampled
    assert world.machine.ledger.items[StepName("t"), ()].total == 3
