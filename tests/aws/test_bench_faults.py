"""Trouble on demand, the record of requests, and S3's regions."""

from __future__ import annotations

import contextlib
import time
import uuid
from typing import Any

import pytest
from aws.bench.asking import define, lines, submit
from aws.bench.started import Bench, BenchError
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

ONCE = Config(retries={"total_max_attempts": 1})


def _s3(bench: Bench, **more: Any) -> Any:
    return bench.client("s3", config=ONCE, **more)


# ---- faults ----------------------------------------------------------------------------------------------------------


def test_a_lost_reply_is_of_a_request_that_was_done(bench: Bench) -> None:
    definition, name = define(bench), f"lost-{uuid.uuid4().hex[:8]}"
    bench.fault("lose_reply", action="SubmitJob", times=1)
    batch = bench.client("batch", config=ONCE)
    with pytest.raises(ConnectionClosedError):
        batch.submit_job(jobName=name, jobQueue=bench.account.ec2_queue, jobDefinition=definition)
    assert [job["jobName"] for job in bench.jobs()].count(name) == 1
    # the client's own second try is a second job
    bench.fault("lose_reply", action="SubmitJob", times=1)
    retrying = bench.client("batch", config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    job = retrying.submit_job(jobName=name, jobQueue=bench.account.ec2_queue, jobDefinition=definition)
    assert [job["jobName"] for job in bench.jobs()].count(name) == 3
    assert [each["fault"] for each in bench.requests(action="SubmitJob")] == ["lose_reply", "lose_reply", None]
    assert [each["status"] for each in bench.requests(action="SubmitJob")] == [200, 200, 200]
    bench.wait(job["jobId"])


def test_a_share_of_the_requests_is_hit_the_same_ones_each_time(bench: Bench) -> None:
    s3 = _s3(bench)

    def went_wrong() -> list[bool]:
        bench.clear_faults()
        bench.clear_requests()
        bench.fault("error", action="HeadBucket", share=0.3, seed=7)
        for _ in range(40):
            with contextlib.suppress(ClientError):
                s3.head_bucket(Bucket=bench.account.bucket)
        return [each["fault"] == "error" for each in bench.requests(action="HeadBucket")]

    first = went_wrong()
    assert 4 <= sum(first) <= 20 and went_wrong() == first
    assert bench.faults()[0]["hits"] == sum(first)


@pytest.mark.parametrize(
    ("service", "kind", "rule", "code", "status"),
    [
        ("s3", "error", {}, "InternalError", 500),
        ("s3", "error", {"status": 503}, "ServiceUnavailable", 503),
        ("s3", "throttle", {}, "SlowDown", 503),
        ("s3", "deny", {}, "AccessDenied", 403),
        ("s3", "expire", {}, "ExpiredToken", 400),
        ("batch", "error", {}, "ServerException", 500),
        ("batch", "throttle", {}, "TooManyRequestsException", 429),
        ("batch", "deny", {}, "AccessDeniedException", 403),
        ("batch", "expire", {}, "ExpiredTokenException", 403),
        ("logs", "throttle", {}, "ThrottlingException", 400),
        ("sts", "deny", {}, "AccessDenied", 403),
        ("sts", "expire", {}, "ExpiredToken", 403),
        ("ec2", "deny", {}, "UnauthorizedOperation", 403),
    ],
)
def test_errors_have_the_code_that_each_service_gives_them(
    bench: Bench, service: str, kind: str, rule: dict[str, Any], code: str, status: int
) -> None:
    calls = {
        "s3": lambda client: client.list_objects_v2(Bucket=bench.account.bucket),
        "batch": lambda client: client.describe_job_queues(),
        "logs": lambda client: client.describe_log_groups(),
        "sts": lambda client: client.get_caller_identity(),
        "ec2": lambda client: client.describe_vpcs(),
    }
    bench.fault(kind, service=service, **rule)
    with pytest.raises(ClientError) as failed:
        calls[service](bench.client(service, config=ONCE))
    answer = failed.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    bench.clear_faults()
    calls[service](bench.client(service, config=ONCE))


def test_who_is_denied_reads_the_action_and_the_resource(bench: Bench) -> None:
    bench.fault("deny", service="s3", action="PutObject", key="runs/*")
    s3 = _s3(bench)
    s3.put_object(Bucket=bench.account.bucket, Key="other", Body=b"")
    with pytest.raises(ClientError) as denied:
        s3.put_object(Bucket=bench.account.bucket, Key="runs/1", Body=b"x" * 100_000)
    message = denied.value.response["Error"]["Message"]
    assert "user/bench is not authorized to perform: s3:PutObject" in message
    assert f"arn:aws:s3:::{bench.account.bucket}/runs/1" in message


def test_trouble_can_be_that_of_jobs_alone(bench: Bench) -> None:
    bench.fault("deny", service="s3", caller="job")
    code = """
import os, urllib.error, urllib.request
credential = f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/20260101/us-east-1/s3/aws4_request"
request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/nbflow-bench", headers={"Authorization": credential})
try:
    urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    print(error.code, "assumed-role/job/" in error.read().decode())
"""
    job = bench.wait(submit(bench, define(bench), code))
    assert lines(bench, job) == ["403 True"]
    _s3(bench).list_objects_v2(Bucket=bench.account.bucket)
    asked = bench.requests(service="s3")
    assert [(each["caller"], each["job"]) for each in asked] == [("job", job["jobId"]), ("client", None)]


def test_answers_can_be_slow(bench: Bench) -> None:
    bench.fault("delay", action="HeadBucket", seconds=0.4)
    began = time.monotonic()
    _s3(bench).head_bucket(Bucket=bench.account.bucket)
    assert time.monotonic() - began >= 0.4


def test_a_rule_that_makes_no_sense_is_no_rule(bench: Bench) -> None:
    with pytest.raises(BenchError, match="actoin"):
        bench.fault("error", actoin="SubmitJob")
    with pytest.raises(BenchError, match="vanish is no kind of fault"):
        bench.fault("vanish")
    with pytest.raises(BenchError, match="speed"):
        bench.settings(speed=2)
    assert bench.faults() == []


# ---- the record ------------------------------------------------------------------------------------------------------


def test_requests_are_named_as_the_sdk_names_them(bench: Bench) -> None:
    s3, bucket = _s3(bench), bench.account.bucket
    s3.put_object(Bucket=bucket, Key="a b/ö", Body=b"1")
    s3.get_object(Bucket=bucket, Key="a b/ö")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "a b/ö"})
    s3.head_object(Bucket=bucket, Key="copy")
    s3.list_objects_v2(Bucket=bucket)
    s3.list_objects(Bucket=bucket)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    tag = s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    s3.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload=parts)
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "copy"}]})
    s3.delete_object(Bucket=bucket, Key="parts")
    bench.client("sts").get_caller_identity()
    bench.client("batch").describe_job_queues()
    found = bench.requests()
    assert [each["action"] for each in found] == [
        "PutObject",
        "GetObject",
        "CopyObject",
        "HeadObject",
        "ListObjectsV2",
        "ListObjects",
        "CreateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
        "DeleteObjects",
        "DeleteObject",
        "GetCallerIdentity",
        "DescribeJobQueues",
    ]
    assert (found[1]["method"], found[1]["bucket"], found[1]["key"]) == ("GET", bucket, "a b/ö")
    bench.clear_requests()
    assert bench.requests() == []


