"""The `inputs` of a join, from lists and dictionaries."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import TaskError, UsageError

Loader = Any

FOREACH = (
    "%%step load\nnames, unit = ['a', 'b'], 'kg'",
    "%%step train --foreach names --as name\nscore, size = len(name), 1",
    "%%step more\ndouble = score * 2",
)
BRANCHES = (
    "%%step load\nn = 1",
    "%%step left --when 'n > 0'\nx, same = n, 1",
    "%%step right --when 'n > 1'\nx, same = n, 1",
)


class TestOverAForeach:
    def test_views_are_in_the_order_of_the_list_with_their_index_and_item(self, loaded: Loader) -> None:
        notebook = loaded(
            *FOREACH,
            "%%step best --join train\nseen = [(task.index, task.step, task.name, task.score) for task in inputs]\n"
            "b = inputs.by(name='b').index\nlast, skipped = inputs[-1].name, inputs.skipped",
        )
        result = notebook.step("best").run(inputs=[{"name": "a", "score": 3}, None, {"name": "b", "score": 1}])
        assert result.seen == [(0, "train", "a", 3), (2, "train", "b", 1)]
        assert (result.b, result.last, result.skipped) == (2, "b", [1])

    def test_views_show_what_the_steps_above_left_too(self, loaded: Loader) -> None:
        notebook = loaded(*FOREACH, "%%step best --join more\nseen = [(t.double, t.score, t.unit) for t in inputs]")
        assert notebook.step("best").run(inputs=[{"double": 4, "score": 2, "unit": "g"}]).seen == [(4, 2, "g")]

    def test_an_unnamed_item_is_item(self, loaded: Loader) -> None:
        notebook = loaded("%%step one --foreach [1,2]\nx = item", "%%step all --join one\ny = [t.item for t in inputs]")
        assert notebook.step("all").run(inputs=[{"item": 5}]).y == [5]

    def test_results_of_the_step_can_be_joined(self, loaded: Loader) -> None:
        notebook = loaded(*FOREACH, "%%step best --join train\ntop = max(task.score for task in inputs)")
        train = notebook.step("train")
        results = (train.run(name=name) for name in train.items(names=["a", "abc"]))
        assert notebook.step("best").run(inputs=results).top == 3

    def test_no_items_are_an_empty_join(self, loaded: Loader) -> None:
        notebook = loaded(*FOREACH, "%%step best --join train\nn = len(inputs)")
        assert notebook.step("best").run(inputs=[]).n == 0

    def test_each_view_gives_a_copy(self, loaded: Loader) -> None:
        notebook = loaded("%%step a --foreach [1]\nrows = [1]", "%%step b --join a\ninputs[0].rows.append(2)\nx = 1")
        rows = [1]
        notebook.step("b").run(inputs=[{"rows": rows}])
        assert rows == [1]

    def test_what_the_step_reads_beside_inputs_is_given_beside_it(self, loaded: Loader) -> None:
        notebook = loaded(*FOREACH, "%%step best --join train\nx = len(inputs), unit")
        assert notebook.step("best").reads == {"inputs": "join of train", "unit": "load"}
        assert notebook.step("best").run(inputs=[], unit="g").x == (0, "g")

    def test_merge_artifacts_takes_what_agrees_and_refuses_the_rest(self, loaded: Loader) -> None:
        notebook = loaded(*FOREACH, "%%step best --join train\nmerge_artifacts(inputs, exclude=['name', 'score'])")
        best = notebook.step("best")
        assert dict(best.run(inputs=[{"size": 1, "score": 1}, {"size": 1, "score": 2}])) == {"size": 1}
        with pytest.raises(TaskError, match=r"NBF-T015.*'size'"):
            best.run(inputs=[{"size": 1}, {"size": 2}])

    @pytest.mark.parametrize(
        ("inputs", "says"),
        [
            ({"a": {}}, "it is a dict, and train runs once for each item"),
            ("ab", "it is a str"),
            (3, "it is a int"),
            ([{"score": 1}, 3], r"what stands for train\[1\] is a int"),
            ([{"scroe": 1}], "train leaves no 'scroe'. Did you mean 'score'?"),
        ],
    )
    def test_what_is_no_list_of_tasks_is_refused(self, loaded: Loader, inputs: object, says: str) -> None:
        notebook = loaded(*FOREACH, "%%step best --join train\nn = len(inputs)")
        with pytest.raises(UsageError, match=f"NBF-R032.*{says}"):
            notebook.step("best").run(inputs=inputs)

    def test_without_inputs_it_is_missing(self, loaded: Loader) -> None:
        notebook = loaded(*FOREACH, "%%step best --join train\nn = len(inputs)")
        with pytest.raises(UsageError, match=r"NBF-R030  step best needs inputs[^\n]*\n.*inputs \(join of train\)"):
            notebook.step("best").run()


class TestOfBranches:
    def test_branches_are_named_and_in_declared_order(self, loaded: Loader) -> None:
        notebook = loaded(*BRANCHES, "%%step both --join left,right\ny = [t.x for t in inputs]\nz = inputs.right.x")
        result = notebook.step("both").run(inputs={"right": {"x": 2}, "left": {"x": 1}})
        assert (result.y, result.z) == ([1, 2], 2)

    def test_any_goes_on_with_the_branches_that_are_given(self, loaded: Loader) -> None:
        notebook = loaded(*BRANCHES, "%%step some --join left,right --any\ny = [(t.step, t.x) for t in inputs]")
        some = notebook.step("some")
        assert some.run(inputs={"right": {"x": 2}}).y == some.run(inputs={"right": {"x": 2}, "left": None}).y
        assert some.run(inputs={"right": {"x": 2}}).y == [("right", 2)]

    @pytest.mark.parametrize(
        ("inputs", "says"),
        [
            ([{"x": 1}], "it is a list, and both joins branches"),
            ({"left": {"x": 1}}, "right is missing, and without it the join would be skipped"),
            ({"left": {}, "wright": {}}, "'wright' is not joined here. Did you mean 'right'?"),
        ],
    )
    def test_other_branches_are_refused(self, loaded: Loader, inputs: object, says: str) -> None:
        notebook = loaded(*BRANCHES, "%%step both --join left,right\ny = 1")
        with pytest.raises(UsageError, match=f"NBF-R032.*{says}"):
            notebook.step("both").run(inputs=inputs)

    def test_merge_artifacts_prefers_what_the_branches_left_themselves(self, loaded: Loader) -> None:
        notebook = loaded(
            "%%step load\nx = 0",
            "%%step left\nx = x + 1",
            "%%step right --in x=load.x\ny = x",
            "%%step both --join left,right\nmerge_artifacts(inputs)",
        )
        result = notebook.step("both").run(inputs={"left": {"x": 1}, "right": {"x": 0, "y": 0}})
        assert dict(result) == {"x": 1, "y": 0}
        assert dict(notebook.step("both").run(inputs={"left": {"x": 1}, "right": {"x": 0}})) == {"x": 1}
