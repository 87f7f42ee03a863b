from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from driver import Driver, foreach, join, node, ref

from nbflow.model.graph import CodeRef, Condition, Graph, Need, Node, Source
from nbflow.model.ids import ScopeName, StepName, TaskKey
from nbflow.model.options import Catch, Options
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.plan.forecast import forecast
from nbflow.plan.foreseen import Forecast, StepForecast
from nbflow.plan.reuse import Kept, Reuse


def edited(of: Node) -> Node:
    return replace(of, code=CodeRef(replace(of.code.body, digest="other")))


def known(records: Mapping[TaskKey, TaskRecord]) -> dict[str, Kept]:
    return {
        record.fingerprint: (f"f/1/{key.step}/{key.id}", record)
        for key, record in records.items()
        if record.status.has_result
    }


def told(world: Driver, *nodes: Node, items: Any = None, shelf: Any = None, **changed: Any) -> Forecast:
    """What a run of `nodes` would do after what `world` did."""
    records = world.machine.records
    changed.setdefault("reuse", Reuse(known(records)))
    request = replace(world.request, graph=Graph(nodes or world.request.graph.nodes), **changed)
    return forecast(request, records, world.machine.ledger.items if items is None else items, shelf)


def step(found: Forecast, name: str) -> StepForecast:
    return next(each for each in found.steps if each.step == name)


def fates(found: Forecast) -> dict[str, str]:
    return {str(key): task.fate for key, task in found.tasks.items()}


def why(found: Forecast, name: str) -> list[tuple[int, str]]:
    return [(each.tasks, each.text) for each in step(found, name).reasons]


# ---- one after another


def line() -> Driver:
    world = Driver(node("a"), node("b", "a.a"), node("c", "b.b"))
    for name in "abc":
        world.done(name)
    return world


def test_after_a_full_run_everything_is_reused_from_the_task_that_left_it() -> None:
    found = told(line())
    assert fates(found) == {"a": "reused", "b": "reused", "c": "reused"}
    assert found.tasks[TaskKey(StepName("b"))].origin == "f/1/b/0"
    assert found.seconds is None and step(found, "a").reasons == ()


def test_what_stands_below_a_step_that_runs_perhaps_runs_too() -> None:
    a, b, c = line().request.graph.nodes
    found = told(line(), a, edited(b), c)
    assert fates(found) == {"a": "reused", "b": "runs", "c": "perhaps"}
    assert why(found, "b") == [(1, "code changed")]
    assert why(found, "c") == [(1, "after b: runs unless b leaves the same")]
    assert found.tasks[TaskKey(StepName("c"))].after == ("b",)


def test_below_a_step_that_runs_changed_code_runs_in_any_case() -> None:
    a, b, c = line().request.graph.nodes
    found = told(line(), edited(a), edited(b), c)
    assert fates(found) == {"a": "runs", "b": "runs", "c": "perhaps"}
    assert why(found, "b") == [(1, "code changed")]


def test_changed_code_is_certain_to_run_only_where_no_stored_run_may_have_it() -> None:
    a, b, _ = line().request.graph.nodes
    assert fates(told(line(), edited(a), replace(edited(b), options=Options(cache=True))))["b"] == "perhaps"
    reuse = Reuse(known(line().machine.records), everything=True)
    assert fates(told(line(), edited(a), edited(b), reuse=reuse))["b"] == "perhaps"


def test_a_changed_parameter_is_told_with_both_values() -> None:
    reads = node("a", parameters=frozenset({"alpha"}))
    world = Driver(reads, node("b"), parameters={"alpha": ("float", 0.1, "default")})
    world.done("a")
    world.done("b")
    found = told(world, parameters={"alpha": ("float", 0.2, "given")})
    assert fates(found) == {"a": "runs", "b": "reused"}
    assert why(found, "a") == [(1, "alpha 0.1 → 0.2")]


def test_an_input_that_differs_names_its_giver() -> None:
    world = Driver(node("a"), node("b", "a.a"))
    world.done("a", a=1.0)
    world.done("b")
    other = Driver(node("a"))
    other.done("a", a=2.0)
    found = told(world, reuse=Reuse(known(other.machine.records)))
    assert fates(found) == {"a": "reused", "b": "runs"}
    assert why(found, "b") == [(1, "a differs (from a)")]


