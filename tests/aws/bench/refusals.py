"""Errors as AWS words and shapes them, which differs from service to service."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from aws.bench.naming import Asked

ACCOUNT = "123456789012"

#: services that answer in XML; all others in JSON
_XML = ("s3", "sts", "iam", "ec2", "cloudformation")
#: what IAM calls actions of S3 that go by another name there
_IAM_OF_S3 = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}


@dataclass(frozen=True)
class Refusal:
    """An error before it has its service's shape."""

    status: int
    code: str
    message: str
    more: dict[str, str] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reply:
    """What goes over the wire."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


_PHRASES = {
    200: "OK",
    301: "Moved Permanently",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def reply(asked: Asked, refusal: Refusal) -> Reply:
    """Give an error the shape that the clients of its service read."""
    if asked.method == "HEAD":
        body, kind = b"", "application/xml"
    elif asked.service in _XML:
        body, kind = _xml(asked.service, refusal), "application/xml"
    else:
        body = json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
        kind = "application/x-amz-json-1.1"
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), *refusal.headers]
    if asked.service not in _XML:
        headers.append(("x-amzn-ErrorType", refusal.code))
    return Reply(f"{refusal.status} {_PHRASES.get(refusal.status, 'Error')}", headers, body)


def _xml(service: str, refusal: Refusal) -> bytes:
    facts = {"Code": refusal.code, "Message": refusal.message, **refusal.more}
    said = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in facts.items())
    shapes = {
        "s3": f"<Error>{said}<RequestId>BENCH</RequestId></Error>",
        "ec2": f"<Response><Errors><Error>{said}</Error></Errors><RequestID>bench</RequestID></Response>",
    }
    other = f"<ErrorResponse><Error><Type>Sender</Type>{said}</Error><RequestId>bench</RequestId></ErrorResponse>"
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + shapes.get(service, other)).encode()


def broken(asked: Asked, status: int) -> Refusal:
    """Return the failure of a service that is not well: 500 or 503."""
    if asked.service == "s3":
        if status == 503:
            return Refusal(503, "ServiceUnavailable", "Service is unable to handle request.")
        return Refusal(500, "InternalError", "We encountered an internal error. Please try again.")
    code = "ServerException" if asked.service == "batch" else "InternalFailure"
    return Refusal(status, code, "Internal server error.")


def throttled(asked: Asked) -> Refusal:
    """Return what a service says to a client that asks too often."""
    match asked.service:
        case "s3":
            return Refusal(503, "SlowDown", "Please reduce your request rate.")
        case "batch":
            return Refusal(429, "TooManyRequestsException", "Too Many Requests")
        case "ec2":
            return Refusal(503, "RequestLimitExceeded", "Request limit exceeded.")
        case "sts" | "iam":
            return Refusal(400, "Throttling", "Rate exceeded")
    return Refusal(400, "ThrottlingException", "Rate exceeded")


def denied(asked: Asked, who: str) -> Refusal:
    """Return IAM's answer to `who`, an ARN, that may not do what was asked."""
    action = asked.action
    if asked.service == "s3":
        action = _IAM_OF_S3.get(action, action)
    resource = f"arn:aws:{asked.service}:{asked.region}:{ACCOUNT}:*"
    if asked.bucket:
        resource = f"arn:aws:s3:::{asked.bucket}" + (f"/{asked.key}" if asked.key else "")
    full = f"{asked.service}:{action}"
    message = (
        f"User: {who} is not authorized to perform: {full} on resource: {resource}"
        f" because no identity-based policy allows the {full} action"
    )
    if asked.service == "ec2":
        return Refusal(403, "UnauthorizedOperation", "You are not authorized to perform this operation. " + message)
    return Refusal(403, "AccessDenied" if asked.service in _XML else "AccessDeniedException", message)


def expired(asked: Asked) -> Refusal:
    """Return the answer to credentials whose time is over."""
    if asked.service == "s3":
        return Refusal(400, "ExpiredToken", "The provided token has expired.")
    said = "The security token included in the request is expired"
    match asked.service:
        case "ec2":
            return Refusal(400, "RequestExpired", "Request has expired.")
        case "sts" | "iam":
            return Refusal(403, "ExpiredToken", said)
    return Refusal(403, "ExpiredTokenException", said)


def wrong_region(asked: Asked, home: str) -> Refusal:
    """Return S3's answer for a bucket that is at home in another region: by a client of us-east-1, and by any other."""
    where = (("x-amz-bucket-region", home),)
    if asked.region == "us-east-1":
        said = f"The authorization header is malformed; the region '{asked.region}' is wrong; expecting '{home}'"
        return Refusal(400, "AuthorizationHeaderMalformed", said, {"Region": home}, where)
    said = (
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint."
    )
    more = {"Endpoint": f"s3.{home}.amazonaws.com", "Bucket": asked.bucket or ""}
    return Refusal(301, "PermanentRedirect", said, more, where)
