"""The outputs of a stack as settings, where the stack is not what it should be: the answers are CloudFormation's own, replayed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from nbflow.configuration.settings import Settings
from nbflow.errors import ConfigurationError
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.aws.stack import settings_of

OUTPUTS = {"Root": "root", "Queue": "batch.queue"}


def asked(status: str, **outputs: str) -> dict[str, str]:
    """Ask for a stack that CloudFormation says this of."""
    client = boto3.client("cloudformation", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    stack: dict[str, Any] = {
        "StackName": "nbflow",
        "CreationTime": 0,
        "StackStatus": status,
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
    }
    session = cast("Session", SimpleNamespace(client=lambda _: client, region="eu-west-1", settings=Settings()))
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "nbflow"})
        return settings_of(session, "nbflow", OUTPUTS)


def test_outputs_are_settings_and_others_are_left() -> None:
    said = asked("UPDATE_COMPLETE", Root="s3://b/nbflow", Queue="nbflow", People="arn")
    assert said == {"root": "s3://b/nbflow", "batch.queue": "nbflow"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("CREATE_IN_PROGRESS", "aws cloudformation wait stack-create-complete --stack-name nbflow"),
        ("UPDATE_IN_PROGRESS", "aws cloudformation wait stack-update-complete --stack-name nbflow"),
        ("ROLLBACK_COMPLETE", "describe-stack-events --stack-name nbflow"),
        ("DELETE_IN_PROGRESS", "have it made again"),
    ],
)
def test_a_stack_that_is_not_ready_is_told_with_what_to_wait_for(status: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match="NBF-U021") as caught:
        asked(status, Root="s3://b/nbflow", Queue="nbflow")
    text = str(caught.value)
    assert status.lower().replace("_", " ") in text
    assert said in text


def test_what_a_stack_does_not_say_is_named() -> None:
    with pytest.raises(ConfigurationError, match="does not say Queue"):
        asked("CREATE_COMPLETE", Root="s3://b/nbflow")
