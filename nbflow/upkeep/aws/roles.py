"""Checks of what a job runs as: the image, the role it has, and the role that starts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbflow.configuration.settings import Settings
from nbflow.upkeep.aws.choices import trusts_containers
from nbflow.upkeep.aws.refusal import refusal
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.finding import Finding, broken, fine, warning
from nbflow.upkeep.settings import blamed, meant, nearest, option

_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/(?:[^/]+/)*(?P<name>[\w+=,.@-]+)", re.ASCII)
#: as a registry takes it: repository, tag, digest
#: images that people try, and what jobs need that these do not have
_LACKS = {
    "glibc": re.compile(r"(^|[-:])alpine[\d.]*(:|-|$)"),
    "python3": re.compile(r"^(busybox|hello-world|debian|ubuntu|amazonlinux|nginx)(:|$)"),
}
_IMAGE = re.compile(r"[\w.-]+(?::\d+)?(?:/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?", re.ASCII)


def image(settings: Settings) -> Finding:
    """Whether there is an image that can be one."""
    name = settings.batch.image
    if name is None:
        fix = "nbflow configure --image python:3.12-slim, or @batch(image=…) for each step"
        return warning("image", "none is set: each step must name its own", fix)
    if not _IMAGE.fullmatch(name):
        said = f"'{name}' is no name of an image"
        return broken(
            "image", said, option(settings, "batch.image", "NAME:TAG"), listed=[blamed(settings, "batch.image")]
        )
    base = name.partition("@")[0].rpartition("/")[2]
    if lacks := next((what for what, names in _LACKS.items() if names.search(base)), None):
        fix = "name one that has it: nbflow configure --image python:3.12-slim"
        return warning("image", f"{name} has no {lacks}, as far as its name tells", fix)
    if "python" not in base:
        return fine("image", f"{name} · it must have python3, 3.11 or newer, which is not looked at")
    moving = name.endswith(":latest") or ":" not in name.rpartition("/")[2]
    return fine("image", f"{name}{' · whatever that is at the moment' if moving else ''}")


def roles(session: Session, *, fargate: bool | None) -> Iterator[Finding]:
    """Whether the roles are there and containers may have them. `fargate`: of what kind the machines are, if known."""
    settings = session.settings
    if settings.batch.job_role is None:
        said = "none is set: steps reach the bucket only by the role of the machine that they run on"
        if fargate:
            said = "none is set: on Fargate steps cannot reach the bucket without one"
        yield (broken if fargate else warning)("job role", said, "nbflow configure --job-role ARN")
    else:
        yield _role(session, "job role", "batch.job_role", settings.batch.job_role)
    if settings.batch.execution_role is not None:
        yield _role(session, "start role", "batch.execution_role", settings.batch.execution_role)
    elif fargate:
        said = "none is set: Fargate starts no container without one"
        yield broken("start role", said, "nbflow configure --execution-role ARN, often that of ecsTaskExecutionRole")


def _role(session: Session, about: str, key: str, arn: str) -> Finding:
    settings = session.settings
    by = [blamed(settings, key)]
    found = _ARN.fullmatch(arn)
    if found is None:
        said = f"'{arn}' is no ARN of a role"
        return broken(about, said, option(settings, key, "arn:aws:iam::ACCOUNT:role/NAME"), listed=by)
    try:
        answer = session.client("iam").get_role(RoleName=found["name"])["Role"]
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        refused = refusal(error)
        if refused.kind == "missing":
            there = _names(session)
            near = nearest(found["name"], there)
            fix = option(settings, key, arn.replace(found["name"], near) if near else "ARN")
            return broken(about, f"there is no role '{found['name']}'{meant(found['name'], there)}", fix, listed=by)
        why = "you may not ask IAM" if refused.kind == "denied" else "IAM does not say"
        return fine(about, f"{found['name']} · not known whether it is there: {why}")
    if answer["Arn"] != arn:
        fix = option(settings, key, answer["Arn"])
        return broken(about, f"your account's role '{found['name']}' has another ARN", fix, listed=[*by, answer["Arn"]])
    policy = answer.get("AssumeRolePolicyDocument")
    if _says_whom(policy) and not trusts_containers(policy):
        fix = "let its trust policy allow sts:AssumeRole to the service ecs-tasks.amazonaws.com"
        return broken(about, f"'{found['name']}' does not trust containers", fix, listed=by)
    return fine(about, found["name"])


def _says_whom(policy: Any) -> bool:
    return isinstance(policy, dict) and bool(policy.get("Statement"))


def _names(session: Session) -> list[str]:
    try:
        return [each["RoleName"] for each in session.client("iam").list_roles(MaxItems=1000)["Roles"]]
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        refusal(error)
        return []
