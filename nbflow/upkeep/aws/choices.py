"""What there is to choose from when settings are asked for: names, as far as they may be listed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nbflow.frozen import frozen
from nbflow.upkeep.aws.refusal import refusal
from nbflow.upkeep.aws.session import Session

_MOST = 20
#: as AWS itself names it: ecsTaskExecutionRole
_EXECUTES = re.compile("execution", re.IGNORECASE)


@frozen
class Choices:
    """Names to choose from; or, when there are none, why they could not be listed."""

    names: tuple[str, ...] = ()
    #: the one that is meant unless another is named; empty: none
    likely: str = ""
    why: str = ""


def profiles(session: Session) -> Choices:
    """Return the profiles of ~/.aws."""
    return _listed(lambda: session.boto3.available_profiles)


def region(session: Session) -> str | None:
    """Return the region that ~/.aws or the environment names."""
    try:
        return session.region
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        refusal(error)
        return None


def buckets(session: Session) -> Choices:
    """Return the account's buckets."""
    return _listed(lambda: [each["Name"] for each in session.client("s3").list_buckets()["Buckets"]])


def queues(session: Session) -> Choices:
    """Return the job queues of the region that take jobs."""

    def ask() -> list[str]:
        found = session.client("batch").describe_job_queues()["jobQueues"]
        return [each["jobQueueName"] for each in found if each["state"] == "ENABLED"]

    found = _listed(ask)
    return _with_likely(found, list(found.names))


def job_roles(session: Session) -> Choices:
    """Return the ARNs of roles that containers may have; likely is the only one that does not run the containers."""
    found = _listed(lambda: _roles(session))
    return _with_likely(found, [each for each in found.names if not _EXECUTES.search(each)])


def execution_roles(session: Session) -> Choices:
    """Return the same, for what runs the containers."""
    found = _listed(lambda: _roles(session))
    return _with_likely(found, [each for each in found.names if _EXECUTES.search(each)])


def _roles(session: Session) -> list[str]:
    found = session.client("iam").list_roles(MaxItems=1000)["Roles"]
    return [each["Arn"] for each in found if trusts_containers(each.get("AssumeRolePolicyDocument"))]


def _with_likely(found: Choices, likely: list[str]) -> Choices:
    return Choices(found.names, likely[0] if len(likely) == 1 else "", found.why)


def trusts_containers(policy: Any) -> bool:
    """Say whether a role's trust policy names the service that runs containers."""
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    for each in statements if isinstance(statements, list) else [statements]:
        principal = each.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if "ecs-tasks.amazonaws.com" in ([services] if isinstance(services, str) else services):
            return True
    return False


def _listed(ask: Callable[[], list[str]]) -> Choices:
    try:
        return Choices(tuple(ask()[:_MOST]))
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        found = refusal(error)
    words = {"denied": "you may not list them", "unreachable": "AWS does not answer", "no region": "no region is set"}
    words |= {"no credentials": "there are no credentials", "expired": "your credentials have expired"}
    return Choices(why=words.get(found.kind, found.said))
