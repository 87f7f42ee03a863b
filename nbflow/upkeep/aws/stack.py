"""The outputs of a stack that was made from our template, as settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from nbflow.errors import did_you_mean, raise_for
from nbflow.upkeep.aws.refusal import refusal
from nbflow.upkeep.aws.session import Session

#: as CloudFormation calls what is there and stays so
_COMPLETE = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
)
_MOST = 8


def settings_of(session: Session, name: str, outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that stack `name` says; `outputs`: which output is which setting.

    Raises:
        ConfigurationError: there is no such stack (U020), it is not complete (U021), it is not from our template
            (U022), or CloudFormation may or can not be asked (U023).
    """
    stack = _described(session, name)
    status = str(stack.get("StackStatus", ""))
    if status not in _COMPLETE:
        under_way = status.endswith("_IN_PROGRESS") and not status.startswith("DELETE")
        words = status.lower().replace("_", " ")
        fix = (
            f"aws cloudformation wait stack-{'update' if 'UPDATE' in status else 'create'}-complete --stack-name {name}"
        )
        why = "" if under_way else f"see why: aws cloudformation describe-stack-events --stack-name {name}"
        again = f"aws cloudformation delete-stack --stack-name {name}, and have it made again"
        raise_for("U021", name=name, status=words, why=why, fix=fix if under_way else again)
    said = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
    if missing := [output for output in outputs if output not in said]:
        raise_for("U022", name=name, missing=", ".join(missing), there=", ".join(said) or "none")
    return {key: said[output] for output, key in outputs.items()}


def _described(session: Session, name: str) -> dict[str, Any]:
    try:
        found = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        _refused(session, name, error)
    if not found:
        _missing(session, name)
    first: dict[str, Any] = found[0]
    return first


def _missing(session: Session, name: str) -> NoReturn:
    there = _names(session)
    known = ", ".join(there[:_MOST]) or "none that you may see"
    region = session.region or "no region"
    raise_for("U020", name=name, region=region, hint=did_you_mean(name, there), known=known)


def _refused(session: Session, name: str, error: Exception) -> NoReturn:
    found = refusal(error)
    # CloudFormation has no code of its own for a stack that is not there
    if found.code == "ValidationError" and "does not exist" in found.said:
        _missing(session, name)
    why = {
        "denied": "you may not: cloudformation:DescribeStacks is denied",
        "no profile": f"~/.aws has no profile '{session.settings.aws_profile}'",
        "no region": "no region is set, and a stack is in one",
        "no credentials": "there are no credentials",
        "expired": "your credentials have expired",
        "unreachable": f"AWS does not answer{f' in {session.region}' if session.region else ''}",
    }.get(found.kind, found.said)
    fix = {
        "denied": "ask whoever made it for its outputs, and give them: nbflow configure --root … --queue …",
        "no profile": f"aws configure list-profiles, then nbflow configure --from-stack {name} --aws-profile NAME",
        "no region": f"nbflow configure --from-stack {name} --region REGION",
        "no credentials": "aws configure, or aws sso login",
        "expired": "aws sso login, or take new ones",
    }.get(found.kind, "nbflow doctor  says what is wrong with the way to AWS")
    raise_for("U023", name=name, why=why, fix=fix)


def _names(session: Session) -> list[str]:
    try:
        return [each["StackName"] for each in session.client("cloudformation").describe_stacks()["Stacks"]]
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        refusal(error)
        return []
