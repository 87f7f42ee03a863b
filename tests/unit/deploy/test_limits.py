"""What AWS takes, at the edge: of a definition, of a history, of what a job is told."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.backends.batch.told import MOST
from nbflow.configuration.settings import Settings
from nbflow.deploy.limits import check_overrides, definition_text
from nbflow.deploy.service import StatesService
from nbflow.deploy.shape import Block, Each, Fork, Gate, Job, Row
from nbflow.deploy.states import Plan, StepJob, machine
from nbflow.errors import DeploymentError
from nbflow.model.ids import StepName

ROLE = "arn:aws:iam::123456789012:role/states"


def text_of(block: Block, *, times: int = 0, size: int = 0) -> str:
    """Return the definition of a flow whose steps are tried again `times` times, in jobs that are told `size` bytes."""
    told = [{"Name": "WORD", "Value": "x" * size}] if size else []
    job = StepJob({"JobName": "j", "JobQueue": "q", "ContainerOverrides": {"Environment": told}}, times, 1)
    jobs = {StepName(f"s{number}"): job for number in range(400)}
    plan = Plan("Sales", block, frozenset(), jobs, job, "bucket", "")
    return definition_text("Sales", machine(plan), block)


def jobs(first: int, count: int) -> tuple[Block, ...]:
    return tuple(Job(StepName(f"s{number}"), "body") for number in range(first, first + count))


def refused(block: Block, **more: int) -> str:
    with pytest.raises(DeploymentError) as caught:
        text_of(block, **more)
    assert caught.value.code == "NBF-A004"
    return str(caught.value)


def test_a_definition_has_a_megabyte() -> None:
    # eleven jobs of 90 KB, and one more for the note of a failure
    assert len(text_of(Row(jobs(0, 10)), size=90_000)) < 1 << 20
    assert "bytes, and AWS takes 1,048,576" in refused(Row(jobs(0, 11)), size=90_000)


@pytest.mark.parametrize(
    ("block", "events"),
    [
        # a job has 6 events, and 5 for each further try
        (Row(jobs(0, 49)), 49 * 506),
        # what stands side by side is in the same history
        (Fork((Row(jobs(0, 25)), Row(jobs(25, 24)))), 49 * 506 + 4),
        (Row((Gate(StepName("s0"), Row(jobs(0, 20))), *jobs(20, 29))), 49 * 506 + 9),
        # each item of a foreach has a history of its own
        (Row((*jobs(0, 49), Each(StepName("s49"), Row(jobs(49, 49))))), 49 * 506 + 4),
    ],
)
def test_a_history_has_25000_events(block: Block, events: int) -> None:
    assert events <= 25_000
    text_of(block, times=100)
    more = Row((block, *jobs(300, 1)))
    assert f"would have {events + 506:,} events in each run's history, and AWS takes 25,000" in refused(more, times=100)


def test_a_job_is_told_8192_bytes_with_what_is_known_only_when_it_runs() -> None:
    for size, given in ((0, ""), (2_000, "y" * 1_000)):
        fits = {"environment": "x" * size}
        room = MOST - 600 - len('{"environment": ""}') - len('""') - size - len(given)
        check_overrides("train", {"environment": fits["environment"] + "x" * room}, given)
        with pytest.raises(DeploymentError, match=rf"A007.*'train' has {MOST + 1:,} bytes"):
            check_overrides("train", {"environment": fits["environment"] + "x" * (room + 1)}, given)


class _Client:
    """Step Functions with no state machine, or one."""

    def __init__(self, *, there: bool) -> None:
        self.there = there
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def list_state_machines(self) -> dict[str, Any]:
        return {"stateMachines": [{"name": "nbflow-sales", "stateMachineArn": "arn:machine"}] if self.there else []}

    def list_tags_for_resource(self, **_: Any) -> dict[str, Any]:
        return {"tags": [{"key": "nbflow:store", "value": "s3://team/nbflow"}]}

    def tag_resource(self, **_: Any) -> None: ...

    def create_state_machine(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(("create", asked))
        return {"stateMachineArn": "arn:machine"}

    def update_state_machine(self, **asked: Any) -> None:
        self.asked.append(("update", asked))


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("end", ["", ":*"])
def test_histories_go_to_a_log_group_that_is_named_with_or_without_its_star(there: bool, end: str) -> None:
    service, client = StatesService(Settings()), _Client(there=there)
    service.__dict__["_client"] = client
    group = "arn:aws:logs:eu-central-1:123456789012:log-group:flows"
    tags = {"nbflow:store": "s3://team/nbflow"}
    assert service.put("nbflow-sales", "{}", ROLE, tags, history=f"{group}{end}") == "arn:machine"
    ((what, asked),) = client.asked
    assert what == ("update" if there else "create") and asked["roleArn"] == ROLE
    logging = asked["loggingConfiguration"]
    assert logging["level"] == "ALL" and logging["includeExecutionData"] is False
    assert logging["destinations"] == [{"cloudWatchLogsLogGroup": {"logGroupArn": f"{group}:*"}}]
    service.put("nbflow-sales", "{}", ROLE, tags)
    assert "loggingConfiguration" not in client.asked[-1][1]
