"""Whom a role trusts. What it may do is not enforced on the bench; that a service may take it on is."""

from __future__ import annotations

import json
from typing import Any

from aws.bench.pins import needed
from moto.iam.models import IAMBackend, iam_backends

needed(IAMBackend, "get_roles")


def trusts(account: str, role: str, service: str) -> bool:
    """Tell whether there is a role of this ARN, and whether its trust policy allows `service` to assume it."""
    found = next((each for each in iam_backends[account]["aws"].get_roles() if each.arn == role), None)
    if found is None:
        return False
    policy: Any = found.assume_role_policy_document or "{}"
    statements = (json.loads(policy) if isinstance(policy, str) else policy).get("Statement", [])
    return any(_allows(each, service) for each in ([statements] if isinstance(statements, dict) else statements))


def _allows(statement: dict[str, Any], service: str) -> bool:
    actions, principal = _listed(statement.get("Action")), statement.get("Principal")
    services = _listed(principal.get("Service")) if isinstance(principal, dict) else _listed(principal)
    return statement.get("Effect") == "Allow" and "sts:AssumeRole" in actions and bool({service, "*"} & set(services))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])
