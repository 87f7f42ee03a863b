"""Deployments from Python: what `Deployer` asks for, and what it is told of the end of runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import nbflow
from nbflow.deploy.deployment import Deployment
from nbflow.deploy.ending import end
from nbflow.errors import DeploymentError
from nbflow.frontends.classes.opened import load_flow_file
from nbflow.frontends.deployed.beginning import begin
from nbflow.frontends.deploying import deeds, deployer
from nbflow.frontends.deploying.deeds import Execution
from nbflow.frontends.deploying.wish import Wish
from nbflow.model.graph import Graph
from nbflow.model.ids import FlowName
from nbflow.model.parameter import ParameterDef
from nbflow.model.status import RunStatus
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

_FLOW = """from nbflow import FlowSpec, Parameter, project, step


@project(name="team")
class Asked{number}(FlowSpec):
    alpha = Parameter("alpha", default=1.5)

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
DEPLOYED = Deployment("sales", "nbflow-sales", "ada", ("ada",), 100.0, "sales-0-ab12", bundle="b", since=100.0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[RunRequest, Wish]]:
    """What would be deployed, of flows in a folder of their own."""
    found: list[tuple[RunRequest, Wish]] = []

    def deploy(request: RunRequest, _workspace: Workspace, wish: Wish, _say: object) -> Deployment:
        found.append((request, wish))
        return DEPLOYED

    monkeypatch.setattr(deployer, "deploy", deploy)
    monkeypatch.setattr("nbflow.frontends.classes.asking.ready_packages", lambda *_, **__: {})
    monkeypatch.chdir(tmp_path)
    return found


def flow(folder: Path, number: int) -> str:
    path = folder / f"asked_{number}.py"
    path.write_text(_FLOW.format(number=number))
    return path.name


def test_create_says_all_that_metaflows_does(asked: list[tuple[RunRequest, Wish]], tmp_path: Path) -> None:
    made = (
        nbflow.Deployer(flow(tmp_path, 1), production=True, decospecs=["retry:times=2"])
        .step_functions("weekly")
        .create(parameters={"alpha": 3}, tags=["a"], max_workers=7, workflow_timeout=60, authorize="t", new_token="n")
    )
    ((request, wish),) = asked
    assert (made.name, made.flow_name, made.production_token) == ("nbflow-sales", "sales", "sales-0-ab12")
    assert request.parameters["alpha"][1] == 3
    assert {"project:team", "project_branch:prod"} <= request.system_tags and request.tags == {"a"}
    assert [node.options.retry.times for node in request.graph.nodes] == [2, 2]
    assert {node.options.backend for node in request.graph.nodes} == {"batch"}
    assert (wish.name, wish.tags, wish.max_workers, wish.timeout) == ("weekly", ("a",), 7, 60)
    assert (wish.authorize, wish.new_token, wish.only_json) == ("t", "n", False)


def test_a_class_of_a_file_is_deployed_from_it(asked: list[tuple[RunRequest, Wish]], tmp_path: Path) -> None:
    made = nbflow.NBDeployer(load_flow_file(flow(tmp_path, 2), None), branch="mine", show_output=False)
    assert made.flow_file == f"{tmp_path / 'asked_2.py'}:Asked2"
    made.step_functions().create()
    made.cleanup()
    ((request, wish),) = asked
    assert request.flow == "Asked2" and "project_branch:test.mine" in request.system_tags and wish.name is None


def test_what_it_does_not_know_is_told_with_what_was_meant() -> None:
    made = nbflow.Deployer("sales.py")
    with pytest.raises(DeploymentError, match=r"A014  max_worker .*Did you mean 'max_workers'"):
        made.step_functions().create(max_worker=3)
    with pytest.raises(DeploymentError, match=r"A014  name [\s\S]*it takes authorize, batch_tags"):
        made.step_functions().create(name="x")
    for elsewhere in ("argo_workflows", "airflow"):
        with pytest.raises(DeploymentError, match=r"Step Functions, and nowhere[\s\S]*Deployer\('sales.py'\)"):
            getattr(made, elsewhere)()
    assert not hasattr(made, "kubernetes_jobs")


