"""From a URL to the storage it names.

    s3://bucket/prefix       Amazon S3, and what speaks like it
    gs://bucket/prefix       Google Cloud Storage, with the credentials that its own tools use
    az://container/prefix    Azure, with AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY
    file:///folder           a folder of this machine
    memory:///name           this process's memory, by name

Google's and Azure's are by design: nobody has tried them yet.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from nbflow.errors import raise_for
from nbflow.storage.base import Storage
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage

#: what a URL may begin with → what is meant
_SCHEMES = {
    "s3": "s3",
    "s3a": "s3",
    "s3n": "s3",
    "gs": "gs",
    "gcs": "gs",
    "az": "az",
    "azure": "az",
    "abfs": "az",
    "abfss": "az",
    "file": "file",
    "memory": "memory",
}
_KNOWN = ", ".join(f"{each}://" for each in dict.fromkeys(_SCHEMES.values()))
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_memories: dict[str, MemoryStorage] = {}


class Url(NamedTuple):
    """A URL in its parts."""

    #: s3, gs, az, file or memory
    scheme: str
    #: or the container; empty for file and memory
    bucket: str
    #: without slashes at its ends; of a file the path
    prefix: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}{'/' if self.bucket and self.prefix else ''}{self.prefix}"


def is_url(text: str) -> bool:
    """Whether it is to be read as a URL, and not as a path."""
    return "://" in text


def parse(url: str) -> Url:
    """Return the parts of a storage's URL. Raises S017 when it is none."""
    parts = urlsplit(url)
    scheme = _SCHEMES.get(parts.scheme)
    why = ""
    if scheme is None:
        why = f"it begins with none of {_KNOWN}"
    elif scheme in {"file", "memory"}:
        why = f"{scheme}: is followed by three slashes and a path" if parts.netloc or len(parts.path) < 2 else ""
    elif not parts.netloc:
        why = "it names no bucket"
    elif scheme == "s3" and not _BUCKET.fullmatch(parts.netloc):
        why = f"'{parts.netloc}' is no name of a bucket: 3 to 63 small letters, digits, dots and hyphens"
    elif parts.query or parts.fragment:
        why = "it has a ? or a #"
    if scheme is None or why:
        raise_for("S017", url=url, why=why)
    if scheme == "file":
        return Url(scheme, "", unquote(parts.path))
    return Url(scheme, parts.netloc, "/".join(part for part in parts.path.split("/") if part))


def open_storage(
    url: str, *, region: str | None = None, endpoint: str | None = None, profile: str | None = None
) -> Storage:
    """Return the storage at `url`; nothing is asked of it yet.

    Args:
        url: see above.
        region: of an S3 bucket; else AWS_REGION, AWS_DEFAULT_REGION, the profile's, else what S3 says of the bucket.
        endpoint: of a service that speaks like S3; else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's.
        profile: of the AWS configuration; else AWS_PROFILE and all that boto3 looks at.

    Raises:
        StoreError: S017, it is no such URL.
    """
    parts = parse(url)
    if parts.scheme == "file":
        return LocalStorage(Path(parts.prefix))
    if parts.scheme == "memory":
        return _memories.setdefault(parts.prefix, MemoryStorage())
    from nbflow.storage.objects import ObjectStorage

    if parts.scheme == "s3":
        from nbflow.storage.aws import S3Opener

        return ObjectStorage(S3Opener(parts.bucket, parts.prefix, region=region, endpoint=endpoint, profile=profile))
    from nbflow.storage.openers import UrlOpener

    return ObjectStorage(UrlOpener(url, parts.bucket))
