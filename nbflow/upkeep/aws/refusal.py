"""What AWS, or the way to it, answers with instead of an answer, by what a person can do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from nbflow.frozen import frozen

Kind = Literal[
    "no profile",  # ~/.aws does not have the one that is named
    "no credentials",
    "no region",
    "expired",
    "unknown",  # credentials that AWS does not know, or a secret that does not fit
    "denied",
    "missing",  # the bucket, queue or role
    "unreachable",
    "clock",  # this machine's differs too much
    "other",
]

_CODES: dict[str, Kind] = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"), "expired"),
    **dict.fromkeys(
        (
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "AuthFailure",
            "InvalidToken",
        ),
        "unknown",
    ),
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled", "403"), "denied"
    ),
    **dict.fromkeys(("NoSuchBucket", "NoSuchEntity", "ResourceNotFoundException", "404"), "missing"),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestInTheFuture"), "clock"),
}
_CLASSES: dict[str, Kind] = {
    "ProfileNotFound": "no profile",
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"), "no credentials"),
    "NoRegionError": "no region",
    **dict.fromkeys(
        ("UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError", "LoginRefreshRequired"), "expired"
    ),
    **dict.fromkeys(
        (
            "EndpointConnectionError",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "ConnectionClosedError",
            "ProxyConnectionError",
            "SSLError",
            "HTTPClientError",
        ),
        "unreachable",
    ),
}
#: signatures that AWS takes for too old or too new are answered with another code and these words
_SKEWED = re.compile(r"Signature (expired|not yet current)")


@frozen
class Refusal:
    """Why there was no answer."""

    kind: Kind
    #: in the words of whoever refused, one line
    said: str
    #: as AWS calls it; the class of the error where AWS was not reached
    code: str


def refusal(error: Exception) -> Refusal:
    """Return what an error of botocore means; others are raised again."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    if isinstance(error, ResponseParserError):
        # its text holds all that was answered, often a whole page
        return Refusal("other", "what answers there is not AWS: it may be the page of a proxy", type(error).__name__)
    if isinstance(error, ClientError):
        told: Mapping[str, Any] = error.response.get("Error", {})
        code, said = str(told.get("Code", "")), " ".join(str(told.get("Message", "")).split())
        kind: Kind = "clock" if _SKEWED.search(said) else _CODES.get(code, "other")
        return Refusal(kind, said or code, code)
    if not isinstance(error, BotoCoreError | ValueError):
        raise error
    names = (each.__name__ for each in type(error).__mro__)
    kind = next((_CLASSES[name] for name in names if name in _CLASSES), "other")
    return Refusal(kind, " ".join(str(error).split()), type(error).__name__)
