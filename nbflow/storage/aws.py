"""S3: whose credentials, which region, which endpoint. All is found as boto3 finds it.

boto3 itself is loaded only where it is needed: keys in variables, and the roles of containers, do without.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from nbflow.errors import problem
from nbflow.storage.failures import BucketError, Reply, Where
from nbflow.storage.native import obstore
from nbflow.storage.openers import requests, retries

#: of what boto3 gives, and renews ten minutes before its end at the latest
_VALID = timedelta(minutes=9)
_AWS = "https://s3.amazonaws.com"
#: seconds to wait for S3's word about a bucket's region
_ASKED = 5
#: of a client's arguments, those that are its session's, too
_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region_name")
#: set in containers whose role gives the credentials
_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


class S3Opener:
    """Opens a prefix of one bucket."""

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        region: str | None = None,
        endpoint: str | None = None,
        profile: str | None = None,
        session: Any = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Take what a person said; what is None is looked for.

        Args:
            bucket: its name.
            prefix: below which all keys are.
            region: of the bucket. One that was said is not corrected.
            endpoint: a service that speaks like S3.
            profile: of the AWS configuration.
            session: of boto3, instead of a profile.
            options: of obstore's own, such as `server_side_encryption`.
        """
        self._bucket = bucket
        self._prefix = prefix
        self._region = region
        self._endpoint = endpoint
        self._profile = profile
        self._session = session
        self._options = dict(options or {})
        #: the region, as the service said it
        self._learnt = ""
        self._account: _Account | None = None

    def where(self) -> Where:
        account = self._account or self._look()
        url = f"s3://{self._bucket}{'/' if self._prefix else ''}{self._prefix}"
        known = account.region if self._region else self._learnt or account.region
        return Where(url, self._bucket, known, account.endpoint, self._learnt, account.identity)

    def open(self, *, repeat: bool) -> Any:
        # looked for anew: whoever opens again does so since the last credentials were refused
        account = self._account = self._look()
        region = self._region or self._learnt or account.region
        found: dict[str, Any] = {"region": region, **account.credentials()}
        more: dict[str, Any] = {}
        if account.endpoint:
            found["endpoint"] = account.endpoint
            more["allow_http"] = account.endpoint.startswith("http:")
        if bundle := os.environ.get("AWS_CA_BUNDLE"):
            more["root_certificate"] = Path(bundle).read_bytes()
        return obstore().store.S3Store(
            self._bucket,
            prefix=self._prefix or None,
            client_options=requests(more),
            retry_config=retries(repeat=repeat),
            **found,
            **self._options,
        )

    def learn(self, reply: Reply) -> bool:
        # new credentials may have come since, by a login in a terminal
        if reply.is_expired:
            return True
        if not reply.is_elsewhere:
            return False
        known = self.where()
        self._learnt = reply.region or region_of(self._bucket, known.endpoint)
        return not self._region and self._learnt not in {"", known.region}

    def _look(self) -> _Account:
        return _Account(self._bucket, self._region, self._endpoint, self._profile, self._session)


