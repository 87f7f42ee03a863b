"""Secrets that a deployment names: whether they are there, before anything is created. Their values are not asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nbflow.configuration.settings import Settings
from nbflow.errors import raise_for
from nbflow.model.secret import AWS, SecretSource

_MISSING = "ResourceNotFoundException"


def check_secrets(known: Settings, sources: Iterable[SecretSource]) -> None:
    """Raise A025 where AWS Secrets Manager says that there is no such secret.

    Whether one that may not be looked at is there, or one that is read by a role of its own, its step will find out.
    """
    for each in dict.fromkeys(sources):
        if each.manager != AWS or each.role is not None:
            continue
        region = each.region or (each.id.split(":")[3] if each.id.startswith("arn:aws") else None) or known.region
        client = _client(known, region)
        try:
            client.describe_secret(SecretId=each.id)
        except Exception as error:  # noqa: BLE001 - only what is certain is told
            response = getattr(error, "response", None) or {}
            if response.get("Error", {}).get("Code") == _MISSING:
                raise_for("A025", secret=each.text, name=each.id, region=client.meta.region_name)


def _client(known: Settings, region: str | None) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=3, read_timeout=8)
    session = boto3.Session(profile_name=known.aws_profile, region_name=region)
    return session.client("secretsmanager", endpoint_url=known.endpoint, config=config)
