"""What `current` says in a task, of a class and of a cell."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from class_tasks import ClassTasks
from flow_terminal import FlowTerminal

from nbflow.model.task import Gang

Zygote = Any
Flow = Callable[..., ClassTasks]

ABOUT = {
    "flow": "F",
    "run_id": "1",
    "origin_run_id": "7",
    "user": "ann",
    "tags": ["user:ann", "mine"],
    "parameter_names": ["alpha"],
    "script": "flow.py",
}
SEEN = """
class F(FlowSpec):
    @step
    def start(self):
        self.seen = {name: current.get(name) for name in NAMES}
"""


def seen(flow: Flow, *names: str, about: dict[str, Any] = ABOUT, **fields: Any) -> list[Any]:
    values = flow(f"NAMES = {names!r}\n{SEEN}").run(about=about, **fields).values["seen"]
    return [values[name] for name in names]


def test_the_run_the_step_and_the_task(flow: Flow) -> None:
    names = ("is_running_flow", "flow_name", "run_id", "step_name", "task_id", "pathspec", "retry_count")
    assert seen(flow, *names, attempt=2) == [True, "F", "1", "start", "0", "F/1/start/0", 2]


def test_who_runs_it_and_with_what(flow: Flow) -> None:
    names = ("username", "namespace", "tags", "parameter_names", "origin_run_id", "tempdir", "trigger", "is_parallel")
    assert seen(flow, *names) == [
        "ann",
        "user:ann",
        frozenset({"user:ann", "mine"}),
        ["alpha"],
        "7",
        tempfile.gettempdir(),
        None,
        False,
    ]


@pytest.mark.parametrize(("given", "expected"), [(None, "user:ann"), ("production:x", "production:x"), ("", None)])
def test_the_namespace_is_the_users_unless_the_run_has_another_and_the_client_has_it(
    flow: Flow, given: str | None, expected: str | None
) -> None:
    text = """
    class F(FlowSpec):
        @step
        def start(self):
            from nbflow.client.namespace import get_namespace
            self.seen = [current.namespace, get_namespace()]
    """
    here, client = flow(text).run(about={**ABOUT, "namespace": given}).values["seen"]
    assert here == expected
    if given is not None:
        assert client == expected


def test_a_project(flow: Flow) -> None:
    project = {"project_name": "sales", "is_production": True}
    assert seen(flow, "project_name", "is_production", about={**ABOUT, "project": project}) == ["sales", True]
    assert seen(flow, "project_name") == [None]


def test_a_gang(flow: Flow) -> None:
    gang = Gang(nodes=4, index=2, control_task="0")
    (place, parallel) = seen(flow, "parallel", "is_parallel", how={"gang": gang})
    assert tuple(place) == ("127.0.0.1", 4, 2, "0")
    assert parallel


def test_the_script_is_the_programs_name(flow: Flow) -> None:
    text = "import sys\nclass F(FlowSpec):\n    @step\n    def start(self): self.seen = sys.argv"
    assert flow(text).run(about=ABOUT).values["seen"] == ["flow.py"]


def test_a_cell_knows_it_too(zygote: Zygote) -> None:
    body = (
        "from nbflow.flowspec.current import current\nx = [current.pathspec, current.username, current.is_running_flow]"
    )
    assert zygote.run(body, about=ABOUT, leaves=("x",)).values["x"] == ["test/1/a/0", "ann", True]


def test_it_is_known_before_the_file_of_the_flow_is_executed(flow: Flow) -> None:
    text = "STEP = current.step_name\nclass F(FlowSpec):\n    @step\n    def start(self): self.seen = STEP"
    assert flow(text).run().values["seen"] == "start"


def test_a_body_in_this_process_knows_it_while_it_runs(tmp_path: Path) -> None:
    from nbflow.code.module import LiveDefinitions
    from nbflow.flowspec.current import current
    from nbflow.model.task import TaskSpec
    from nbflow.task.here import BodyHere
    from nbflow.workspace import Workspace

    source = "from nbflow.flowspec.current import current\nx = current.step_name"
    fields = dict.fromkeys(("root", "cwd", "code"), "")
    spec = TaskSpec(
        "body", "t/1/a/0", "a", 0, **fields, sys_path=(), source=source, line=1, cell=source, file="<c>", leaves=("x",)
    )
    here = BodyHere(spec, Workspace.open(tmp_path).store, LiveDefinitions("nbflow_defs.here"), (), print)
    assert "done" in here.run()
    assert here.space["x"] == "a"
    assert current.step_name is None


LOOKING = """
from nbflow import FlowSpec, current, step

class Looking(FlowSpec):
    @step
    def start(self):
        \"\"\"Begins.\"\"\"
        self.next(self.end)

    @step
    def end(self):
        print("looks:", current.run, current.run.status, current.task, current.task.status)
        steps = current.graph["steps"]
        print("graph:", [(name, each["type"], each["next"], each["doc"]) for name, each in steps.items()])
        assert current.run is current.run

if __name__ == "__main__":
    Looking()
"""


def test_the_run_the_task_and_the_graph_can_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "looking.py").write_text(LOOKING)
    done = FlowTerminal(tmp_path, tmp_path / "looking.py").ok("run")
    assert "looks: Run('Looking/1') running Task('Looking/1/end/0') running" in done.stdout
    assert "graph: [('start', 'start', ['end'], 'Begins.'), ('end', 'end', [], '')]" in done.stdout