def test_a_task_that_failed_says_how_and_what_never_ran_says_so() -> None:
    world = Driver(node("a"), node("b", "a.a"), node("c", "b.b"))
    world.done("a")
    world.fail("b")
    found = told(world)
    assert fates(found) == {"a": "reused", "b": "runs", "c": "runs"}
    assert why(found, "b") == [(1, "failed last time: ValueError: no")]
    assert why(found, "c") == [(1, "never ran")]
    found = told(world, node("a"), edited(node("b", "a.a")))
    assert why(found, "b") == [(1, "failed last time: ValueError: no, code changed")]


def test_what_is_asked_for_runs_and_all_below_it_whatever_is_known() -> None:
    world = line()
    again = frozenset({StepName("b"), StepName("c")})
    found = told(world, reuse=Reuse(known(world.machine.records), again=again))
    assert fates(found) == {"a": "reused", "b": "runs", "c": "runs"}
    assert (why(found, "b"), why(found, "c")) == ([(1, "asked for")], [(1, "below b")])


def test_a_fresh_run_runs_everything() -> None:
    world = line()
    found = told(world, reuse=Reuse(known(world.machine.records), fresh=True))
    assert set(fates(found).values()) == {"runs"}
    assert why(found, "c") == [(1, "asked for: nothing is reused")]


def test_the_work_is_what_tasks_took_when_they_last_came_to_a_good_end() -> None:
    a, b, c = line().request.graph.nodes
    found = told(line(), a, edited(b), c)
    assert (found.seconds, found.perhaps_seconds, found.untimed) == (2.0, 2.0, 0)
    world = Driver(node("a"), node("b"))
    world.done("a")
    world.fail("b")
    assert told(world).seconds is None and told(world).untimed == 1


class Shelf:
    """Results of other runs; those in `gone` cannot be read any more."""

    def __init__(self, kept: Mapping[str, Kept] = {}, gone: Sequence[str] = ()) -> None:
        self.kept, self.gone = kept, gone

    def find(self, fingerprint: str, /) -> Kept | None:
        return self.kept.get(fingerprint)

    def holds(self, record: TaskRecord, /) -> bool:
        return record.step not in self.gone


def test_a_result_that_is_gone_from_the_store_is_made_again() -> None:
    found = told(line(), shelf=Shelf(gone=["b"]))
    assert fates(found) == {"a": "reused", "b": "runs", "c": "perhaps"}
    assert why(found, "b") == [(1, "its result is gone from the store")]


def test_a_result_of_another_run_counts_where_it_is_asked_for() -> None:
    world = line()
    found = told(world, reuse=Reuse())
    assert why(found, "a") == [(1, "done in an earlier run: --reuse takes it over")]
    shelf = Shelf(known(world.machine.records))
    found = told(world, reuse=Reuse(everything=True), shelf=shelf)
    assert set(fates(found).values()) == {"reused"}


def test_steps_that_are_not_to_run_are_no_part_of_the_plan_and_what_is_given_counts() -> None:
    world = line()
    first = world.machine.records[TaskKey(StepName("a"))]
    found = told(world, targets=frozenset({StepName("b")}), given={first.key: first})
    assert fates(found) == {"b": "reused"} and [each.step for each in found.steps] == ["b"]


def test_a_captured_value_that_changed_makes_its_step_run() -> None:
    world = Driver(node("a"), captured={StepName("a"): {"df": ref(1.0)}})
    world.done("a")
    assert fates(told(world)) == {"a": "reused"}
    found = told(world, captured={StepName("a"): {"df": ref(2.0)}})
    assert why(found, "a") == [(1, "df differs")]


# ---- foreach


def loop(*, over: str = "xs") -> tuple[Node, ...]:
    made = foreach("t", "a.a")
    assert made.opens
    need = replace(made.needs[0], uses=("items",))
    return node("a"), replace(made, needs=(need,), opens=replace(made.opens, items=over)), join("j", "t", "t")


def looped(nodes: Sequence[Node] = (), count: int = 3, done: int = 3, **request: Any) -> Driver:
    world = Driver(*(nodes or loop()), workers=1, **request)
    world.done("a")
    world.items("t", *map(float, range(count)))
    for index in range(done):
        world.done(f"t[{index}]")
    if done == count:
        world.done("j")
        assert world.ended == [RunStatus.SUCCEEDED]
    return world


def test_items_are_foreseen_and_picked_up_one_by_one() -> None:
    world = looped(done=1)
    world.fail("t[1]")
    found = told(world)
    counted = step(found, "t")
    assert (counted.reused, counted.runs, counted.total, counted.many) == (1, 2, 3, True)
    assert why(found, "t") == [(1, "failed last time: ValueError: no"), (1, "never ran")]
    assert why(found, "j") == [(1, "never ran")]


