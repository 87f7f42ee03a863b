"""AWS, asked with little patience: whoever looks for what is wrong waits seconds, not minutes."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from nbflow.configuration.settings import Settings

#: seconds until nobody is thought to be there, and to answer
_CONNECT, _ANSWER = 3.0, 8.0
_TRIES = 2


class Session:
    """AWS as the settings reach it. Everything raises what botocore raises; see `refusal`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._clients: dict[str, Any] = {}

    @cached_property
    def boto3(self) -> Any:
        """The session of boto3."""
        import boto3

        return boto3.Session(profile_name=self.settings.aws_profile, region_name=self.settings.region)

    @property
    def region(self) -> str | None:
        """The region that is asked: as set, else as ~/.aws says."""
        found: str | None = self.settings.region or self.boto3.region_name
        return found

    @property
    def is_apart(self) -> bool:
        """Whether buckets are on a server of their own, whose credentials mean nothing to the rest of AWS."""
        s3, sts = (str(self.client(name).meta.endpoint_url) for name in ("s3", "sts"))
        return s3 != sts and _is_aws(sts) and not _is_aws(s3)

    @property
    def method(self) -> str:
        """Where boto3 has the credentials from, as it calls that; empty where it has none."""
        try:
            return str(getattr(self.boto3.get_credentials(), "method", ""))
        except Exception:  # noqa: BLE001 - why there are none was told before
            return ""

    def client(self, service: str) -> Any:
        """Return a client of boto3, made once."""
        if service not in self._clients:
            from botocore.config import Config

            config = Config(
                connect_timeout=_CONNECT,
                read_timeout=_ANSWER,
                retries={"total_max_attempts": _TRIES, "mode": "standard"},
            )
            region = self.region or ("us-east-1" if service in {"s3", "sts", "iam"} else None)
            self._clients[service] = self.boto3.client(
                service, region_name=region, endpoint_url=self.settings.endpoint, config=config
            )
        return self._clients[service]


def _is_aws(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))
