"""`nbflow schedule` as it is typed: what is checked, what is kept, what is told."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nbflow.frontends.cli.main import main
from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import Schedule
from nbflow.workspace import Workspace

CLASS = """
from nbflow import FlowSpec, Parameter, project, schedule, step, trigger_on_finish

{decorators}
class {name}(FlowSpec):
    alpha = Parameter("alpha", default=0.1)
    @step
    def start(self):
        self.next(self.end)
    @step
    def end(self):
        pass
"""


class Desk:
    """A folder with a notebook and a class, where commands are typed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.register = Register(Workspace.open(folder / ".nbflow"))
        cells = ["%%parameters\nalpha: float = 0.1", "%%step load\nx = alpha"]
        made = [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []} for text in cells]
        (folder / "sales.ipynb").write_text(json.dumps({"cells": made, "metadata": {}}))
        self.write("flow.py", "@schedule(hourly=True)")

    def write(self, file: str, decorators: str, name: str = "SalesFlow") -> None:
        (self.folder / file).write_text(CLASS.format(decorators=decorators, name=name))

    def type(self, *words: str, exits: int = 0) -> str:
        self._capsys.readouterr()
        assert main(["schedule", *words]) == exits
        said = self._capsys.readouterr()
        return said.out + said.err

    def kept(self, name: str) -> Schedule:
        found = self.register.get(name)
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / ".nbflow"))
    monkeypatch.setenv("NBFLOW_USER", "ada")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return Desk(tmp_path, capsys)


def test_a_notebook_is_kept_with_what_was_said_of_it(desk: Desk) -> None:
    words = ["-p", "alpha=0.2", "--tag", "x", "--name", "mondays", "--missed", "all", "--within", "90m"]
    said = desk.type("add", "sales.ipynb", "--cron", "0 7 * * 1", *words, "--no-fill", "--overlap", "queue")
    assert "mondays: sales.ipynb, 0 7 * * 1 (Europe/Berlin)\nnext:  Mon " in said
    kept = desk.kept("mondays")
    assert (kept.flow, kept.file, kept.cwd) == ("sales", str(desk.folder / "sales.ipynb"), str(desk.folder))
    assert (kept.parameters, kept.tags, kept.fill) == (("alpha=0.2",), ("x",), False)
    assert (kept.overlap, kept.missed, kept.within) == ("queue", "all", 5400.0)
    assert kept.owner == "user:ada"


def test_a_class_says_itself_when_it_runs(desk: Desk) -> None:
    desk.type("add", "flow.py")
    assert desk.kept("SalesFlow").when == "hourly (Europe/Berlin)"
    desk.write("flow.py", "@schedule(cron='0 10 ? * 2 *', timezone='UTC')")
    desk.type("add", "flow.py:SalesFlow", "--name", "second")
    assert desk.kept("second").when == "0 10 ? * 2 * (UTC)"
    assert desk.kept("second").file.endswith("flow.py:SalesFlow")
    desk.type("add", "flow.py", "--name", "third", "--daily", "--timezone", "Asia/Tokyo")
    assert desk.kept("third").when == "daily (Asia/Tokyo)"


