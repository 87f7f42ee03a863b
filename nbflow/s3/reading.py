"""An object as what it holds, for what takes files in by their paths."""

from __future__ import annotations

import tempfile

from nbflow.model.s3_errors import S3NotFoundError
from nbflow.s3.client import S3


def bytes_at(url: str) -> bytes:
    """Return what an object holds. Raises FileNotFoundError; S3Error where the bucket cannot be reached."""
    with S3(tmproot=tempfile.gettempdir()) as s3:
        try:
            return s3.get(url).blob or b""
        except S3NotFoundError:
            raise FileNotFoundError(url) from None