def test_requests_of_obstore_are_named_too(bench: Bench) -> None:
    from obstore.store import S3Store

    store = S3Store(
        bench.account.bucket,
        endpoint=bench.url,
        access_key_id="k",
        secret_access_key="s",
        region="us-east-1",
        client_options={"allow_http": True},
    )
    store.put("one", b"1", mode="create")
    assert bytes(store.get("one").bytes()) == b"1"
    assert [each["path"] for page in store.list() for each in page if each["path"] == "one"] == ["one"]
    store.delete(["one"])
    assert [each["action"] for each in bench.requests()] == ["PutObject", "GetObject", "ListObjectsV2", "DeleteObjects"]


# ---- regions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def far(bench: Bench) -> str:
    """A bucket that is at home in Ireland."""
    name = f"far-{uuid.uuid4().hex[:8]}"
    where = {"LocationConstraint": "eu-west-1"}
    bench.client("s3", region="eu-west-1").create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return name


@pytest.mark.parametrize(
    ("region", "status", "code", "message"),
    [
        ("us-west-2", 301, "PermanentRedirect", "must be addressed using the specified endpoint"),
        ("us-east-1", 400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
    ],
)
def test_a_bucket_is_not_served_from_another_region(
    bench: Bench, far: str, region: str, status: int, code: str, message: str
) -> None:
    s3 = _s3(bench, region=region)
    # boto3 goes on to the right region by itself; what S3 said is seen without that
    answers = []
    s3.meta.events.register_first("needs-retry.s3.GetObject", lambda response, **_: answers.append(response[1]))
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=far, Key="none")
    assert answers[0]["ResponseMetadata"]["HTTPStatusCode"] == status
    assert answers[0]["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "eu-west-1"
    assert answers[0]["Error"]["Code"] == code and message in answers[0]["Error"]["Message"]
    assert [each["status"] for each in bench.requests(action="GetObject")] == [status, 404]


def test_a_bucket_that_is_not_there_is_nowhere(bench: Bench) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        _s3(bench).list_objects_v2(Bucket="nobody-has-this")


# ---- the bench itself ------------------------------------------------------------------------------------------------


def test_reset_leaves_the_account_as_it_was_in_the_beginning(bench: Bench) -> None:
    running = submit(bench, define(bench), "import time; time.sleep(60)")
    bench.wait(running, "RUNNING")
    bench.client("s3").put_object(Bucket=bench.account.bucket, Key="left", Body=b"")
    bench.fault("delay")
    bench.reset()
    assert (bench.jobs(), bench.faults(), bench.requests()) == ([], [], [])
    assert "Contents" not in bench.client("s3").list_objects_v2(Bucket=bench.account.bucket)
    assert bench.wait(submit(bench, define(bench), "pass"))["status"] == "SUCCEEDED"
