"""What `nbflow.S3` refuses; Metaflow's names for the same are in `nbflow.exception`."""

from __future__ import annotations

from nbflow.errors import StoreError


class S3Error(StoreError):
    """Something asked of `nbflow.S3` cannot be done."""


class S3UrlError(S3Error):
    """A key or a URL does not say which object is meant."""


class S3ObjectError(S3Error):
    """What was to be put are no bytes."""


class S3NotFoundError(S3Error):
    """There is no such object."""


class S3AccessError(S3Error):
    """The service denies it."""


class S3RangeError(S3Error):
    """The part that was asked for lies behind the end."""


class S3SpaceError(S3Error):
    """The disk has no room for what was asked for."""
