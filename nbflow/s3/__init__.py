"""`nbflow.S3`: files and bytes in a bucket, by Metaflow's names. See `client`."""

from __future__ import annotations

from nbflow.s3.client import S3
from nbflow.s3.objects import RangeInfo, S3GetObject, S3Object, S3PutObject

__all__ = ["S3", "RangeInfo", "S3GetObject", "S3Object", "S3PutObject"]
