"""Graph shapes × behaviours: each shape run by each door, looked at through the terminal and through the client."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flow_terminal import FlowTerminal
from matrix_doors import DOORS, Door, Ended
from matrix_shapes import SHAPES, Shape

from nbflow.client import Flow, Run, Task
from nbflow.workspace import Workspace


class Place:
    """One shape in a folder of its own, and the door by which it runs."""

    def __init__(self, shape: Shape, folder: Path, door: Door) -> None:
        self.shape = shape
        self.door = door
        self.folder = folder
        self.plain = folder / f"{shape.name}.py"
        self.plain.write_text(shape.text())
        self.workspace = Workspace.open(folder / ".nbflow")
        #: the run that went well, with a tag and a parameter
        self.first: Ended = door.run(self.plain, tags=("weekly",), alpha=0.75, env={"SAY_NAMESPACE": "1"})

    def decorated(self, name: str, decorator: str) -> Path:
        """Return a file of the same flow with a decorator more on its calm step."""
        path = self.folder / f"{self.shape.name}_{name}.py"
        path.write_text(self.shape.text({self.shape.calm: decorator}))
        return path

    def tell(self, *words: str) -> str:
        """Return what the terminal of the flow says."""
        done = FlowTerminal(self.folder, self.plain).ok(*words)
        return done.stdout + done.stderr

    @property
    def flow(self) -> Flow:
        return Flow(self.shape.flow, workspace=self.workspace)

    @property
    def good(self) -> Run:
        return self.flow["1"]

    @property
    def latest(self) -> Run:
        found = self.flow.latest_run
        assert found is not None
        return found

    def tasks(self, run: Run) -> list[Task]:
        return [task for step in run for task in step if task.status != "skipped"]


@pytest.fixture(
    scope="module",
    params=[(shape, door) for shape in SHAPES for door in DOORS],
    ids=lambda each: f"{each[0].name}-{each[1]}",
)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    shape, door = request.param
    folder = tmp_path_factory.mktemp(shape.name)
    opened = DOORS[door](folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBFLOW_USER", "tester")
        yield Place(shape, folder, opened)
    opened.close()


def ran(place: Place, ended: Ended, code: int = 0) -> Ended:
    assert ended.code == code, ended.told
    return ended


def trace(run: Run) -> Any:
    return run.data.trace


# ---- what goes along


def test_propagation(place: Place) -> None:
    ran(place, place.first)
    assert trace(place.good) == place.shape.trace
    assert Counter(task.path_components[2] for task in place.tasks(place.good)) == place.shape.tasks


def test_constants(place: Place) -> None:
    assert all(task.data.CONST == (1, 2) for task in place.tasks(place.good))
    assert "CONST" in place.tell("dump", "1/start")


def test_parameters(place: Place) -> None:
    assert place.good.parameters["alpha"] == 0.75
    assert all(task.data.alpha == 0.75 for task in place.tasks(place.good))
    assert "0.75" in place.tell("dump", "1/start", "--include", "alpha")


def test_merge(place: Place) -> None:
    for task in place.tasks(place.good):
        assert task.data.common == "agreed"
        joined = place.shape.steps[task.path_components[2]].joins
        assert not joined or set(task.data.joined) == {"agreed"}


def test_large_artifact(place: Place) -> None:
    kept = {task["big"].sha for task in place.tasks(place.good)}
    assert len(kept) == 1, "it is handed on by reference"
    assert place.good.data.big.sum() == sum(range(300_000))


def test_logs(place: Place) -> None:
    for task in place.tasks(place.good):
        step = task.path_components[2]
        assert task.stdout.splitlines()[0] == f"in {step} 0.75 (1, 2)"
    said = place.tell("logs", "show", "1/start")
    assert "in start 0.75 (1, 2)" in said


def test_lineage(place: Place) -> None:
    tasks = {task.pathspec: task for task in place.tasks(place.good)}
    for task in tasks.values():
        step = task.path_components[2]
        above = set(task.parent_task_pathspecs)
        assert above <= tasks.keys()
        assert {each.split("/")[2] for each in above} <= place.shape.parents.get(step, above and set(place.shape.steps))
        assert bool(above) == (step != "start")
        for parent in above:
            assert task.pathspec in set(tasks[parent].child_task_pathspecs)
    ends = [task for task in tasks.values() if not list(task.child_task_pathspecs)]
    assert len(ends) == 1


# ---- what a run is known by


def test_tags(place: Place) -> None:
    assert "1" in [run.id for run in place.flow.runs("weekly")]
    assert not list(place.flow.runs("weekly", "daily"))
    place.tell("tag", "add", "--run-id", "1", "good")
    assert {"weekly", "good"} <= place.flow["1"].user_tags
    assert "good" in place.tell("tag", "list", "--run-id", "1")
    place.good.remove_tag("good")
    assert "good" not in place.flow["1"].user_tags


def test_namespaces(place: Place) -> None:
    task = next(iter(place.good["start"]))
    assert re.search(r"^namespace user:tester .*'user:tester'", task.stdout, re.MULTILINE)
    ran(place, place.door.run(place.plain, namespace="user:other", env={"SAY_NAMESPACE": "1"}))
    said = next(iter(place.latest["start"])).stdout
    assert re.search(r"^namespace user:other .*'user:tester'", said, re.MULTILINE)
    assert place.latest.is_in_namespace()


def test_origin_run(place: Place) -> None:
    assert place.good.origin_pathspec is None
    ran(place, place.door.resume(place.plain, origin="1"))
    assert place.latest.origin_pathspec == place.good.pathspec
    assert all(task.status in {"reused", "skipped"} for step in place.latest for task in step)
    assert trace(place.latest) == place.shape.trace


# ---- what goes wrong


def test_exceptions(place: Place) -> None:
    step = place.shape.breaks[-1]
    ended = ran(place, place.door.run(place.plain, env={"FAIL": step}), 1)
    assert "KeyError" in ended.told
    run = place.latest
    assert not run.successful and run.finished
    failed = [task for task in place.tasks(run) if task.status == "failed"]
    assert failed and all(task.path_components[2] == step for task in failed)
    assert failed[0].exception is not None
    assert "broken on purpose" in str(failed[0].exception)
    assert any(task.data.before == "kept" for task in failed if "before" in task.data), "what it had set is kept"
    assert "broken on purpose" in place.tell("logs", "show", "--stderr", f"{run.id}/{step}")


def test_resume_at_each_kind_of_step(place: Place) -> None:
    for step in place.shape.breaks:
        ran(place, place.door.run(place.plain, tags=(f"broken-{step}",), env={"FAIL": step}), 1)
        broken = place.latest
        done = {task.pathspec for task in place.tasks(broken) if task.successful}
        ran(place, place.door.resume(place.plain))
        resumed = place.latest
        assert trace(resumed) == place.shape.trace
        assert resumed.origin_pathspec == broken.pathspec
        reused = {task.origin_pathspec for task in place.tasks(resumed) if task.status == "reused"}
        assert reused == done, "what was finished is taken over, and nothing else"
        assert f"broken-{step}" in resumed.user_tags
    assert place.shape.breaks[0] in place.tell("show")


def test_resume_of_a_step(place: Place) -> None:
    step = place.shape.breaks[-1]
    ran(place, place.door.run(place.plain))
    ran(place, place.door.resume(place.plain, step))
    again = {task.path_components[2] for task in place.tasks(place.latest) if task.status == "succeeded"}
    assert step in again
    assert "start" not in again or step == "start"
    assert trace(place.latest) == place.shape.trace


def test_retry(place: Place) -> None:
    step = place.shape.breaks[0]
    ran(place, place.door.run(place.plain, retries=1, env={"FLAKY": step}))
    assert trace(place.latest) == place.shape.trace
    tries = {len(task.attempts) for task in place.tasks(place.latest) if task.path_components[2] == step}
    assert tries == {2}
    assert all(task.successful for task in place.tasks(place.latest))


def test_catch(place: Place) -> None:
    file = place.decorated("caught", "@catch(var='problem', print_exception=False)")
    calm = place.shape.calm
    ran(place, place.door.run(file, env={"FAIL": calm}))
    run = place.latest
    assert run.status == "succeeded"
    # a run is as successful as its last task
    assert run.successful == bool(place.shape.steps[calm].then)
    caught = [task for task in place.tasks(run) if task.path_components[2] == calm]
    assert all(task.data.problem.type.endswith("KeyError") for task in caught)
    assert all(task.finished and not task.successful and task.exception is None for task in caught)
    assert all(task.data.before == "kept" for task in caught)


def test_timeout(place: Place) -> None:
    file = place.decorated("slow", "@timeout(seconds=1)")
    ended = ran(place, place.door.run(file, env={"SLOW": place.shape.calm}), 1)
    assert "TimeoutException" in ended.told
    failed = [task for task in place.tasks(place.latest) if task.status == "failed"]
    assert failed
    assert {task.path_components[2] for task in failed} == {place.shape.calm}
