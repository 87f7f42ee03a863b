"""Names and numbers of things."""

from __future__ import annotations

import pytest

from nbflow.errors import MetadataError
from nbflow.model.ids import FLOW_NAME, Pathspec, StepName, TaskKey, flow_name_of


@pytest.mark.parametrize(
    ("path", "iteration", "text"), [((), 0, "0"), ((3,), 0, "3"), ((3, 1), 0, "3-1"), ((), 2, "0~2")]
)
def test_a_task_id_spells_the_items_and_is_read_back(path: tuple[int, ...], iteration: int, text: str) -> None:
    key = TaskKey(StepName("train"), path, iteration)
    assert key.id == text
    assert TaskKey.parse("train", text, len(path)) == key


@pytest.mark.parametrize("text", ["f", "f/1", "f/draft-2/train", "f/1/train/3-1", "f/1/train/0/model"])
def test_a_pathspec_is_read_and_written_alike(text: str) -> None:
    assert str(Pathspec.parse(text)) == text


@pytest.mark.parametrize("text", ["", "f//train", "f/latest", "f/1/train/x", "f/1/a/0/b/c", "../f", "f/1\n"])
def test_what_is_no_pathspec_is_refused(text: str) -> None:
    with pytest.raises(MetadataError) as caught:
        Pathspec.parse(text)
    assert caught.value.code == "NBF-M006"


@pytest.mark.parametrize(
    ("file", "flow"),
    [
        ("quickstart", "quickstart"),
        ("My übung 2", "My_ubung_2"),
        ("01-intro", "flow_01-intro"),
        ("分析", "notebook_0c4da1e4"),
        ("_x_", "x"),
    ],
)
def test_a_flow_is_named_after_its_file(file: str, flow: str) -> None:
    assert flow_name_of(file) == flow
    assert FLOW_NAME.match(flow_name_of(file))
