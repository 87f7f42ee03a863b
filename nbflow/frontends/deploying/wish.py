"""What a person wants of a deployment, beside the flow itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from nbflow.deploy.states import MAX_WORKERS
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.model.graph import Graph, Node
from nbflow.model.secret import SecretSource, asked_in_header
from nbflow.schedules.timetable import Timetable

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_STEP = re.compile(r"(?P<step>[a-z][a-z0-9_]*):(?P<rest>.*)", re.DOTALL)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@frozen
class Wish:
    """The options of `nbflow deploy`."""

    #: under which name; None: made of the flow's
    name: str | None = None
    #: when it runs by itself; None: only when somebody triggers it
    schedule: Timetable | None = None
    tags: tuple[str, ...] = ()
    #: most jobs of one foreach at once
    max_workers: int = MAX_WORKERS
    #: seconds that a run may take
    timeout: int | None = None
    #: token of what somebody else deployed
    authorize: str | None = None
    #: a token to give it, or that it is to get a new one
    new_token: str | None = None
    new: bool = False
    #: variables and secrets, each for all steps ("") or for one
    env: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[str, tuple[SecretSource, ...]] = field(default_factory=dict)
    batch_tags: Mapping[str, str] = field(default_factory=dict)
    #: what the client sees in its tasks; None: runs of the same token
    namespace: str | None = None
    #: files beside the flow that its steps read, as patterns
    include: tuple[str, ...] = ()
    #: secrets that hold the addresses of who is to hear of its runs
    notify: tuple[str, ...] = ()
    #: ARN of the log group for histories of executions
    history: str | None = None
    #: its state machine is printed, and nothing is created or asked
    only_json: bool = False
    #: how it was asked for, to be typed again
    command: str = "nbflow deploy"


def everywhere(graph: Graph, wish: Wish) -> Graph:
    """Return the graph with every step on Batch, and with what the deployment gives it. Raises A014: no such step."""
    names = [node.name for node in graph.nodes]
    for step in (*wish.env, *wish.secrets):
        if step and step not in names:
            message = f"there is no step '{step}'.{did_you_mean(step, names)}"
            raise_for("A014", option="--env/--secret", given=f"{step}:…", message=message, fix="correct its name")
    return replace(graph, nodes=tuple(_given(node, wish) for node in graph.nodes))


def _given(node: Node, wish: Wish) -> Node:
    options = node.options
    env = {**dict(options.env), **wish.env.get("", {}), **wish.env.get(node.name, {})}
    secrets = (*options.secrets, *wish.secrets.get("", ()), *wish.secrets.get(node.name, ()))
    batch = dict(options.batch)
    if wish.batch_tags:
        batch["aws_batch_tags"] = {**wish.batch_tags, **(batch.get("aws_batch_tags") or {})}
    made = replace(
        options,
        backend="batch",
        env=tuple(env.items()),
        secrets=tuple(dict.fromkeys(secrets)),
        batch=tuple(batch.items()),
    )
    return replace(node, options=made)


def variables(words: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what `--env NAME=VALUE` and `--env STEP:NAME=VALUE` say, by step. Raises A014."""
    found: dict[str, dict[str, str]] = {}
    for word in words:
        step, rest = _of_step(word)
        name, equals, value = rest.partition("=")
        if not equals or not _VARIABLE.match(name):
            message = "a variable is given as NAME=VALUE, or STEP:NAME=VALUE for one step"
            raise_for("A014", option="--env", given=word, message=message, fix=f"--env {name or 'NAME'}=VALUE")
        if name.startswith(("NBFLOW_", "AWS_BATCH_")):
            message = "names that begin with NBFLOW_ or AWS_BATCH_ are taken"
            raise_for("A014", option="--env", given=word, message=message, fix="choose another name")
        found.setdefault(step, {})[name] = value
    return found


def secrets_of(words: Iterable[str]) -> dict[str, tuple[SecretSource, ...]]:
    """Return what `--secret SOURCE` and `--secret STEP:SOURCE` say, by step. Raises A014."""
    found: dict[str, tuple[SecretSource, ...]] = {}
    for word in words:
        step, rest = _of_step(word)
        try:
            source = asked_in_header(rest)
        except ValueError as unfit:
            fix = "--secret NAME=aws-secrets-manager.ID, or STEP:… for one step"
            raise_for("A014", option="--secret", given=word, message=str(unfit), fix=fix)
        found[step] = (*found.get(step, ()), source)
    return found


def seconds(text: str) -> int:
    """Return how long `90m` or `1d` is; a plain number is seconds. Raises A014."""
    found = re.fullmatch(r"(\d+)\s*([smhd]?)", text.strip())
    if found is None or int(found[1]) < 1:
        message = "a time is a number with s, m, h or d behind it"
        raise_for("A014", option="--workflow-timeout", given=text, message=message, fix="--workflow-timeout 12h")
    return int(found[1]) * _UNITS[found[2] or "s"]


def pairs(option: str, words: Iterable[str]) -> dict[str, str]:
    """Return what `--option KEY=VALUE` says. Raises A014."""
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not (equals and key):
            raise_for("A014", option=option, given=word, message="it is given as KEY=VALUE", fix=f"{option} KEY=VALUE")
        found[key] = value
    return found


def _of_step(word: str) -> tuple[str, str]:
    """Return step and rest of `STEP:rest`; a word like `file:…` names a source, no step."""
    found = _STEP.match(word)
    head = word.split("=", 1)[0]
    if found is None or ":" not in head:
        return "", word
    return found["step"], found["rest"]
