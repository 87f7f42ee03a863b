"""The outputs of a stack as settings, where the stack is not what it should be: the answers are CloudFormation's own, replayed."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
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


class _Page(BaseHTTPRequestHandler):
    """A proxy that wants somebody to log in."""

    def do_POST(self) -> None:
        page = b"<!doctype html><title>Log in</title>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_page_of_a_proxy_is_told_from_an_answer_of_aws(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    session = Session(Settings(region="eu-west-1", endpoint=proxy))
    with pytest.raises(ConfigurationError, match="what answers there is not AWS") as caught:
        settings_of(session, "nbflow", OUTPUTS)
    assert "NBF-U023" in str(caught.value) and "doctype" not in str(caught.value)
