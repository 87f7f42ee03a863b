"""The tests' side of the bench: started, asked for, told what to do, stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

REGION = "us-east-1"
_TESTS = Path(__file__).parents[2]
#: what a client of the bench has in its environment
_CLIENT = {
    "AWS_ACCESS_KEY_ID": "AKIABENCH",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    # no settings of the person who runs the tests
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
#: roles of an account, and the services that may assume them
_ROLES = {
    "job": ("ecs-tasks",),
    "execution": ("ecs-tasks",),
    "service": ("batch",),
    "machine": ("states",),
    "schedule": ("scheduler", "events"),
}


class BenchError(Exception):
    """The bench did not do what a test told it."""


@dataclass(frozen=True)
class Account:
    """What an account has before a flow runs in it."""

    bucket: str
    #: of Fargate
    queue: str
    #: of EC2
    ec2_queue: str
    #: of EC2, with GPUs
    gpu_queue: str
    job_role: str
    execution_role: str
    #: which Step Functions may assume, and which EventBridge may
    machine_role: str
    schedule_role: str


class Bench:
    """A bench that runs, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: Path, runner: str) -> None:
        self._process = process
        self.url = url
        self.log = log
        self.runner = runner
        try:
            self.account = self._furnish()
        except BaseException:
            self.stop()
            raise

    @classmethod
    def start(cls, folder: Path, runner: str = "process", *, slots: int = 4) -> Bench:
        """Start one; `folder` is an empty folder for its log and for what its jobs leave."""
        log = folder / "bench.log"
        (folder / "jobs").mkdir(parents=True)
        command = [sys.executable, "-m", "aws.bench", "--while-asked", "--runner", runner, "--slots", str(slots)]
        with log.open("w") as errors:
            process = subprocess.Popen(
                [*command, "--folder", str(folder / "jobs")],
                env={**os.environ, **_CLIENT, "PYTHONPATH": str(_TESTS)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                # an interrupted test run stops it by its fixture, not before
                start_new_session=True,
            )
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said:
            process.wait()
            raise BenchError(f"the bench did not start:\n{log.read_text()[-2000:]}")
        return cls(process, json.loads(said)["url"], log, runner)

    def stop(self) -> None:
        """Stop it and all its jobs."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    @property
    def environment(self) -> dict[str, str]:
        """What makes it AWS for the SDKs of another process."""
        return {**_CLIENT, "AWS_ENDPOINT_URL": self.url}

    def client(self, service: str, *, region: str = REGION, **more: Any) -> Any:
        """Return a client of boto3 that talks to it."""
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=_CLIENT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=_CLIENT["AWS_SECRET_ACCESS_KEY"],
            **more,
        )

    # ---- what tests have it do -----------------------------------------------------------------------------------------

    def fault(self, kind: str, **rule: Any) -> None:
        """Have requests go wrong from now on: see `faults.Fault`."""
        self._ask("POST", "faults", {"kind": kind, **rule})

    def faults(self) -> list[dict[str, Any]]:
        """Return the rules, each with its `hits`."""
        found: list[dict[str, Any]] = self._ask("GET", "faults")
        return found

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def requests(self, **facts: Any) -> list[dict[str, Any]]:
        """Return the requests since `clear_requests`, in order; with `facts` only those that have these."""
        found = self._ask("GET", "requests")
        return [each for each in found if all(each[name] == value for name, value in facts.items())]

    def clear_requests(self) -> None:
        self._ask("DELETE", "requests")

    def settings(self, **changes: Any) -> None:
        """Turn dials: see `settings.Settings`."""
        self._ask("POST", "settings", changes)

    def reset_settings(self) -> None:
        self._ask("DELETE", "settings")

    def now(self) -> datetime:
        """Return the time on the bench, by which schedules come due."""
        return datetime.fromisoformat(self._ask("GET", "clock"))

    def move_clock(self, to: datetime | str) -> list[dict[str, Any]]:
        """Have it be another time, from which the clock goes on; text is ISO 8601, and UTC unless it says another offset.

        What comes due until then starts, in order, and is returned: name, group, `at`, and `started` or `error`.
        """
        moment = datetime.fromisoformat(to) if isinstance(to, str) else to
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found: list[dict[str, Any]] = self._ask("POST", "clock", {"to": moment.isoformat()})
        return found

    def fired(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return what schedules and rules have started, in order; those of one name, if that is given."""
        found: list[dict[str, Any]] = self._ask("GET", "fired")
        return [each for each in found if name in (None, each["name"])]

    def reset_clock(self) -> None:
        """Go back to this machine's time; all schedules are deleted."""
        self._ask("DELETE", "clock")

    def reclaim(self, job: str) -> bool:
        """Take away the host of a running job; false if it does not run."""
        return bool(self._ask("POST", "reclaim", {"job": job}))

    def jobs(self) -> list[dict[str, Any]]:
        """Return all jobs of all queues and regions, children of arrays too, as DescribeJobs tells them."""
        found: list[dict[str, Any]] = self._ask("GET", "jobs")
        return found

    def reset(self) -> None:
        """Stop all jobs and empty the account, but for what `Account` names."""
        self._ask("POST", "reset")
        self._furnish()

    def wait(self, job: str, *statuses: str, within: float = 30.0) -> dict[str, Any]:
        """Return a job once its status is one of `statuses`, or SUCCEEDED or FAILED if none are given."""
        batch = self.client("batch")
        wanted = statuses or ("SUCCEEDED", "FAILED")
        until = time.monotonic() + within
        while True:
            told: dict[str, Any] = batch.describe_jobs(jobs=[job])["jobs"][0]
            if told["status"] in wanted:
                return told
            if told["status"] in ("SUCCEEDED", "FAILED") or time.monotonic() > until:
                raise BenchError(
                    f"job {job} is {told['status']} ({told.get('statusReason')}), not {' or '.join(wanted)}"
                )
            time.sleep(0.03)

    def wait_execution(self, arn: str, *statuses: str, within: float = 60.0) -> dict[str, Any]:
        """Return an execution of a state machine once its status is one of `statuses`, or any but RUNNING."""
        machines = self.client("stepfunctions")
        until = time.monotonic() + within
        while True:
            told: dict[str, Any] = machines.describe_execution(executionArn=arn)
            status = told["status"]
            if status in statuses or (not statuses and status != "RUNNING"):
                return told
            if status != "RUNNING" or time.monotonic() > until:
                wanted = " or ".join(statuses) or "done"
                raise BenchError(f"execution {arn} is {status}: {told.get('error')} {told.get('cause')}, not {wanted}")
            time.sleep(0.05)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/_bench/{path}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise BenchError(json.loads(error.read())["error"]) from None

    def _furnish(self) -> Account:
        """Make what an account has from the beginning: bucket, roles, and a queue of each kind."""
        s3, iam, ec2, batch = map(self.client, ("s3", "iam", "ec2", "batch"))
        s3.create_bucket(Bucket="nbflow-bench")
        roles = {
            name: iam.create_role(RoleName=name, AssumeRolePolicyDocument=_trust(*services))["Role"]["Arn"]
            for name, services in _ROLES.items()
        }
        profile = iam.create_instance_profile(InstanceProfileName="instances")["InstanceProfile"]["Arn"]
        network = {
            "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
            "securityGroupIds": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
        }

        def queue(name: str, **resources: Any) -> str:
            environment = batch.create_compute_environment(
                computeEnvironmentName=f"{name}-environment",
                type="MANAGED",
                state="ENABLED",
                serviceRole=roles["service"],
                computeResources={"maxvCpus": 64, **network, **resources},
            )["computeEnvironmentArn"]
            order = [{"order": 1, "computeEnvironment": environment}]
            made = batch.create_job_queue(jobQueueName=name, state="ENABLED", priority=1, computeEnvironmentOrder=order)
            return str(made["jobQueueName"])

        hosts = {"type": "EC2", "minvCpus": 0, "instanceRole": profile}
        account = Account(
            bucket="nbflow-bench",
            queue=queue("fargate", type="FARGATE"),
            ec2_queue=queue("ec2", instanceTypes=["optimal"], **hosts),
            gpu_queue=queue("gpu", instanceTypes=["g4dn.12xlarge"], **hosts),
            job_role=roles["job"],
            execution_role=roles["execution"],
            machine_role=roles["machine"],
            schedule_role=roles["schedule"],
        )
        self.clear_requests()
        return account


def _trust(*services: str) -> str:
    """Return a trust policy."""
    principal = {"Service": [f"{name}.amazonaws.com" for name in services]}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
