"""An existing configuration of Metaflow, read as settings of nbflow.

It is a JSON file of METAFLOW_… names, config.json or config_PROFILE.json in ~/.metaflowconfig, and variables of the same
names that win over it. Nothing is asked of Metaflow, which need not be installed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from nbflow.configuration.file import shown
from nbflow.configuration.known import TAGS
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen

_PREFIX = "METAFLOW_"
#: variables that are no settings: where the file is, parameters and configs of runs
_NO_SETTINGS = re.compile(r"METAFLOW_(HOME|PROFILE|RUN_.*|FLOW_CONFIG.*|CLICK_.*)")
_QUEUE_ARN = re.compile(r"arn:[\w-]+:batch:(?P<region>[\w-]+):\d*:job-queue/(?P<name>.+)")
_STORES = {"DATASTORE_SYSROOT_S3": "", "DATASTORE_SYSROOT_GS": "", "DATASTORE_SYSROOT_AZURE": "az://"}


class Taken(NamedTuple):
    """A setting of nbflow that was found in Metaflow's."""

    key: str
    value: str
    #: the name it has there
    name: str
    #: what differs, in a sentence; may be empty
    note: str = ""


@frozen
class Read:
    """What was found: settings, and what has no counterpart, with why."""

    #: the file that was read and whether variables counted, for people
    source: str
    taken: tuple[Taken, ...]
    left: tuple[tuple[str, str], ...]


def read(named: str | None, environ: Mapping[str, str]) -> Read:
    """Return what Metaflow's configuration says.

    Args:
        named: a file, which then counts alone; a profile; None for what Metaflow itself would use.
        environ: variables of the environment.

    Raises:
        ConfigurationError: there is none (U010), or it cannot be read (U011).
    """
    if named and (named.endswith(".json") or "/" in named):
        path = Path(named).expanduser()
        if not path.is_file():
            _nothing(f"at {shown(path)}", path.parent)
        return _made(_content(path), shown(path))
    home = Path(environ.get("METAFLOW_HOME") or "~/.metaflowconfig").expanduser()
    profile = named or environ.get("METAFLOW_PROFILE")
    path = home / (f"config_{profile}.json" if profile else "config.json")
    variables = {
        name: value for name, value in environ.items() if name.startswith(_PREFIX) and not _NO_SETTINGS.fullmatch(name)
    }
    if path.is_file():
        return _made({**_content(path), **variables}, " and ".join([shown(path), *_counted(variables)]))
    if profile or not variables:
        _nothing(f"of profile '{profile}' in {shown(home)}" if profile else f"in {shown(home)}", home, profile)
    return _made(variables, "variables METAFLOW_…")


def _counted(variables: Mapping[str, str]) -> list[str]:
    return ["variables METAFLOW_…"] if variables else []


def _content(path: Path) -> dict[str, str]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise_for("U011", path=shown(path), message=getattr(wrong, "strerror", None) or wrong)
    if not isinstance(table, dict):
        raise_for("U011", path=shown(path), message="it is no JSON object")
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in table.items()
        if value not in (None, "")
    }


def _nothing(where: str, folder: Path, profile: str | None = None) -> None:
    files = sorted(each.name for each in folder.glob("*.json")) if folder.is_dir() else []
    profiles = [each.removeprefix("config_").removesuffix(".json") for each in files if each.startswith("config_")]
    hint = did_you_mean(profile, profiles) if profile else ""
    raise_for("U010", where=where, hint=hint, why=f"there are: {', '.join(files)}" if files else "")


def _made(said: Mapping[str, str], source: str) -> Read:
    plain = {name.removeprefix(_PREFIX): value for name, value in said.items() if value}
    taken = {each.key: each for each in _taken(plain)}
    used = {each.name.removeprefix(_PREFIX) for each in taken.values()}
    if "BATCH_CONTAINER_IMAGE" in used or "DEFAULT_CONTAINER_IMAGE" in used:
        used |= {"BATCH_CONTAINER_REGISTRY", "DEFAULT_CONTAINER_REGISTRY"}
    left = tuple((f"{_PREFIX}{name}", _why_left(name)) for name in plain if name not in used)
    return Read(source, tuple(taken.values()), left)


