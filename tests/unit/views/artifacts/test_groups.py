"""Artifacts of tasks, one row a step and name."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.graph import MISSING
from nbflow.model.ids import Digest, StepName
from nbflow.model.record import StepSummary, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.artifacts.groups import groups_of, in_order, label_of, matching, matching_items, totals

STEPS = tuple(StepSummary(StepName(name), (), ()) for name in ("load", "train", "best"))


def ref(value: Any = MISSING, *, type_: str = "", size: int = 10, summary: str = "") -> ArtifactRef:
    kind = type_ or type(value).__name__
    return ArtifactRef(Digest(f"{kind}{value}{size}"), "plain", kind, size, summary, scalar=value)


def task(step: str, path: tuple[int, ...] = (), item: Any = None, **left: ArtifactRef) -> TaskRecord:
    name = "-".join(map(str, path)) or "0"
    made = TaskRecord(StepName(step), name, path, TaskStatus.SUCCEEDED, manifest=Manifest(left))
    return replace(made, item=None if item is None else ref(item))


def rows(*tasks: TaskRecord) -> list[tuple[str, str, int, str]]:
    return [(group.step, group.name, len(group.items), group.said) for group in groups_of(STEPS, tasks)]


def test_rows_stand_in_the_order_of_the_flow() -> None:
    found = rows(task("best", rmse=ref(1.5)), task("load", df=ref(type_="DataFrame", summary="3×2"), n=ref(3)))
    assert found == [("load", "df", 1, "3×2"), ("load", "n", 1, "3"), ("best", "rmse", 1, "1.5")]


def test_the_items_of_a_foreach_are_one_row() -> None:
    tasks = [task("train", (n,), f"r{n}", rmse=ref(n / 4), name=ref(f"n{n}"), same=ref(7)) for n in range(5)]
    assert rows(*tasks) == [
        ("train", "rmse", 5, "0 … 1"),
        ("train", "name", 5, "'n0', 'n1', 'n2' and 2 others"),
        ("train", "same", 5, "7"),
    ]
    group = groups_of(STEPS, tasks)[0]
    assert not group.single
    assert [(item.task, item.label, item.said) for item in group.items][:2] == [("0", "r0", "0"), ("1", "r1", "0.25")]


def test_what_is_no_number_is_left_out_of_the_least_and_the_most() -> None:
    tasks = [task("train", (n,), rmse=ref(each)) for n, each in enumerate((math.nan, 2.0, 1.0))]
    assert rows(*tasks) == [("train", "rmse", 3, "1 … 2")]
    assert rows(*tasks[:1], task("train", (1,), rmse=ref(math.nan)))[0][3].startswith("nan")


def test_values_that_are_equal_are_said_and_counted_once() -> None:
    tasks = [task("train", (n,), w=ref(type_="ndarray", summary="9", size=1000)) for n in range(5)]
    (group,) = groups_of(STEPS, tasks)
    assert (group.said, group.size) == ("9 · all equal", 1000)
    assert totals([group]) == "5 artifacts · 1.0 kB"


def test_what_was_handed_on_comes_last_and_what_was_not_kept_says_why() -> None:
    made = task("load", x=ref(1), y=ref(2))
    manifest = Manifest({"x": ref(1), "y": ref(2)}, {"conn": "a Connection cannot be stored"}, frozenset({"x"}))
    found = groups_of(STEPS, [replace(made, manifest=manifest)])
    assert [(group.name, group.own, bool(group.items)) for group in found] == [
        ("y", True, True),
        ("x", False, True),
        ("conn", True, False),
    ]
    assert found[2].said == "not kept: a Connection cannot be stored"


def test_a_task_is_told_from_others_by_its_item_and_its_round() -> None:
    assert label_of(task("train", (1,), "eu")) == "eu"
    assert label_of(replace(task("train"), iteration=2)) == "round 3"
    assert label_of(replace(task("train", (1,)), item=ref(type_="dict", summary="2 items"))) == "dict 2 items"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["df", "rmse", "model"]),
        ("RMSE", ["rmse"]),
        ("train", ["rmse", "model"]),
        ("dataframe", ["df"]),
        ("train.rm", ["rmse"]),
        ("train ridge", ["model"]),
        ("load ridge", []),
    ],
)
def test_rows_are_found_by_step_name_and_type(words: str, found: list[str]) -> None:
    tasks = [
        task("load", df=ref(type_="DataFrame", size=100)),
        task("train", rmse=ref(1.5, size=1), model=ref(type_="Ridge", size=500)),
    ]
    groups = groups_of(STEPS, tasks)
    assert [group.name for group in matching(groups, words)] == found
    if not words:
        assert [group.name for group in in_order(groups, "size")] == ["model", "df", "rmse"]
        assert [group.name for group in in_order(groups, "name")] == ["df", "model", "rmse"]


def test_items_are_found_by_what_they_are_of_and_by_value() -> None:
    tasks = [task("train", (n,), f"region {n}", rmse=ref(n / 4)) for n in range(12)]
    (group,) = groups_of(STEPS, tasks)
    assert [item.task for item in matching_items(group.items, "region 11")] == ["11"]
    assert [item.task for item in matching_items(group.items, "2.75")] == ["11"]


def test_an_item_that_left_less_is_told() -> None:
    from nbflow.views.artifacts.lines import many_said

    first, second = groups_of(STEPS, [task("train", (0,), a=ref(1), b=ref(1)), task("train", (1,), a=ref(2))])
    assert (many_said(first), many_said(second)) == ("2 items", "1 of 2 items")
