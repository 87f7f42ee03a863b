"""What a template is to have, checked before one is written: AWS would say so minutes later, and undo what it had made."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from nbflow.errors import error, problem
from nbflow.frozen import frozen

DEFAULT_PREFIX = "nbflow"
#: of a prefix: with an account's number and a region behind it, it is the name of a bucket, which has 63 at most
_LONGEST = 30
_PREFIX = re.compile(r"[a-z](?:[a-z0-9]|-(?!-)){1,28}[a-z0-9]", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_VPC = re.compile(r"vpc-[0-9a-f]{8,17}", re.ASCII)
_SUBNET = re.compile(r"subnet-[0-9a-f]{8,17}", re.ASCII)


@frozen
class Asked:
    """What the template is to have."""

    #: what the names of all that is made begin with
    prefix: str = DEFAULT_PREFIX
    #: machines of EC2, which Batch starts and ends, in place of Fargate's
    ec2: bool = False
    #: the network that is there; None: one is made
    vpc: str | None = None
    subnets: tuple[str, ...] = ()
    #: the bucket that is there; None: one is made
    bucket: str | None = None
    #: of the image that steps run in, as in `3.12`
    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"


def asked(
    *,
    prefix: str = DEFAULT_PREFIX,
    ec2: bool = False,
    vpc: str | None = None,
    subnets: Iterable[str] = (),
    bucket: str | None = None,
) -> Asked:
    """Return what was asked for. `subnets` may stand in one word, between commas.

    Raises DeploymentError with all that is wrong: a prefix that names cannot begin with (A080), a network without its
    subnets or subnets without their network (A081), what is no id (A082), what is no bucket (A083).
    """
    parts = tuple(dict.fromkeys(part for word in subnets for part in word.replace(",", " ").split()))
    problems = []
    if not _PREFIX.fullmatch(prefix):
        problems.append(problem("A080", prefix=prefix, longest=_LONGEST, fix=_meant_prefix(prefix)))
    if (vpc is None) != (not parts):
        given, missing = ("--vpc", "--subnets") if vpc is not None else ("--subnets", "--vpc")
        problems.append(problem("A081", given=given, missing=missing))
    if vpc is not None and not _VPC.fullmatch(vpc):
        problems.append(problem("A082", word=vpc, what="a VPC", form="vpc-0a1b2c3d", ask="vpcs"))
    problems += [
        problem("A082", word=each, what="a subnet", form="subnet-0a1b2c3d", ask="subnets")
        for each in parts
        if not _SUBNET.fullmatch(each)
    ]
    if bucket is not None and not _BUCKET.fullmatch(bucket):
        problems.append(problem("A083", bucket=bucket, fix=_meant_bucket(bucket)))
    if problems:
        raise error(problems)
    return Asked(prefix, ec2, vpc, parts, bucket)


def _meant_prefix(prefix: str) -> str:
    near = re.sub(r"[^a-z0-9]+", "-", prefix.lower()).strip("-0123456789")[:_LONGEST].rstrip("-")
    return f"--prefix {near}" if _PREFIX.fullmatch(near) else f"--prefix {DEFAULT_PREFIX}-team"


def _meant_bucket(bucket: str) -> str:
    near = bucket.partition("://")[2].partition("/")[0] if "://" in bucket else bucket.lower().replace("_", "-")
    return f"--bucket {near}" if _BUCKET.fullmatch(near) else "--bucket NAME, or leave it out: one is made"
