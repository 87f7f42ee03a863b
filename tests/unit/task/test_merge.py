from __future__ import annotations

from typing import Any

import pytest

from nbflow.model.task import InputsSpec, ViewSpec

Zygote = Any


def run(zygote: Zygote, source: str, *tables: dict[str, Any], merged: tuple[str, ...] = (), **fields: Any) -> Any:
    """Run a join of branches `a`, `b`, … that left `tables`; the last table is what both look into."""
    *own, shared = ({name: zygote.store.put(value) for name, value in table.items()} for table in tables)
    views = tuple(ViewSpec("abc"[number], None, (number, len(own))) for number in range(len(own)))
    spec = InputsSpec(views, branches=tuple("abc"[: len(own)]))
    return zygote.run(source, tables=(*own, shared), joined=spec, merged=merged, leaves=merged, step="j", **fields)


def test_what_joined_tasks_agree_on_is_left_by_reference(zygote: Zygote) -> None:
    ended = run(zygote, "merge_artifacts(inputs)", {"m": 1, "z": [4]}, {"m": 1}, {}, merged=("m", "z"))
    assert ended.values == {"m": 1, "z": [4]}
    assert ended.manifest.artifacts["z"] == zygote.store.put([4])


def test_the_body_may_read_and_change_what_was_merged(zygote: Zygote) -> None:
    source = "merge_artifacts(inputs)\nz.append(5)\nn = len(z)"
    ended = run(zygote, source, {"z": [4], "big": [1]}, {"z": [4]}, {}, merged=("z", "big"))
    assert ended.values == {"z": [4, 5], "big": [1]}


def test_different_values_are_an_error_that_names_them_and_nothing_is_left(zygote: Zygote) -> None:
    ended = run(
        zygote,
        "merge_artifacts(inputs)",
        {"m": 1, "k": 1, "z": 0},
        {"m": 2, "k": [2], "z": 0},
        {},
        merged=("m", "k", "z"),
    )
    assert ended.failure.code == "T015"
    assert ended.failure.line == 1
    assert "merge_artifacts in j" in ended.failure.message
    assert "'m' (a: 1, b: 2); 'k' (a: 1, b: list 1 item)" in ended.failure.message
    assert "m = inputs[0].m" in ended.failure.message
    assert ended.so_far == {}


def test_excluded_names_are_not_compared(zygote: Zygote) -> None:
    ended = run(zygote, "merge_artifacts(inputs, exclude=['m'])", {"m": 1, "z": 4}, {"m": 2}, {}, merged=("z",))
    assert ended.values == {"z": 4}


def test_only_included_names_are_taken(zygote: Zygote) -> None:
    ended = run(zygote, "merge_artifacts(inputs, include=['z'])", {"m": 1, "z": 4}, {"m": 2}, {}, merged=("z",))
    assert ended.values == {"z": 4}


def test_an_included_name_may_come_from_above_the_joined_steps(zygote: Zygote) -> None:
    ended = run(zygote, "merge_artifacts(inputs, include=['df'])", {"m": 1}, {"m": 2}, {"df": [1]}, merged=("df",))
    assert ended.values == {"df": [1]}


def test_a_value_that_one_branch_made_anew_counts_over_the_one_above_both(zygote: Zygote) -> None:
    ended = run(zygote, "merge_artifacts(inputs)", {"z": 4}, {"m": 2}, {"z": 1}, merged=("z",))
    assert ended.values == {"z": 4}


def test_an_included_name_that_nobody_left_is_an_error(zygote: Zygote) -> None:
    failure = run(zygote, "merge_artifacts(inputs, include=['modl'])", {"model": 1}, {}, {}, merged=("modl",)).failure
    assert failure.code == "T015"
    assert "no joined task left 'modl'. Did you mean 'model'?" in failure.message


def test_a_name_that_one_task_of_a_foreach_left_otherwise_is_an_error(zygote: Zygote) -> None:
    tables = tuple({"m": zygote.store.put(value)} for value in (1, 1, 2))
    views = tuple(ViewSpec("t", number, (number,)) for number in range(3))
    ended = zygote.run(
        "merge_artifacts(inputs)", tables=tables, joined=InputsSpec(views, over="t"), merged=("m",), leaves=("m",)
    )
    assert "'m' (t[0]: 1, t[2]: 2)" in ended.failure.message


@pytest.mark.parametrize("tasks", [0, 1])
def test_few_tasks_agree_with_themselves(zygote: Zygote, tasks: int) -> None:
    tables = tuple({"m": zygote.store.put(1)} for _ in range(tasks))
    views = tuple(ViewSpec("t", number, (number,)) for number in range(tasks))
    ended = zygote.run(
        "merge_artifacts(inputs)", tables=tables, joined=InputsSpec(views, over="t"), merged=("m",), leaves=("m",)
    )
    assert ended.values == {"m": 1} if tasks else ended.done and ended.values == {}
