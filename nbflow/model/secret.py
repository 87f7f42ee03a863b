"""Where a step's secrets come from. The secrets themselves are in no value of this package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbflow.errors import did_you_mean
from nbflow.frozen import frozen
from nbflow.model.places import THIS_MACHINE

#: managers of secrets, as a source names them: `aws-secrets-manager.NAME`
AWS = "aws-secrets-manager"
MANAGERS = ("inline", AWS, "gcp-secret-manager", "az-key-vault", "env", "file")
#: those whose secrets are on this machine only
HERE = frozenset({"env", "file"})
#: what a worker imports to read a manager's secrets
_PACKAGES = {AWS: ("boto3",)}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@frozen
class SecretSource:
    """One secret, or several that stand together."""

    manager: str
    #: name or ARN; of env the variable, of file the path; of inline the names of its variables, with commas
    id: str
    #: the variable that the whole of it becomes; None: what is in it says
    variable: str | None = None
    #: of a JSON object or a file: the one entry that is meant
    key: str | None = None
    #: a JSON object is its text, and not several variables
    plain: bool = False
    region: str | None = None
    #: ARN of an AWS role to read it with
    role: str | None = None
    #: it may replace an environment variable that is there
    override: bool = False

    @property
    def text(self) -> str:
        """How a person writes it."""
        return f"{self.manager}.{self.id}{f'#{self.key}' if self.key else ''}"

    def to_json(self) -> dict[str, Any]:
        names = ("manager", "id", "variable", "key", "plain", "region", "role", "override")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> SecretSource:
        return cls(**raw)


def source_from(text: str, **more: Any) -> SecretSource:
    """Return the source that `manager.NAME` names; NAME alone is a secret of AWS. `#key` behind it names one entry.

    Raises:
        ValueError: it names nothing; its text says why.
    """
    manager, dot, name = text.partition(".")
    if manager not in MANAGERS or not dot:
        if manager in MANAGERS or not text.strip():
            raise ValueError(f"'{text}' names no secret")
        if dot and (hint := did_you_mean(manager, MANAGERS)):
            raise ValueError(f"there is no manager of secrets '{manager}'.{hint}")
        manager, name = AWS, text
    if manager == "inline" or not name.strip("#"):
        raise ValueError(f"'{text}' names no secret")
    place, _, key = name.partition("#")
    found = SecretSource(manager, place, key=key or None, **more)
    if manager == "env" and (key or not _VARIABLE.match(place)):
        raise ValueError(f"'{place}' is no name of an environment variable")
    return found


def asked_in_header(text: str) -> SecretSource:
    """Return what `--secret NAME`, `NAME=SOURCE` or `SOURCE` asks for; NAME alone is this machine's variable.

    Raises:
        ValueError: it asks for nothing.
    """
    name, equals, source = text.partition("=")
    if equals and _VARIABLE.match(name):
        return source_from(source, variable=name)
    if _VARIABLE.match(text):
        return SecretSource("env", text)
    return source_from(text)


def asked_in_class(sources: Iterable[Any], role: str | None, *, override: bool) -> tuple[SecretSource, ...]:
    """Return what the `sources` of @secrets name, checked before; of inline ones the names of their variables only."""
    found = []
    for each in sources:
        if isinstance(each, str):
            found.append(source_from(each, role=role, override=override))
            continue
        options = each.get("options", {})
        if each["type"] == "inline":
            found.append(SecretSource("inline", ",".join(options["env_vars"]), override=override))
            continue
        more = {
            "variable": options.get("env_var_name"),
            "plain": options.get("json") is False,
            "region": options.get("region"),
            "role": each.get("role") or role,
            "override": override,
        }
        found.append(source_from(f"{each['type']}.{each['id']}", **more))
    return tuple(found)


def left_behind(secrets: Iterable[SecretSource], backend: str | None) -> tuple[SecretSource, ...]:
    """Return those that a step does not get where it runs: they are on this machine, and it is not."""
    here = backend in THIS_MACHINE
    return () if here else tuple(each for each in secrets if each.manager in HERE)


def packages_for(secrets: Iterable[SecretSource]) -> tuple[str, ...]:
    """Return the packages that a worker needs to read these secrets."""
    return tuple(dict.fromkeys(package for each in secrets for package in _PACKAGES.get(each.manager, ())))
