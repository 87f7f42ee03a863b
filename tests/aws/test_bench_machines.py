"""What Step Functions does with state machines, held against the bench."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from aws.bench.asking import define, lines
from aws.bench.asking_machines import executed, history, machine, start, task
from aws.bench.started import Bench
from botocore.exceptions import ClientError

SLEEP = "import time; time.sleep(60)"
PASS: dict[str, Any] = {"Type": "Pass", "End": True}


@pytest.fixture(scope="module")
def python(bench: Bench) -> str:
    return define(bench)


@pytest.fixture
def listed(bench: Bench) -> Callable[..., str]:
    """Stores a list as JSON; returns its key."""

    def store(*items: Any) -> str:
        key = f"lists/{uuid.uuid4().hex}.json"
        bench.client("s3").put_object(Bucket=bench.account.bucket, Key=key, Body=json.dumps(items).encode())
        return key

    return store


def each_of(bench: Bench, states: dict[str, Any], selector: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a distributed Map over the list whose key is in its input."""
    return {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": bench.account.bucket, "Key.$": "$.key"},
        },
        "ItemSelector": selector,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": next(iter(states)),
            "States": states,
        },
        "End": True,
        **more,
    }


def waiting(bench: Bench, name: str) -> dict[str, Any]:
    """Return the job of this name once it runs."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if found := [job for job in bench.jobs() if (job["jobName"], job["status"]) == (name, "RUNNING")]:
            return found[0]
        time.sleep(0.03)
    raise AssertionError(f"{name} does not run")


# ---- jobs ------------------------------------------------------------------------------------------------------------


def test_a_state_waits_for_its_job_and_goes_on_with_what_batch_tells_of_it(bench: Bench, python: str) -> None:
    variables = [{"Name": "RUN", "Value.$": "$$.Execution.Name"}]
    code = "import os; print(os.environ['RUN'], os.environ['MANAGED_BY_AWS'])"
    told = executed(bench, {"work": task(bench, python, code, Environment=variables)})
    job = bench.wait(told["output"]["JobId"])
    assert told["output"]["Status"] == "SUCCEEDED" and told["output"]["Attempts"][0]["Container"]["ExitCode"] == 0
    assert lines(bench, job) == [f"{told['name']} STARTED_BY_STEP_FUNCTIONS"]
    assert history(bench, told) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


def test_a_job_that_fails_is_tried_anew_and_told_in_the_cause(bench: Bench, python: str) -> None:
    bench.settings(second=0.001)
    again = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 60, "MaxAttempts": 2}]
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "caught"}]
    states = {"work": task(bench, python, "raise SystemExit(3)", Retry=again, Catch=catch), "caught": PASS}
    told = executed(bench, states)
    cause = json.loads(told["output"]["why"]["Cause"])
    assert told["output"]["why"]["Error"] == "States.TaskFailed"
    assert (cause["Status"], cause["Container"]["ExitCode"]) == ("FAILED", 3)
    assert cause["Attempts"][0]["StatusReason"] == "Essential container in task exited"
    assert history(bench, told).count("TaskSubmitted") == 3
    assert len(bench.requests(action="SubmitJob", caller="state-machine")) == 3


def test_the_failure_of_a_job_is_that_of_what_it_stands_in(bench: Bench, python: str) -> None:
    work = {"work": task(bench, python, "raise SystemExit(3)")}
    inner = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "work", "States": work}
    each = {"each": {"Type": "Map", "ItemsPath": "$.list", "ItemProcessor": inner, "End": True}}
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "caught"}]
    both = {"Type": "Parallel", "Branches": [{"StartAt": "each", "States": each}], "Catch": catch, "End": True}
    caught = {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"}
    told = executed(bench, {"both": both, "caught": caught}, {"list": [1]})
    assert told["error"] == "States.TaskFailed" and json.loads(told["cause"])["Container"]["ExitCode"] == 3


def test_a_job_ends_with_the_time_of_its_state(bench: Bench, python: str) -> None:
    name = uuid.uuid4().hex
    told = executed(bench, {"work": task(bench, python, SLEEP, JobName=name, TimeoutSeconds=1)})
    assert (told["status"], told["error"]) == ("FAILED", "States.Timeout")
    # a task that was given up reports no success
    assert history(bench, told)[-2:] == ["TaskTimedOut", "ExecutionFailed"]
    (job,) = [each for each in bench.jobs() if each["jobName"] == name]
    assert bench.wait(job["jobId"])["statusReason"] == "Terminated by Step Functions"


def test_a_job_ends_with_its_execution_and_with_its_branch(bench: Bench, python: str) -> None:
    first, second = uuid.uuid4().hex, uuid.uuid4().hex
    stopped = start(bench, machine(bench, {"work": task(bench, python, SLEEP, JobName=first)}))
    fail = {"wait": {"Type": "Wait", "Seconds": 2, "Next": "no"}, "no": {"Type": "Fail", "Error": "No", "Cause": "why"}}
    other = {"work": task(bench, python, SLEEP, JobName=second)}
    branches = [{"StartAt": "wait", "States": fail}, {"StartAt": "work", "States": other}]
    parallel = start(bench, machine(bench, {"both": {"Type": "Parallel", "Branches": branches, "End": True}}))
    jobs = [waiting(bench, name) for name in (first, second)]
    bench.client("stepfunctions").stop_execution(executionArn=stopped, error="Enough", cause="a person said so")
    told = bench.wait_execution(stopped)
    assert (told["status"], told["error"], told["cause"]) == ("ABORTED", "Enough", "a person said so")
    assert bench.wait_execution(parallel)["error"] == "No"
    for job in jobs:
        assert bench.wait(job["jobId"])["statusReason"] == "Terminated by Step Functions"
    assert history(bench, told)[-1] == "ExecutionAborted"


def test_an_execution_is_stopped_also_before_its_first_state(bench: Bench) -> None:
    arn = machine(bench, {"wait": {"Type": "Wait", "Seconds": 100, "End": True}})
    machines = bench.client("stepfunctions")
    started = []
    for _ in range(6):
        started.append(start(bench, arn))
        machines.stop_execution(executionArn=started[-1])
    assert {bench.wait_execution(each)["status"] for each in started} == {"ABORTED"}


def test_an_execution_has_a_time_of_its_own(bench: Bench) -> None:
    told = executed(bench, {"wait": {"Type": "Wait", "Seconds": 100, "End": True}}, TimeoutSeconds=1)
    assert told["status"] == "TIMED_OUT" and told["stopDate"] > told["startDate"]


def test_a_parameter_of_another_type_does_not_start_a_job(bench: Bench, python: str) -> None:
    variables = [{"Name": "INDEX", "Value.$": "$.index"}]
    told = executed(bench, {"work": task(bench, python, "pass", Environment=variables)}, {"index": 3})
    assert told["error"] == "States.Runtime" and "The value for the field 'Value' must be a STRING" in told["cause"]
    assert bench.requests(action="SubmitJob") == []


def test_what_a_machine_asks_is_asked_as_its_role(bench: Bench, python: str) -> None:
    executed(bench, {"work": task(bench, python, "pass")})
    asked = {each["action"]: each["principal"] for each in bench.requests(caller="state-machine")}
    assert set(asked) == {"PutRule", "PutTargets", "DescribeRule", "SubmitJob", "DescribeJobs"}
    assert set(asked.values()) == {"arn:aws:sts::123456789012:assumed-role/machine/state-machine"}
    bench.fault("deny", action="PutRule", caller="state-machine")
    with pytest.raises(ClientError, match=r"AccessDeniedException.*not authorized to create managed-rule"):
        machine(bench, {"work": task(bench, python, "pass")})


# ---- lists -----------------------------------------------------------------------------------------------------------


def test_a_list_of_the_bucket_is_read_and_gone_through(bench: Bench, listed: Callable[..., str]) -> None:
    read = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Parameters": {"Bucket": bench.account.bucket, "Key.$": "$.key"},
        "ResultSelector": {"list.$": "States.StringToJson($.Body)"},
        "Next": "each",
    }
    work = {**PASS, "Parameters": {"text.$": "States.Format('{}-{}', $.index, $.value)"}}
    each = {
        "Type": "Map",
        "ItemsPath": "$.list",
        "ItemSelector": {"index.$": "$$.Map.Item.Index", "value.$": "$$.Map.Item.Value"},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "work", "States": {"work": work}},
        "End": True,
    }
    told = executed(bench, {"read": read, "each": each}, {"key": listed("eu", "us")})
    assert told["output"] == [{"text": "0-eu"}, {"text": "1-us"}]


def test_items_of_a_distributed_map_are_executions_of_their_own(bench: Bench, listed: Callable[..., str]) -> None:
    selector = {"item.$": "$$.Map.Item.Value", "run.$": "$$.Execution.Name"}
    work = {**PASS, "Parameters": {"item.$": "$.item", "run.$": "$.run", "own.$": "$$.Execution.Name"}}
    told = executed(bench, {"each": each_of(bench, {"work": work}, selector)}, {"key": listed("eu", "us", "jp")})
    output = told["output"]
    assert [each["item"] for each in output] == ["eu", "us", "jp"]
    assert {each["run"] for each in output} == {told["name"]}
    assert len({each["own"] for each in output} | {told["name"]}) == 4
    # what they did is no part of the parent's history
    assert history(bench, told)[3:6] == ["MapRunStarted", "MapRunSucceeded", "MapStateSucceeded"]


def test_distributed_maps_of_jobs_stand_in_one_another_and_in_branches(
    bench: Bench, python: str, listed: Callable[..., str]
) -> None:
    variables = [{"Name": "PATH_OF_ITEMS", "Value.$": "States.Format('{}.{}', $.outer, $.inner)"}]
    show = "import os; print(os.environ['PATH_OF_ITEMS'])"
    work = task(bench, python, show, Environment=variables, ResultSelector={"job.$": "$.JobId"}, OutputPath="$.job")
    inner = each_of(bench, {"work": work}, {"inner.$": "$$.Map.Item.Value", "outer.$": "$.outer"})
    outer = each_of(bench, {"inner": inner}, {"outer.$": "$$.Map.Item.Value", "key.$": "$.inside"})
    side = task(bench, python, "pass", OutputPath="$.Status")
    branches = [{"StartAt": "outer", "States": {"outer": outer}}, {"StartAt": "side", "States": {"side": side}}]
    states = {"both": {"Type": "Parallel", "Branches": branches, "End": True}}
    told = executed(bench, states, {"key": listed("a", "b"), "inside": listed("x", "y")})
    jobs, status = told["output"]
    shown = [[lines(bench, bench.wait(job)) for job in row] for row in jobs]
    assert status == "SUCCEEDED" and shown == [[["a.x"], ["a.y"]], [["b.x"], ["b.y"]]]


@pytest.mark.parametrize(
    ("tolerance", "status"),
    [({}, "FAILED"), ({"ToleratedFailureCount": 1}, "SUCCEEDED"), ({"ToleratedFailurePercentage": 20}, "FAILED")],
)
def test_an_item_that_fails_fails_the_map_unless_that_is_tolerated(
    bench: Bench, listed: Callable[..., str], tolerance: dict[str, int], status: str
) -> None:
    choice = {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": True, "Next": "no"}], "Default": "yes"}
    states = {"which": choice, "no": {"Type": "Fail", "Error": "No"}, "yes": PASS}
    each = each_of(bench, states, {}, **tolerance)
    del each["ItemSelector"]
    told = executed(bench, {"each": each}, {"key": listed(1, None, 3)})
    assert told["status"] == status
    if status == "FAILED":
        assert told["error"] == "States.ExceedToleratedFailureThreshold"
    else:
        assert told["output"][::2] == [1, 3]


# ---- states ----------------------------------------------------------------------------------------------------------


def test_a_machine_waits_for_another_and_stops_it_with_itself(bench: Bench) -> None:
    def calling(arn: str) -> dict[str, Any]:
        asked = {"StateMachineArn": arn, "Input": {"n.$": "$.n"}}
        resource = "arn:aws:states:::states:startExecution.sync:2"
        return {"call": {"Type": "Task", "Resource": resource, "Parameters": asked, "End": True}}

    child = machine(bench, {"add": {**PASS, "Parameters": {"sum.$": "States.MathAdd($.n, 1)"}}})
    told = executed(bench, calling(child), {"n": 41})
    assert told["output"]["Output"] == {"sum": 42} and told["output"]["Status"] == "SUCCEEDED"
    slow = machine(bench, {"wait": {"Type": "Wait", "Seconds": 100, "End": True}})
    parent = start(bench, machine(bench, calling(slow)), {"n": 1})
    machines = bench.client("stepfunctions")
    until = time.monotonic() + 30
    while not (inner := machines.list_executions(stateMachineArn=slow)["executions"]):
        assert time.monotonic() < until, "the inner machine does not run"
        time.sleep(0.05)
    machines.stop_execution(executionArn=parent)
    assert bench.wait_execution(inner[0]["executionArn"])["status"] == "ABORTED"


def test_queries_may_be_in_jsonata(bench: Bench) -> None:
    state = {**PASS, "Output": {"sum": "{% $sum($states.input.numbers) %}"}}
    assert executed(bench, {"add": state}, {"numbers": [1, 2, 39]}, QueryLanguage="JSONata")["output"] == {"sum": 42}


# ---- limits ----------------------------------------------------------------------------------------------------------


def test_data_between_states_has_a_size_and_nothing_catches_more(bench: Bench) -> None:
    key = f"big-{uuid.uuid4().hex}"
    bench.client("s3").put_object(Bucket=bench.account.bucket, Key=key, Body=b"x" * 262_145)
    read = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Parameters": {"Bucket": bench.account.bucket, "Key": key},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "caught"}],
        "End": True,
    }
    told = executed(bench, {"read": read, "caught": PASS})
    assert (told["status"], told["error"]) == ("FAILED", "States.DataLimitExceeded")


def test_a_history_has_a_length(bench: Bench) -> None:
    bench.settings(history=20)
    told = executed(bench, {"round": {"Type": "Pass", "Next": "again"}, "again": {"Type": "Pass", "Next": "round"}})
    assert (told["status"], told["error"]) == ("FAILED", "States.Runtime")
    assert told["cause"] == "The execution reached the maximum number of history events (20)."
    events = history(bench, told)
    assert len(events) == 20 and events[-1] == "ExecutionFailed"


def test_an_input_and_a_definition_have_a_size(bench: Bench) -> None:
    arn = machine(bench, {"go": PASS})
    for given in ("x" * 262_143, "é" * 140_000):
        with pytest.raises(ClientError, match=r"ValidationException.*less than or equal to 262144"):
            start(bench, arn, given, input=f'"{given}"')
    with pytest.raises(ClientError, match=r"ValidationException.*less than or equal to 1048576"):
        machine(bench, {"go": {**PASS, "Comment": "x" * 1_048_576}})


# ---- executions ------------------------------------------------------------------------------------------------------


def test_a_name_of_an_execution_is_used_once(bench: Bench) -> None:
    machines = bench.client("stepfunctions")
    arn, name = machine(bench, {"go": {"Type": "Wait", "Seconds": 100, "End": True}}), uuid.uuid4().hex
    first = start(bench, arn, {"a": 1}, name=name)
    # the same again is the same execution as long as it runs
    assert first.endswith(f":{name}") and start(bench, arn, {"a": 1}, name=name) == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(bench, arn, {"a": 2}, name=name)
    machines.stop_execution(executionArn=first)
    bench.wait_execution(first, "ABORTED")
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(bench, arn, {"a": 1}, name=name)
    with pytest.raises(ClientError, match="InvalidName"):
        start(bench, arn, name="a b")
    with pytest.raises(ClientError, match="ValidationException"):
        start(bench, arn, name="x" * 81)


def test_executions_and_events_are_listed_in_pages(bench: Bench) -> None:
    machines = bench.client("stepfunctions")
    arn = machine(bench, {"go": PASS})
    for name in ("first", "second", "third"):
        bench.wait_execution(start(bench, arn, name=name))
    pages = machines.get_paginator("list_executions").paginate(
        stateMachineArn=arn, statusFilter="SUCCEEDED", PaginationConfig={"PageSize": 2}
    )
    assert [[each["name"] for each in page["executions"]] for page in pages] == [["third", "second"], ["first"]]
    assert machines.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"] == []
    execution = start(bench, arn)
    bench.wait_execution(execution)
    latest = machines.get_execution_history(executionArn=execution, maxResults=1, reverseOrder=True)
    assert latest["events"][0]["type"] == "ExecutionSucceeded" and latest["nextToken"]


# ---- what CreateStateMachine refuses ---------------------------------------------------------------------------------

ALL = {"ErrorEquals": ["States.ALL"]}
WAIT = {"Type": "Wait", "Seconds": 1}


@pytest.mark.parametrize(
    ("states", "message"),
    [
        (
            {"a": {"Type": "Pass", "Next": "b"}},
            r"MISSING_TRANSITION_TARGET: Missing 'Next' target: b at /States/a/Next",
        ),
        ({"a": PASS, "b": PASS}, r"MISSING_TRANSITION_TARGET: State \"b\" is not reachable\. at /States/b"),
        (
            {"a": {"Type": "Parallel", "Branches": [{"StartAt": "a", "States": {"a": PASS}}], "End": True}},
            r"DUPLICATE_STATE_NAME: Duplicate State name: a at /States/a/Branches/0/States/a",
        ),
        ({"a": {"Type": "Pass"}}, "Exactly one of the fields Next and End"),
        ({"a": {**PASS, "Retries": 3}}, "Field is not supported at /States/a/Retries"),
        ({"x" * 81: PASS}, "at most 80 characters"),
        ({"a": {**WAIT, "End": True, "Retry": [ALL]}}, "Field is not supported at /States/a/Retry"),
        (
            {"a": {"Type": "Parallel", "Branches": [], "End": True, "Retry": [ALL, {"ErrorEquals": ["A"]}]}},
            r"States\.ALL must be the only element",
        ),
        ({"a": {**PASS, "Parameters": {"x.$": "run"}}}, r"'x\.\$' must be a valid JSONPath"),
        (
            {"a": {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync", "End": True, "Parameters": {}}},
            r"The field 'JobName' is required but was missing at /States/a/Parameters",
        ),
    ],
)
def test_a_definition_is_refused(bench: Bench, states: dict[str, Any], message: str) -> None:
    before = len(bench.client("stepfunctions").list_state_machines()["stateMachines"])
    with pytest.raises(ClientError, match=rf"InvalidDefinition\).*{message}"):
        machine(bench, states)
    assert len(bench.client("stepfunctions").list_state_machines()["stateMachines"]) == before


def test_a_job_has_the_fields_that_the_integration_knows(bench: Bench, python: str) -> None:
    lower = task(bench, python, "pass", Environment=[{"name": "A", "value": "b"}])
    with pytest.raises(ClientError, match="The field 'name' is not supported by Step Functions"):
        machine(bench, {"a": lower})


def test_a_machine_has_a_role_that_step_functions_may_assume(bench: Bench) -> None:
    machines = bench.client("stepfunctions")
    definition = json.dumps({"StartAt": "a", "States": {"a": PASS}})
    for role in (bench.account.job_role, "arn:aws:iam::123456789012:role/nobody"):
        with pytest.raises(ClientError, match=r"AccessDeniedException.*authorized to assume the provided role"):
            machines.create_state_machine(name="roles", definition=definition, roleArn=role)


def test_a_machine_of_a_name_is_made_once_and_changed_by_an_update(bench: Bench) -> None:
    machines = bench.client("stepfunctions")
    arn = machine(bench, {"a": {**PASS, "Result": 1}})
    told = machines.describe_state_machine(stateMachineArn=arn)
    same = {name: told[name] for name in ("name", "definition", "roleArn")}
    assert machines.create_state_machine(**same)["stateMachineArn"] == arn
    changed = json.dumps({"StartAt": "a", "States": {"a": {**PASS, "Result": 2}}})
    with pytest.raises(ClientError, match="StateMachineAlreadyExists"):
        machines.create_state_machine(**{**same, "definition": changed})
    machines.update_state_machine(stateMachineArn=arn, definition=changed)
    assert bench.wait_execution(start(bench, arn))["output"] == "2"
