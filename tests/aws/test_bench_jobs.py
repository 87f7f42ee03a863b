"""What Batch does with jobs from SUBMITTED to their end, held against the bench."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from aws.bench.asking import define, lines, submit
from aws.bench.started import Bench

SLEEP = "import time; print('begun', flush=True); time.sleep(60)"


@pytest.fixture(scope="module")
def python(bench: Bench) -> str:
    return define(bench, environment=[{"name": "COLOUR", "value": "red"}, {"name": "SHAPE", "value": "round"}])


def variables(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"environment": [{"name": name, "value": value} for name, value in pairs]}


def test_a_job_that_exits_with_zero_succeeds(bench: Bench, python: str) -> None:
    job = bench.wait(submit(bench, python, "print('well')"))
    assert (job["status"], job["statusReason"]) == ("SUCCEEDED", "Essential container in task exited")
    assert job["container"]["exitCode"] == 0 and len(job["attempts"]) == 1
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    assert lines(bench, job) == ["well"]


def test_an_exit_code_is_told_in_describe_and_list(bench: Bench, python: str) -> None:
    job = bench.wait(submit(bench, python, "raise SystemExit(7)"))
    assert (job["status"], job["container"]["exitCode"], job["attempts"][0]["container"]["exitCode"]) == (
        "FAILED",
        7,
        7,
    )
    listed = bench.client("batch").list_jobs(jobQueue=bench.account.ec2_queue, jobStatus="FAILED")["jobSummaryList"]
    assert {each["jobId"]: each for each in listed}[job["jobId"]]["container"]["exitCode"] == 7


def test_a_job_has_its_definitions_environment_under_its_own_and_nothing_of_the_machine(
    bench: Bench, python: str
) -> None:
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    first = submit(bench, python, code, containerOverrides=variables(("SHAPE", "square"), ("MINE", "1")))
    second = submit(bench, python, code)
    own, plain = (json.loads(lines(bench, bench.wait(each))[0]) for each in (first, second))
    assert (own["COLOUR"], own["SHAPE"], own["MINE"]) == ("red", "square", "1")
    assert (plain["COLOUR"], plain["SHAPE"]) == ("red", "round") and "MINE" not in plain
    assert (own["AWS_BATCH_JOB_ID"], own["AWS_BATCH_JOB_ATTEMPT"]) == (first, "1")
    assert own["AWS_BATCH_JQ_NAME"] == bench.account.ec2_queue
    assert "PYTEST_CURRENT_TEST" not in own and "VIRTUAL_ENV" not in own
    # told on Fargate only
    assert "AWS_DEFAULT_REGION" not in own


def test_overrides_are_told_as_they_are_in_force(bench: Bench, python: str) -> None:
    wanted = [{"type": "MEMORY", "value": "512"}]
    overrides = {**variables(("MINE", "1")), "resourceRequirements": wanted}
    told = bench.wait(submit(bench, python, "pass", containerOverrides=overrides))["container"]
    assert {each["type"]: each["value"] for each in told["resourceRequirements"]} == {"VCPU": "1", "MEMORY": "512"}
    names = [each["name"] for each in told["environment"]]
    assert sorted(names) == ["COLOUR", "MINE", "SHAPE"]
    again = bench.client("batch").describe_jobs(jobs=[bench.jobs()[-1]["jobId"]])["jobs"][0]["container"]
    assert again["environment"] == told["environment"]


def test_parameters_stand_for_words_of_the_command(bench: Bench) -> None:
    definition = define(bench, command=["python", "-c", "import sys; print(sys.argv[1:])", "Ref::what", "Ref::other"])
    job = bench.wait(submit(bench, definition, parameters={"what": "this and that"}))
    assert lines(bench, job) == ["['this and that', 'Ref::other']"]


def test_a_job_works_in_an_empty_folder_with_the_standard_library_only(bench: Bench, python: str) -> None:
    code = """
