"""What AWS refuses, as a person can read it: what was asked, why not, which setting or permission to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.configuration.settings import Settings
from nbflow.errors import NbflowError, RunError, problem

#: what stands for the service in these texts
_SERVICE = "<service>"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


def refused(
    action: str, error: Exception, settings: Settings, *, service: str = "batch", named: str = "AWS Batch"
) -> NbflowError:
    """Return the error that says why AWS did not do `action` of a service, as policies and as people call it."""
    if isinstance(error, NbflowError):
        return error
    response: Mapping[str, Any] = getattr(error, "response", None) or {}
    code = str(response.get("Error", {}).get("Code", ""))
    message = str(response.get("Error", {}).get("Message", "") or error)
    what, why, fix = _told(code, type(error).__name__, message, f"{service}:{action}", settings)
    return RunError(problem("R091", action=action, what=what.replace(_SERVICE, named), why=why, fix=fix))


def is_of_credentials(error: Exception) -> bool:
    """Say whether other credentials might not be refused."""
    response: Mapping[str, Any] = getattr(error, "response", None) or {}
    code = str(response.get("Error", {}).get("Code", ""))
    return code in _EXPIRED | _UNKNOWN or type(error).__name__ in _LOGIN


def _told(code: str, kind: str, message: str, action: str, settings: Settings) -> tuple[str, str, str]:
    """Return what is wrong, why, and what to do."""
    if code in _EXPIRED:
        return (
            "the credentials have expired",
            message,
            "log in again (aws sso login); a run that has failed goes on with nbflow resume",
        )
    if code in _UNKNOWN:
        return "the credentials are not known there", message, "check them: aws sts get-caller-identity"
    if code in _DENIED:
        fix = f"have {action} allowed for whoever you are (aws sts get-caller-identity), or use another profile"
        return "it is not allowed", message, fix
    where = settings.endpoint or f"region {settings.region or 'unknown'}"
    for kinds, what, fix in _OF_THE_CLIENT:
        if kind in kinds:
            return what.format(where=where, profile=settings.aws_profile or "default"), message, fix
    return code or kind, message, "nbflow doctor looks at queue, roles and image"


_LOGIN = frozenset({"TokenRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError"})
#: what boto3 raises before anything is sent, or when nothing comes back: what is wrong, what to do
_OF_THE_CLIENT = (
    (
        {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"},
        "there are no credentials",
        "set them up: aws configure, or NBFLOW_AWS_PROFILE",
    ),
    (
        {"ProfileNotFound"},
        "profile {profile} is not in ~/.aws",
        "correct aws_profile: nbflow configure show says where it is set",
    ),
    ({"NoRegionError"}, "no region is set", "nbflow configure --region REGION, or set AWS_REGION"),
    (
        {"EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError", "ReadTimeoutError"},
        f"{_SERVICE} does not answer ({{where}})",
        "check the network, the region and the endpoint: nbflow doctor",
    ),
    (
        _LOGIN,
        "the login has expired",
        "log in again: aws sso login",
    ),
)
