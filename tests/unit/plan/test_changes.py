from __future__ import annotations

from dataclasses import replace

import pytest
from driver import foreach, join, node, ref

from nbflow.model.artifact import Manifest
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName
from nbflow.model.record import Failure, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.model.task import Adopted
from nbflow.plan.changes import Change, changes, last_try, static, why_not_reused, word, words
from nbflow.plan.fingerprint import Fingerprint, Fingerprints
from nbflow.plan.gather import Given
from nbflow.plan.reuse import EmptyShelf, Reuse

TRAIN = foreach("train", "load.df")
BEST = join("best", "train", "train")


@pytest.mark.parametrize(
    ("label", "old", "new", "said"),
    [
        ("code", "1", "2", "code changed"),
        ("foreach", '["xs", "x"]', '["ys", "x"]', "its --foreach changed"),
        ("when", '["a", []]', '["b", []]', "its --when changed"),
        ("definition clean", "1", "2", "clean changed (definition)"),
        ("definition clean", None, "2", "clean is used now"),
        ("definition clean", "1", None, "clean is no longer used"),
        ("setup 1", "1", "2", "%%setup cell 1 changed"),
        ("setup 1", None, "2", "%%setup cell 1 is new"),
        ("setup 1", "1", None, "%%setup cell 1 is gone"),
        ("environment", "1", "2", "a module it imports, or its version, changed"),
        ("parameter alpha", "0.1 (float)", "0.2 (float)", "alpha 0.1 → 0.2"),
        ("parameter names", '["a (b)"] (list[str])', "[] (list[str])", "names ['a (b)'] → []"),
        ("parameter alpha", "1 (int)", "1 (float)", "alpha: int → float"),
        ("parameter names", "0123456789abcdef", "[] (list[str])", "names changed"),
        ("parameter alpha", None, "1 (int)", "alpha is a parameter it reads"),
        ("parameter alpha", "1 (int)", None, "alpha is no longer a parameter it reads"),
        ("input df", "1", "2", "df differs (from load)"),
        ("input df", "1", "unbound", "df has no value now (from load)"),
        ("input df", "1", "default 0", "df is its default now"),
        ("input df", None, "2", "df is read now"),
        ("input df", "1", None, "df is no longer read"),
        ("input item", "1", "2", "its item differs"),
        ("input captured", "1", "2", "captured differs"),
        ("value index", "0", "1", "index 0 → 1"),
        ("classes", "1", "2", "the definition of a class in its inputs changed"),
    ],
)
def test_a_change_is_told_in_words(label: str, old: str | None, new: str | None, said: str) -> None:
    assert word(Change(label, old, new), TRAIN) == said


def test_what_a_join_joins_is_named() -> None:
    assert word(Change("inputs", "1", "2"), BEST) == "what it joins differs (from train)"


def test_changes_come_in_the_order_of_what_there_is_now() -> None:
    found = changes({"code": "1", "input x": "1", "setup 1": "1"}, {"code": "2", "input x": "1", "input y": "1"})
    assert [(each.label, each.old, each.new) for each in found] == [
        ("code", "1", "2"),
        ("input y", None, "1"),
        ("setup 1", "1", None),
    ]
    assert (found[1].kind, found[1].name) == ("input", "y")


def test_definitions_that_come_with_other_code_go_without_saying() -> None:
    found = changes({"code": "1", "definition a": "1"}, {"code": "2", "definition b": "1"})
    assert words(found, TRAIN) == "code changed"
    assert words([each for each in found if each.kind == "definition"], TRAIN) == "b is used now, a is no longer used"


def test_static_parts_are_those_that_no_step_above_decides() -> None:
    parts = dict.fromkeys(["code", "foreach", "definition f", "input x", "inputs", "value index", "classes"], "1")
    assert list(static(parts)) == ["code", "foreach", "definition f"]


