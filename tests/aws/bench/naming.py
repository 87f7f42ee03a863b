"""What a request asks for: service, action, and for S3 the bucket and key."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from botocore.exceptions import UnknownServiceError

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Asked:
    """One request, by its name."""

    service: str
    action: str
    method: str
    region: str
    access_key: str | None
    bucket: str | None = None
    key: str | None = None


def asked(environ: dict[str, Any]) -> Asked:
    """Name a request by its signature, its target or its path; what carries no signature is for S3."""
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    signed = environ.get("HTTP_AUTHORIZATION", "") or "Credential=" + query.get("X-Amz-Credential", [""])[0]
    found = _CREDENTIAL.search(signed)
    access_key, region, service = found.groups() if found else (None, "us-east-1", "s3")
    method = environ["REQUEST_METHOD"]
    # WSGI hands over a path's bytes as Latin-1
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return Asked(service, target.rpartition(".")[2], method, region, access_key)
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(_body(environ).decode()).get("Action", ["?"])[0]
        return Asked(service, action, method, region, access_key)
    if service != "s3":
        return Asked(service, _by_path(service, method, path), method, region, access_key)
    bucket, _, key = path.lstrip("/").partition("/")
    action = _of_s3(method, bool(bucket), bool(key), query, environ)
    return Asked("s3", action, method, region, access_key, bucket or None, key or None)


def _body(environ: dict[str, Any]) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


@cache
def _paths(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    """Return method, pattern of the path and name of each action of a service that goes by paths."""
    try:
        model = botocore.session.get_session().get_service_model(service)
    except UnknownServiceError:
        return []
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http.get("requestUri", "/").partition("?")[0]
        parts = re.split(r"\{[^}]+\}", path)
        found.append((http.get("method", "POST"), re.compile(".+".join(map(re.escape, parts)) + r"/?\Z"), name))
    return found


def _by_path(service: str, method: str, path: str) -> str:
    return next((name for verb, form, name in _paths(service) if verb == method and form.match(path)), "?")


@dataclass(frozen=True)
class _S3Action:
    name: str
    method: str
    bucket: bool
    key: bool
    query: frozenset[str]
    headers: frozenset[str]


@cache
def _s3_actions() -> list[_S3Action]:
    """Return the actions of S3, the most particular first: an upload of a part is a PUT of an object, too."""
    model = botocore.session.get_session().get_service_model("s3")
    found = []
    for name in model.operation_names:
        action = model.operation_model(name)
        path, _, literal = action.http["requestUri"].partition("?")
        members = action.input_shape.members.items() if action.input_shape else ()
        needed = [
            (shape.serialization.get("location"), shape.serialization.get("name", ""))
            for member, shape in members
            if member in action.input_shape.required_members
        ]
        asked_for = {each for each in literal.split("&") if each} | {n for where, n in needed if where == "querystring"}
        headers = {"HTTP_" + n.upper().replace("-", "_") for where, n in needed if where == "header"}
        found.append(
            _S3Action(
                name,
                action.http["method"],
                "{Bucket}" in path,
                "{Key+}" in path,
                frozenset(asked_for),
                frozenset(headers),
            )
        )
    return sorted(found, key=lambda each: -len(each.query) - len(each.headers))


def _of_s3(method: str, bucket: bool, key: bool, query: dict[str, list[str]], environ: dict[str, Any]) -> str:
    said = {*query, *(f"{name}={value}" for name, values in query.items() for value in values)}
    for each in _s3_actions():
        place = (each.method, each.bucket, each.key) == (method, bucket, key)
        if place and each.query <= said and all(name in environ for name in each.headers):
            return each.name
    return "?"
