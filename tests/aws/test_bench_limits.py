"""Retries, limits, hosts, images and networks of Batch, held against the bench."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from aws.bench.asking import define, lines, submit
from aws.bench.started import Bench

SLEEP = "import time; time.sleep(60)"
FAIL_ONCE = "import os; raise SystemExit(0 if os.environ['AWS_BATCH_JOB_ATTEMPT'] == '2' else 3)"


@pytest.fixture(scope="module")
def python(bench: Bench) -> str:
    return define(bench)


def needs(**resources: str) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": name, "value": value} for name, value in resources.items()]}


# ---- retries ---------------------------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_and_each_attempt_is_told(bench: Bench, python: str) -> None:
    code = "import os; print(os.environ['AWS_BATCH_JOB_ATTEMPT']); raise SystemExit(7)"
    job = bench.wait(submit(bench, python, code, retryStrategy={"attempts": 2}))
    assert (job["status"], job["container"]["exitCode"]) == ("FAILED", 7)
    assert [attempt["container"]["exitCode"] for attempt in job["attempts"]] == [7, 7]
    assert len({attempt["container"]["logStreamName"] for attempt in job["attempts"]}) == 2
    assert lines(bench, job) == ["2"]


def test_the_second_attempt_may_succeed(bench: Bench, python: str) -> None:
    job = bench.wait(submit(bench, python, FAIL_ONCE, retryStrategy={"attempts": 5}))
    assert job["status"] == "SUCCEEDED"
    assert [attempt["container"]["exitCode"] for attempt in job["attempts"]] == [3, 0]


@pytest.mark.parametrize(
    ("conditions", "attempts"),
    [
        ([{"onExitCode": "3", "action": "EXIT"}], 1),
        ([{"onExitCode": "3*", "action": "exit"}], 1),
        ([{"onExitCode": "4", "action": "EXIT"}], 2),
        ([{"onExitCode": "3", "onReason": "OutOfMemory*", "action": "EXIT"}], 2),
        ([{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}], 1),
        ([{"onStatusReason": "Essential*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}], 2),
    ],
)
def test_conditions_decide_whether_there_is_another_attempt(
    bench: Bench, python: str, conditions: list[dict[str, str]], attempts: int
) -> None:
    strategy = {"attempts": 2, "evaluateOnExit": conditions}
    job = bench.wait(submit(bench, python, "raise SystemExit(3)", retryStrategy=strategy))
    assert (job["status"], len(job["attempts"])) == ("FAILED", attempts)


def test_the_host_of_a_job_is_reclaimed(bench: Bench, python: str) -> None:
    strategy = {
        "attempts": 2,
        "evaluateOnExit": [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}],
    }
    code = "import os, time; time.sleep(60 if os.environ['AWS_BATCH_JOB_ATTEMPT'] == '1' else 0)"
    job = submit(bench, python, code, retryStrategy=strategy)
    bench.wait(job, "RUNNING")
    assert bench.reclaim(job)
    told = bench.wait(job)
    lost, good = told["attempts"]
    assert lost["statusReason"].startswith("Host EC2 (instance i-") and lost["statusReason"].endswith(") terminated.")
    assert "exitCode" not in lost["container"]
    assert (told["status"], good["container"]["exitCode"]) == ("SUCCEEDED", 0)
    assert not bench.reclaim(job)


# ---- limits ----------------------------------------------------------------------------------------------------------


def test_an_attempt_that_takes_too_long_is_ended_and_not_tried_again(bench: Bench, python: str) -> None:
    bench.settings(minute=0.5)
    job = submit(bench, python, SLEEP, timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    told = bench.wait(job)
    assert (told["status"], told["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    assert len(told["attempts"]) == 1 and told["attempts"][0]["container"]["exitCode"] in (137, 143)
    assert told["timeout"] == {"attemptDurationSeconds": 60}


def test_a_job_that_takes_more_memory_than_it_asked_for_is_killed(bench: Bench, python: str) -> None:
    job = bench.wait(submit(bench, python, "x = bytearray(200 << 20)", containerOverrides=needs(MEMORY="64")))
    assert (job["status"], job["container"]["exitCode"]) == ("FAILED", 137)
    assert job["container"]["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert job["statusReason"] == "Essential container in task exited"


def test_a_job_that_takes_what_it_asked_for_is_left_alone(bench: Bench, python: str) -> None:
    job = bench.wait(submit(bench, python, "x = bytearray(200 << 20)", containerOverrides=needs(MEMORY="512")))
    assert job["status"] == "SUCCEEDED"


def test_more_jobs_than_slots_wait_as_runnable(bench: Bench, python: str) -> None:
    bench.settings(slots=1)
    first, second = submit(bench, python, SLEEP), submit(bench, python, "pass")
    bench.wait(first, "RUNNING")
    time.sleep(0.3)
    assert bench.wait(second, "RUNNABLE")["status"] == "RUNNABLE"
    bench.client("batch").terminate_job(jobId=first, reason="make room")
    assert bench.wait(second)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        ({"VCPU": "65"}, "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
        ({"GPU": "1"}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        ({"MEMORY": "9000000"}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
    ],
)
def test_a_job_that_no_host_can_hold_waits_and_says_why(
    bench: Bench, python: str, resources: dict[str, str], reason: str
) -> None:
    job = submit(bench, python, "pass", containerOverrides=needs(**resources))
    until = time.monotonic() + 10
    while "statusReason" not in (told := bench.wait(job, "RUNNABLE", "SUBMITTED")) and time.monotonic() < until:
        time.sleep(0.05)
    assert told["statusReason"].startswith(f"{reason} - ")
    bench.client("batch").terminate_job(jobId=job, reason="cannot run")
    assert bench.wait(job)["statusReason"] == "cannot run"


def test_a_job_with_gpus_sees_as_many_as_it_asked_for(bench: Bench, python: str) -> None:
    code = "import os; print(len(os.environ['NVIDIA_VISIBLE_DEVICES'].split(',')))"
    job = submit(bench, python, code, jobQueue=bench.account.gpu_queue, containerOverrides=needs(GPU="2"))
    assert lines(bench, bench.wait(job)) == ["2"]


def test_overrides_of_more_than_8192_characters_fail_the_job(bench: Bench, python: str) -> None:
    long = [{"name": "LONG", "value": "x" * 8192}]
    job = bench.wait(submit(bench, python, "pass", containerOverrides={"environment": long}))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Container Overrides length must be at most 8192")
    short = [{"name": "SHORT", "value": "x" * 7000}]
    assert bench.wait(submit(bench, python, "pass", containerOverrides={"environment": short}))["status"] == "SUCCEEDED"


# ---- images ----------------------------------------------------------------------------------------------------------


def test_an_image_without_python_fails_to_start_python(bench: Bench) -> None:
    bare = define(bench, image="busybox:1.37")
    job = bench.wait(submit(bench, bare, "pass", retryStrategy={"attempts": 2}))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    reason = job["attempts"][0]["container"]["reason"]
    assert reason.startswith("CannotStartContainerError: ") and '"python": executable file not found in $PATH' in reason
    # as on AWS, there are no log and no exit code of what did not start
    assert len(job["attempts"]) == 2 and not {"exitCode", "logStreamName"} & set(job["container"])
    job = bench.wait(submit(bench, bare, containerOverrides={"command": ["sh", "-c", "echo plain"]}))
    assert lines(bench, job) == ["plain"]


def test_an_image_that_is_nowhere_cannot_be_pulled(bench: Bench) -> None:
    job = bench.wait(submit(bench, define(bench, image="nobody/nothing:1"), "pass"))
    assert job["statusReason"] == "Task failed to start"
    assert job["container"]["reason"].startswith("CannotPullContainerError: ")


# ---- Fargate and networks --------------------------------------------------------------------------------------------


def test_a_job_on_fargate_is_told_its_region(bench: Bench) -> None:
    code = "import os; print(os.environ['AWS_EXECUTION_ENV'], os.environ['AWS_DEFAULT_REGION'])"
    job = bench.wait(submit(bench, define(bench, fargate=True), code, jobQueue=bench.account.queue))
    assert lines(bench, job) == ["AWS_ECS_FARGATE us-east-1"] and job["platformCapabilities"] == ["FARGATE"]


@pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own takes root")
def test_a_job_in_the_benchs_network_reaches_the_bench_and_nothing_else(bench: Bench, python: str) -> None:
    import http.server
    import threading

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        bench.settings(network="bench")
        code = f"""
import json, os, socket, urllib.request
ecs = "http://169.254.170.2" + os.environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
print(sorted(json.loads(urllib.request.urlopen(ecs).read())))
print("AWS_ACCESS_KEY_ID" in os.environ)
for address in (("127.0.0.1", {other.server_port}), ("192.0.2.1", 80)):
    try:
        socket.create_connection(address, 5)
        print("reached")
    except OSError as error:
        print(type(error).__name__)
with socket.create_connection(("127.0.0.1", int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])), 5):
    print("the bench")
"""
        job = bench.wait(submit(bench, python, code))
        bench.reset_settings()
        there = f"import socket; socket.create_connection(('127.0.0.1', {other.server_port}), 5); print('reached')"
        outside = bench.wait(submit(bench, python, there))
        other.shutdown()
    found = lines(bench, job)
    assert found[0] == "['AccessKeyId', 'Expiration', 'RoleArn', 'SecretAccessKey', 'Token']"
    assert found[1:] == ["False", "ConnectionRefusedError", "OSError", "the bench"]
    assert lines(bench, outside) == ["reached"]
