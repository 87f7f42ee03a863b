"""Whether a root can be one, judged by how it is written; what is wrong with a bucket itself only its service knows."""

from __future__ import annotations

import re

from nbflow.frozen import frozen

#: what a URL of a store may begin with
SCHEMES = ("s3", "s3a", "s3n", "gs", "gcs", "az", "azure", "abfs", "abfss", "file", "memory")

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):/")
_ARN = re.compile(r"arn:[\w-]+:s3:::(?P<bucket>[^/*]+)(?P<key>/[^*]*)?")
#: a bucket's address for browsers: its name in front of the host, or behind it
_WEB = re.compile(
    r"https?://(?:(?P<before>[^/]+)\.)?s3[.-](?:[\w-]+\.)?amazonaws\.com(?:\.cn)?(?P<key>/[^?#]*)?", re.ASCII
)
_CONSOLE = re.compile(
    r"https?://[\w.-]*console\.aws\.amazon\.com/s3/buckets/(?P<bucket>[^/?#]+)(?:.*[?&]prefix=(?P<key>[^&#]+))?"
)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


@frozen
class Wrong:
    """What is wrong with a root, and how to put it right."""

    why: str
    fix: str


def wrong_with(root: str) -> Wrong | None:
    """Return what is wrong with a root; None: nothing that could be seen. Folders always pass."""
    if meant := _meant_bucket(root):
        return Wrong("that is another name of a bucket", f"write it as {meant}")
    found = _SCHEME.match(root)
    if found is None:
        return None
    scheme = found[1]
    if scheme not in SCHEMES:
        meant = f"s3://{root.partition('://')[2]}" if scheme.lower().startswith("s") else "s3://bucket/prefix"
        return Wrong(f"'{scheme}' is no kind of storage that is known", f"write it as {meant}")
    if not root.startswith(f"{scheme}://"):
        return Wrong("there are two slashes behind s3:", f"write it as {scheme}://{root[found.end() :].lstrip('/')}")
    return _wrong_bucket(root) if scheme == "s3" else None


def _wrong_bucket(root: str) -> Wrong | None:
    bucket, _, prefix = root.removeprefix("s3://").partition("/")
    if not bucket:
        return Wrong("it names no bucket", f"write it as s3://bucket/{prefix.strip('/') or 'prefix'}")
    if "@" in bucket or ":" in bucket:
        return Wrong("credentials and ports do not belong into it", "see aws_profile and endpoint for them")
    if not _BUCKET.fullmatch(bucket):
        why = f"'{bucket}' can be no bucket: its name has 3 to 63 characters, of a-z, 0-9, '.' and '-'"
        meant = bucket.lower().replace("_", "-")
        return Wrong(
            why, f"perhaps it is s3://{meant}/{prefix}" if _BUCKET.fullmatch(meant) else "correct the bucket's name"
        )
    if {".", ".."} & set(prefix.split("/")) or "//" in prefix or any(each in prefix for each in "?#*"):
        return Wrong("its prefix holds what no plain prefix does", f"write it as s3://{bucket}/nbflow")
    return None


def _meant_bucket(root: str) -> str:
    """Return the URL of a bucket that was named by its ARN or its address for browsers; empty when it was not."""
    if found := _ARN.fullmatch(root) or _CONSOLE.match(root):
        return f"s3://{found['bucket']}/{(found['key'] or 'nbflow').strip('/')}"
    if found := _WEB.match(root):
        path = (found["key"] or "").strip("/")
        return f"s3://{found['before']}/{path or 'nbflow'}" if found["before"] else f"s3://{path or 'bucket/nbflow'}"
    return ""
