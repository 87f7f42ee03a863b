"""Values of `secrets`: what ECS fetches under the execution role before a container starts."""

from __future__ import annotations

import json
from typing import Any

import boto3
from aws.bench.callers import EXECUTION_KEY
from aws.bench.runners import CannotStartError
from botocore.config import Config
from botocore.exceptions import ClientError


class Secrets:
    """Asks the bench itself, so that a test sees the requests and may have them go wrong."""

    def __init__(self, url: str) -> None:
        self._url = url

    def value(self, source: str, region: str) -> str:
        """Return what `valueFrom` names; CannotStartError in AWS's words where it cannot be had."""
        try:
            if source.startswith("arn:aws:secretsmanager:"):
                return self._secret(source)
            return self._parameter(source, region)
        except ClientError as error:
            said = error.response["Error"]
            store, thing = ("asm", "secret") if "secretsmanager" in source else ("ssm", "parameter")
            raise CannotStartError(
                f"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                f"unable to retrieve {thing}s from {store}: {said['Code']}: {said['Message']}"
            ) from error

    def _secret(self, source: str) -> str:
        # arn:aws:secretsmanager:region:account:secret:name-suffix[:key[:stage[:version]]]
        parts = source.split(":")
        name, (key, stage, version) = ":".join(parts[:7]), [*parts[7:], "", "", ""][:3]
        more = {**({"VersionStage": stage} if stage else {}), **({"VersionId": version} if version else {})}
        found = self._client("secretsmanager", parts[3]).get_secret_value(SecretId=name, **more)
        text: str = found["SecretString"]
        if not key:
            return text
        values = json.loads(text)
        if key not in values:
            raise CannotStartError(
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
                f"unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key {key}"
            )
        value = values[key]
        return value if isinstance(value, str) else json.dumps(value)

    def _parameter(self, source: str, region: str) -> str:
        # a name, or arn:aws:ssm:region:account:parameter/name
        if source.startswith("arn:aws:ssm:"):
            region, source = source.split(":")[3], source.partition(":parameter/")[2]
            client = self._client("ssm", region)
            try:
                return _text(client.get_parameter(Name=source, WithDecryption=True))
            except client.exceptions.ParameterNotFound:
                source = f"/{source}"
        return _text(self._client("ssm", region).get_parameter(Name=source, WithDecryption=True))

    def _client(self, service: str, region: str) -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self._url,
            aws_access_key_id=EXECUTION_KEY,
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}),
        )


def _text(answer: dict[str, Any]) -> str:
    value: str = answer["Parameter"]["Value"]
    return value
