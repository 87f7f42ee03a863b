"""From blocks to the state machine, in the Amazon States Language. Pure.

Every state hands on the same small input: `{"run": "sfn-…", "path": "3-1"}`. What a job leaves is in the bucket, never in
the state machine, whose payloads may have 256 KB.

    States Language: https://states-language.net/spec.html, and the Step Functions guide on Batch and Distributed Map
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.deploy import keys
from nbflow.deploy.shape import Block, Each, Fork, Gate, Job, Row
from nbflow.frozen import frozen
from nbflow.model.ids import StepName

State = dict[str, Any]
#: most jobs of one foreach at once, unless told otherwise
MAX_WORKERS = 100
#: names of states have so many characters
_NAME = 80
#: Batch or Step Functions are busy: no try of the step
_BUSY = {
    "ErrorEquals": ["Batch.AWSBatchException", "Batch.ServerException", "Batch.TooManyRequestsException"],
    "IntervalSeconds": 5,
    "MaxAttempts": 8,
    "BackoffRate": 2.0,
}
_UNREAD = {
    "ErrorEquals": ["S3.S3Exception", "S3.SdkClientException"],
    "IntervalSeconds": 2,
    "MaxAttempts": 5,
    "BackoffRate": 2.0,
}


@frozen
class StepJob:
    """What the state machine says of the jobs of a step."""

    #: SubmitJob's parameters, as Step Functions writes them (`JobQueue`), without what differs by task
    parameters: Mapping[str, Any]
    #: further tries, and seconds before each
    times: int = 0
    wait: float = 0.0


@frozen
class Plan:
    """All that a state machine is made of."""

    flow: str
    block: Block
    #: steps that wait for nothing: their jobs are given the execution's input, since the run may not have begun
    first: frozenset[StepName]
    jobs: Mapping[StepName, StepJob]
    #: notes that a run failed, where the job of a step could not
    failed: StepJob
    bucket: str
    #: what stands before the keys of the store: `prefix/`, or nothing
    prefix: str
    max_workers: int = MAX_WORKERS
    #: seconds that a run may take; None: a year, as Step Functions has it
    timeout: int | None = None
    comment: str = ""


def machine(plan: Plan) -> dict[str, Any]:
    """Return the state machine's definition."""
    writer = _Writer(plan)
    states: dict[str, State] = {
        "begin": {
            "Type": "Pass",
            "Parameters": {
                "run.$": "States.Format('sfn-{}', $$.Execution.Name)",
                "path": keys.OUTSIDE,
                "given.$": "States.JsonToString($$.Execution.Input)",
            },
            "Next": "flow",
        },
        "flow": {
            "Type": "Parallel",
            "Branches": [writer.branch(plan.block)],
            "ResultPath": None,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "note failure"}],
            "End": True,
        },
        "note failure": {
            **writer.job(
                plan.failed, "note failure", [("NBFLOW_GIVEN", "$.given"), ("NBFLOW_FAILURE", "$.failure.Error")]
            ),
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "failed"}],
            "Next": "failed",
        },
        "failed": {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"},
    }
    document: dict[str, Any] = {"Comment": plan.comment, "StartAt": "begin", "States": states}
    if plan.timeout is not None:
        document["TimeoutSeconds"] = plan.timeout
    return document


