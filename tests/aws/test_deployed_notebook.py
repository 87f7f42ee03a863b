"""Notebooks that a job of Batch fills in by papermill, on a schedule and when they are triggered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aws.bench.asking import lines
from aws.bench.started import Bench
from aws.team import Person

# a job fetches a kernel and papermill, and starts both
pytestmark = pytest.mark.timeout(400)

#: a job that is told what nobody has checked, as one of a console or of another nbflow may be
_UNCHECKED = """
from nbflow.deploy.deployment import find
from nbflow.deploy.notebook_job import deploying
from nbflow.workspace import Workspace
workspace = Workspace.find()
deploying._fits = lambda *_: None
print(json.dumps(deploying.trigger_notebook(workspace, find(workspace.far, "nbflow-sales"), {"alpha": "high"})))
"""
_FAILED = """
nbflow.namespace({space!r})
from nbflow.workspace import Workspace
print(json.dumps([[each.status, each.reason] for each in Workspace.find().metadata.runs("sales") if each.status == "failed"]))
"""
_RUNS = """
nbflow.namespace({space!r})
found = [[run.successful, sorted(run.tags), run.notebook and run.notebook.source] for run in nbflow.Flow("sales")]
print(json.dumps(found))
"""


def notebook(ada: Person) -> None:
    cells = (
        "%load_ext nbflow",
        "%%parameters\nalpha: float = 0.1",
        "from own import doubled\nprint('twice', doubled(alpha))",
    )
    ada.notebook(*cells, name="sales.ipynb")
    (ada.folder / "own.py").write_text("def doubled(number):\n    return number * 2\n")


def test_a_notebook_is_filled_in_by_a_job_when_the_clock_says_so(bench: Bench, tmp_path: Path) -> None:
    bench.move_clock("2027-01-01T00:00")
    ada = Person(bench, tmp_path / "home", NBFLOW_DEPLOY_SCHEDULER_ROLE=bench.account.schedule_role)
    notebook(ada)
    daily = ("--cron", "0 9 * * *", "--timezone", "Europe/Berlin", "-p", "alpha=0.5", "--tag", "weekly")
    deployed = ada.run("deploy", "sales.ipynb", "--papermill", *daily)
    assert deployed.returncode == 0 and "it runs 0 9 * * * (Europe/Berlin)" in deployed.stderr, deployed.stderr
    assert "is deployed as nbflow-sales" in deployed.stderr and "its runs:    nbflow history sales" in deployed.stderr
    space = re.findall(r"in namespace (\S+)", deployed.stderr)[0]
    assert "NBF-P002  alpha: 'high'" in ada.refused("deployed", "trigger", "nbflow-sales", "-p", "alpha=high")
    assert "A010" in ada.refused("deployed", "trigger", "sales", "-p", "alhpa=2")
    assert "A014" in ada.refused("deployed", "trigger", "sales", "--run-id-file", "id")
    assert "nbflow history sales" in ada.refused("deployed", "runs", "sales")
    # what is triggered is the same job, told of its own parameters
    triggered = ada.ok("deployed", "trigger", "nbflow-sales", "-p", "alpha=2").strip()
    bench.client("batch").terminate_job(jobId=triggered, reason="seen")
    environment = bench.wait(triggered)["container"]["environment"]
    assert {"name": "NBFLOW_GIVEN", "value": '{"alpha": "2"}'} in environment
    unchecked = ada.ask(_UNCHECKED)
    (told,) = bench.move_clock("2027-01-01T12:00")
    ended = bench.wait(told["started"], within=300)
    assert ended["status"] == "SUCCEEDED", "\n".join(lines(bench, ended))
    assert bench.wait(unchecked, within=300)["status"] == "FAILED"
    # a job that failed before there was a run leaves one
    assert ada.ask(_FAILED.format(space=space)) == [["failed", "alpha: 'high' is not a float"]]
    found = ada.ask(_RUNS.format(space=space))
    ((tags, source),) = [each[1:] for each in found if each[0]]
    assert len(found) == 2
    assert {"weekly", "schedule:nbflow-sales", "scheduled_at:2027-01-01T08:00:00Z"} <= {*tags}
    assert "twice 1.0" in source, source
    ada.ok("deployed", "delete", "nbflow-sales")
    assert bench.client("scheduler").list_schedules()["Schedules"] == []
    assert "A011" in ada.refused("deployed", "trigger", "nbflow-sales")
