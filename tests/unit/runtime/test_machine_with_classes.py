"""What classes ask of the scheduler beyond cells: manifests handed on, switches, self-loops, lists, gangs, resuming."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from driver import Driver, ref

from nbflow.model.artifact import Manifest
from nbflow.model.flowclass import Transition
from nbflow.model.graph import CodeRef, Everything, Method, Need, Node, Scope, Source, Switch
from nbflow.model.ids import ScopeName, StepName, TaskKey
from nbflow.model.options import Catch, Options, Retry
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.model.step import Body, Names
from nbflow.plan.reuse import Reuse
from nbflow.runtime.stimuli import WorkerExited, WorkerSaid


def method(name: str, *after: str, **changes: Any) -> Node:
    """A step that follows one of `after`; `x?` counts only when x chose it."""
    sources = tuple(Source(StepName(each.rstrip("?")), case=each.endswith("?")) for each in after)
    needs = (Need("manifest", None, (sources,)),) if sources else ()
    body = Body("pass", 1, "pass", "<flow.py>", f"digest-{name}", Names())
    made = Node(
        StepName(name),
        (),
        needs,
        CodeRef(body),
        Options(),
        leaves=Everything(),
        passes=True,
        method=Method("F", "linear", Transition("linear", ())),
    )
    return replace(made, **changes)


def switch(name: str, *after: str, to: tuple[str, ...], **changes: Any) -> Node:
    cases = tuple((each, StepName(each)) for each in to)
    return method(name, *after, switch=Switch("v", cases), **changes)


def opened(name: str, by: str, kind: Any = "foreach", **changes: Any) -> Node:
    scope = Scope(kind, (), "xs", "input", limit=100, empty="error", lister=StepName(by))
    return method(name, by, scope=(ScopeName(StepName(name)),), opens=scope, **changes)


def joins(name: str, *branches: tuple[str, ...], closes: str | None = None) -> Node:
    need = Need(
        "inputs",
        None,
        tuple(tuple(Source(StepName(each)) for each in branch) for branch in branches),
        closes=ScopeName(StepName(closes)) if closes else None,
    )
    return replace(method(name), needs=(need,), passes=False)


class ClassDriver(Driver):
    """Workers that say what a method says."""

    def left(self, name: str, *, chose: str | None = None, items: tuple[str, int] | None = None, **values: Any) -> None:
        number = self.start(name)
        launch = self.live.pop(number)
        kept = {**launch.ready.given.inputs, **{key: ref(value) for key, value in values.items()}}
        listed = None
        if items is not None:
            refs = [ref(f"item{each}").to_json() for each in range(items[1])]
            listed = {"step": items[0], "refs": refs, "total": items[1]}
        manifest = Manifest(kept, inherited=frozenset(launch.ready.given.inputs) - values.keys()).to_json()
        self.feed(WorkerSaid(number, {"done": {"manifest": manifest, "chose": chose, "items": listed}}))
        self.feed(WorkerExited(number, 0))

    def given(self, name: str) -> set[str]:
        return {
            each.ready.given.inputs.keys() and f"{key}"
            for each in [self.live[self.number(name)]]
            for key in each.ready.given.inputs
        }


def test_a_step_is_given_all_that_the_step_before_left() -> None:
    driver = ClassDriver(method("start"), method("middle", "start"), method("end", "middle"))
    driver.left("start", x=1, y=2)
    assert driver.given("middle") == {"x", "y"}
    driver.left("middle", x=3)
    assert driver.given("end") == {"x", "y"}
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]
    record = driver.machine.records[TaskKey(StepName("middle"))]
    assert record.manifest is not None
    assert set(record.manifest.own) == {"x"}


def test_a_switch_lets_the_step_go_that_it_chose_and_skips_the_others() -> None:
    nodes = (switch("start", to=("a", "b")), method("a", "start?"), method("b", "start?"), method("end", "a", "b"))
    driver = ClassDriver(*nodes)
    driver.left("start", chose="b", x=1)
    assert driver.status("a") is TaskStatus.SKIPPED
    driver.left("b", x=2)
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]
    assert driver.machine.records[TaskKey(StepName("a"))].reason == "start chose b"


def test_a_switch_may_lead_past_a_step_straight_to_where_the_ways_meet() -> None:
    nodes = (switch("start", to=("a", "end")), method("a", "start?"), method("end", "a", "start?"))
    driver = ClassDriver(*nodes)
    driver.left("start", chose="end", x=1)
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_a_self_loop_goes_round_with_what_the_last_round_left_and_ends_where_it_chooses() -> None:
    nodes = (method("start"), switch("loop", "start", "loop?", to=("loop", "end")), method("end", "loop?"))
    driver = ClassDriver(*nodes)
    driver.left("start", n=0)
    driver.left("loop", chose="loop", n=1)
    driver.left("loop~1", chose="loop", n=2)
    assert (
        driver.machine.ledger.result(StepName("loop"), ()) is driver.machine.records[TaskKey(StepName("loop"), (), 1)]
    )
    driver.left("loop~2", chose="end", n=3)
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]
    manifest = driver.machine.records[TaskKey(StepName("end"))].manifest
    assert manifest is not None
    assert manifest.artifacts["n"].scalar == 3
    assert [each for each in driver.launched if "loop" in each] == ["body:loop#0", "body:loop~1#0", "body:loop~2#0"]


def test_a_round_that_fails_is_tried_again_as_that_round() -> None:
    loop = switch("loop", "start", "loop?", to=("loop", "end"), options=Options(retry=Retry(1, 3.0)))
    driver = ClassDriver(method("start"), loop, method("end", "loop?"))
    driver.left("start")
    driver.left("loop", chose="loop")
    driver.fail("loop~1")
    driver.ring("retry")
    driver.left("loop~1", chose="end")
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_a_step_lists_the_items_of_the_foreach_that_follows_and_its_join_waits_for_all() -> None:
    nodes = (method("start"), opened("work", "start"), joins("join", ("work",), closes="work"), method("end", "join"))
    driver = ClassDriver(*nodes, workers=3)
    driver.left("start", items=("work", 3), x=1)
    assert {each for each in driver.launched if "work" in each} == {f"body:work[{index}]#0" for index in range(3)}
    for index in (2, 0, 1):
        driver.left(f"work[{index}]", y=index)
    joined = driver.live[driver.number("join")].ready.joined
    assert joined is not None
    assert [view.index for view in joined.inputs.views] == [0, 1, 2]
    assert [joined.tables[view.layers[0]]["y"].scalar for view in joined.inputs.views] == [0, 1, 2]
    assert [view.item for view in joined.inputs.views] == ["input"] * 3
    driver.left("join")
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_a_switch_in_a_foreach_joins_in_the_order_of_the_items() -> None:
    scope = (ScopeName(StepName("work")),)
    nodes = (
        method("start"),
        replace(opened("work", "start"), switch=Switch("v", (("a", StepName("a")), ("b", StepName("b"))))),
        method("a", "work?", scope=scope),
        method("b", "work?", scope=scope),
        joins("join", ("a", "b"), closes="work"),
    )
    driver = ClassDriver(*nodes, workers=4)
    driver.left("start", items=("work", 4))
    for index in (3, 1, 0, 2):
        driver.left(f"work[{index}]", chose="ab"[index % 2])
    for index in (2, 3, 1, 0):
        driver.left(f"{'ab'[index % 2]}[{index}]", y=index)
    joined = driver.live[driver.number("join")].ready.joined
    assert joined is not None
    assert [(view.step, view.index) for view in joined.inputs.views] == [("a", 0), ("b", 1), ("a", 2), ("b", 3)]


def test_a_foreach_after_a_step_that_was_not_chosen_does_not_run() -> None:
    nodes = (
        switch("start", to=("a", "b")),
        method("a", "start?"),
        opened("work", "a"),
        joins("join", ("work",), closes="work"),
        method("b", "start?"),
        method("end", "join", "b"),
    )
    driver = ClassDriver(*nodes)
    driver.left("start", chose="b")
    driver.left("b")
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]
    assert driver.status("join") is TaskStatus.SKIPPED


def test_a_join_is_skipped_with_a_foreach_that_does_not_run_also_when_it_joins_a_step_further_down() -> None:
    scope = (ScopeName(StepName("work")),)
    nodes = (
        switch("start", to=("a", "b")),
        method("a", "start?"),
        opened("work", "a"),
        method("more", "work", scope=scope),
        joins("join", ("more",), closes="work"),
        method("b", "start?"),
        method("end", "join", "b"),
    )
    driver = ClassDriver(*nodes)
    driver.left("start", chose="b")
    driver.left("b")
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]


def gang(**changes: Any) -> tuple[Node, ...]:
    return (
        method("start"),
        opened("work", "start", "gang", **changes),
        joins("join", ("work",), closes="work"),
        method("end", "join"),
    )


class GangDriver(ClassDriver):
    """A gang may be more than the workers there are."""

    def take(self, commands: list[Any]) -> None:
        limits, self.machine.limits = self.machine.limits, replace(self.machine.limits, workers=99)
        super().take(commands)
        self.machine.limits = limits


def test_the_tasks_of_a_gang_start_at_once_whatever_the_limits() -> None:
    driver = GangDriver(*gang(), workers=2)
    driver.left("start", items=("work", 5))
    assert len(driver.live) == 5
    for index in (4, 0, 2, 1):
        driver.left(f"work[{index}]")
        assert driver.status(f"work[{index}]") is TaskStatus.RUNNING, "it counts once all have ended"
    driver.left("work[3]")
    assert driver.status("work[4]") is TaskStatus.SUCCEEDED
    driver.left("join")
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_a_gang_fails_together() -> None:
    driver = GangDriver(*gang(), workers=2)
    driver.left("start", items=("work", 3))
    driver.left("work[0]")
    driver.fail("work[1]")
    assert [stop.number for stop in driver.stops] == [driver.number("work[2]")]
    number = driver.start("work[2]")
    driver.live.pop(number)
    driver.feed(WorkerExited(number, -15))
    assert driver.ended == [RunStatus.FAILED]
    assert {driver.status(f"work[{index}]") for index in range(3)} == {TaskStatus.FAILED}
    assert driver.machine.failure is not None


def test_a_gang_is_tried_again_together() -> None:
    driver = GangDriver(*gang(options=Options(retry=Retry(1, 0.0))), workers=2)
    driver.left("start", items=("work", 2))
    driver.left("work[0]")
    driver.fail("work[1]")
    driver.ring("retry")
    assert not driver.live, "one alone would wait for the others for ever"
    driver.ring("retry")
    assert sorted(driver.launched[-2:]) == ["body:work[0]#1", "body:work[1]#1"]
    driver.left("work[0]")
    driver.left("work[1]")
    driver.left("join")
    driver.left("end")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_a_death_that_is_caught_hands_on_what_the_step_was_given() -> None:
    driver = ClassDriver(method("start"), method("end", "start", options=Options(catch=Catch("error"))))
    driver.left("start", x=1)
    number = driver.start("end")
    driver.live.pop(number)
    driver.feed(WorkerExited(number, -11))
    record = driver.machine.records[TaskKey(StepName("end"))]
    assert record.caught
    assert record.manifest is not None
    assert set(record.manifest.artifacts) == {"x", "error"}
    assert record.manifest.inherited == {"x"}


# ---- resuming


def past(*records: TaskRecord, again: tuple[str, ...] = (), **items: int) -> Reuse:
    listed = {
        (StepName(step), ()): ItemList(tuple(ref(f"item{index}") for index in range(count)), count)
        for step, count in items.items()
    }
    places = {record.key: (f"F/1/{record.step}/{record.id}", record) for record in records}
    return Reuse(places=places, items=listed, again=frozenset(map(StepName, again)))


def done(name: str, *path: int, iteration: int = 0, chose: str | None = None, **values: Any) -> TaskRecord:
    key = TaskKey(StepName(name), path, iteration)
    left = Manifest({each: ref(value) for each, value in values.items()})
    return TaskRecord(
        key.step,
        key.id,
        path,
        TaskStatus.SUCCEEDED,
        iteration=iteration,
        chose=StepName(chose) if chose else None,
        manifest=left,
    )


def test_resuming_takes_over_what_was_done_and_goes_on() -> None:
    reuse = past(done("start", x=1), done("middle", x=1, y=2))
    driver = ClassDriver(method("start"), method("middle", "start"), method("end", "middle"), reuse=reuse)
    assert driver.launched == ["body:end#0"]
    assert driver.given("end") == {"x", "y"}
    record = driver.machine.records[TaskKey(StepName("middle"))]
    assert record.status is TaskStatus.REUSED
    assert record.origin == "F/1/middle/0"


def test_resuming_at_a_step_runs_it_and_what_follows() -> None:
    reuse = past(done("start"), done("middle"), done("end"), again=("middle", "end"))
    driver = ClassDriver(method("start"), method("middle", "start"), method("end", "middle"), reuse=reuse)
    driver.left("middle")
    driver.left("end")
    assert driver.launched == ["body:middle#0", "body:end#0"]


def test_resuming_runs_only_the_items_that_are_missing() -> None:
    nodes = (method("start"), opened("work", "start"), joins("join", ("work",), closes="work"))
    reuse = past(done("start"), done("work", 0), done("work", 2), work=3)
    driver = ClassDriver(*nodes, reuse=reuse)
    assert driver.launched == ["body:work[1]#0"]
    driver.left("work[1]")
    driver.left("join")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_resuming_goes_on_at_the_last_round_of_a_self_loop() -> None:
    nodes = (method("start"), switch("loop", "start", "loop?", to=("loop", "end")), method("end", "loop?"))
    reuse = past(done("start"), done("loop", chose="loop", n=1), done("loop", iteration=1, chose="loop", n=2))
    driver = ClassDriver(*nodes, reuse=reuse)
    assert driver.launched == ["body:loop~2#0"]


def test_a_result_is_not_taken_over_where_what_it_was_made_from_is_computed_anew() -> None:
    # a step was put between two that are done
    nodes = (method("start"), method("new", "start"), method("end", "new"))
    driver = ClassDriver(*nodes, reuse=past(done("start"), done("end")))
    driver.left("new", x=1)
    assert driver.launched == ["body:new#0", "body:end#0"]


def test_one_task_alone_runs_with_what_the_others_left() -> None:
    nodes = (method("start"), opened("work", "start"), joins("join", ("work",), closes="work"))
    given = {record.key: record for record in (done("start", x=1),)}
    listed = {(StepName("work"), ()): ItemList(tuple(ref(f"item{each}") for each in range(3)), 3)}
    only = TaskKey(StepName("work"), (1,))
    driver = ClassDriver(
        *nodes, targets=frozenset({only.step}), only=only, given=given, given_items=listed, kind="spin"
    )
    assert driver.launched == ["body:work[1]#0"]
    driver.left("work[1]")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_one_round_of_a_self_loop_alone_is_followed_by_no_other() -> None:
    nodes = (method("start"), switch("loop", "start", "loop?", to=("loop", "end")), method("end", "loop?"))
    given = {record.key: record for record in (done("start"), done("loop", chose="loop", n=1))}
    only = TaskKey(StepName("loop"), (), 1)
    driver = ClassDriver(*nodes, targets=frozenset({only.step}), only=only, given=given, kind="spin")
    assert driver.launched == ["body:loop~1#0"]
    driver.left("loop~1", chose="loop")
    assert driver.ended == [RunStatus.SUCCEEDED]


def test_one_task_of_a_gang_alone_waits_for_no_other() -> None:
    given = {record.key: record for record in (done("start", x=1),)}
    listed = {(StepName("work"), ()): ItemList(tuple(ref(f"item{each}") for each in range(3)), 3)}
    only = TaskKey(StepName("work"), (1,))
    driver = GangDriver(
        *gang(), targets=frozenset({only.step}), only=only, given=given, given_items=listed, kind="spin"
    )
    assert driver.launched == ["body:work[1]#0"]
    driver.left("work[1]")
    assert driver.status("work[1]") is TaskStatus.SUCCEEDED
    assert driver.ended == [RunStatus.SUCCEEDED]