import importlib.util, os, sqlite3, ssl
print(importlib.util.find_spec("boto3"), importlib.util.find_spec("pip"))
print([name for name in os.listdir() if "nbflow" in name])
"""
    assert lines(bench, bench.wait(submit(bench, python, code))) == ["None None", "[]"]


def test_lines_are_in_the_log_while_the_job_runs(bench: Bench, python: str) -> None:
    code = r"import sys, time; sys.stdout.write('\nout\nhalf'); sys.stdout.flush(); time.sleep(60)"
    job = submit(bench, python, code)
    told = bench.wait(job, "RUNNING")
    until = time.monotonic() + 20
    while not lines(bench, told) and time.monotonic() < until:
        time.sleep(0.05)
    # an empty line is no event, and half a line waits for its end
    assert lines(bench, told) == ["out"] and told["attempts"] == []
    bench.client("batch").terminate_job(jobId=job, reason="seen")
    assert lines(bench, bench.wait(job)) == ["out", "half"]


def test_terminating_ends_a_running_job_with_the_reason_that_was_given(bench: Bench, python: str) -> None:
    job = submit(bench, python, SLEEP, retryStrategy={"attempts": 3})
    bench.wait(job, "RUNNING")
    bench.client("batch").terminate_job(jobId=job, reason="cancelled by ann")
    told = bench.wait(job)
    assert (told["status"], told["statusReason"], told["isTerminated"]) == ("FAILED", "cancelled by ann", True)
    assert len(told["attempts"]) == 1 and told["container"]["exitCode"] in (137, 143)


def test_a_job_that_is_told_to_stop_may_say_good_bye(bench: Bench, python: str) -> None:
    bench.settings(grace=30)
    code = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("good bye"), sys.exit(9)))
print("begun", flush=True)
time.sleep(60)
"""
    job = submit(bench, python, code)
    told = bench.wait(job, "RUNNING")
    while not lines(bench, told):
        time.sleep(0.05)
    bench.client("batch").terminate_job(jobId=job, reason="enough")
    told = bench.wait(job)
    assert (told["status"], told["container"]["exitCode"]) == ("FAILED", 9)
    assert lines(bench, told) == ["begun", "good bye"]


def test_cancelling_leaves_a_running_job_alone_and_ends_one_that_waits(bench: Bench, python: str) -> None:
    batch = bench.client("batch")
    running = submit(bench, python, SLEEP)
    bench.wait(running, "RUNNING")
    waiting = submit(bench, python, SLEEP, dependsOn=[{"jobId": running}])
    batch.cancel_job(jobId=running, reason="no")
    batch.cancel_job(jobId=waiting, reason="not needed")
    told = bench.wait(waiting)
    assert (told["status"], told["statusReason"], told["isCancelled"]) == ("FAILED", "not needed", True)
    assert told["attempts"] == [] and "startedAt" not in told
    assert bench.wait(running, "RUNNING")["status"] == "RUNNING"
    batch.terminate_job(jobId=running, reason="done")


def test_a_job_waits_for_those_it_depends_on_and_fails_with_them(bench: Bench, python: str) -> None:
    good, bad = submit(bench, python, "pass"), submit(bench, python, "raise SystemExit(1)")
    after_good = submit(bench, python, "pass", dependsOn=[{"jobId": good}])
    after_bad = submit(bench, python, "pass", dependsOn=[{"jobId": good}, {"jobId": bad}])
    told = bench.wait(after_good)
    assert told["status"] == "SUCCEEDED" and told["startedAt"] >= bench.wait(good)["stoppedAt"]
    told = bench.wait(after_bad)
    assert (told["status"], told["statusReason"], told["attempts"]) == ("FAILED", "Dependent Job failed", [])


