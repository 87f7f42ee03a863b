"""What is deployed, and under which name: a document in the bucket for each."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, field
from typing import Any

from nbflow.deploy import keys
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.storage.base import Storage

#: where the value of a parameter comes from that has none until a run is triggered
MISSING = "missing"
#: what whoever has no token can do who deploys
ANOTHER = "; or deploy under another name: --name NAME"
#: characters of the name of a state machine
LONGEST = 80
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}\Z")
_FOLDER = "deployments/"


@frozen
class Deployment:
    """A flow, or a whole notebook, that AWS runs."""

    flow: str
    #: its state machine's, or its schedule's
    name: str
    #: who deployed it last, and everybody who may
    user: str
    users: tuple[str, ...]
    created_at: float
    #: its runs are in the namespace `production:TOKEN`
    token: str
    #: version of the flow (see `keys`)
    bundle: str = ""
    #: of the state machine
    arn: str = ""
    source: str = ""
    #: parameter → (type, value as JSON, where it came from)
    parameters: Mapping[str, tuple[str, Any, str]] = field(default_factory=dict)
    #: expression, time zone, and what EventBridge calls it; None: only when somebody triggers it
    schedule: Mapping[str, Any] | None = None
    tags: tuple[str, ...] = ()
    #: a run of a state machine, or a job that fills in a notebook
    kind: str = "flow"
    #: when its flow was first deployed under this name
    since: float = 0.0

    @property
    def namespace(self) -> str:
        """Where its runs are."""
        return f"production:{self.token}"

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Deployment:
        known = json.loads(raw)
        for name in ("users", "tags"):
            known[name] = tuple(known[name])
        known["parameters"] = {name: tuple(each) for name, each in known["parameters"].items()}
        return cls(**known)


def name_of(flow: str, *, prefix: str, project: str = "", name: str | None = None) -> str:
    """Return the name of a deployment: `--name`, or made of the flow's, with its project and branch.

    Raises A013.
    """
    if name is not None:
        if not _NAME.match(name):
            fit = _UNFIT.sub("-", name).strip("-")[:LONGEST]
            raise_for("A013", given=name, most=LONGEST, fix=f"--name {fit}" if fit else "")
        return name
    whole = _UNFIT.sub("-", "-".join(filter(None, (prefix, project or flow)))).strip("-")
    if len(whole) <= LONGEST:
        return whole
    return f"{whole[: LONGEST - 9]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def write(far: Storage, deployment: Deployment) -> None:
    """Keep it, in the place of what was there under its name."""
    far.put(keys.deployment(deployment.flow, deployment.name), [deployment.to_bytes()])


def forget(far: Storage, deployment: Deployment) -> None:
    """Let it be gone."""
    far.delete(keys.deployment(deployment.flow, deployment.name))


def every(far: Storage) -> tuple[Deployment, ...]:
    """Return what is deployed from this store, by name."""
    wanted = [key for key in far.list(_FOLDER) if key.count("/") == 2 and key.endswith(".json")]
    return tuple(sorted((Deployment.from_bytes(far.get(key)) for key in wanted), key=lambda each: each.name))


def find(far: Storage, name: str) -> Deployment:
    """Return the deployment of this name, or the one of the flow of this name. Raises A011."""
    known = every(far)
    found = [each for each in known if each.name == name] or [each for each in known if each.flow == name]
    if len(found) != 1:
        names = [each.name for each in found or known]
        hint = did_you_mean(name, [*names, *(each.flow for each in known)])
        raise_for("A011", name=name, hint=hint, known=", ".join(names) or "none")
    return found[0]


def at(far: Storage, flow: str, name: str) -> Deployment | None:
    """Return what is deployed of a flow under a name."""
    try:
        return Deployment.from_bytes(far.get(keys.deployment(flow, name)))
    except FileNotFoundError:
        return None


def authorized(
    before: Deployment | None, me: str, *, token: str | None, command: str, instead: str = ""
) -> tuple[str, ...]:
    """Return who may deploy it from now on.

    Args:
        before: what is there.
        me: who asks.
        token: what they say that its token is.
        command: how they asked.
        instead: what they can do without a token.

    Raises:
        DeploymentError: A003, it is somebody else's; A012, that is not its token.
    """
    if before is None:
        return (me,)
    if token is not None and token.removeprefix("production:") != before.token:
        raise_for("A012", name=before.name, user=before.user)
    if token is None and me not in before.users:
        raise_for("A003", name=before.name, user=before.user, me=me, command=command, hint=instead)
    return tuple(dict.fromkeys((*before.users, me)))


def token_of(
    before: Deployment | None, flow: str, *, new: str | None = None, anew: bool = False, known: Iterable[str] = ()
) -> str:
    """Return the token: the one it has, one that is given, or one that is made (`flow-1-k3fa`, as Metaflow's)."""
    if new is not None:
        return new.removeprefix("production:")
    if before is not None and not anew:
        return before.token
    number = 1 + max((int(each) for each in _numbers(flow, known)), default=-1)
    if before is not None:
        number = max([number, *(int(each) + 1 for each in _numbers(flow, [before.token]))])
    return f"{flow.lower()}-{number}-{secrets.token_hex(2)}"


def _numbers(flow: str, tokens: Iterable[str]) -> list[str]:
    found = (re.fullmatch(rf"{re.escape(flow.lower())}-(\d+)-\w+", each) for each in tokens)
    return [each[1] for each in found if each]
