"""What a bucket's service refused, in plain words: what, why, and what to do."""

from __future__ import annotations

import errno
import re
from typing import Any, NamedTuple

from nbflow.errors import Problem, StoreError, problem
from nbflow.frozen import frozen


class BucketError(StoreError, OSError):
    """A bucket cannot be reached or used. It is an OSError, as what a disk refuses is."""

    @property
    def passing(self) -> bool:
        """Whether the same may succeed a little later."""
        return self.code in {"NBF-S013", "NBF-S014"}


@frozen
class Where:
    """What errors say of a place in a bucket."""

    #: as a person typed it
    url: str
    bucket: str = ""
    region: str = ""
    #: of the service, empty for the provider's own
    endpoint: str = ""
    #: where the bucket was found to be, if not in that region
    elsewhere: str = ""
    #: of the credentials: a profile's name, or whatever says where they come from
    identity: str = ""


#: what a service calls its refusals → our code
_CODES = {
    "NoSuchBucket": "S008",
    "AuthorizationHeaderMalformed": "S009",
    "PermanentRedirect": "S009",
    "IllegalLocationConstraintException": "S009",
    "ExpiredToken": "S011",
    "ExpiredTokenException": "S011",
    "RequestExpired": "S011",
    "TokenRefreshRequired": "S011",
    "AccessDenied": "S012",
    "AllAccessDisabled": "S012",
    "AccountProblem": "S012",
    # somebody else writes or deletes the same key at this moment
    "ConditionalRequestConflict": "S014",
    "OperationAborted": "S014",
    "SlowDown": "S014",
    "ServiceUnavailable": "S014",
    "RequestLimitExceeded": "S014",
    "ThrottlingException": "S014",
    "InvalidAccessKeyId": "S015",
    "SignatureDoesNotMatch": "S015",
    "InvalidToken": "S015",
    "InvalidSecurity": "S015",
    "RequestTimeTooSkewed": "S018",
}
#: where the service said no more than a number
_STATUSES = {
    301: "S009",
    401: "S015",
    403: "S012",
    409: "S014",
    429: "S014",
    500: "S014",
    502: "S014",
    503: "S014",
    504: "S014",
}


class Reply(NamedTuple):
    """What is known of a refused request. obstore gives no attributes: all of it is read from its text."""

    status: int
    code: str
    message: str
    region: str

    @property
    def problem(self) -> str:
        """The code of ours, empty for none."""
        return _CODES.get(self.code) or _STATUSES.get(self.status, "")

    @property
    def is_expired(self) -> bool:
        """Whether credentials have served their time."""
        return self.problem == "S011"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the bucket is in another region."""
        return self.problem == "S009"


#: how obstore begins what our own provider of credentials raised
_PROVIDER = "External AWS credential provider"
#: which permission a request needs
_ACTIONS = {"get": "s3:GetObject", "put": "s3:PutObject", "list": "s3:ListBucket", "delete": "s3:DeleteObject"}


def reply_of(error: BaseException) -> Reply:
    """Return what `error`, of obstore, says about the reply."""
    text = str(error)
    found = re.search(r"status code: (\d{3})", text)
    # it follows no redirect: that is how a service answers to the wrong region
    status = int(found[1]) if found else 301 if "incorrectly configured region" in text else 0
    return Reply(status, _tag(text, "Code"), _tag(text, "Message"), _tag(text, "Region"))


def failure(error: Exception, where: Where, action: str, key: str = "") -> OSError:
    """Return the error to raise for what obstore raised when it was to `action` (get, put, list, delete) a key."""
    reply = reply_of(error)
    if isinstance(error, FileNotFoundError) and reply.code != "NoSuchBucket":
        return FileNotFoundError(errno.ENOENT, "there is no such key", f"{where.url.rstrip('/')}/{key}")
    return BucketError(_problem(error, reply, where, action, key))


def _problem(error: Exception, reply: Reply, where: Where, action: str, key: str) -> Problem:
    text = str(error)
    code = reply.problem
    if not code and reply.status == 0:
        if _PROVIDER in text:
            code = "S011" if re.search("expired|SSO", text) else "S010"
        elif "HTTP error" in text:
            code = "S013"
    amazon = where.url.startswith("s3:")
    facts: dict[str, Any] = {
        "url": where.url,
        "bucket": where.bucket or where.url,
        "place": f"{where.url.rstrip('/')}/{key}" if key else where.url,
        "region": where.region,
        "endpoint": where.endpoint or "the provider's own endpoint",
        "identity": where.identity or "the credentials found here",
        "action": _ACTIONS[action] if amazon else f"to {action}",
        "found": next((each for each in (reply.region, where.elsewhere) if each not in {"", where.region}), "another"),
        "reason": (reply.message or reply.code or _cause(text)).strip().rstrip("."),
        "more": "; without s3:ListBucket a key that is missing is denied, too" if amazon and action == "get" else "",
    }
    return problem(code or "S016", **facts)


def _tag(text: str, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return found[1] if found else ""


def _cause(text: str) -> str:
    """Return what lies at the bottom of it: the innermost of the sources that obstore lists, else its first line."""
    if found := re.findall(r'(?:message|error): "([^"]+)"', text):
        return str(found[-1]).rpartition(": ")[2]
    if found := re.findall(r"InvalidCertificate\(\s*(\w+)", text):
        return f"its certificate is not accepted ({found[-1]}); AWS_CA_BUNDLE may name a file of those that are"
    if "TimedOut" in text or "kind: Timeout" in text:
        return "it takes too long"
    if "error sending request" in text:
        return "it cut the connection, or speaks another protocol"
    line = text.partition("\n")[0].strip()
    cause = re.split(rf" - |{_PROVIDER}: ", line)[-1].strip(" :") or line
    return cause.replace("Server returned non-2xx status code:", "it answered")
