"""An account made from the template: a flow runs in it with what the stack says, and is allowed what it does, and no more."""

from __future__ import annotations

import ast
import json
import shlex
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from aws.bench.started import Bench
from aws.permitted import Call, listed, permits
from aws.team import Person

from nbflow.deploy.template import OUTPUTS, as_text, asked, template

# a job starts a Python, fetches its packages and reads a bucket of Python's own speed
pytestmark = pytest.mark.timeout(300)

NAME = "sales"
#: what the flow is called there
DEPLOYED = f"{NAME}-work"
#: moto makes nothing of these, and says so in its log; the rest of the stack needs neither
UNKNOWN_TO_MOTO = {"AWS::S3::BucketPolicy", "AWS::Scheduler::ScheduleGroup"}

FLOW = (
    "%%step load\nimport os\nnumbers = [1, 2]\nlarge = os.urandom(12 << 20)",
    "%%step total --secret WORD={secret}\nimport os\ntotal = sum(numbers)\nsaid = os.environ['WORD'][:3]",
)

#: actions of S3's API, by the action of IAM that allows them
_S3 = {
    **dict.fromkeys(("GetObject", "HeadObject"), "s3:GetObject"),
    **dict.fromkeys(
        ("PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "CopyObject"), "s3:PutObject"
    ),
    **dict.fromkeys(("DeleteObject", "DeleteObjects"), "s3:DeleteObject"),
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    **dict.fromkeys(("ListObjectsV2", "ListObjects", "HeadBucket"), "s3:ListBucket"),
}
#: of nobody: whoever has credentials may ask who they are
_FREE = {"sts:GetCallerIdentity"}

#: what is allowed and not called here, with why it is there all the same
UNCALLED = {
    "people": {
        "s3:AbortMultipartUpload": "an upload that fails half-way; none does here",
        "secretsmanager:GetSecretValue": "a step with --secret that runs on the person's own machine",
        "states:DescribeExecution": "how a run of Deployer is, and one that is stopped before a job has begun it",
    },
    "job": {
        "s3:AbortMultipartUpload": "an upload that fails half-way; none does here",
    },
    "states": {
        "s3:GetObject": "what a foreach goes over, and whether a step goes: tests/unit/deploy/test_permissions.py",
        "states:StartExecution": "the items of a foreach; the same test",
        "states:DescribeExecution": "the same",
        "states:StopExecution": "the same",
    },
    "scheduler": {
        "batch:SubmitJob": "a notebook that is filled in by the clock: tests/unit/deploy/test_permissions.py",
        "batch:TagResource": "the same",
    },
}

#: what a moment decides: whether a job has begun the run that is stopped
_PERHAPS = {"states:DescribeExecution"}


@pytest.fixture(scope="module")
def stack(bench: Bench) -> str:
    """A stack made from the template that is printed."""
    whole = template(asked(prefix=NAME))
    # moto knows no service-linked role, which AWS has Batch take where none is named
    whole["Resources"]["Machines"]["Properties"]["ServiceRole"] = {"Fn::GetAtt": ["ExecutionRole", "Arn"]}
    bench.client("cloudformation").create_stack(
        StackName=NAME, TemplateBody=as_text(whole), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    # of which it makes nothing
    bench.client("scheduler").create_schedule_group(Name=NAME)
    return NAME


@pytest.fixture(scope="module")
def ada(bench: Bench, stack: str, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Someone who has credentials, a region, and the name of the stack."""
    person = Person(bench, tmp_path_factory.mktemp("ada") / "home")
    for name in [name for name in person.environment if name.startswith("NBFLOW_")]:
        del person.environment[name]
    said = person.ok("configure", "--profile", "team", "--from-stack", stack)
    assert "nbflow doctor" in said
    return person


def outputs(bench: Bench) -> dict[str, str]:
    (found,) = bench.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}


def policy_of_role(bench: Bench, role: str) -> list[dict[str, Any]]:
    found = bench.client("iam").get_role_policy(RoleName=f"{NAME}-{role}", PolicyName=role)
    # moto keeps what comes from a stack as Python writes it
    statements: list[dict[str, Any]] = ast.literal_eval(str(found["PolicyDocument"]))["Statement"]
    return statements


def policy_of_people(bench: Bench) -> list[dict[str, Any]]:
    iam, arn = bench.client("iam"), outputs(bench)["People"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    statements: list[dict[str, Any]] = ast.literal_eval(str(found))["Statement"]
    return statements


class Calls:
    """What was asked of an account, with the resources that IAM would be asked for."""

    def __init__(self, bench: Bench, own: range) -> None:
        """Take what was asked so far, but for what the test itself asked, at the places `own`."""
        self._bench = bench
        self._entries = [
            each for place, each in enumerate(bench.requests()) if each["caller"] != "client" or place not in own
        ]

    def of(self, caller: str) -> Iterator[Call]:
        for entry in self._entries:
            if entry["caller"] != caller:
                continue
            if entry["service"] == "s3":
                yield self._of_s3(entry)
            else:
                yield from self._of_control(f"{entry['service']}:{entry['action']}")

    def _of_s3(self, entry: dict[str, Any]) -> Call:
        action = _S3[entry["action"]]
        bucket = f"arn:aws:s3:::{entry['bucket']}"
        if action == "s3:ListBucket":
            return Call(action, bucket)
        # the keys of DeleteObjects are in its body, which nobody kept
        return Call(action, f"{bucket}/{entry['key'] or 'nbflow/any'}")

    def _of_control(self, action: str) -> Iterator[Call]:
        match action.partition(":")[0]:
            case "batch":
                yield from self._of_batch(action)
            case "states":
                yield from self._of_states(action)
            case "scheduler":
                yield from self._of_scheduler(action)
            case "logs":
                group = outputs(self._bench)["LogGroup"]
                yield Call(action, self._arn("logs", f"log-group:{group}:log-stream:any"))
            case "secretsmanager":
                secrets = self._bench.client("secretsmanager").list_secrets()["SecretList"]
                yield from (Call(action, each["ARN"]) for each in secrets if each["Name"].startswith(NAME))
            case "iam":
                yield from (Call(action, outputs(self._bench)[role]) for role in ("JobRole", "ExecutionRole"))
            case "cloudformation":
                (found,) = self._bench.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
                yield Call(action, found["StackId"])
            case "events":
                yield Call(action, self._arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule"))
            case _:
                yield Call(action, "*")

    def _of_batch(self, action: str) -> Iterator[Call]:
        jobs = [each for each in self._bench.jobs() if f"job-queue/{NAME}" in each["jobQueue"]]
        match action:
            case "batch:SubmitJob":
                for each in jobs:
                    yield Call(action, each["jobQueue"])
                    yield Call(action, each["jobDefinition"])
                    yield Call("batch:TagResource", each["jobArn"])
            case "batch:RegisterJobDefinition":
                for definition in {each["jobDefinition"] for each in jobs}:
                    yield Call(action, definition)
                    yield Call("batch:TagResource", definition)
                for each in jobs:
                    yield self._handed(each["container"]["jobRoleArn"], "ecs-tasks")
                    yield self._handed(each["container"]["executionRoleArn"], "ecs-tasks")
            case "batch:TerminateJob":
                yield from (Call(action, each["jobArn"]) for each in jobs)
            case _:
                yield Call(action, "*")

    def _of_states(self, action: str) -> Iterator[Call]:
        match action:
            case "states:ListStateMachines":
                yield Call(action, "*")
            case "states:DescribeExecution" | "states:StopExecution":
                yield Call(action, self._arn("states", f"execution:{DEPLOYED}:any"))
            case _:
                yield Call(action, self._arn("states", f"stateMachine:{DEPLOYED}"))
        if action in {"states:CreateStateMachine", "states:UpdateStateMachine"}:
            yield self._handed(outputs(self._bench)["StatesRole"], "states")

    def _of_scheduler(self, action: str) -> Iterator[Call]:
        if action == "scheduler:GetScheduleGroup":
            yield Call(action, self._arn("scheduler", f"schedule-group/{NAME}"))
        else:
            yield Call(action, self._arn("scheduler", f"schedule/{NAME}/{DEPLOYED}"))
        if action in {"scheduler:CreateSchedule", "scheduler:UpdateSchedule"}:
            yield self._handed(outputs(self._bench)["SchedulerRole"], "scheduler")

    @staticmethod
    def _arn(service: str, what: str) -> str:
        return f"arn:aws:{service}:us-east-1:123456789012:{what}"

    @staticmethod
    def _handed(role: str, service: str) -> Call:
        return Call("iam:PassRole", role, (("iam:PassedToService", f"{service}.amazonaws.com"),))


def deployed(bench: Bench, ada: Person) -> range:
    """Leave the flow to the clock, which runs it once; stop another run, deploy it again, and delete it.

    Return the places of the requests that are the test's own.
    """
    bench.move_clock("2027-01-01T00:00")
    typed(ada, "deploy work.ipynb --cron '0 12 * * *'", "deployed list", f"deployed pause {DEPLOYED}")
    typed(ada, f"deployed resume {DEPLOYED}")
    first = len(bench.requests())
    bench.move_clock("2027-01-01T12:00")
    states = bench.client("stepfunctions")
    machine = f"arn:aws:states:us-east-1:123456789012:stateMachine:{DEPLOYED}"
    (execution,) = states.list_executions(stateMachineArn=machine)["executions"]
    assert bench.wait_execution(execution["executionArn"], within=150)["status"] == "SUCCEEDED"
    own = range(first, len(bench.requests()))
    run = ada.ok("deployed", "trigger", DEPLOYED).strip()
    typed(
        ada,
        f"deployed runs {DEPLOYED}",
        f"deployed stop {DEPLOYED}/{run.rpartition('/')[2]}",
        "deploy work.ipynb --no-schedule",
        f"deployed delete {DEPLOYED}",
    )
    return own


def typed(ada: Person, *lines: str) -> None:
    """Type commands, all in one process; each works."""
    words = [shlex.split(line) for line in lines]
    code = f"from nbflow.frontends.cli.main import main\nfor words in {words!r}:\n    assert main(words) == 0, words"
    ada.ok("-c", code, python=True)


def test_the_stack_is_made_of_all_that_the_template_has(bench: Bench, stack: str) -> None:
    (found,) = bench.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    assert found["StackStatus"] == "CREATE_COMPLETE"
    made = {
        each["ResourceType"]
        for each in bench.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        if "ResourceType" in each
    }
    wanted = {each["Type"] for each in template(asked(prefix=NAME))["Resources"].values()}
    assert wanted - made == UNKNOWN_TO_MOTO


def test_configure_takes_over_what_the_stack_says(bench: Bench, ada: Person) -> None:
    said = outputs(bench)
    show = ada.ok("configure", "show")
    for output, key in OUTPUTS.items():
        assert key in show
        assert said[output] in show
    assert all(f" {key}" not in show.partition("not set:")[2] for key in OUTPUTS.values())


def test_a_stack_that_does_not_say_it_is_told(bench: Bench, ada: Person) -> None:
    cloudformation = bench.client("cloudformation")
    other = f"other-{uuid.uuid4().hex[:6]}"
    cloudformation.create_stack(
        StackName=other,
        TemplateBody=json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
    )
    before = ada.ok("configure", "show")
    said = ada.refused("configure", "--from-stack", other)
    assert "NBF-U022" in said
    assert "does not say Root, Region" in said
    said = ada.refused("configure", "--from-stack", "sale")
    assert "NBF-U020" in said
    assert "Did you mean 'sales'?" in said
    assert "in eu-west-1" in ada.refused("configure", "--from-stack", NAME, "--region", "eu-west-1")
    bench.fault("deny", action="DescribeStacks")
    said = ada.refused("configure", "--from-stack", NAME)
    assert "NBF-U023" in said
    assert "cloudformation:DescribeStacks is denied" in said
    bench.clear_faults()
    assert ada.ok("configure", "show") == before


def test_a_flow_runs_with_what_the_stack_says_and_is_allowed_just_what_it_does(bench: Bench, ada: Person) -> None:
    bench.clear_requests()
    secret = f"{NAME}/{uuid.uuid4().hex[:8]}"
    bench.client("secretsmanager").create_secret(Name=secret, SecretString="owl and more")
    bench.clear_requests()
    ada.ok("configure", "--from-stack", NAME)
    assert "✗" not in ada.ok("doctor")
    ada.notebook(*(cell.replace("{secret}", secret) for cell in FLOW), name="work.ipynb")
    ada.ok("run", "work.ipynb", "--with", "batch")
    found = ada.ask('data = nbflow.Flow("work").latest_run.data\nprint(json.dumps([data.total, data.said]))')
    assert found == [3, "owl"]
    calls = Calls(bench, deployed(bench, ada))
    # what containers say goes to the group of the stack
    stream = bench.client("logs").describe_log_streams(logGroupName=f"/{NAME}/jobs")["logStreams"][0]["logStreamName"]
    assert {each["container"].get("logStreamName") for each in bench.jobs() if NAME in each["jobQueue"]} >= {stream}
    policies = {
        "people": ("client", policy_of_people(bench)),
        "job": ("job", policy_of_role(bench, "job")),
        "states": ("state-machine", policy_of_role(bench, "states")),
        "scheduler": ("scheduler", policy_of_role(bench, "scheduler")),
    }
    for principal, (caller, statements) in policies.items():
        asked_for = {call for call in calls.of(caller) if call.action not in _FREE}
        refused = sorted(
            call for call in asked_for if not permits(statements, call.action, call.resource, dict(call.facts))
        )
        assert refused == [], principal
        allowed = {action for statement in statements for action in listed(statement["Action"])}
        called = {call.action for call in asked_for}
        assert allowed - called <= UNCALLED[principal].keys(), principal
        # a reason for what is called, or is not allowed, is none
        assert UNCALLED[principal].keys() - _PERHAPS <= allowed - called, principal


@pytest.mark.parametrize(
    ("action", "resource", "facts", "said"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/nbflow/x", {}, True),
        ("S3:getobject", "arn:aws:s3:::b/nbflow/x/y", {}, True),
        ("s3:GetObject", "arn:aws:s3:::b/other/x", {}, False),
        ("s3:PutObject", "arn:aws:s3:::b/nbflow/x", {}, False),
        ("iam:PassRole", "arn:role/r", {"iam:PassedToService": "ecs-tasks.amazonaws.com"}, True),
        ("iam:PassRole", "arn:role/r", {"iam:PassedToService": "ec2.amazonaws.com"}, False),
        ("iam:PassRole", "arn:role/r", {}, False),
        ("batch:DescribeJobs", "*", {}, True),
    ],
)
def test_a_statement_permits_what_it_names(action: str, resource: str, facts: dict[str, str], said: bool) -> None:
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::b/nbflow/*"]},
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": "arn:role/r",
            "Condition": {"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}},
        },
        {"Effect": "Allow", "Action": ["batch:Describe?obs"], "Resource": "*"},
    ]
    assert permits(statements, action, resource, facts) is said


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
    ],
)
def test_what_the_evaluator_does_not_know_is_no_permission(statement: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not known here"):
        permits([statement], "s3:GetObject", "x")
