"""The roles by which services act for a deployment: whether they can be, as far as it is known before anything is created."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.configuration.settings import Settings
from nbflow.errors import raise_for
from nbflow.frozen import frozen

_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/(?:[^/]+/)*(?P<name>[\w+=,.@-]+)", re.ASCII)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
#: how services say that a role's trust policy does not name them; a person's own ARN may have `assumed-role` in it
_UNTRUSTING = ("execution role", "authorized to assume")


@frozen
class Actor:
    """A service of AWS that acts by a role."""

    name: str
    #: as trust policies call it
    principal: str
    #: of `nbflow configure`, by which the role is set
    option: str


STATES = Actor("Step Functions", "states.amazonaws.com", "--states-role")
SCHEDULER = Actor("EventBridge", "scheduler.amazonaws.com", "--scheduler-role")


def check_role(known: Settings, role: str, actor: Actor) -> None:
    """Raise where a service cannot act by a role. What IAM does not tell, because it may not be asked, is for the service to say.

    Raises:
        DeploymentError: A024, it is no ARN of a role; A064, there is no such role, or it does not trust the service.
    """
    found = _ARN.fullmatch(role)
    if found is None:
        raise_for("A024", given=role, service=actor.name, option=actor.option)
    try:
        answer = _iam(known).get_role(RoleName=found["name"])["Role"]
    except Exception as error:  # noqa: BLE001 - only what is certain is told
        if _code(error) == "NoSuchEntity":
            _cannot(actor, role, f"there is no role {found['name']}")
        return
    if answer["Arn"] != role:
        _cannot(actor, role, f"the role {found['name']} is {answer['Arn']}")
    policy = answer.get("AssumeRolePolicyDocument")
    if isinstance(policy, Mapping) and policy.get("Statement") and not _trusts(policy, actor.principal):
        _cannot(actor, role, f"its trust policy does not name {actor.principal}")


def explain(error: Exception, role: str, actor: Actor) -> None:
    """Raise what a person can act upon, where a service refused a role.

    Raises:
        DeploymentError: A064, it may not act by it; A065, the person may not hand it over.
    """
    code, message = _code(error), str(getattr(error, "response", {}).get("Error", {}).get("Message", ""))
    if code in _DENIED and "iam:PassRole" in message:
        raise_for("A065", service=actor.name, role=role, message=message)
    if code in {*_DENIED, "ValidationException"} and any(each in message for each in _UNTRUSTING):
        _cannot(actor, role, f"it says: {message}")


def _cannot(actor: Actor, role: str, why: str) -> None:
    raise_for("A064", service=actor.name, role=role, why=why, principal=actor.principal, option=actor.option)


def _trusts(policy: Mapping[str, Any], principal: str) -> bool:
    """Say whether a trust policy lets a service take on its role, also by the name that it has in one region."""
    service, _, domain = principal.partition(".")
    form = re.compile(rf"{service}\.([\w-]+\.)?{re.escape(domain)}(\.cn)?|\*", re.ASCII)
    return any(form.fullmatch(each) for each in _trusted(policy))


def _trusted(policy: Mapping[str, Any]) -> Iterator[str]:
    for each in _listed(policy["Statement"]):
        whom = each.get("Principal", {})
        if each.get("Effect") == "Allow":
            yield from _listed(whom.get("Service", []) if isinstance(whom, Mapping) else whom)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _code(error: Exception) -> str:
    response: Mapping[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _iam(known: Settings) -> Any:
    import boto3
    from botocore.config import Config

    # whoever cannot be asked is done without
    config = Config(retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=3, read_timeout=8)
    session = boto3.Session(profile_name=known.aws_profile, region_name=known.region or "us-east-1")
    return session.client("iam", endpoint_url=known.endpoint, config=config)