def _taken(said: Mapping[str, str]) -> Iterator[Taken]:
    """Yield what has a counterpart; of one key that comes twice the last counts."""
    for name, scheme in _STORES.items():
        if url := said.get(name):
            note = f"beside Metaflow's {url}: the layout is another one"
            yield Taken("root", _sibling(url if "://" in url else scheme + url), _PREFIX + name, note)
    for name, key in (
        ("USER", "user"),
        ("S3_ENDPOINT_URL", "endpoint"),
        ("AWS_SANDBOX_REGION", "region"),
        ("ECS_S3_ACCESS_IAM_ROLE", "batch.job_role"),
        ("ECS_FARGATE_EXECUTION_ROLE", "batch.execution_role"),
        ("SFN_IAM_ROLE", "deploy.states_role"),
    ):
        if value := said.get(name):
            yield Taken(key, value, _PREFIX + name)
    if queue := said.get("BATCH_JOB_QUEUE"):
        yield Taken("batch.queue", queue, f"{_PREFIX}BATCH_JOB_QUEUE")
        if found := _QUEUE_ARN.fullmatch(queue):
            yield Taken("region", found["region"], f"{_PREFIX}BATCH_JOB_QUEUE", "the queue's")
    for kind in ("BATCH", "DEFAULT"):
        if image := said.get(f"{kind}_CONTAINER_IMAGE"):
            registry = said.get("BATCH_CONTAINER_REGISTRY") or said.get("DEFAULT_CONTAINER_REGISTRY") or ""
            yield Taken("batch.image", _whole_image(registry, image), f"{_PREFIX}{kind}_CONTAINER_IMAGE")
            break
    yield from _tags(said)


def _tags(said: Mapping[str, str]) -> Iterator[Taken]:
    name = "BATCH_DEFAULT_TAGS"
    try:
        tags = json.loads(said.get(name, "{}"))
    except ValueError:
        return
    for tag, value in tags.items() if isinstance(tags, dict) else ():
        if isinstance(value, str) and value:
            yield Taken(f"{TAGS}.{tag}", value, _PREFIX + name)


def _sibling(url: str) -> str:
    """Return the URL of a store beside Metaflow's: in its bucket, with `nbflow` for the last part of its prefix."""
    scheme, _, place = url.partition("://")
    bucket, _, prefix = place.strip("/").partition("/")
    above = prefix.rpartition("/")[0]
    return f"{scheme}://" + "/".join(part for part in (bucket, above, "nbflow") if part)


def _whole_image(registry: str, image: str) -> str:
    """Return an image with its registry, which it may name itself."""
    first, slash, _ = image.partition("/")
    names_one = bool(slash) and ("." in first or ":" in first or first == "localhost")
    return image if names_one or not registry else f"{registry.rstrip('/')}/{image}"


#: why a name was left, by how it begins; the first that fits counts
_LEFT = (
    ("SERVICE_", "no service is needed: what is known of runs is in the bucket, too"),
    ("UI_URL", "no service is needed: nbflow.dashboard() and nbflow history show runs"),
    ("DEFAULT_DATASTORE", "root alone says where values are kept"),
    ("DEFAULT_METADATA", "root alone says where runs are kept"),
    ("DATASTORE_SYSROOT_LOCAL", "a folder .nbflow is found, or made, where you work"),
    ("DATASTORE_SYSROOT_", "another one was taken for root"),
    ("DATATOOLS_", "files of nbflow.S3 are kept under root"),
    ("CARD_", "cards are kept under root"),
    ("CONDA_", "environments are kept under root"),
    ("SFN_STATE_MACHINE_PREFIX", "deploy.name_prefix says it here, for schedules, too"),
    ("SFN_DYNAMO_DB_TABLE", "no table is needed: what a foreach goes over is in the bucket"),
    ("SFN_", "there is no such setting here"),
    ("EVENTS_SFN_ACCESS_IAM_ROLE", "schedules have a role that EventBridge Scheduler may take: deploy.scheduler_role"),
    ("EVENTS_", "there is no such setting here"),
    ("KUBERNETES_", "steps run on this machine or on AWS Batch"),
    ("ARGO_", "steps run on this machine or on AWS Batch"),
    ("AIRFLOW_", "steps run on this machine or on AWS Batch"),
    ("BATCH_EMIT_TAGS", "jobs always get tags"),
    ("CLIENT_CACHE_", "the cache needs no settings"),
)


def _why_left(name: str) -> str:
    return next((why for start, why in _LEFT if name.startswith(start)), "there is no such setting here")