class _States:
    """Step Functions, which knows of one execution."""

    status = "RUNNING"
    region = "eu-central-1"

    def __init__(self, _known: object) -> None: ...

    def find(self, _name: str) -> None: ...

    def executions(self, _arn: str, _status: str | None) -> list[dict[str, Any]]:
        raise AssertionError("there is nothing that has any")

    def describe(self, _arn: str) -> dict[str, Any]:
        return {"status": self.status, "input": json.dumps({"Parameters": {"alpha": "2"}, "ScheduledAt": "now"})}


class _Ends:
    """Executions that end, and who is told of it."""

    def __init__(self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.workspace = workspace
        self.told: list[tuple[str, str]] = []
        alpha = ParameterDef("alpha", "int", "1")
        graph = replace(Graph((), {}), parameters=(alpha,))
        request = RunRequest(FlowName("sales"), graph, {"alpha": ("int", 1, "default")})
        for module in (deeds, deployer):
            monkeypatch.setattr(module, "StatesService", _States)
            monkeypatch.setattr(module, "settings", lambda: None)
        monkeypatch.setattr(deeds, "request_of", lambda _, bundle: replace(request, source=bundle))
        monkeypatch.setattr(deeds, "over", self._over)

    def _over(self, _workspace: Workspace, request: RunRequest, run: str, _say: object) -> None:
        self.told.append((request.source, run))

    def noted(self, status: str, started_at: float = 200.0) -> tuple[str, str] | None:
        """Have the end of the execution noted, and return how its run ended, if there is one."""
        deeds.note_end(self.workspace, DEPLOYED, Execution("sfn-1", status, started_at, 300.0, "arn"))
        record = self.workspace.metadata.run("sales", "sfn-1")
        return (str(record.status), record.reason) if record is not None else None


@pytest.fixture
def ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Ends:
    return _Ends(Workspace.open(tmp_path / "store"), monkeypatch)


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("TIMED_OUT", ("failed", "it took longer than --workflow-timeout")),
        ("ABORTED", ("cancelled", "its execution was stopped")),
        ("FAILED", ("failed", "its execution failed")),
    ],
)
def test_a_run_that_no_job_has_begun_has_a_record_once_somebody_looks_and_is_told_of_once(
    status: str, ended: tuple[str, str], ends: _Ends
) -> None:
    assert ends.noted(status, started_at=99.0) is None, "it is older than what is deployed: perhaps another flow's"
    assert ends.noted("RUNNING") is None
    assert ends.noted(status) == ended
    assert ends.noted(status) == ended
    assert ends.told == [("b", "sfn-1")]
    record = ends.workspace.metadata.run("sales", "sfn-1")
    assert record is not None and record.started_at == 200.0 and record.parameters["alpha"][1] == 2


def test_of_two_who_end_a_run_one_tells_of_it_with_the_version_that_ran(ends: _Ends) -> None:
    request = deeds.request_of(ends.workspace, "earlier")
    begun = begin(ends.workspace, request, "sfn-1", None, "earlier")
    assert ends.noted("SUCCEEDED") == ("running", ""), "its last job says so"
    assert ends.noted("TIMED_OUT") == ("failed", "it took longer than --workflow-timeout")
    # who has looked before, and comes later
    late, ended_here = end(ends.workspace, begun, RunStatus.CANCELLED)
    assert (late.status, ended_here) == ("failed", False)
    assert ends.told == [("earlier", "sfn-1")]


def test_whoever_waits_sees_the_end_noted(ends: _Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    run = deployer.TriggeredRun(ends.workspace, DEPLOYED, Execution("sfn-1", "RUNNING", 200.0, None, "arn"))
    with pytest.raises(TimeoutError):
        run.wait_for_completion(0)
    assert run.run is None
    monkeypatch.setattr(_States, "status", "TIMED_OUT")
    run.wait_for_completion(0)
    assert run.run is not None and not run.run.successful and ends.told == [("b", "sfn-1")]


def test_a_state_machine_that_is_gone_is_told(ends: _Ends) -> None:
    with pytest.raises(DeploymentError, match=r"A017  nbflow-sales is .*in eu-central-1[\s\S]*deploy it again"):
        next(deeds.executions(ends.workspace, DEPLOYED))
