"""Roles that services act by, and secrets that are named: what is certain is told before anything is created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from nbflow.configuration.settings import Settings
from nbflow.deploy import acting, secrets_named
from nbflow.deploy.acting import SCHEDULER, STATES, check_role, explain
from nbflow.deploy.secrets_named import check_secrets
from nbflow.errors import DeploymentError
from nbflow.model.secret import SecretSource, source_from

ROLE = "arn:aws:iam::123456789012:role/team/states"


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Asked")


class _Asked:
    """A service that answers, or fails."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.names: list[str] = []
        self.meta = self
        self.region_name = "eu-central-1"

    def get_role(self, **asked: str) -> Any:
        return self._told(asked)

    def describe_secret(self, **asked: str) -> Any:
        return self._told(asked)

    def _told(self, asked: Mapping[str, str]) -> Any:
        self.names += asked.values()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def trust(principal: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}]}


def checked(monkeypatch: pytest.MonkeyPatch, answer: Any, role: str = ROLE) -> str:
    """Return what is said of the role, "" if nothing is."""
    asked = _Asked(answer)
    monkeypatch.setattr(acting, "_iam", lambda _: asked)
    try:
        check_role(Settings(), role, STATES)
    except DeploymentError as refused:
        return str(refused)
    assert asked.names == ["states"]
    return ""


@pytest.mark.parametrize(
    "policy",
    [
        trust({"Service": "states.amazonaws.com"}),
        trust({"Service": ["scheduler.amazonaws.com", "states.amazonaws.com"]}),
        # as it is called in one region, and in China
        trust({"Service": "states.eu-central-1.amazonaws.com"}),
        trust({"Service": "states.cn-north-1.amazonaws.com.cn"}),
        trust("*"),
        {"Statement": trust({"Service": "states.amazonaws.com"})["Statement"][0]},
        # what is not told is no reason
        {},
        None,
    ],
)
def test_a_role_that_may_trust_the_service_is_taken(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(monkeypatch, {"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": policy}}) == ""


@pytest.mark.parametrize("error", [refusal("AccessDenied"), EndpointConnectionError(endpoint_url="https://iam")])
def test_where_iam_may_not_be_asked_the_service_will_say(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(monkeypatch, error) == ""


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (refusal("NoSuchEntity"), "there is no role states"),
        ({"Role": {"Arn": ROLE.replace("/team", "")}}, "the role states is arn:aws:iam::123456789012:role/states"),
        ({"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": trust({"Service": "mystates.amazonaws.com"})}}, "not name"),
        (
            {"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": trust({"Service": "states.amazonaws.com"}, "Deny")}},
            "not",
        ),
        (
            {"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": trust({"AWS": "arn:aws:iam::1:root"})}},
            "not name states.",
        ),
    ],
)
def test_a_role_that_cannot_be_it_is_told_with_what_to_change(
    answer: Any, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = checked(monkeypatch, answer)
    assert said.startswith(f"NBF-A064  Step Functions may not act by the role {ROLE}") and why in said
    assert "sts:AssumeRole for states.amazonaws.com" in said and "nbflow configure --states-role ARN" in said


@pytest.mark.parametrize("role", ["states", "arn:aws:iam::1234:role/states", "arn:aws:iam::123456789012:user/ada"])
def test_what_is_no_arn_of_a_role_is_not_asked_for(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = checked(monkeypatch, AssertionError("it was asked for"), role)
    assert said.startswith(f"NBF-A024  '{role}'")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refusal("AccessDeniedException", "… is authorized to assume the provided role."), "NBF-A064"),
        (refusal("ValidationException", "The execution role you provide must allow …"), "NBF-A064"),
        (refusal("AccessDeniedException", "User: ada is not authorized to perform: iam:PassRole on …"), "NBF-A065"),
        # a person's own role is in what they may not do
        (refusal("AccessDeniedException", "User: …:assumed-role/x is not authorized to perform: states:Create"), ""),
        (refusal("ThrottlingException", "the execution role"), ""),
    ],
)
def test_what_a_service_says_of_a_role_is_known(error: Exception, code: str) -> None:
    try:
        explain(error, ROLE, SCHEDULER)
        found = ""
    except DeploymentError as refused:
        found = str(refused)
    assert found.startswith(code) and bool(found) == bool(code)
    assert not code or "EventBridge" in found


@pytest.mark.parametrize(
    ("source", "answer", "said"),
    [
        (source_from("aws-secrets-manager.db"), {}, ""),
        (source_from("aws-secrets-manager.db"), refusal("ResourceNotFoundException"), "A025  there is no secret"),
        (source_from("aws-secrets-manager.db"), refusal("AccessDeniedException"), ""),
        # its job reads it by another role, and it may be another account's
        (source_from("aws-secrets-manager.db", role="arn:r"), refusal("ResourceNotFoundException"), ""),
        (source_from("env.DB"), refusal("ResourceNotFoundException"), ""),
    ],
)
def test_a_secret_that_is_certainly_not_there_is_told(
    source: SecretSource, answer: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets_named, "_client", lambda *_: _Asked(answer))
    try:
        check_secrets(Settings(), [source])
        found = ""
    except DeploymentError as refused:
        found = str(refused)
    assert said in found and bool(said) == bool(found)
    assert not said or ("aws-secrets-manager.db in eu-central-1" in found and "--name db" in found)
