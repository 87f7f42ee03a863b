"""Schedules of deployments, made in EventBridge on the bench."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws.bench.asking_machines import machine
from aws.bench.started import REGION, Bench
from aws.team import Person

from nbflow.configuration.settings import DeploySettings, Settings
from nbflow.deploy.clock import kept
from nbflow.deploy.clock.service import ClockService
from nbflow.deploy.clock.wanted import machine_target
from nbflow.deploy.deployment import Deployment
from nbflow.errors import NbflowError
from nbflow.schedules.timetable import Timetable

STORE = "s3://bucket/nbflow"
DAILY = Timetable.read("0 9 * * *", "Europe/Berlin")


class Clock:
    """A deployment and its schedule, as `nbflow deploy` has them."""

    def __init__(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in bench.environment.items():
            monkeypatch.setenv(name, value)
        self.bench = bench
        deploy = DeploySettings(scheduler_role=bench.account.schedule_role)
        self.known = Settings(region=REGION, endpoint=bench.url, deploy=deploy)
        arn = machine(bench, {"go": {"Type": "Pass", "End": True}})
        name = f"sales-{uuid.uuid4().hex[:8]}"
        self.deployment = Deployment("sales", name, "ada", ("ada",), 0.0, "sales-0-abcd", arn=arn)

    @property
    def service(self) -> ClockService:
        return ClockService(self.known)

    def put(self, table: Timetable | None, store: str = STORE) -> Mapping[str, Any] | None:
        before = self.deployment if self.deployment.schedule else None
        found = kept.put(
            self.known, self.deployment, before, table, machine_target(self.deployment.arn), store, self.service
        )
        self.deployment = replace(self.deployment, schedule=found)
        return found

    def due(self, until: str) -> list[str]:
        return [each["at"] for each in self.bench.move_clock(until) if each["name"] == self.deployment.name]

    def check(self, table: Timetable | None = DAILY) -> None:
        kept.check(self.known, self.deployment.name, table, STORE, self.service)


@pytest.fixture
def clock(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Clock:
    bench.move_clock("2027-01-01T00:00")
    return Clock(bench, monkeypatch)


def test_a_deployment_runs_by_the_clock_until_it_does_not(clock: Clock) -> None:
    clock.check()
    found = clock.put(DAILY)
    assert found is not None and found["said"] == "0 9 * * * (Europe/Berlin)"
    (told,) = clock.bench.move_clock("2027-01-01T12:00")
    ended = clock.bench.wait_execution(told["started"])
    assert json.loads(ended["output"]) == {"ScheduledAt": "2027-01-01T08:00:00Z"}
    # another time, in the place of that
    clock.check()
    clock.put(Timetable.read("0 10 * * *", "UTC"))
    assert clock.due("2027-01-02T12:00") == ["2027-01-02T10:00:00Z"]
    assert clock.put(None) is None
    assert clock.due("2027-01-05T00:00") == []


def test_a_paused_schedule_starts_nothing_and_stays_paused_when_it_is_deployed_again(clock: Clock) -> None:
    clock.put(DAILY)
    paused = kept.set_paused(clock.deployment, paused=True, service=clock.service)
    clock.deployment = replace(clock.deployment, schedule=paused)
    again = clock.put(Timetable.read("0 10 * * *"))
    assert paused is not None and again is not None
    assert paused["paused"] and again["paused"] and again["said"].endswith(", paused")
    assert clock.due("2027-01-03T00:00") == []
    resumed = kept.set_paused(clock.deployment, paused=False, service=clock.service)
    assert resumed is not None and not resumed["paused"] and resumed["cron"] == "0 10 * * *"
    assert clock.due("2027-01-04T00:00") == ["2027-01-03T10:00:00Z"]


def test_a_schedule_goes_along_into_another_group(clock: Clock) -> None:
    clock.put(DAILY)
    group = f"team-{uuid.uuid4().hex[:8]}"
    clock.bench.client("scheduler").create_schedule_group(Name=group)
    clock.known = replace(clock.known, deploy=replace(clock.known.deploy, schedule_group=group))
    clock.check()
    clock.put(DAILY)
    assert clock.service.describe(clock.deployment.name, "default") is None
    assert clock.due("2027-01-02T00:00") == ["2027-01-01T08:00:00Z"]
    kept.delete(clock.deployment, clock.service)
    kept.delete(clock.deployment, clock.service)
    assert clock.due("2027-01-05T00:00") == []


def test_without_a_role_or_a_group_nothing_is_made(clock: Clock) -> None:
    scheduled = clock.known
    clock.known = replace(scheduled, deploy=DeploySettings())
    with pytest.raises(NbflowError, match=r"A060.*no role is set[\s\S]*--scheduler-role ARN"):
        clock.check()
    clock.check(None)
    clock.bench.client("scheduler").create_schedule_group(Name=f"team-{clock.deployment.name}")
    wrong = f"teem-{clock.deployment.name}"
    clock.known = replace(scheduled, deploy=replace(scheduled.deploy, schedule_group=wrong))
    with pytest.raises(NbflowError, match=rf"A061.*'{wrong}'[\s\S]*Did you mean 'team-"):
        clock.check()
    assert clock.bench.client("scheduler").list_schedules()["Schedules"] == []


def test_a_schedule_of_somebody_elses_is_left_alone(clock: Clock) -> None:
    clock.put(DAILY, store="s3://theirs/nbflow")
    clock.deployment = replace(clock.deployment, schedule=None)
    with pytest.raises(NbflowError, match=r"A062[\s\S]*s3://theirs/nbflow[\s\S]*--name NAME"):
        clock.check()
    with pytest.raises(NbflowError, match="A062"):
        clock.put(Timetable.read("0 10 * * *"))
    found = clock.service.describe(clock.deployment.name, "default")
    assert found is not None and found["ScheduleExpression"] == "cron(0 9 * * ? *)"


def test_what_eventbridge_refuses_is_told_with_what_to_do(clock: Clock) -> None:
    good = clock.known
    clock.known = replace(good, deploy=DeploySettings(scheduler_role=clock.bench.account.machine_role))
    with pytest.raises(NbflowError, match=r"A064.*role/machine[\s\S]*scheduler\.amazonaws\.com"):
        clock.put(DAILY)
    clock.known = good
    clock.bench.fault("deny", service="scheduler", action="CreateSchedule")
    with pytest.raises(NbflowError, match=r"R091.*CreateSchedule[\s\S]*scheduler:CreateSchedule allowed"):
        clock.put(DAILY)


def test_a_schedule_that_is_gone_is_told_when_it_is_to_be_paused(clock: Clock) -> None:
    clock.put(DAILY)
    clock.bench.client("scheduler").delete_schedule(Name=clock.deployment.name)
    with pytest.raises(NbflowError, match=r"A066.*is gone: there is no default/"):
        kept.set_paused(clock.deployment, paused=True, service=clock.service)


def nothing_of(bench: Bench, ada: Person) -> bool:
    """Say that neither AWS nor the bucket has anything that was deployed as nbflow-sales."""
    machines = bench.client("stepfunctions").list_state_machines()["stateMachines"]
    kept = bench.client("s3").list_objects_v2(Bucket=bench.account.bucket, Prefix=f"{ada.prefix}/deployments/")
    return "nbflow-sales" not in {each["name"] for each in machines} and "Contents" not in kept


@pytest.mark.timeout(240)
def test_a_flow_is_deployed_with_a_rhythm(bench: Bench, tmp_path: Path) -> None:
    bench.move_clock("2027-01-01T00:00")
    ada = Person(bench, tmp_path / "home")
    ada.environment["NBFLOW_DEPLOY_STATES_ROLE"] = bench.account.machine_role
    ada.environment["NBFLOW_DEPLOY_SCHEDULER_ROLE"] = bench.account.schedule_role
    ada.notebook("%%parameters\nalpha: float = 0.1", "%%step load\nrows = [alpha]", name="sales.ipynb")
    daily = ("deploy", "sales.ipynb", "--cron", "0 9 * * *", "--timezone", "Europe/Berlin")
    # where nobody may ask IAM, the services themselves say what is wrong with a role, and what was made is taken back
    bench.fault("deny", service="iam")
    of_machine, of_schedule = bench.account.machine_role, bench.account.schedule_role
    wrong = ada.refused(*daily, NBFLOW_DEPLOY_STATES_ROLE=of_schedule)
    assert f"A064  Step Functions may not act by the role {of_schedule}" in wrong and "--states-role" in wrong
    assert nothing_of(bench, ada)
    wrong = ada.refused(*daily, NBFLOW_DEPLOY_SCHEDULER_ROLE=of_machine)
    assert f"A064  EventBridge may not act by the role {of_machine}" in wrong and "--scheduler-role" in wrong
    assert nothing_of(bench, ada)
    said = ada.run(*daily)
    assert said.returncode == 0 and "it runs 0 9 * * * (Europe/Berlin), next " in said.stderr, said.stderr
    (told,) = bench.move_clock("2027-01-01T12:00")
    assert (told["name"], told["at"]) == ("nbflow-sales", "2027-01-01T08:00:00Z")
    # what its jobs do is no matter of the clock
    bench.client("stepfunctions").stop_execution(executionArn=told["started"])
    bench.wait_execution(told["started"])
    ada.ok("deployed", "delete", "nbflow-sales")
    assert bench.client("scheduler").list_schedules()["Schedules"] == []