def test_an_edited_body_leaves_the_number_of_items_as_it_was() -> None:
    a, t, j = loop()
    found = told(looped(), a, edited(t), j)
    assert (step(found, "t").runs, step(found, "t").total) == (3, 3)
    assert fates(found)["j"] == "perhaps"


def test_an_edited_expression_makes_the_number_a_guess() -> None:
    a, t, j = loop()
    assert t.opens
    found = told(looped(), a, replace(t, opens=replace(t.opens, items="xs[1:]")), j)
    counted = step(found, "t")
    # an item that is still on the list keeps its result
    assert (counted.perhaps, counted.total) == (3, None)
    assert why(found, "t") == [(3, "its items are listed anew: its --foreach changed")]


def test_a_parameter_that_differs_makes_the_number_a_guess_and_is_named() -> None:
    a, t, j = loop()
    assert t.opens
    t = replace(t, opens=replace(t.opens, items="xs[:n]"), parameters=frozenset({"n"}))
    s = node("s", "t.t", scope=t.scope)
    world = Driver(a, t, s, j, parameters={"n": ("int", 3, "default")})
    world.done("a")
    world.items("t", 1, 2, 3)
    for name in ("t[0]", "t[1]", "t[2]", "s[0]", "s[1]", "s[2]", "j"):
        world.done(name)
    found = told(world, a, t, s, j, parameters={"n": ("int", 2, "given")})
    assert (step(found, "t").perhaps, step(found, "t").runs, step(found, "t").total) == (3, 0, None)
    assert why(found, "t") == [(3, "its items are listed anew: n 3 → 2")]
    assert why(found, "s") == [(3, "after t: runs unless its result is known")]
    # what the body reads decides
    one = told(world, a, edited(t), s, j, parameters={"n": ("int", 2, "given")})
    assert (step(one, "t").runs, step(one, "t").total) == (3, None)
    assert why(one, "t") == [(3, "code changed, n 3 → 2")]


def test_a_giver_of_the_list_that_runs_makes_the_number_a_guess() -> None:
    a, t, j = loop()
    found = told(looped(), edited(a), t, j)
    counted = step(found, "t")
    assert (counted.perhaps, counted.total) == (3, None)
    assert why(found, "t") == [(3, "after a: runs unless a leaves the same")]
    assert fates(found)["j"] == "perhaps"


def test_a_giver_that_ran_again_since_the_list_was_made_makes_the_number_a_guess() -> None:
    world = looped()
    key = TaskKey(StepName("a"))
    world.machine.records[key] = replace(world.machine.records[key], finished_at=99.0)
    assert step(told(world), "t").total is None


def test_a_parameter_counts_for_the_list_only_where_the_expression_reads_it() -> None:
    then, now = {"n": ("int", 1, "default")}, {"n": ("int", 2, "given")}
    a, t, j = loop(over="range(n)")
    reading = (a, replace(t, parameters=frozenset({"n"})), j)
    assert step(told(looped(reading, parameters=then), parameters=now), "t").total is None
    a, t, j = loop()
    reading = (a, replace(t, parameters=frozenset({"n"})), j)
    assert step(told(looped(reading, parameters=then), parameters=now), "t").total == 3


def test_nothing_is_known_of_items_that_were_never_listed() -> None:
    world = Driver(*loop())
    world.done("a")
    found = told(world)
    assert (step(found, "t").total, step(found, "t").runs) == (None, 0)
    assert why(found, "t") == [(1, "its items are not known yet")]
    assert fates(found) == {"a": "reused", "j": "runs"}


def test_of_a_sampled_list_the_rest_never_ran() -> None:
    world = Driver(*loop())
    world.done("a")
    world.items("t", 1.0)
    world.done("t[0]")
    listed = {(StepName("t"), ()): ItemList(world.machine.ledger.items[StepName("t"), ()].refs, 40)}
    found = told(world, items=listed)
    counted = step(found, "t")
    assert (counted.reused, counted.runs, counted.total) == (1, 39, 40)
    assert why(found, "t") == [(39, "never ran")]
    assert fates(found)["j"] == "runs"
    assert step(told(world, items=listed, sample={StepName("t"): 1}), "t").total == 1


