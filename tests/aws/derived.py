"""What AWS does by a role to run a state machine or a schedule: pure, from the definition to what IAM is asked for.

Sources: the Step Functions guide, "IAM policies for integrated services" (Batch, Distributed Map) and "AWS SDK service
integrations"; the Scheduler guide, "Universal targets"; the Service Authorization Reference for resources of actions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from aws.permitted import Call


class Account(NamedTuple):
    """Where it is."""

    region: str
    number: str

    def arn(self, service: str, what: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.number}:{what}"


#: fields of states that have AWS call nothing
_QUIET = {
    *("Type", "Comment", "Next", "End", "Default", "Choices", "Result", "Parameters", "ResultPath", "ResultSelector"),
    *("Retry", "Catch", "ErrorPath", "CausePath", "MaxConcurrency", "ItemSelector", "TimeoutSeconds"),
}


def of_machine(definition: Mapping[str, Any], name: str, account: Account) -> Iterator[Call]:
    """Yield what Step Functions does by the role of the state machine `name`, those of its maps among it.

    Raises ValueError for what is not known here, so that no call is left out by mistake.
    """
    for state in definition["States"].values():
        yield from _of_state(state, name, account)


def _of_state(state: Mapping[str, Any], name: str, account: Account) -> Iterator[Call]:
    inner = {"Resource", "Branches", "ItemReader", "ItemProcessor"}
    if unknown := state.keys() - _QUIET - inner:
        raise ValueError(f"not known here: {', '.join(sorted(unknown))}")
    if "Resource" in state:
        yield from _of_integration(state, account)
    for branch in state.get("Branches", ()):
        yield from of_machine(branch, name, account)
    if reader := state.get("ItemReader"):
        yield from _of_integration(reader, account)
    if inside := state.get("ItemProcessor"):
        if inside["ProcessorConfig"]["Mode"] == "DISTRIBUTED":
            yield Call("states:StartExecution", account.arn("states", f"stateMachine:{name}"))
            for action in ("states:DescribeExecution", "states:StopExecution"):
                # as the guide's policy has it, and as the child's own ARN is
                for child in (f"{name}:any", f"{name}/any:any"):
                    yield Call(action, account.arn("states", f"execution:{child}"))
        yield from of_machine(inside, name, account)


def _of_integration(state: Mapping[str, Any], account: Account) -> Iterator[Call]:
    parameters = state["Parameters"]
    match state["Resource"]:
        case "arn:aws:states:::batch:submitJob.sync":
            yield from _of_job(parameters, account)
            yield Call("batch:DescribeJobs", "*")
            yield Call("batch:TerminateJob", account.arn("batch", "job/any"))
            for action in ("events:PutTargets", "events:PutRule", "events:DescribeRule"):
                yield Call(action, account.arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule"))
        case "arn:aws:states:::s3:getObject" | "arn:aws:states:::aws-sdk:s3:getObject":
            yield Call("s3:GetObject", f"arn:aws:s3:::{_text(parameters, 'Bucket')}/{_text(parameters, 'Key')}")
        case other:
            raise ValueError(f"not known here: {other}")


def _of_job(parameters: Mapping[str, Any], account: Account) -> Iterator[Call]:
    queue, definition = _text(parameters, "JobQueue"), _text(parameters, "JobDefinition")
    yield Call("batch:SubmitJob", queue if queue.startswith("arn:") else account.arn("batch", f"job-queue/{queue}"))
    # a revision is the newest where none is named
    revised = definition if ":" in definition else f"{definition}:1"
    yield Call("batch:SubmitJob", account.arn("batch", f"job-definition/{revised}"))
    if parameters.get("Tags"):
        yield Call("batch:TagResource", account.arn("batch", "job/any"))
        yield Call("batch:TagResource", account.arn("batch", f"job-definition/{revised}"))


def of_schedule(request: Mapping[str, Any], account: Account) -> Iterator[Call]:
    """Yield what EventBridge Scheduler does by the role of a schedule, from the request that created it."""
    target = request["Target"]
    if target["Arn"] == "arn:aws:scheduler:::aws-sdk:batch:submitJob":
        yield from _of_job(json.loads(target["Input"]), account)
    elif target["Arn"].startswith(account.arn("states", "stateMachine:")):
        yield Call("states:StartExecution", target["Arn"])
    else:
        raise ValueError(f"not known here: {target['Arn']}")


def _text(parameters: Mapping[str, Any], name: str) -> str:
    """Return a parameter, with `any` in the place of what an execution fills in."""
    if name in parameters:
        return str(parameters[name])
    made = re.match(r"States\.Format\('([^']*)'", parameters[f"{name}.$"])
    if made is None:
        raise ValueError(f"not known here: {parameters[f'{name}.$']}")
    return made[1].replace("{}", "any")


def resolved(value: Any, resources: Mapping[str, str], account: Account) -> Any:
    """Return a part of a template as CloudFormation makes it, with the ARNs of `resources` by their logical ids."""
    if isinstance(value, list):
        return [resolved(each, resources, account) for each in value]
    if not isinstance(value, Mapping):
        return value
    match list(value.items()):
        case [("Fn::GetAtt", [name, "Arn"])]:
            return resources[name]
        case [("Fn::Sub", str(text))]:
            known = {
                "AWS::Partition": "aws",
                "AWS::Region": account.region,
                "AWS::AccountId": account.number,
                **{f"{name}.Arn": arn for name, arn in resources.items()},
            }
            return re.sub(r"\$\{([^}]+)\}", lambda found: known[found[1]], text)
    return {key: resolved(each, resources, account) for key, each in value.items()}