def test_the_labels_are_those_a_fingerprint_has() -> None:
    made = replace(TRAIN, parameters=frozenset({"alpha"}))
    prints = Fingerprints(Graph((made,)), {"alpha": ("float", 0.1, "given")}, {})
    parts = prints.of(made, Given({"df": ref(1.0), "item": ref(2.0)}, {"index": 3}), None).parts
    assert set(parts) == {
        "code",
        "foreach",
        "environment",
        "parameter alpha",
        "input df",
        "input item",
        "value index",
    }
    assert (parts["foreach"], parts["parameter alpha"], parts["value index"]) == ('["xs", "item"]', "0.1 (float)", "3")


# ---- why a result is not taken over

DONE = TaskRecord(
    StepName("load"),
    "0",
    (),
    TaskStatus.SUCCEEDED,
    manifest=Manifest(),
    started_at=1.0,
    fingerprint="f",
    parts={"a": "1"},
)
LOAD = node("load")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, "never ran"),
        (replace(DONE, status=TaskStatus.READY, started_at=None), "never ran"),
        (replace(DONE, status=TaskStatus.CANCELLED, started_at=None), "never ran"),
        (replace(DONE, status=TaskStatus.CANCELLED), "was cancelled"),
        (replace(DONE, status=TaskStatus.RUNNING), "did not finish last time"),
        (replace(DONE, status=TaskStatus.LOST), "did not finish last time"),
        (replace(DONE, status=TaskStatus.FAILED), "failed last time"),
        (replace(DONE, status=TaskStatus.SKIPPED), "was skipped last time"),
        (DONE, ""),
        (replace(DONE, status=TaskStatus.REUSED), ""),
    ],
)
def test_the_last_try_is_told_where_it_left_no_result(record: TaskRecord | None, said: str) -> None:
    assert last_try(record) == said


def test_a_long_error_is_cut_to_its_first_line() -> None:
    record = replace(DONE, status=TaskStatus.FAILED, failure=Failure("ValueError", "x" * 100 + "\nmore"))
    assert last_try(record).startswith("failed last time: ValueError: xxx") and len(last_try(record)) < 80


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (replace(DONE, sampled=True), "joined a sample"),
        (replace(DONE, caught=True), "caught an error last time"),
        (replace(DONE, notes=("NBF-T012 …",)), "its result came with a warning"),
        (DONE, "done in an earlier run: --reuse takes it over"),
        (replace(DONE, fingerprint="g"), "Python or the order of definitions changed"),
        (replace(DONE, parts={}), "it is not known what it was made of"),
    ],
)
def test_an_equal_result_that_is_not_taken_over_says_why(record: TaskRecord, said: str) -> None:
    assert why_not_reused(LOAD, record, Fingerprint("f", {"a": "1"}), Reuse(), EmptyShelf()) == said


@pytest.mark.parametrize(
    ("digest", "again", "said"),
    [
        ("f", (), "its job elsewhere is taken over"),
        ("g", (), "did not finish last time"),
        ("f", ("load",), "asked for"),
    ],
)
def test_a_job_that_goes_on_is_no_try_that_came_to_nothing(digest: str, again: tuple[StepName, ...], said: str) -> None:
    reuse = Reuse(flying={"f": Adopted("batch:1", "f/1/load/0", 0)}, again=frozenset(again))
    lost = replace(DONE, status=TaskStatus.LOST)
    assert said in why_not_reused(LOAD, lost, Fingerprint(digest, {"a": "1"}), reuse, EmptyShelf())


def test_a_result_that_lacks_what_is_read_now_says_so() -> None:
    reads = replace(LOAD, required=frozenset({"df"}))
    kept = replace(DONE, manifest=Manifest({}, {"df": "it cannot be stored"}))
    reuse = Reuse({"f": ("f/1/load/0", kept)})
    said = why_not_reused(reads, kept, Fingerprint("f", {"a": "1"}), reuse, EmptyShelf())
    assert said == "df was not kept, and is read now"


def test_with_every_stored_run_at_hand_an_equal_result_is_simply_gone() -> None:
    made = Fingerprint("f", {"a": "1"})
    assert why_not_reused(LOAD, DONE, made, Reuse(everything=True), EmptyShelf()) == "its result is no longer kept"