def test_a_join_of_a_sample_is_done_again() -> None:
    world = Driver(*loop(), sample={StepName("t"): 1})
    world.done("a")
    world.items("t", 1.0, 2.0)
    world.done("t[0]")
    world.done("j")
    records = {key: each for key, each in world.machine.records.items() if not each.sampled}
    found = told(world, reuse=Reuse(known(records)))
    assert fates(found)["j"] == "runs" and why(found, "j") == [(1, "joined a sample")]


def test_no_items_are_told() -> None:
    world = looped(count=0, done=0)
    found = told(world)
    assert (step(found, "t").total, why(found, "t")) == (0, [(1, "no items")])
    assert fates(found)["j"] == "reused"


def test_a_foreach_in_a_foreach_is_foreseen_item_by_item() -> None:
    outer = foreach("o")
    inner = foreach("i", "o.o")
    assert inner.opens
    scope = (ScopeName(StepName("o")), ScopeName(StepName("i")))
    inner = replace(inner, scope=scope, opens=replace(inner.opens, parent=scope[:1]))
    world = Driver(outer, inner, workers=1)
    world.items("o", 1.0, 2.0)
    world.done("o[0]", o=1.0)
    world.done("o[1]", o=2.0)
    for index in range(2):
        world.items(f"i[{index}]", 5.0)
    world.done("i[0, 0]")
    world.fail("i[1, 0]")
    found = told(world)
    assert fates(found) == {"o[0]": "reused", "o[1]": "reused", "i[0, 0]": "reused", "i[1, 0]": "runs"}
    assert step(found, "i").total == 2


# ---- conditions, catch


def choice() -> tuple[Node, ...]:
    when = node("s", "a.x", when=Condition("x > 5"), conditional=True)
    order = Need("order", None, ((Source(StepName("s")),),))
    other = replace(node("t"), needs=(order,), when=Condition(None, (StepName("s"),)), conditional=True)
    return node("a", leaves=frozenset({"x"})), when, other, node("u", "t.t", conditional=True)


@pytest.mark.parametrize(("x", "then"), [(1.0, ("skipped", "reused")), (9.0, ("reused", "skipped"))])
def test_a_condition_is_judged_where_what_it_reads_is_known(x: float, then: tuple[str, str]) -> None:
    world = Driver(*choice())
    world.done("a", x=x)
    while world.live:
        world.done(str(next(iter(world.live.values())).ready.key))
    found = told(world)
    assert (fates(found)["s"], fates(found)["t"]) == then
    assert fates(found)["u"] == then[1]
    assert why(found, "s") == ([(1, "x > 5 is false")] if x < 5 else [])


def test_a_condition_that_reads_what_runs_leaves_all_open() -> None:
    world = Driver(*choice())
    world.done("a", x=1.0)
    world.done("t")
    world.done("u")
    a, s, t, u = choice()
    found = told(world, edited(a), edited(s), t, u)
    assert fates(found) == {"a": "runs", "s": "perhaps", "t": "perhaps", "u": "perhaps"}
    assert why(found, "s") == [(1, "was skipped last time")]


def test_a_condition_that_cannot_be_judged_is_told_beforehand() -> None:
    world = Driver(node("a", leaves=frozenset({"x"})))
    world.done("a", x=1.0)
    found = told(world, *world.request.graph.nodes, node("s", "a.x", when=Condition("x > 'high'"), conditional=True))
    assert fates(found)["s"] == "runs"
    assert why(found, "s")[0][1].startswith("its condition fails: --when \"x > 'high'\" of s: TypeError")


def test_a_caught_error_is_not_taken_over() -> None:
    world = Driver(node("a", options=Options(catch=Catch("e"))), node("b", "a.e"))
    world.fail("a")
    world.done("b")
    records = {key: each for key, each in world.machine.records.items() if not each.caught}
    found = told(world, reuse=Reuse(known(records)))
    assert fates(found) == {"a": "runs", "b": "perhaps"}
    assert why(found, "a") == [(1, "caught an error last time")]


def test_the_foreach_of_a_skipped_step_has_no_tasks() -> None:
    opened = foreach("t", "s.s", conditional=True)
    inner = node("i", "t.t", scope=opened.scope, conditional=True)
    world = Driver(choice()[0], choice()[1], opened, inner)
    world.done("a", x=1.0)
    found = told(world)
    assert fates(found) == {"a": "reused", "s": "skipped", "t": "skipped"}
    assert (step(found, "i").total, why(found, "i")) == (0, [(1, "its foreach does not run")])