class _Account:
    """What is found on this machine at one moment."""

    def __init__(
        self, bucket: str, region: str | None, endpoint: str | None, profile: str | None, session: Any
    ) -> None:
        self._bucket = bucket
        self._region = region
        self._endpoint = endpoint
        self._profile = profile
        self._given = session

    @cached_property
    def endpoint(self) -> str:
        """Where requests go; empty for Amazon's own."""
        asked = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        found = self._endpoint or asked or (self.session and _endpoint_in(self.session)) or ""
        return found.rstrip("/")

    @cached_property
    def region(self) -> str:
        """The bucket's, as far as is known."""
        named = self._region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return named or getattr(self.session, "region_name", None) or self._asked() or "us-east-1"

    @property
    def identity(self) -> str:
        """Whose credentials are used, as far as errors can say it."""
        if self._has_keys:
            return "the keys in AWS_ACCESS_KEY_ID"
        named = self._profile or os.environ.get("AWS_PROFILE")
        return f"profile '{named}'" if named else ""

    @cached_property
    def session(self) -> Any:
        """The session of boto3, None where it is not needed. Raises S019: there is no such profile."""
        if self._given is not None:
            return self._given
        if self._is_alone:
            return None
        import boto3
        from botocore.exceptions import ProfileNotFound

        try:
            return boto3.Session(profile_name=self._profile)
        except ProfileNotFound:
            raise BucketError(problem("S019", profile=self._profile or os.environ.get("AWS_PROFILE"))) from None

    def credentials(self) -> dict[str, Any]:
        """Return obstore's options for signing requests; none: it finds them itself. Raises S010."""
        if self.session is None:
            return {}
        from botocore.exceptions import BotoCoreError

        reason = "boto3 finds none on this machine"
        try:
            found = self.session.get_credentials()
        except BotoCoreError as error:
            found, reason = None, str(error).strip()
        if found is None:
            raise BucketError(problem("S010", url=f"s3://{self._bucket}", reason=reason))
        return {"credential_provider": _Renewed(found)}

    @property
    def _has_keys(self) -> bool:
        return not self._profile and bool(os.environ.get("AWS_ACCESS_KEY_ID"))

    @cached_property
    def _is_alone(self) -> bool:
        """Whether obstore finds by itself what boto3 would."""
        if self._profile:
            return False
        env = os.environ
        if self._has_keys:
            return bool(env.get("AWS_DEFAULT_REGION") or env.get("AWS_REGION") or self._region)
        in_container = any(map(env.get, _CONTAINER)) and not env.get("AWS_PROFILE")
        return in_container or importlib.util.find_spec("boto3") is None

    def _asked(self) -> str:
        return "" if self.endpoint else region_of(self._bucket)


class _Renewed:
    """Gives obstore the keys of boto3's credentials, which renew themselves before they expire."""

    #: obstore reads more of its options here
    config: Mapping[str, Any] = {}

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def __call__(self) -> dict[str, Any]:
        keys = self._credentials.get_frozen_credentials()
        return {
            "access_key_id": keys.access_key,
            "secret_access_key": keys.secret_key,
            "token": keys.token,
            "expires_at": datetime.now(UTC) + _VALID,
        }


def region_of(bucket: str, endpoint: str = "") -> str:
    """Return what S3 says of a bucket's region, to anybody who asks; empty when it cannot be asked."""
    request = Request(f"{endpoint or _AWS}/{bucket}", method="HEAD")  # noqa: S310 - of a person's own configuration
    try:
        with urlopen(request, timeout=_ASKED) as reply:  # noqa: S310 - see above
            headers = reply.headers
    except HTTPError as error:
        # a refusal, too, names it
        headers = error.headers
    except (URLError, OSError, ValueError):
        return ""
    return str(headers.get("x-amz-bucket-region") or "")


def _endpoint_in(session: Any) -> str:
    """Return the endpoint that a profile names, for S3 or for all services."""
    core = getattr(session, "_session", session)
    profile = core.get_scoped_config()
    services = core.full_config.get("services", {}).get(profile.get("services"), {})
    return str(services.get("s3", {}).get("endpoint_url") or profile.get("endpoint_url") or "")


def session_with(role: str | None, session: Mapping[str, Any], client: Mapping[str, Any]) -> Any:
    """Return a session of boto3 for what was said, None when nothing was.

    Args:
        role: ARN of a role to assume, with the credentials that are found otherwise.
        session: arguments of `boto3.Session`.
        client: arguments of its `client`; those that say whose keys to use are read.
    """
    named = {name: client[name] for name in _KEYS if client.get(name)}
    if not (role or session or named):
        return None
    import boto3
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    made = boto3.Session(**{**session, **named})
    if role:
        core = made._session  # noqa: SLF001 - boto3 has no other way to give a session such credentials
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=core.create_client, source_credentials=core.get_credentials(), role_arn=role
        )
        core._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")  # noqa: SLF001 - as above
    return made
