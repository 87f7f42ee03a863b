"""`inputs` of a join of a class, and what the join itself starts with."""

from __future__ import annotations

from collections.abc import Callable

from class_tasks import ClassTasks

Flow = Callable[..., ClassTasks]

TEXT = """
class F(FlowSpec):
    alpha = 1

    @step
    def start(self):
        self.x = self.index
        self.common = "c"
        self.next(self.join)

    @step
    def other(self):
        self.x = "other"
        self.next(self.join)

    @step
    def join(self, inputs):
"""


def join(flow: Flow, *lines: str) -> ClassTasks:
    return flow(TEXT + "\n".join(f"        {line}" for line in lines))


def test_branches_are_read_by_name_by_place_and_in_declared_order(flow: Flow) -> None:
    tasks = join(
        flow,
        "self.seen = [inputs.start.x, inputs.other.x, inputs[1].x, [each.x for each in inputs], len(inputs)]",
    )
    ended = tasks.run("join", joined={"other": tasks.run("other"), "start": tasks.run()})
    assert ended.values["seen"] == [None, "other", None, ["other", None], 2]


def test_tasks_of_a_foreach_are_read_in_order_with_their_places(flow: Flow) -> None:
    tasks = join(
        flow,
        "self.seen = [(each.x, each.index, each.input, each.foreach_stack()) for each in inputs]",
        "self.own = [self.index, self.input, self.foreach_stack()]",
        "self.last = inputs[-1].x",
    )
    parts = [tasks.run(frames=[(1, 5, "outer"), (place, 3, "inner")]) for place in range(3)]
    ended = tasks.run("join", joined=parts, frames=[(1, 5, "outer")])
    assert ended.values["seen"] == [
        (place, place, f"item {place}", [(1, 5, "outer"), (place, 3, f"item {place}")]) for place in range(3)
    ]
    assert ended.values["own"] == [1, "outer", [(1, 5, "outer")]]
    assert ended.values["last"] == 2


def test_a_join_of_branches_inside_a_foreach_has_the_place_of_the_foreach(flow: Flow) -> None:
    tasks = join(flow, "self.seen = [(each.index, each.input, each.foreach_stack()) for each in inputs]")
    frames = [(2, 4, "c")]
    ended = tasks.run("join", joined={"start": tasks.run(frames=frames)}, frames=frames)
    assert ended.values["seen"] == [(2, "c", frames)]


def test_a_join_starts_with_parameters_and_constants_alone(flow: Flow) -> None:
    tasks = join(flow, "self.seen = [self.alpha, hasattr(self, 'x'), hasattr(self, 'common')]", "self.common")
    ended = tasks.run("join", joined=[tasks.run(constants={"alpha": 5})], constants={"alpha": 5})
    assert ended.so_far["seen"] == [5, False, False]
    assert ended.so_far.keys() == {"alpha", "seen"}
    assert ended.failure.message.startswith("Flow F has no attribute 'common'.")
    assert "self.common = inputs[0].common" in ended.failure.message
    assert "self.merge_artifacts(inputs)" in ended.failure.message


def test_parameters_are_read_from_a_joined_task_too(flow: Flow) -> None:
    tasks = join(flow, "self.seen = inputs[0].alpha")
    parts = [tasks.run(constants={"alpha": 5})]
    assert tasks.run("join", joined=parts, constants={"alpha": 5}).values["seen"] == 5


def test_what_a_joined_task_did_not_leave_is_named(flow: Flow) -> None:
    tasks = join(flow, "inputs[0].commn")
    failure = tasks.run("join", joined=[tasks.run()]).failure
    assert failure.type == "AttributeError"
    assert failure.message.startswith("work[0] left no 'commn'.")
    assert "Did you mean 'common'?" in failure.message


def test_a_joined_task_is_read_only(flow: Flow) -> None:
    tasks = join(flow, "inputs[0].x = 1")
    assert "read-only" in tasks.run("join", joined=[tasks.run()]).failure.message