def test_the_children_of_an_array_know_their_index_and_their_parent_their_ends(bench: Bench, python: str) -> None:
    code = "import os; i = os.environ['AWS_BATCH_JOB_ARRAY_INDEX']; print(i); raise SystemExit(i == '1')"
    parent = submit(bench, python, code, arrayProperties={"size": 3})
    job = bench.wait(parent)
    assert (job["status"], job["statusReason"], job["attempts"]) == ("FAILED", "Array Child Job failed", [])
    summary = job["arrayProperties"]["statusSummary"]
    assert (summary["SUCCEEDED"], summary["FAILED"], job["arrayProperties"]["size"]) == (2, 1, 3)
    children = bench.client("batch").describe_jobs(jobs=[f"{parent}:{i}" for i in range(3)])["jobs"]
    assert [lines(bench, child) for child in children] == [["0"], ["1"], ["2"]]
    assert [child["arrayProperties"]["index"] for child in children] == [0, 1, 2]


def test_the_parent_of_an_array_is_pending_while_children_run_and_takes_them_with_it(bench: Bench, python: str) -> None:
    parent = submit(bench, python, SLEEP, arrayProperties={"size": 2})
    bench.wait(f"{parent}:1", "RUNNING")
    assert bench.wait(parent, "PENDING")["status"] == "PENDING"
    bench.client("batch").terminate_job(jobId=parent, reason="all of it")
    assert bench.wait(parent)["status"] == "FAILED"
    assert bench.wait(f"{parent}:0")["statusReason"] == "all of it"


def test_an_array_may_go_one_index_after_the_other(bench: Bench, python: str) -> None:
    array = submit(bench, python, "pass", arrayProperties={"size": 2}, dependsOn=[{"type": "SEQUENTIAL"}])
    bench.wait(array)
    told = {each["jobId"]: each for each in bench.jobs()}
    assert told[f"{array}:1"]["startedAt"] >= told[f"{array}:0"]["stoppedAt"]


def test_an_array_may_follow_another_index_by_index(bench: Bench, python: str) -> None:
    code = "import os, time; time.sleep(60 if os.environ['AWS_BATCH_JOB_ARRAY_INDEX'] == '1' else 0)"
    first = submit(bench, python, code, arrayProperties={"size": 2})
    second = submit(bench, python, "pass", arrayProperties={"size": 2}, dependsOn=[{"jobId": first, "type": "N_TO_N"}])
    # the first of both are done while the second of the first array still runs
    assert bench.wait(f"{second}:0")["status"] == "SUCCEEDED"
    assert bench.wait(f"{first}:1", "RUNNING")["arrayProperties"]["index"] == 1
    assert bench.wait(first, "PENDING")["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 1
    bench.client("batch").terminate_job(jobId=f"{first}:1", reason="enough")
    assert bench.wait(f"{second}:1")["statusReason"] == "Dependent Job failed"


def test_a_jobs_tags_are_told_and_can_be_changed(bench: Bench, python: str) -> None:
    batch = bench.client("batch")
    job = bench.wait(submit(bench, python, "pass", tags={"flow": "Train"}))
    assert job["tags"] == {"flow": "Train"}
    batch.tag_resource(resourceArn=job["jobArn"], tags={"run": "7"})
    assert bench.wait(job["jobId"])["tags"] == {"flow": "Train", "run": "7"}
    assert batch.list_tags_for_resource(resourceArn=job["jobArn"])["tags"] == {"flow": "Train", "run": "7"}


def test_a_job_has_the_credentials_of_its_role_and_none_without_one(bench: Bench, python: str) -> None:
    code = "import os; print(sorted(name for name in os.environ if 'KEY' in name or 'TOKEN' in name))"
    without = define(bench, jobRoleArn="")
    found = [lines(bench, bench.wait(submit(bench, each, code))) for each in (python, without)]
    assert found == [["['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']"], ["[]"]]


def test_no_process_outlives_its_job(bench: Bench, python: str) -> None:
    code = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True)
print(open("/proc/self/stat").read().split()[0])
"""
    job = bench.wait(submit(bench, python, code))
    assert lines(bench, job)
    mark = f"AWS_BATCH_JOB_ID={job['jobId']}"
    assert not _running_with(mark)


def _running_with(mark: str) -> list[str]:
    from pathlib import Path

    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            text = environ.read_text(errors="replace")
        except OSError:
            continue
        if mark in text:
            found.append(environ.parent.name)
    return found
