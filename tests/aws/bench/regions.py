"""Where buckets are at home: moto serves each from every region, S3 does not."""

from __future__ import annotations

from aws.bench.naming import Asked
from aws.bench.refusals import ACCOUNT
from moto.s3.models import s3_backends


def home_of(asked: Asked) -> str | None:
    """Return the region of the bucket that a request is about, or None if there is no such bucket."""
    if asked.service != "s3" or asked.bucket is None or asked.action == "CreateBucket":
        return None
    bucket = s3_backends[ACCOUNT]["aws"].buckets.get(asked.bucket)
    return bucket.region_name if bucket is not None else None
