"""`self.merge_artifacts(inputs)` of a class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from class_tasks import ClassTasks

from nbflow.model.artifact import ArtifactRef, BlobRef
from nbflow.model.ids import Digest

#: values of each joined task, lines of the join → how it went
Merge = Callable[..., Any]

TEXT = """
class Same:
    def __init__(self, *order): self.order = order
    def __eq__(self, other): return set(self.order) == set(other.order)

class Never:
    def __init__(self, number): self.number = number

class Odd(Never):
    def __eq__(self, other): raise ValueError("no")

class F(FlowSpec):
    _private = 0
    alpha = 1

    @step
    def start(self):
        exec(self.input)
        self.next(self.join)

    @step
    def join(self, inputs):
"""


@pytest.fixture
def merge(flow: Callable[..., ClassTasks]) -> Merge:
    def run(given: list[str], *lines: str) -> Any:
        tasks = flow(TEXT + "\n".join(f"        {line}" for line in lines))
        constants = {"alpha": 7}
        parts = {f"b{place}": tasks.run(frames=[(0, 1, code)], constants=constants) for place, code in enumerate(given)}
        return tasks.run("join", joined=parts, constants=constants)

    return run


def test_what_all_agree_on_and_what_one_alone_left_is_taken_over(merge: Merge) -> None:
    ended = merge(["self.x = [1]; self.a = 1", "self.x = [1]; self._b = 2"], "self.merge_artifacts(inputs)")
    assert ended.values == {"x": [1], "a": 1, "_b": 2, "alpha": 7}
    assert ended.manifest.inherited == {"x", "a", "_b", "alpha"}


def test_nothing_is_loaded_for_it(flow: Callable[..., ClassTasks]) -> None:
    lost = ArtifactRef(Digest("0" * 64), "pickle", "Model", 10, header=BlobRef(Digest("0" * 64), 10))
    tasks = flow(TEXT + "        self.merge_artifacts(inputs)")
    ended = tasks.run("join", joined={"a": {"lost": lost}, "b": {"lost": lost}})
    assert ended.manifest.artifacts == {"lost": lost}


def test_what_was_merged_is_read_changed_and_deleted_like_any_other(merge: Merge) -> None:
    given = ["self.x = [1]; self.y = 1; self.z = 1"] * 2
    ended = merge(given, "self.merge_artifacts(inputs)", "self.x.append(self.y)", "del self.z")
    assert ended.values == {"x": [1, 1], "y": 1, "alpha": 7}


CONFLICT = ["self.x = 1; self.y = [1]; self.z = 0", "self.x = 2; self.y = [2]; self.z = 0"]


def test_different_values_are_a_conflict_that_names_them_and_nothing_is_merged(merge: Merge) -> None:
    ended = merge(
        CONFLICT,
        "from nbflow.errors import MergeError",
        "try: self.merge_artifacts(inputs)",
        "except MergeError as error: self.names = error.artifact_names",
        "self.merge_artifacts(inputs)",
    )
    failure = ended.failure
    assert (failure.code, failure.type) == ("T042", "MergeConflictError")
    head, values, fix = failure.message.splitlines()
    assert head == ("Step *join* cannot merge the following artifacts due to them having conflicting values: [x, y]")
    assert values.startswith("b0: 1, b1: 2;")
    assert fix.startswith(
        "To remedy this issue, be sure to explicitly set those artifacts (using self.x = inputs[0].x) prior to calling "
        "merge_artifacts"
    )
    assert ended.so_far == {"names": ["x", "y"], "alpha": 7}


@pytest.mark.parametrize(
    "lines",
    [
        ("self.x = self.y = 3", "self.merge_artifacts(inputs)"),
        ("self.merge_artifacts(inputs, exclude=['x', 'y', 'none'])",),
        ("self.merge_artifacts(inputs, include=['z'])",),
        ("self.merge_artifacts(inputs, include='z')",),
        ("self.merge_artifacts(inputs, None, ('z',))",),
    ],
)
def test_a_conflict_is_solved_by_setting_excluding_or_including(merge: Merge, lines: tuple[str, ...]) -> None:
    ended = merge(CONFLICT, *lines)
    assert ended.values["z"] == 0
    assert ended.values.get("x") == (3 if len(lines) == 2 else None)


def test_a_name_alone_is_one_name_and_not_its_letters(merge: Merge) -> None:
    given = ["self.xy = 1; self.x = 1", "self.xy = 2; self.x = 1"]
    assert merge(given, "self.merge_artifacts(inputs, exclude='xy')").values == {"x": 1, "alpha": 7}


def test_a_name_to_include_must_be_there(merge: Merge) -> None:
    failure = merge(CONFLICT, "self.merge_artifacts(inputs, include=['z', 'zz', 'q'])").failure
    assert (failure.code, failure.type) == ("T043", "MergeMissingError")
    assert "Step *join* specifies that [zz, q] should be merged but they are not present" in failure.message


def test_a_conflict_is_told_before_a_missing_name(merge: Merge) -> None:
    assert merge(CONFLICT, "self.merge_artifacts(inputs, include=['x', 'q'])").failure.code == "T042"


def test_a_name_to_include_that_is_set_already_is_no_matter(merge: Merge) -> None:
    assert merge(CONFLICT, "self.x = 1", "self.merge_artifacts(inputs, include=['x'])").values["x"] == 1


def test_include_and_exclude_exclude_each_other(merge: Merge) -> None:
    failure = merge(CONFLICT, "self.merge_artifacts(inputs, include=['x'], exclude=['y'])").failure
    assert (failure.code, failure.type) == ("T041", "MergeError")
    assert failure.message.startswith("`exclude` and `include` are mutually exclusive in merge_artifacts")


def test_only_a_join_can_merge(flow: Callable[..., ClassTasks]) -> None:
    text = "class F(FlowSpec):\n    @step\n    def start(self):\n        self.merge_artifacts([])"
    failure = flow(text).run().failure
    assert (failure.code, failure.type) == ("T040", "MergeError")
    assert failure.message.startswith("merge_artifacts can only be called in a join and step *start* is not a join")


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Same(1, 2)", "Same(2, 1)", True),
        ("Same(1, 2)", "Same(3)", False),
        ("Never(1)", "Never(1)", True),
        ("Never(1)", "Never(2)", False),
        ("Odd(1)", "Odd(2)", False),
        ("1", "True", False),
        ("1", "1.0", False),
        ("0.0", "-0.0", True),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", True),
    ],
)
def test_values_that_are_equal_are_no_conflict_although_their_bytes_differ(
    merge: Merge, one: str, other: str, agree: bool
) -> None:
    ended = merge([f"self.x = {one}", f"self.x = {other}"], "self.merge_artifacts(inputs)")
    assert ("done" in ended.messages[-1]) == agree


def test_arrays_are_compared_by_their_bytes(merge: Merge) -> None:
    given = ["import numpy; self.x = numpy.arange(3)", "import numpy; self.x = numpy.arange(4)"]
    assert merge(given, "self.merge_artifacts(inputs)").failure.code == "T042"
    assert merge(given[:1] * 2, "self.merge_artifacts(inputs)").values["x"].tolist() == [0, 1, 2]


def test_a_private_attribute_of_the_class_does_not_hide_what_is_merged(merge: Merge) -> None:
    ended = merge(["self._private = 5"] * 2, "self.merge_artifacts(inputs)", "self.seen = self._private")
    assert ended.values == {"_private": 5, "seen": 5, "alpha": 7}


def test_the_place_and_the_item_of_a_foreach_are_not_merged(flow: Callable[..., ClassTasks]) -> None:
    tasks = flow(TEXT + "        self.merge_artifacts(inputs)")
    parts: list[Any] = [tasks.run(frames=[(place, 2, "self.x = 1")]) for place in range(2)]
    assert tasks.run("join", joined=parts).values == {"x": 1}


def test_some_of_the_inputs_can_be_merged(merge: Merge) -> None:
    assert merge(CONFLICT, "self.merge_artifacts([inputs[1]])").values == {"x": 2, "y": [2], "z": 0, "alpha": 7}
