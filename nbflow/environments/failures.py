"""What uv says when it cannot do something, in a person's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from nbflow.environments.indexes import Indexes
from nbflow.environments.target import Target, python_here
from nbflow.errors import did_you_mean, raise_for

_WIDTH = 400
_REFUSED = re.compile(
    r"index URL \((?P<url>\S+?)\) (?:could not be queried|returned).*?\((?P<status>40[13][^)]*)\)", re.DOTALL
)
_REFUSED_FILE = re.compile(r"HTTP status client error \((?P<status>40[13][^)]*)\) for url \((?P<url>\S+?)\)")
_ABSENT = re.compile(
    r"Because (?P<name>[\w.-]+(?:\[[\w,.-]+\])?) was not found in the (?:package registry|provided package locations|cache)"
)
_NO_WHEEL = re.compile(
    r"(?P<package>[\w.-]+(?:==[\w.+!-]+)?) has no (?:usable wheels|wheels with a matching (?P<what>[\w ]+?) tag)"
)
_NO_VERSION = re.compile(
    r"[Bb]ecause (?:there (?:is|are) no versions? of (?P<missing>\S+)|only (?P<only>.+?) (?:is|are) available)"
)
_UNREACHED = re.compile(r"Failed to fetch: `?(?P<url>\S+?)`?\n|error sending request for url \((?P<sent>\S+?)\)")
_OFFLINE = re.compile(r"[Nn]etwork connectivity is disabled|network was disabled|was not found in the cache|offline")
_NO_PYTHON = re.compile(
    r"No interpreter found|Failed to inspect Python|python-build-standalone|No download found|Python.+not found"
)
_OTHER_BYTES = re.compile(r"Hash mismatch for `(?P<name>[^`]+)`")
_UNREADABLE = re.compile(r"Couldn't parse requirement.*?\n\s*cause: (?P<reason>[^\n]+)\n(?P<text>[^\n]*)", re.DOTALL)


def tell(
    said: str, *, who: str, target: Target, indexes: Indexes, verb: str = "resolved", known: Iterable[str] = ()
) -> NoReturn:
    """Raise the PackageError that fits what uv said.

    Args:
        said: its text, without logins.
        who: what wanted the packages: `step train`.
        target: what they are for.
        indexes: where they were looked for.
        verb: what was to be done with them.
        known: names of packages that there are, for who has mistyped one.
    """
    if found := _REFUSED.search(said) or _REFUSED_FILE.search(said):
        raise_for("E005", url=found["url"], status=found["status"])
    if _NO_PYTHON.search(said):
        raise_for("E008", version=target.python, who=who, reason=_last_cause(said), here=python_here())
    if found := _UNREACHED.search(said):
        raise_for("E006", url=found["url"] or found["sent"], reason=_last_cause(said))
    if _OFFLINE.search(said):
        raise_for(
            "E006", url=", ".join(indexes.named) or "https://pypi.org/simple", reason="uv was told to work offline"
        )
    if found := _OTHER_BYTES.search(said):
        raise_for("E014", name=found["name"], reason=_shortened(said))
    if found := _UNREADABLE.search(said):
        raise_for("E010", text=found["text"].strip(), who=who, reason=found["reason"], fix="write it as in pandas>=2.2")
    _tell_of_resolving(said, who, target, indexes, known)
    raise_for("E013", who=f"of {who}", verb=verb, reason=_shortened(said))


def _tell_of_resolving(said: str, who: str, target: Target, indexes: Indexes, known: Iterable[str]) -> None:
    if "No solution found" not in said:
        return
    if found := _ABSENT.search(said):
        name = found["name"]
        facts = {"hint": did_you_mean(name, known), "indexes": ", ".join(indexes.named) or "https://pypi.org/simple"}
        raise_for("E002", name=name, who=who, **facts)
    if found := _NO_WHEEL.search(said):
        hint = re.search(r"hint: (Wheels are available[^\n]+|You require[^\n]+)", said)
        reason = hint[1] if hint else "there are wheels of it for others only"
        raise_for("E004", package=found["package"], python=target.python, platform=_plain(target), reason=reason)
    reason = _because(said)
    if (found := _NO_VERSION.search(said)) and said.count(" and ") + said.count("And because") < 2:
        raise_for("E003", requirement=found["missing"] or _asked(said) or found["only"], who=who, reason=reason)
    raise_for("E001", who=f"of {who}", reason=reason)


def _asked(said: str) -> str | None:
    found = re.search(r"you require ([^\s,]+)", said)
    return found[1] if found else None


def _because(said: str) -> str:
    """Return uv's explanation in one paragraph, without what it concludes at the end."""
    found = re.search(r"cause: (Because .+?)(?:\n\s*\n|\nhint:|\Z)", said, re.DOTALL)
    text = " ".join((found[1] if found else said).split())
    text = re.sub(
        r",? we can conclude that (your requirements are unsatisfiable|the requirements are unsatisfiable)\.?", "", text
    )
    text = text.replace("And because", "and because").replace("we can conclude that", "so")
    return _cut(text.rstrip("."))


def _last_cause(said: str) -> str:
    causes = re.findall(r"cause: ([^\n]+)", said)
    if causes:
        return _cut(causes[-1])
    return _shortened(said)


def _shortened(said: str) -> str:
    lines = [
        line.strip()
        for line in said.splitlines()
        if line.strip() and not line.startswith(("warning:", "Using", "Resolved"))
    ]
    return _cut(" ".join(line.removeprefix("error: ") for line in lines))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH].rsplit(' ', 1)[0]} …"


def _plain(target: Target) -> str:
    return f"Linux {target.processor}"


def name_of(text: str) -> str:
    """Return the package's name in a requirement, as indexes spell it; the text itself where it is none."""
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        return text
