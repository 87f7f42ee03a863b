from __future__ import annotations

from s3_fixtures import faults, here, s3, server

__all__ = ["faults", "here", "s3", "server"]
