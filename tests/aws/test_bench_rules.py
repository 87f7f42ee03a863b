"""What Batch answers to a bad request, what it lists, and what it knows of definitions and secrets, held against the bench."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from aws.bench.asking import define, lines, submit
from aws.bench.started import Bench
from botocore.exceptions import ClientError

MANY = [{"onExitCode": str(code), "action": "EXIT"} for code in range(6)]


@pytest.fixture(scope="module")
def python(bench: Bench) -> str:
    return define(bench)


@pytest.fixture(scope="module")
def on_fargate(bench: Bench) -> str:
    return define(bench, fargate=True)


def needs(**resources: str) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": name, "value": value} for name, value in resources.items()]}


# ---- what SubmitJob refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"jobQueue": "nowhere"}, "JobQueue nowhere not found."),
        ({"jobDefinition": "nothing"}, "JobDefinition name nothing does not exist or is not in ACTIVE status"),
        ({"jobName": "flow/start"}, "Job name should match valid pattern"),
        ({"jobName": "-start"}, "Job name should match valid pattern"),
        ({"jobName": "x" * 129}, "Job name should match valid pattern"),
        ({"parameters": {"long": "x" * 40_000}}, "Job size must be less than 30 KiB, got 39 KiB"),
        ({"arrayProperties": {"size": 1}}, "Array size must be between 2 and 10000"),
        ({"timeout": {"attemptDurationSeconds": 59}}, "at least 60 seconds"),
        ({"retryStrategy": {"attempts": 11}}, "attempts must be between 1 and 10"),
        ({"retryStrategy": {"evaluateOnExit": [{"onExitCode": "1", "action": "EXIT"}]}}, "between 1 and 10"),
        ({"retryStrategy": {"attempts": 2, "evaluateOnExit": MANY}}, "at most 5 conditions"),
        (
            {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"onExitCode": "1x", "action": "EXIT"}]}},
            "onExitCode 1x",
        ),
        ({"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT"}]}}, "names onExitCode"),
        ({"dependsOn": [{"jobId": "00000000-0000-0000-0000-000000000000"}]}, "does not exist"),
        ({"containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]}}, "reserved AWS_BATCH"),
        ({"containerOverrides": needs(VCPU="0.5")}, "whole numbers"),
        ({"containerOverrides": needs(MEMORY="3")}, "at least 4 MiB"),
    ],
)
def test_a_submission_is_refused(bench: Bench, python: str, asked: dict[str, Any], message: str) -> None:
    before = len(bench.jobs())
    with pytest.raises(ClientError) as refused:
        submit(bench, asked.pop("jobDefinition", python), **asked)
    assert refused.value.response["Error"]["Code"] == "ClientException"
    assert message in str(refused.value) and len(bench.jobs()) == before


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({"VCPU": "1", "MEMORY": "4000"}, "Fargate resource requirements (1.00 vCPU, 4000 MiB) not valid."),
        ({"VCPU": "3"}, "Fargate resource requirements (3.00 vCPU, 1024 MiB) not valid."),
        ({"VCPU": "0.25", "MEMORY": "4096"}, "Fargate resource requirements (0.25 vCPU, 4096 MiB) not valid."),
        ({"GPU": "1"}, "GPU is not applicable for Fargate"),
    ],
)
def test_fargate_has_sizes_of_its_own(bench: Bench, on_fargate: str, resources: dict[str, str], message: str) -> None:
    with pytest.raises(ClientError, match="ClientException") as refused:
        submit(bench, on_fargate, jobQueue=bench.account.queue, containerOverrides=needs(**resources))
    assert message in str(refused.value)
    fits = needs(VCPU="4", MEMORY="30720")
    job = submit(bench, on_fargate, "pass", jobQueue=bench.account.queue, containerOverrides=fits)
    assert bench.wait(job)["status"] == "SUCCEEDED"


def test_a_definition_for_one_platform_is_no_job_for_the_other(bench: Bench, python: str, on_fargate: str) -> None:
    for definition, queue in ((python, bench.account.queue), (on_fargate, bench.account.ec2_queue)):
        with pytest.raises(ClientError, match="ClientException"):
            submit(bench, definition, jobQueue=queue)
    with pytest.raises(ClientError, match=r"vcpus is not applicable for Fargate\. Use resource requirements instead\."):
        submit(bench, on_fargate, jobQueue=bench.account.queue, containerOverrides={"vcpus": 2})


# ---- definitions -----------------------------------------------------------------------------------------------------


def test_a_definition_on_fargate_needs_an_execution_role(bench: Bench) -> None:
    with pytest.raises(ClientError, match=r"ClientException.*executionRoleArn"):
        define(bench, fargate=True, executionRoleArn="")
    with pytest.raises(ClientError, match=r"ClientException.*executionRoleArn"):
        define(bench, executionRoleArn="", secrets=[{"name": "X", "valueFrom": "x"}])


def test_a_definition_has_a_name_that_batch_takes(bench: Bench) -> None:
    with pytest.raises(ClientError, match=r"Provided name a\.b is not supported pattern\[a-zA-Z_0-9-\]\{1,128\}"):
        bench.client("batch").register_job_definition(jobDefinitionName="a.b", type="container")


def test_definitions_have_revisions_of_which_the_latest_active_one_runs(bench: Bench) -> None:
    batch = bench.client("batch")
    name = f"revised-{uuid.uuid4().hex[:8]}"

    def register(word: str, platform: str) -> int:
        properties = {
            "image": "python:3.11",
            "executionRoleArn": bench.account.execution_role,
            "command": ["python", "-c", f"print('{word}')"],
            **needs(VCPU="1", MEMORY="2048"),
        }
        made = batch.register_job_definition(
            jobDefinitionName=name, type="container", platformCapabilities=[platform], containerProperties=properties
        )
        return int(made["revision"])

    assert [register("one", "EC2"), register("two", "EC2"), register("three", "FARGATE")] == [1, 2, 3]
    told = batch.describe_job_definitions(jobDefinitions=[f"{name}:3"])["jobDefinitions"]
    assert [(each["revision"], each["platformCapabilities"]) for each in told] == [(3, ["FARGATE"])]
    batch.deregister_job_definition(jobDefinition=f"{name}:3")
    assert lines(bench, bench.wait(submit(bench, name))) == ["two"]
    assert lines(bench, bench.wait(submit(bench, f"{name}:1"))) == ["one"]
    active = batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")["jobDefinitions"]
    assert sorted(each["revision"] for each in active) == [1, 2]
    with pytest.raises(ClientError, match="does not exist or is not in ACTIVE status"):
        submit(bench, f"{name}:3")


# ---- lists -----------------------------------------------------------------------------------------------------------


def test_jobs_are_listed_by_the_beginning_of_their_name_whatever_their_status(bench: Bench, python: str) -> None:
    batch, mark = bench.client("batch"), uuid.uuid4().hex[:8]
    jobs = {name: submit(bench, python, "pass", jobName=f"{mark}-{name}") for name in ("train", "Test", "start")}
    for job in jobs.values():
        bench.wait(job)

    def found(value: str) -> set[str]:
        filters = [{"name": "JOB_NAME", "values": [value]}]
        listed = batch.list_jobs(jobQueue=bench.account.ec2_queue, filters=filters, jobStatus="FAILED")[
            "jobSummaryList"
        ]
        return {each["jobName"].partition("-")[2] for each in listed}

    # the status is not looked at beside a filter
    assert (
        found(f"{mark}-t*") == {"train", "Test"} and found(f"{mark}-TEST") == {"Test"} and found(f"{mark}-t") == set()
    )


def test_without_a_status_the_running_jobs_are_listed(bench: Bench, python: str) -> None:
    batch = bench.client("batch")
    done = submit(bench, python, "pass")
    bench.wait(done)
    running = submit(bench, python, "import time; time.sleep(60)")
    bench.wait(running, "RUNNING")
    listed = [each["jobId"] for each in batch.list_jobs(jobQueue=bench.account.ec2_queue)["jobSummaryList"]]
    batch.terminate_job(jobId=running, reason="seen")
    assert running in listed and done not in listed
    bench.wait(running)


def test_the_children_of_an_array_are_listed_by_it_and_not_by_the_queue(bench: Bench, python: str) -> None:
    batch = bench.client("batch")
    parent = submit(bench, python, "pass", arrayProperties={"size": 3})
    bench.wait(parent)
    children = batch.list_jobs(arrayJobId=parent, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert {each["jobId"] for each in children} == {f"{parent}:{index}" for index in range(3)}
    queue = batch.list_jobs(jobQueue=bench.account.ec2_queue, jobStatus="SUCCEEDED")["jobSummaryList"]
    listed = {each["jobId"] for each in queue}
    assert parent in listed and f"{parent}:0" not in listed


def test_a_list_comes_in_pages_the_latest_job_first(bench: Bench, python: str) -> None:
    batch, mark = bench.client("batch"), uuid.uuid4().hex[:8]
    jobs = [submit(bench, python, "pass", jobName=f"{mark}-{index}") for index in range(3)]
    pages = batch.get_paginator("list_jobs").paginate(
        jobQueue=bench.account.ec2_queue,
        filters=[{"name": "JOB_NAME", "values": [f"{mark}*"]}],
        PaginationConfig={"PageSize": 2},
    )
    found = [[each["jobId"] for each in page["jobSummaryList"]] for page in pages]
    assert [len(page) for page in found] == [2, 1] and [job for page in found for job in page] == jobs[::-1]
    for job in jobs:
        bench.wait(job)


def test_a_list_is_of_one_queue_or_one_array(bench: Bench) -> None:
    batch = bench.client("batch")
    for asked in ({}, {"jobQueue": bench.account.queue, "arrayJobId": "x"}):
        with pytest.raises(ClientError, match="ClientException"):
            batch.list_jobs(**asked)
    with pytest.raises(ClientError, match="JobQueue nowhere not found"):
        batch.list_jobs(jobQueue="nowhere")


def test_a_job_that_is_not_known_is_left_out(bench: Bench) -> None:
    batch = bench.client("batch")
    assert batch.describe_jobs(jobs=["00000000-0000-0000-0000-000000000000"])["jobs"] == []
    elsewhere = bench.client("batch", region="eu-west-1")
    assert elsewhere.describe_job_queues()["jobQueues"] == []


# ---- secrets ---------------------------------------------------------------------------------------------------------

SHOW = "import os; print(os.environ['SECRET'])"


def with_secret(bench: Bench, source: str) -> dict[str, Any]:
    definition = define(bench, secrets=[{"name": "SECRET", "valueFrom": source}])
    return bench.wait(submit(bench, definition, SHOW))


def test_secrets_come_from_secrets_manager_and_parameter_store(bench: Bench) -> None:
    name = uuid.uuid4().hex
    value = json.dumps({"user": "ann", "port": 5432})
    arn = bench.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
    bench.client("ssm").put_parameter(Name=f"/flows/{name}", Value="a parameter", Type="SecureString")
    sources = {
        arn: value,
        f"{arn}:user::": "ann",
        f"{arn}:port::": "5432",
        f"/flows/{name}": "a parameter",
        f"arn:aws:ssm:us-east-1:123456789012:parameter/flows/{name}": "a parameter",
    }
    for source, expected in sources.items():
        job = with_secret(bench, source)
        assert lines(bench, job) == [expected]
        # a secret is not told with the job
        assert "SECRET" not in [each["name"] for each in job["container"]["environment"]]
    assert len(bench.requests(action="GetSecretValue", caller="execution-role")) == 3


def test_a_job_whose_secret_cannot_be_had_does_not_start(bench: Bench) -> None:
    job = with_secret(bench, "arn:aws:secretsmanager:us-east-1:123456789012:secret:missing-AbCdEf")
    assert job["statusReason"] == "Task failed to start"
    assert job["container"]["reason"].startswith("ResourceInitializationError: unable to pull secrets")
    bench.fault("deny", action="GetParameter")
    assert "AccessDeniedException" in with_secret(bench, "/flows/any")["container"]["reason"]