@pytest.mark.parametrize(
    ("decorators", "words", "expected"),
    [
        ("@trigger_on_finish(flow='Load')", [], [("Load", ("user:ada",))]),
        ("@trigger_on_finish(flows=['Load', 'Clean'])", [], [("Load", ("user:ada",)), ("Clean", ("user:ada",))]),
        (
            "@trigger_on_finish(flow='Load')\n@project(name='p')",
            [],
            [("Load", ("project:p", "project_branch:user.ada"))],
        ),
        (
            "@trigger_on_finish(flow='Load')\n@project(name='p')",
            ["--production"],
            [("Load", ("project:p", "project_branch:prod"))],
        ),
        (
            "@trigger_on_finish(flow='q.test.x.Load')\n@project(name='p')",
            ["--branch", "y"],
            [("Load", ("project:q", "project_branch:test.x"))],
        ),
        (
            "@trigger_on_finish(flow=dict(name='Load', project='q', project_branch='prod'))",
            [],
            [("Load", ("project:q", "project_branch:prod"))],
        ),
    ],
)
def test_a_flow_is_followed_in_its_own_project_and_branch_or_by_the_same_person(
    desk: Desk, decorators: str, words: list[str], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    desk.write("flow.py", decorators)
    desk.type("add", "flow.py", *words)
    kept = desk.kept("SalesFlow")
    assert [(each.flow, each.tags) for each in kept.upstreams] == expected
    assert kept.overlap == "queue" and kept.timetable is None
    assert kept.options == tuple(words)


def test_a_notebook_follows_what_is_named(desk: Desk) -> None:
    assert "after Load and clean" in desk.type(
        "add", "sales.ipynb", "--no-fill", "--after", "Load", "--after", "clean.ipynb"
    )
    said = desk.type("add", "sales.ipynb", "--no-fill", "--name", "x", "--after", "sales.ipynb", exits=2)
    assert "NBF-L015" in said and "start itself" in said


def test_a_flow_that_is_waited_for_and_never_ran_is_told(desk: Desk) -> None:
    add = ("add", "sales.ipynb", "--no-fill", "--after")
    said = desk.type(*add, "LoadFow", "--after", "Clean")
    assert "no flow LoadFow has run here yet: it is waited for." in said and "no flow Clean " in said
    run = RunRecord(FlowName("LoadFlow"), RunId(""), "run", RunStatus.RUNNING, "ada", 1.0)
    desk.register.workspace.metadata.create_run(run)
    desk.write("flow.py", "@trigger_on_finish(flow='LoadFow')")
    assert "no flow LoadFow has run here yet: it is waited for. Did you mean 'LoadFlow'?" in desk.type("add", "flow.py")
    assert "has run here yet" not in desk.type(*add, "LoadFlow", "--name", "second")


def test_a_name_that_is_taken_and_one_that_is_not_there(desk: Desk) -> None:
    desk.type("add", "flow.py")
    said = desk.type("add", "flow.py", "--daily", exits=2)
    assert "NBF-L007" in said and "flow.py, hourly (Europe/Berlin)" in said and "--name SalesFlow-2" in said
    assert desk.kept("SalesFlow").when == "hourly (Europe/Berlin)"
    assert "Did you mean 'SalesFlow'?" in desk.type("pause", "SalesFlo", exits=2)
    assert "NBF-L008" in desk.type("remove", "SalesFlo", exits=2)


def test_two_decorators_that_say_when(desk: Desk) -> None:
    desk.write("flow.py", "@schedule(daily=True)\n@trigger_on_finish(flow='Load')")
    said = desk.type("add", "flow.py", exits=2)
    assert "NBF-L006" in said and "@schedule and @trigger_on_finish" in said
    desk.type("add", "flow.py", "--after", "Load")
    assert "NBF-L012" in desk.type("add", "flow.py", "--no-fill", exits=2)


def test_without_papermill_it_is_said_how_to_go_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    find: Callable[..., object] = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *more: None if name == "papermill" else find(name, *more)
    )
    said = desk.type("add", "sales.ipynb", "--daily", exits=2)
    assert "NBF-L013" in said and "pip install papermill" in said and "--no-fill" in said
    assert desk.register.names() == []


def test_where_messages_go_is_checked_and_its_keys_are_kept_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "json://localhost/secret-2")
    address = "json://localhost/secret-1"
    desk.type("add", "flow.py", "--notify", address, "--notify", "env.HOOK")
    kept = desk.kept("SalesFlow")
    assert kept.options == ("--notify", "env.HOOK")
    assert desk.register.addresses(kept.id) == [address]
    assert "secret" not in (desk.folder / ".nbflow/schedules/defined/SalesFlow.json").read_text()
    assert "NBF-Q" in desk.type("add", "flow.py", "--name", "other", "--notify", "nowhere", exits=2)
    assert desk.register.names() == ["SalesFlow"]


def test_schedules_are_listed_paused_resumed_and_removed(desk: Desk) -> None:
    assert "no schedules yet" in desk.type("list") and "no schedules yet" in desk.type("next")
    desk.type("add", "flow.py")
    desk.type("add", "sales.ipynb", "--no-fill", "--cron", "0 7 1 1 *")
    lines = desk.type("list").splitlines()
    assert lines[0].split() == ["NAME", "FLOW", "WHEN", "NEXT", "LAST"]
    assert "hourly (Europe/Berlin)" in lines[1] and "1 Jan" in lines[2]
    assert len([line for line in desk.type("next", "-n", "3").splitlines() if "SalesFlow" in line]) == 3
    desk.type("pause", "SalesFlow")
    assert "paused" in desk.type("list")
    assert "SalesFlow: paused" in desk.type("next")
    before = desk.kept("SalesFlow").since
    assert "goes on: next on" in desk.type("resume", "SalesFlow")
    assert desk.kept("SalesFlow").since > before and not desk.kept("SalesFlow").paused
    assert "has not run yet" in desk.type("logs", "SalesFlow")
    desk.type("remove", "SalesFlow")
    assert desk.register.names() == ["sales"]
    assert "ExecStart=" in desk.type("unit")