class _Writer:
    """Writes states, and keeps their names apart."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._names: set[str] = {"begin", "flow", "note failure", "failed"}
        #: foreach around what is being written
        self._depth = 0

    def branch(self, block: Block, last: tuple[str, State] | None = None) -> dict[str, Any]:
        """Return a state machine of its own for `block`; `last` is a state behind it."""
        states: dict[str, State] = {}
        after = None
        if last is not None:
            after, states[last[0]] = last[0], last[1]
        start = self._write(block, after, states)
        return {"StartAt": start, "States": dict(_in_order(start, states))}

    def job(self, job: StepJob, step: str, more: list[tuple[str, str]]) -> State:
        """Return the state of a job, without what comes next."""
        overrides = dict(job.parameters.get("ContainerOverrides", {}))
        fixed = list(overrides.get("Environment", ()))
        moving = [
            ("NBFLOW_RUN", "$.run"),
            ("NBFLOW_PATH", "$.path"),
            ("NBFLOW_TRY", "States.Format('{}', $$.State.RetryCount)"),
            *more,
        ]
        overrides["Environment"] = [*fixed, *({"Name": name, "Value.$": value} for name, value in moving)]
        return {
            "Type": "Task",
            "Comment": step,
            "Resource": "arn:aws:states:::batch:submitJob.sync",
            "Parameters": {**job.parameters, "ContainerOverrides": overrides},
            "ResultPath": None,
            "Retry": [_BUSY, *self._again(job)],
        }

    @staticmethod
    def _again(job: StepJob) -> Iterator[dict[str, Any]]:
        if job.times:
            yield {
                "ErrorEquals": ["States.TaskFailed", "States.Timeout"],
                "IntervalSeconds": max(1, round(job.wait)),
                "MaxAttempts": job.times,
                "BackoffRate": 1.0,
            }

    # ---- blocks; each returns the name of its first state

    def _write(self, block: Block, after: str | None, states: dict[str, State]) -> str:
        match block:
            case Job():
                return self._job(block, after, states)
            case Row(blocks):
                for each in reversed(blocks):
                    after = self._write(each, after, states)
                assert after is not None, "a row has blocks"
                return after
            case Fork(blocks):
                name = self._name("side by side")
                branches = [self.branch(each) for each in blocks]
                return self._add(name, {"Type": "Parallel", "Branches": branches, "ResultPath": None}, after, states)
            case Gate():
                return self._gate(block, after, states)
            case Each():
                return self._each(block, after, states)

    def _job(self, block: Job, after: str | None, states: dict[str, State]) -> str:
        listing = block.kind == "items"
        name = self._name(f"{block.step}: list items" if listing else block.step)
        more = [("NBFLOW_GIVEN", "$.given")] if block.step in self._plan.first and not self._depth else []
        state = self.job(self._plan.jobs[block.step], name, more)
        overrides = state["Parameters"]["ContainerOverrides"]
        overrides["Environment"] = [*overrides["Environment"], {"Name": "NBFLOW_DO", "Value": block.kind}]
        return self._add(name, state, after, states)

    def _gate(self, block: Gate, after: str | None, states: dict[str, State]) -> str:
        closed = self._name(f"{block.step}: skipped")
        self._add(closed, {"Type": "Pass"}, after, states)
        open_ = self._write(block.inside, after, states)
        ask = self._name(f"{block.step}?")
        choice = self._name(f"{block.step}: goes?")
        states[choice] = {
            "Type": "Choice",
            "Choices": [{"Variable": "$.gate.says.go", "BooleanEquals": True, "Next": open_}],
            "Default": closed,
        }
        states[ask] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
            "Parameters": {"Bucket": self._plan.bucket, "Key.$": self._key("gates", block.step)},
            "ResultSelector": {"says.$": "States.StringToJson($.Body)"},
            "ResultPath": "$.gate",
            "Retry": [_UNREAD],
            "Next": choice,
        }
        return ask

    def _each(self, block: Each, after: str | None, states: dict[str, State]) -> str:
        often = f" ({block.phase + 1})" if block.phase else ""
        name = self._name(f"each item of {block.step}{often}")
        done = self._name(f"{block.step}: item done{often}")
        self._depth += 1
        # what the items leave together may have 256 KB
        inside = self.branch(block.inside, (done, {"Type": "Pass", "Result": 0, "End": True}))
        self._depth -= 1
        state = {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": self._plan.bucket, "Key.$": self._key("items", block.step)},
            },
            "ItemSelector": {"run.$": "$.run", "path.$": "$$.Map.Item.Value"},
            "MaxConcurrency": self._plan.max_workers,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **inside},
            "ResultPath": None,
        }
        return self._add(name, state, after, states)

    def _add(self, name: str, state: State, after: str | None, states: dict[str, State]) -> str:
        states[name] = {**state, **({"End": True} if after is None else {"Next": after})}
        return name

    def _key(self, kind: str, step: str) -> str:
        return f"States.Format('{self._plan.prefix}deployed/{self._plan.flow}/{{}}/{kind}/{step}/{{}}.json', $.run, $.path)"

    def _name(self, wanted: str) -> str:
        name, number = wanted[:_NAME], 1
        while name in self._names:
            number += 1
            name = f"{wanted[: _NAME - 5]} {number}"
        self._names.add(name)
        return name


def _in_order(start: str, states: Mapping[str, State]) -> Iterator[tuple[str, State]]:
    """Yield states as a person reads them: from the first one on."""
    seen: dict[str, None] = {}
    todo = [start]
    while todo:
        name = todo.pop(0)
        if name in seen or name not in states:
            continue
        seen[name] = None
        state = states[name]
        todo += [each["Next"] for each in state.get("Choices", ())]
        todo += [state[each] for each in ("Default", "Next") if each in state]
    yield from ((name, states[name]) for name in seen)
