"""Checks of the bucket: whether it is there, in which region, and whether its clock is ours."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from nbflow.cards.figures import duration
from nbflow.upkeep.aws.credentials import credentials_refused, unreachable
from nbflow.upkeep.aws.refusal import Refusal, refusal
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.finding import Finding, broken, fine, warning
from nbflow.upkeep.settings import blamed, meant, nearest, option

_ABOUT = "bucket"
#: seconds: from 15 minutes on AWS takes no request, from here on times of runs are in disorder
_SKEW = 60.0


def bucket(session: Session, name: str) -> Iterator[Finding]:
    """Whether there is a bucket of this name for us, and, when there is, whether its clock is ours."""
    s3 = session.client("s3")
    answer: Mapping[str, Any]
    try:
        answer = s3.head_bucket(Bucket=name)
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        found, answer = refusal(error), getattr(error, "response", {})
        if found.kind not in {"missing", "unreachable"}:
            # an answer to HEAD has no text that would say why
            found = _why(s3, name) or found
        yield _refused(session, name, found, _header(answer, "x-amz-bucket-region"))
        return
    home = _header(answer, "x-amz-bucket-region") or ""
    if _is_elsewhere(session, home):
        yield _elsewhere(session, name, home)
        return
    yield fine(_ABOUT, f"{name}{f' · {home}' if home else ''}")
    if date := _header(answer, "date"):
        yield _clock(date)


def _why(s3: Any, name: str) -> Refusal | None:
    try:
        s3.list_objects_v2(Bucket=name, MaxKeys=1)
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        return refusal(error)
    return None


def _header(answer: Mapping[str, Any], name: str) -> str | None:
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return next((str(value) for key, value in headers.items() if key.lower() == name), None)


def _refused(session: Session, name: str, found: Refusal, home: str | None) -> Finding:
    settings = session.settings
    root = blamed(settings, "root")
    match found.kind:
        case "missing":
            there = _buckets(session)
            near = nearest(name, there)
            fixes = [option(settings, "root", (settings.root or "").replace(name, near, 1))] if near else []
            fixes.append(f"aws s3 mb s3://{name}  makes it")
            listed = [root, *([f"your buckets: {', '.join(there[:8])}"] if there and not near else [])]
            return broken(_ABOUT, f"there is no bucket '{name}'{meant(name, there)}", *fixes, listed=listed)
        case "denied":
            if home and _is_elsewhere(session, home):
                return _elsewhere(session, name, home)
            said = f"you may not look into '{name}': it is somebody else's, or your policy does not name it"
            fix = f"have s3:ListBucket on arn:aws:s3:::{name} allowed, or correct the name"
            return broken(_ABOUT, said, fix, listed=[root, found.said])
        case "unreachable":
            return unreachable(session, found)
        case "expired" | "unknown" | "clock" | "no credentials":
            return credentials_refused(session, found)
    if home and _is_elsewhere(session, home):
        return _elsewhere(session, name, home)
    return broken(_ABOUT, f"S3 refuses it: {found.said}", "see: aws s3 ls s3://" + name, listed=[root])


def _is_elsewhere(session: Session, home: str) -> bool:
    # where no region is set, S3 is asked which it is
    return bool(home and session.region) and home != session.region


def _elsewhere(session: Session, name: str, home: str) -> Finding:
    settings = session.settings
    said = f"'{name}' is in {home}, and {session.region} is asked for it"
    region = blamed(settings, "region") if settings.region else f"region is {session.region}, says ~/.aws/config"
    return broken(_ABOUT, said, option(settings, "region", home), listed=[region])


def _buckets(session: Session) -> list[str]:
    """Return the names of all buckets, as far as they may be listed."""
    try:
        return [each["Name"] for each in session.client("s3").list_buckets()["Buckets"]]
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        refusal(error)
        return []


def _clock(date: str) -> Finding:
    """Whether our clock is the server's, which says whole seconds."""
    ahead = time.time() - parsedate_to_datetime(date).timestamp()
    if abs(ahead) <= _SKEW:
        return fine("time", "as the server's")
    way = "ahead of" if ahead > 0 else "behind"
    said = f"this machine's clock is {duration(abs(ahead))} {way} the server's"
    return warning("time", said, "set it by a time server: runs of several machines are told apart by time")
