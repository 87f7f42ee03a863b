"""What doctor says of a shared store and of AWS Batch: for each thing that is wrong, which setting it is and what to type."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws.bench.started import Bench

from nbflow.upkeep.doctor import examine_store
from nbflow.upkeep.finding import Finding

Told = dict[str, Finding]
Look = Callable[..., Told]

FILE = """\
profile = "team"

[profiles.team]
root = "s3://nbflow-bench/team"
region = "us-east-1"

[profiles.team.batch]
queue = "ec2"
image = "python:3.12"
job_role = "{role}"

[profiles.bare]
root = "s3://nbflow-bench/team"
region = "us-east-1"
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def role(bench: Bench) -> str:
    """A role that containers may have."""
    iam = bench.client("iam")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    try:
        return str(iam.create_role(RoleName="nbflow-jobs", AssumeRolePolicyDocument=policy)["Role"]["Arn"])
    except iam.exceptions.EntityAlreadyExistsException:
        return str(iam.get_role(RoleName="nbflow-jobs")["Role"]["Arn"])


@pytest.fixture
def look(bench: Bench, role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Look at the store of a profile, with these variables; return what is said, by what it is about."""
    for name, value in bench.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NBFLOW_CONFIG", str(tmp_path / "nbflow" / "config.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nbflow").mkdir()
    (tmp_path / "nbflow" / "config.toml").write_text(FILE.format(role=role))

    def look(**environ: str) -> Told:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        found = list(examine_store())
        assert len({each.about for each in found}) == len(found), "each thing is told once"
        return {each.about: each for each in found}

    return look


def wrong(told: Told) -> dict[str, str]:
    return {each.about: each.level for each in told.values() if each.level != "fine"}


def text(found: Finding) -> str:
    return "\n".join([found.said, *found.listed, *found.fixes])


def test_where_all_is_well_each_part_is_told_and_nothing_is_left_in_the_bucket(bench: Bench, look: Look) -> None:
    told = look()
    assert wrong(told) == {}
    parts = [
        "settings",
        "host",
        "store",
        "credentials",
        "bucket",
        "time",
        "access",
        "disk",
        "queue",
        "image",
        "job role",
        "jobs",
    ]
    assert list(told) == parts
    assert told["store"].said.endswith("/nbflow/config.toml, line 4")
    assert "arn:aws:sts::" in told["credentials"].said and "variables AWS_" in told["credentials"].said
    assert "up to 64 cores" in told["queue"].said
    assert bench.client("s3").list_objects_v2(Bucket="nbflow-bench", Prefix="team/")["KeyCount"] == 0
    assert bench.jobs() == []
    assert bench.client("batch").describe_job_definitions(status="ACTIVE")["jobDefinitions"] == []


def test_no_secret_is_told(look: Look) -> None:
    told = look(AWS_SECRET_ACCESS_KEY="hunter2hunter2", AWS_SESSION_TOKEN="tokentoken")
    said = "\n".join(map(text, told.values()))
    assert "hunter2" not in said and "tokentoken" not in said and "AKIABENCH" not in said


def test_a_bucket_that_is_not_there_is_told_with_the_one_that_was_meant(look: Look) -> None:
    told = look(NBFLOW_ROOT="s3://nbflow-bensh/team")
    assert wrong(told) == {"bucket": "broken"}
    assert "no bucket 'nbflow-bensh'. Did you mean 'nbflow-bench'?" in told["bucket"].said
    assert "says NBFLOW_ROOT" in text(told["bucket"])
    assert told["bucket"].fixes[0] == "export NBFLOW_ROOT=s3://nbflow-bench/team"
    assert "queue" in told, "what does not stand on the bucket is looked at"


def test_a_bucket_of_another_region_is_told_with_its_region(bench: Bench, look: Look, tmp_path: Path) -> None:
    where = {"LocationConstraint": "eu-central-1"}
    bench.client("s3", region="eu-central-1").create_bucket(Bucket="far-away", CreateBucketConfiguration=where)
    try:
        told = look(NBFLOW_ROOT="s3://far-away/team")
    finally:
        bench.client("s3", region="eu-central-1").delete_bucket(Bucket="far-away")
    assert wrong(told) == {"bucket": "broken"}
    assert "'far-away' is in eu-central-1" in told["bucket"].said
    assert "config.toml, line 5" in text(told["bucket"])
    assert told["bucket"].fixes == ("nbflow configure --region eu-central-1",)


@pytest.mark.parametrize("service", ["*", "s3"])
def test_credentials_that_expired_are_told_with_where_they_come_from(bench: Bench, look: Look, service: str) -> None:
    bench.fault("expire", service=service)
    told = list(examine_store()) if service == "s3" else list(look().values())
    broken = [each for each in told if each.level == "broken"]
    assert [each.about for each in broken] == ["credentials"]
    assert broken[0].said == "they have expired"
    assert "AWS_SESSION_TOKEN" in broken[0].fixes[0]
    assert not [each for each in told if each.about == "queue"], "nobody asks in vain"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "there are none"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "give both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ({"NBFLOW_AWS_PROFILE": "lbas"}, "no profile 'lbas'. Did you mean 'labs'?"),
        ({"AWS_PROFILE": "nobody"}, "AWS_PROFILE is nobody"),
    ],
)
def test_credentials_that_are_not_there_are_told(
    look: Look, tmp_path: Path, environ: dict[str, str], said: str
) -> None:
    (tmp_path / "aws").write_text("[profile labs]\nregion = us-east-1\n")
    told = look(**environ, AWS_CONFIG_FILE=str(tmp_path / "aws"))
    assert wrong(told) == {"credentials": "broken"} and "queue" not in told
    assert said in text(told["credentials"])


def test_an_endpoint_that_does_not_answer_is_told_once(look: Look) -> None:
    told = look(AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert wrong(told) == {"endpoint": "broken"}
    assert "endpoint is http://127.0.0.1:9, says AWS_ENDPOINT_URL" in text(told["endpoint"])
    assert "unset AWS_ENDPOINT_URL" in text(told["endpoint"])


@pytest.mark.parametrize(
    ("action", "permission", "resource"),
    [
        ("ListObjectsV2", "s3:ListBucket", "arn:aws:s3:::nbflow-bench allowed"),
        ("PutObject", "s3:PutObject", "arn:aws:s3:::nbflow-bench/team/* allowed"),
        ("GetObject", "s3:GetObject", "arn:aws:s3:::nbflow-bench/team/* allowed"),
        ("Delete*", "s3:DeleteObject", "arn:aws:s3:::nbflow-bench/team/* allowed"),
    ],
)
def test_what_the_bucket_denies_is_told_by_the_permission_that_is_missing(
    bench: Bench, look: Look, action: str, permission: str, resource: str
) -> None:
    bench.fault("deny", service="s3", action=action)
    told = look()
    bench.clear_faults()
    for each in bench.client("s3").list_objects_v2(Bucket="nbflow-bench", Prefix="team/").get("Contents", []):
        bench.client("s3").delete_object(Bucket="nbflow-bench", Key=each["Key"])
    assert wrong(told) == {"access": "broken"}
    assert told["access"].fixes == (f"have {permission} on {resource}",)


def test_a_bucket_that_may_not_be_looked_into_is_told(bench: Bench, look: Look) -> None:
    bench.fault("deny", service="s3")
    told = look()
    assert wrong(told) == {"bucket": "broken"}
    assert "s3:ListBucket on arn:aws:s3:::nbflow-bench" in text(told["bucket"])


def test_a_server_that_has_buckets_only_need_not_say_who_one_is(
    bench: Bench, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    told = look(NBFLOW_PROFILE="bare", AWS_ENDPOINT_URL_S3=bench.url)
    assert wrong(told) == {} and told["credentials"].said.endswith(f"for {bench.url}")
    bench.fault("error", service="sts", status=503)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    told = look(NBFLOW_ENDPOINT=bench.url)
    assert wrong(told) == {} and "does not say whose" in told["credentials"].said


def test_a_queue_that_is_not_there_is_told_with_the_one_that_was_meant(look: Look) -> None:
    told = look(NBFLOW_BATCH_QUEUE="fragate")
    assert wrong(told) == {"queue": "broken"}
    assert "no queue 'fragate' in us-east-1. Did you mean 'fargate'?" in told["queue"].said
    assert told["queue"].fixes[0] == "export NBFLOW_BATCH_QUEUE=fargate"
    assert "jobs" not in told


def test_a_queue_that_takes_no_jobs_is_told(bench: Bench, look: Look) -> None:
    batch = bench.client("batch")
    batch.update_job_queue(jobQueue="gpu", state="DISABLED")
    try:
        told = look(NBFLOW_BATCH_QUEUE="gpu")
    finally:
        batch.update_job_queue(jobQueue="gpu", state="ENABLED")
    assert wrong(told) == {"queue": "broken"} and "is disabled" in told["queue"].said
    assert "--job-queue gpu --state ENABLED" in text(told["queue"])


def test_fargate_needs_a_role_that_starts_containers(bench: Bench, look: Look, role: str) -> None:
    told = look(NBFLOW_BATCH_QUEUE="fargate")
    assert wrong(told) == {"start role": "broken"}
    told = look(NBFLOW_BATCH_EXECUTION_ROLE=role)
    assert wrong(told) == {} and told["start role"].said == "nbflow-jobs"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("nbflow-jobs", "no ARN of a role"),
        ("arn:aws:iam::123456789012:role/nbflow-job", "Did you mean 'nbflow-jobs'?"),
        ("arn:aws:iam::123456789012:role/batch/nbflow-jobs", "has another ARN"),
        ("arn:aws:iam::123456789012:role/lambda", "does not trust containers"),
    ],
)
def test_a_role_that_jobs_cannot_have_is_told(bench: Bench, look: Look, wanted: str, said: str) -> None:
    statement = {**TRUST, "Principal": {"Service": ["lambda.amazonaws.com"]}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    bench.client("iam").create_role(RoleName="lambda", AssumeRolePolicyDocument=policy)
    try:
        told = look(NBFLOW_BATCH_JOB_ROLE=wanted)
    finally:
        bench.client("iam").delete_role(RoleName="lambda")
    assert wrong(told) == {"job role": "broken"} and said in text(told["job role"])
    assert "NBFLOW_BATCH_JOB_ROLE" in text(told["job role"])


def test_a_role_that_may_not_be_asked_for_is_not_called_broken(bench: Bench, look: Look) -> None:
    bench.fault("deny", service="iam")
    told = look()
    assert wrong(told) == {} and "not known whether it is there" in told["job role"].said


@pytest.mark.parametrize(
    ("fault", "about", "level", "said"),
    [
        ({"service": "batch", "action": "SubmitJob"}, "jobs", "broken", "have batch:SubmitJob allowed"),
        ({"service": "batch", "action": "TerminateJob"}, "jobs", "broken", "have batch:TerminateJob allowed"),
        ({"service": "logs"}, "jobs", "warning", "have logs:GetLogEvents allowed"),
        ({"service": "batch", "action": "DescribeJobQueues"}, "queue", "broken", "have batch:DescribeJobQueues"),
        ({"service": "batch", "action": "DescribeCompute*"}, "queue", "warning", "batch:DescribeComputeEnvironments"),
    ],
)
def test_what_batch_denies_is_told_by_the_permission_that_is_missing(
    bench: Bench, look: Look, fault: dict[str, Any], about: str, level: str, said: str
) -> None:
    bench.fault("deny", **fault)
    told = look()
    assert wrong(told) == {about: level} and said in text(told[about])


def test_a_queue_beside_a_folder_is_worth_a_word(look: Look, tmp_path: Path) -> None:
    told = look(NBFLOW_ROOT=str(tmp_path / "runs"))
    assert wrong(told) == {"queue": "warning"} and "which jobs cannot reach" in told["queue"].said


@pytest.mark.parametrize(
    ("environ", "about", "said"),
    [
        ({"NBFLOW_PROFILE": "taem"}, "settings", "Did you mean 'team'?"),
        ({"NBFLOW_ROOT": "s4://nbflow-bench/team"}, "bucket", "export NBFLOW_ROOT=s3://nbflow-bench/team"),
        ({"NBFLOW_ROOT": "file://host/runs"}, "bucket", "file: is followed by three slashes"),
        ({"NBFLOW_BATCH_IMAGE": "python 3.12"}, "image", "no name of an image"),
        ({"NBFLOW_BATCH_IMAGE": "docker.io/busybox:1.37"}, "image", "busybox:1.37 has no python3"),
        ({"NBFLOW_BATCH_IMAGE": "python:3.12-alpine"}, "image", "has no glibc"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told(look: Look, environ: dict[str, str], about: str, said: str) -> None:
    told = look(**environ)
    assert wrong(told) == {about: "warning" if "has no " in said else "broken"} and said in text(told[about])


def test_what_an_image_needs_is_told_where_its_name_does_not_show_it(look: Look) -> None:
    told = look(NBFLOW_BATCH_IMAGE="me/debian-app:1")
    assert wrong(told) == {} and "it must have python3" in told["image"].said
