"""What a hurried person types about deployments: told before anything is created."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws.bench.refusals import ACCOUNT
from aws.bench.started import Bench
from aws.team import Person

from nbflow.frontends.cli.main import main

pytestmark = pytest.mark.timeout(240)

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
_CLASS = """from nbflow import FlowSpec, Parameter, parallel, schedule, step


{above}
class Sales(FlowSpec):
    alpha = Parameter("alpha", type=float, required=True)

    @step
    def start(self):
        self.next({next})

    {middle}

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Sales()
"""
_GANG = """@parallel
    @step
    def train(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)"""


@pytest.fixture(scope="module")
def ada(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Person:
    made = Person(bench, tmp_path_factory.mktemp("ada") / "home")
    made.environment |= {
        "NBFLOW_DEPLOY_STATES_ROLE": bench.account.machine_role,
        "NBFLOW_DEPLOY_SCHEDULER_ROLE": bench.account.schedule_role,
    }
    made.notebook(
        "%%parameters\nlimit: int = 10\nnames: list[str] = ['a']",
        "%%step load\nx = limit",
        "%%step train\ny = x",
        name="sales.ipynb",
    )
    made.notebook("%%parameters\nlimit: int", "%%step load\nx = limit", name="asks.ipynb")
    made.notebook("%%step load --capture data\nx = data", "data = 3", name="kept.ipynb")
    made.notebook("%%step load --secret TOKEN\nx = 1", name="secret.ipynb")
    (made.folder / "sales.py").write_text(_CLASS.format(above="", next="self.end", middle=""))
    (made.folder / "gang.py").write_text(_CLASS.format(above="", next="self.train, num_parallel=2", middle=_GANG))
    (made.folder / "weekly.py").write_text(_CLASS.format(above="@schedule(weekly=True)", next="self.end", middle=""))
    return made


@pytest.fixture(scope="module")
def theirs(bench: Bench, ada: Person) -> str:
    """A state machine that is somebody else's, under a name that a person may want."""
    states = ada_client(bench, "stepfunctions")
    definition = {"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}}
    states.create_state_machine(
        name="payroll", definition=json.dumps(definition), roleArn=bench.account.machine_role, type="STANDARD"
    )
    return "payroll"


def ada_client(bench: Bench, service: str) -> Any:
    env = bench.environment
    return boto3.client(
        service,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env.get("AWS_DEFAULT_REGION") or env.get("AWS_REGION"),
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )


def there(bench: Bench, ada: Person) -> tuple[set[str], ...]:
    """Return the state machines, the schedules, the job definitions and the versions of flows that there are."""
    machines = ada_client(bench, "stepfunctions").list_state_machines()["stateMachines"]
    schedules = ada_client(bench, "scheduler").list_schedules()["Schedules"]
    jobs = ada_client(bench, "batch").describe_job_definitions()["jobDefinitions"]
    found = ada_client(bench, "s3").list_objects_v2(Bucket=bench.account.bucket, Prefix=f"{ada.prefix}/deployments/")
    return (
        {each["name"] for each in machines},
        {each["Name"] for each in schedules},
        {each["jobDefinitionArn"] for each in jobs},
        {each["Key"] for each in found.get("Contents", ())},
    )


@pytest.mark.parametrize(
    ("line", "expected", "changed"),
    [
        ("deploy", "NBF-R004", {}),
        ("deploy sale.ipynb", "Did you mean 'sales.ipynb'", {}),
        ("deploy sales.ipynb --cron tomorrow", "NBF-L001", {}),
        ("deploy sales.ipynb --daily --timezone Berlin", "Europe/Berlin", {}),
        ("deploy sales.ipynb --cron '0 0 31 2 *'", "NBF-L003", {}),
        ("deploy sales.ipynb --cron '0 7 1 * 1'", "NBF-L004", {}),
        ("deploy sales.ipynb -p limit=many", "NBF-P0", {}),
        ("deploy sales.ipynb -p limt=3", "'limit'", {}),
        ("deploy sales.ipynb --timezone Europe/Berlin", "NBF-A014  --timezone Europe/Berlin", {}),
        ("deploy sales.ipynb --env TOKEN", "NBF-A014", {}),
        ("deploy sales.ipynb --env lod:A=1", "'load'", {}),
        ("deploy sales.ipynb --env NBFLOW_ROOT=/tmp", "are taken", {}),
        ("deploy sales.ipynb --include configs", "NBF-A021", {}),
        ("deploy sales.ipynb --include ../sales.ipynb", "NBF-A021", {}),
        ("deploy sales.ipynb --workflow-timeout soon", "12h", {}),
        ("deploy sales.ipynb --secret 'aws-secret.db'", "NBF-A014", {}),
        ("deploy sales.ipynb --secret TOKEN=aws-secrets-manager.none", "NBF-A025", {}),
        ("deploy sales.ipynb --notify aws-secrets-manager.none", "NBF-A025", {}),
        ("deploy sales.ipynb --name 'weekly report'", "--name weekly-report", {}),
        ("deploy sales.ipynb --name payroll", "NBF-A006", {}),
        ("deploy sales.ipynb --notify https://hooks.slack.com/services/T/B/x", "NBF-A019", {}),
        ("deploy sales.ipynb --log-execution-history yes", "log-group", {}),
        ("deploy sales.ipynb --daily", "NBF-A060", {"NBFLOW_DEPLOY_SCHEDULER_ROLE": ""}),
        ("deploy sales.ipynb --daily", "NBF-A061", {"NBFLOW_DEPLOY_SCHEDULE_GROUP": "nightly"}),
        ("deploy sales.ipynb", "NBF-A002", {"NBFLOW_DEPLOY_STATES_ROLE": ""}),
        ("deploy sales.ipynb", "NBF-A024  'states'", {"NBFLOW_DEPLOY_STATES_ROLE": "states"}),
        ("deploy sales.ipynb", "there is no role none", {"NBFLOW_DEPLOY_STATES_ROLE": f"{_ROLE}none"}),
        ("deploy sales.ipynb", "for states.amazonaws.com", {"NBFLOW_DEPLOY_STATES_ROLE": f"{_ROLE}schedule"}),
        ("deploy sales.ipynb --daily", "NBF-A024", {"NBFLOW_DEPLOY_SCHEDULER_ROLE": "daily"}),
        (
            "deploy sales.ipynb --daily",
            "for scheduler.amazonaws.com, or name another: nbflow configure --scheduler-role",
            {"NBFLOW_DEPLOY_SCHEDULER_ROLE": f"{_ROLE}machine"},
        ),
        (
            "deploy sales.ipynb --papermill --daily",
            "there is no role",
            {"NBFLOW_DEPLOY_SCHEDULER_ROLE": f"{_ROLE}none"},
        ),
        ("deploy sales.ipynb", "NBF-A001", {"NBFLOW_ROOT": "folder"}),
        ("deployed list", "NBF-A026", {"NBFLOW_ROOT": "folder"}),
        ("deploy sales.ipynb", "NBF-R087", {"NBFLOW_BATCH_QUEUE": ""}),
        ("deploy sales.ipynb", "NBF-R089", {"NBFLOW_BATCH_QUEUE": "nigthly"}),
        ("deploy sales.ipynb --with batch:queue=nigthly", "it is set by @batch(queue=…) or --with batch:queue=…", {}),
        (
            "deploy sales.ipynb --branch trial",
            "--branch trial: a branch is one of a project, and a notebook has none",
            {},
        ),
        ("deploy sales.ipynb --production", "--production: a branch is one of a project", {}),
        ("deploy asks.ipynb --daily", "NBF-A015", {}),
        ("deploy weekly.py", "NBF-A015", {}),
        ("deploy gang.py", "NBF-A005", {}),
        ("deploy secret.ipynb", "NBF-A005", {}),
        ("deploy sales.py --production", "NBF-D018", {}),
        ("deploy sales.py --papermill", "NBF-A014", {}),
        ("deploy sales.ipynb --papermill --secret aws-secrets-manager.x", "NBF-A014", {}),
        ("deployed trigger sales", "NBF-A011", {}),
        ("deployed stop nothing", "NBF-A011", {}),
        ("deployed delete nothing", "NBF-A011", {}),
    ],
)
def test_it_is_said_before_anything_is_created(
    line: str,
    expected: str,
    changed: dict[str, str],
    ada: Person,
    bench: Bench,
    theirs: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {**ada.environment, **changed}.items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name, raising=False)
    if changed.get("NBFLOW_ROOT"):
        monkeypatch.setenv("NBFLOW_ROOT", str(ada.folder / changed["NBFLOW_ROOT"]))
    monkeypatch.chdir(ada.folder)
    before = there(bench, ada)
    assert theirs in before[0]
    code = main(shlex.split(line))
    said = capsys.readouterr().err
    assert expected in said, said
    assert code, said
    assert there(bench, ada) == before
    assert Path.cwd() == Path(os.path.realpath(ada.folder))


def test_runs_that_are_not_there_are_told_by_what_was_asked_for(ada: Person) -> None:
    ada.notebook("%%step load\nx = 1", name="rare.ipynb")
    done = ada.run("deploy", "rare.ipynb")
    assert "it runs when it is triggered, not by the clock" in done.stderr + done.stdout
    assert "nbflow deployed trigger nbflow-rare" in ada.run("deployed", "runs", "rare").stderr
    failed = ada.run("deployed", "runs", "rare", "--timed-out").stderr
    assert "nbflow-rare has no timed-out run" in failed and "trigger" not in failed
    assert "sfn-1 is no run of nbflow-rare that is under way" in ada.refused("deployed", "stop", "rare/sfn-1")
    ada.ok("deployed", "delete", "rare")
