"""What services of the bench ask other services with, each under the role that it was given."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from aws.bench.callers import Callers
from botocore.config import Config


class Clients:
    """Clients of boto3 onto the bench itself, one for each region, service and role."""

    def __init__(self, url: str, callers: Callers, caller: str) -> None:
        self._url = url
        self._callers = callers
        self._caller = caller
        self._made: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def of(self, region: str, service: str, state_credentials: Any = None) -> Any:
        """Return a client as the role of `state_credentials`, in the form in which moto asks for one."""
        return self.under(state_credentials.role_arn if state_credentials is not None else "", region, service)

    def under(self, role: str, region: str, service: str) -> Any:
        """Return a client as `role`, an ARN."""
        key = (role, region, service)
        # making one is not safe in several threads, using it is
        with self._lock:
            if key not in self._made:
                issued = self._callers.assumed(self._caller, role)
                self._made[key] = boto3.client(
                    service,
                    region_name=region,
                    endpoint_url=self._url,
                    aws_access_key_id=issued,
                    aws_secret_access_key="bench",
                    config=Config(retries={"total_max_attempts": 1}, read_timeout=3600, max_pool_connections=50),
                )
            return self._made[key]
