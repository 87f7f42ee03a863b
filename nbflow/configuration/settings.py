"""What is set, here and now: variables of the environment, then the profile, then what the file says for all.

Looking costs a `stat` where nothing has changed, so whoever wants a setting asks anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path

from nbflow.configuration import file
from nbflow.configuration.file import shown
from nbflow.configuration.known import FILE, PROFILE, SETTINGS, TABLES, TAGS, Setting
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.hosted import Host, here

LOG_GROUP = "/aws/batch/job"
#: the group that every account has
SCHEDULE_GROUP = "default"
NAME_PREFIX = "nbflow"


@frozen
class BatchSettings:
    """Where and how steps run on AWS Batch."""

    queue: str | None = None
    image: str | None = None
    job_role: str | None = None
    execution_role: str | None = None
    log_group: str = LOG_GROUP
    #: each job gets them
    tags: Mapping[str, str] = field(default_factory=dict)


@frozen
class DeploySettings:
    """As what flows run that are left to AWS, and how things of theirs are named."""

    states_role: str | None = None
    scheduler_role: str | None = None
    schedule_group: str = SCHEDULE_GROUP
    #: names of state machines and schedules begin with it, and a dash
    name_prefix: str = NAME_PREFIX


@frozen
class NotifySettings:
    """Who hears of runs."""

    #: addresses, or secrets that hold them, with blanks or commas between
    to: str | None = None
    #: ends of runs, as in `failure,regression`; None: all
    on: str | None = None


@frozen
class Settings:
    """What is set; None where nothing is."""

    profile: str | None = None
    #: where runs are kept: a folder, in which `~` may stand, or a URL
    root: str | None = None
    user: str | None = None
    region: str | None = None
    #: URL of a server that is asked in place of AWS
    endpoint: str | None = None
    #: profile of ~/.aws
    aws_profile: str | None = None
    #: address of a run's page, with {flow} and {run} in it
    links: str | None = None
    batch: BatchSettings = field(default_factory=BatchSettings)
    deploy: DeploySettings = field(default_factory=DeploySettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    #: key → where its value came from, for people
    sources: Mapping[str, str] = field(default_factory=dict)

    def value(self, key: str) -> str | None:
        """Return a setting by its key, as in `batch.queue`."""
        table, _, name = key.rpartition(".")
        found: str | None = getattr(getattr(self, table) if table else self, name)
        return found


_VARIABLES = (
    "HOME",
    "XDG_CONFIG_HOME",
    FILE,
    PROFILE,
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_BATCH",
    *(name for each in SETTINGS for name in (each.variable, *each.fallbacks)),
)
#: variables, file and its stamp, of which the last answer was made, and the answer
_last: tuple[object, Path, object, Settings] | None = None


def settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return what is set. An empty variable counts as none. Raises ConfigurationError."""
    global _last  # noqa: PLW0603 - one answer is remembered, whole: threads can only make it twice
    last, variables = _last, tuple(map(environ.get, _VARIABLES))
    if last is not None and last[0] == variables and last[2] == _stamp(last[1]):
        return last[3]
    path = file.place(environ)
    # before it is read: what is written meanwhile is read the next time
    stamp = _stamp(path)
    found = _in_region_of(here(environ), effective(file.read(path), path, environ), environ)
    _last = (variables, path, stamp, found)
    return found


def _in_region_of(host: Host, found: Settings, environ: Mapping[str, str]) -> Settings:
    """Return the settings with the region that the place is in, where nothing else says one."""
    home = environ.get("HOME") or str(Path.home())
    if found.region or not host.region or Path(environ.get("AWS_CONFIG_FILE") or f"{home}/.aws/config").exists():
        return found
    return replace(found, region=host.region, sources={**found.sources, "region": host.name})


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def effective(content: file.Content, path: Path, environ: Mapping[str, str]) -> Settings:
    """Return what holds, given a file's content and variables. Raises U007 for an unknown profile."""
    name = environ.get(PROFILE) or content.profile
    if name is not None and name not in content.profiles:
        _no_such_profile(name, content, path, by_variable=bool(environ.get(PROFILE)))
    values: dict[str, str] = {}
    sources: dict[str, str] = {}
    if name is not None:
        sources["profile"] = PROFILE if environ.get(PROFILE) else _at(shown(path), content.profile_line)
    own = content.profiles[name] if name is not None else file.NOTHING.shared
    for each in SETTINGS:
        for value, source in _candidates(each, environ, (own, f"profile {name}"), (content.shared, ""), path):
            values[each.key], sources[each.key] = value, source
            break
    tags = {**content.shared.tags, **own.tags}
    if tags:
        sources[TAGS] = " and ".join(
            said for given, said in ((own, f"profile {name}"), (content.shared, shown(path))) if given.tags
        )
    batch, deploy, notify = (
        {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{table}.")}
        for table in TABLES
    )
    whole = {key: value for key, value in values.items() if "." not in key}
    return Settings(
        profile=name,
        batch=BatchSettings(**batch, tags=tags),
        deploy=DeploySettings(**deploy),
        notify=NotifySettings(**notify),
        sources=sources,
        **whole,
    )


def _candidates(
    setting: Setting, environ: Mapping[str, str], own: tuple[file.Given, str], rest: tuple[file.Given, str], path: Path
) -> Iterator[tuple[str, str]]:
    """Yield what says a setting and where it stands, the strongest first."""
    if value := environ.get(setting.variable):
        yield value, setting.variable
    for given, whose in (own, rest):
        if setting.key in given.values:
            at = _at(shown(path), given.lines.get(setting.key))
            yield given.values[setting.key], f"{whose} in {at}" if whose else at
    # whoever gives services endpoints of their own has boto3 look them up; one of ours would hide them
    if setting.key == "endpoint" and (environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL_BATCH")):
        return
    yield from ((environ[name], name) for name in setting.fallbacks if environ.get(name))


def _at(path: str, line: int | None) -> str:
    return path if line is None else f"{path}, line {line}"


def _no_such_profile(name: str, content: file.Content, path: Path, *, by_variable: bool) -> None:
    known = sorted(content.profiles)
    raise_for(
        "U007",
        name=name,
        source=PROFILE if by_variable else _at(shown(path), content.profile_line),
        hint=did_you_mean(name, known),
        why=f"the profiles of {shown(path)} are: {', '.join(known)}" if known else f"{shown(path)} has none",
        fix=f"correct the name, or make it: nbflow configure --profile {name}",
    )
