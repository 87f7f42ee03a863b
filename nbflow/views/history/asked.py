"""Which runs somebody asked for, and the same as a query and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.metadata.identity import user_here
from nbflow.metadata.port import Metadata
from nbflow.metadata.query import SORTS, Condition, RunQuery, Sort
from nbflow.model.status import RunStatus
from nbflow.views.history import when
from nbflow.views.history.conditions import Conditions, conditions, known_only
from nbflow.views.history.when import Moment

T = TypeVar("T")

#: one or several
Several = str | Iterable[str] | None


@frozen
class Asked:
    """Which runs, in which order. What says nothing stands for all."""

    flows: tuple[str, ...] = ()
    statuses: tuple[RunStatus, ...] = ()
    tags: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    since: Moment | None = None
    until: Moment | None = None
    where: tuple[Condition, ...] = ()
    text: str = ""
    drafts: bool = False
    sort: Sort | None = None
    #: no others than these (flow, id)
    among: tuple[tuple[str, str], ...] | None = None

    def query(self, now: float) -> RunQuery:
        """Return it as the database is asked at `now`."""
        return RunQuery(
            flows=self.flows,
            kinds=("run", "draft") if self.drafts else ("run",),
            statuses=self.statuses,
            tags=self.tags,
            users=self.users,
            since=None if self.since is None else when.seconds_of(self.since, now),
            until=None if self.until is None else when.seconds_of(self.until, now, end=True),
            where=self.where,
            text=self.text,
            among=self.among,
            sort=self.sort,
        )

    @property
    def narrowed(self) -> bool:
        """Something but the flow is asked for."""
        return bool(self.said())

    def said(self) -> tuple[str, ...]:
        """Return what is asked for beside the flow, in words."""
        parts = [
            " or ".join(self.statuses),
            *(f"tagged {tag}" for tag in self.tags),
            f"by {' or '.join(self.users)}" if self.users else "",
            f"since {when.said(self.since)}" if self.since is not None else "",
            f"until {when.said(self.until)}" if self.until is not None else "",
            *map(str, self.where),
            f"with “{self.text.strip()}”" if self.text.strip() else "",
        ]
        return tuple(part for part in parts if part)

    def ordered(self) -> str:
        """Return the order in words; nothing for the newest first."""
        if self.sort is None:
            return ""
        return f"by {self.sort.name}, {'high' if self.sort.descending else 'low'} first"


def several(given: Several) -> tuple[str, ...]:
    """Return one or several as several, each once."""
    return tuple(dict.fromkeys((given,) if isinstance(given, str) else map(str, given or ())))


def asked_for(
    metadata: Metadata,
    flows: tuple[str, ...] = (),
    *,
    status: Several = None,
    tag: Several = None,
    user: Several = None,
    since: Moment | None = None,
    until: Moment | None = None,
    where: Conditions | None = None,
    text: str = "",
    drafts: bool = False,
    sort: str | None = None,
    now: float,
) -> Asked:
    """Return what is asked for, when all of it is known to some run.

    Raises:
        ViewError: V001 to V007, with what was probably meant.
    """
    for moment in (since, until):
        if moment is not None:
            when.seconds_of(moment, now)
    return Asked(
        flows=flows,
        statuses=statuses(several(status)),
        tags=_tags(metadata, flows, several(tag)),
        users=_users(metadata, flows, several(user)),
        since=since,
        until=until,
        where=known_only(conditions(where), metadata.known("parameter", flows)) if where else (),
        text=text,
        drafts=drafts,
        sort=sorted_by(metadata, flows, sort) if sort else None,
    )


def statuses(words: Sequence[str]) -> tuple[RunStatus, ...]:
    """Return statuses by their words. Raises V001."""
    known = [each.value for each in RunStatus]
    for word in words:
        if word.lower() not in known:
            raise_for("V001", name=word, hint=did_you_mean(word.lower(), known), known=", ".join(known))
    return tuple(RunStatus(word.lower()) for word in words)


def _users(metadata: Metadata, flows: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return users by name; `me` is whoever asks, unless somebody has that name. Raises V002."""
    known = metadata.known("user", flows) if wanted else ()
    found = tuple(user_here() if each == "me" and each not in known else each for each in wanted)
    for name in found:
        if name not in known and not (name == user_here() and "me" in wanted):
            raise_for(
                "V002", name=name, hint=did_you_mean(name, known), known=_listed(known, "nobody has run anything")
            )
    return found


def _tags(metadata: Metadata, flows: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return tags that some run has, those of ours among them. Raises V003."""
    known = metadata.known("tag", flows) if wanted else ()
    for tag in wanted:
        if tag not in known and not metadata.count(RunQuery(flows=flows, tags=(tag,), kinds=("run", "draft", "spin"))):
            hint = did_you_mean(tag, known)
            raise_for("V003", tag=tag, hint=hint, known=_listed(known, "nobody has tagged a run"))
    return wanted


def sorted_by(metadata: Metadata, flows: tuple[str, ...], sort: str) -> Sort | None:
    """Return the order that `took`, `-took`, `took desc` or `metric:rmse` mean; None: the newest first. Raises V007."""
    name, descending = _way(sort.strip())
    if name in {"newest", "oldest"}:
        return Sort("field", "started") if (name == "oldest") is not descending else None
    kind, colon, rest = name.partition(":")
    if colon and kind in {"parameter", "metric"}:
        known = metadata.known("parameter" if kind == "parameter" else "metric", flows)
        if rest in known:
            return Sort("parameter" if kind == "parameter" else "metric", rest, descending)
    if name in SORTS:
        return Sort("field", name, descending)
    given, left = metadata.known("parameter", flows), metadata.known("metric", flows)
    if name in given:
        return Sort("parameter", name, descending)
    if name in left:
        return Sort("metric", name, descending)
    names = [*SORTS, *given, *left]
    known_names = _listed((*SORTS, *dict.fromkeys((*given, *left))), "")
    hint = did_you_mean(rest or name, names)
    if (short := name.rpartition(".")[2]) in left:
        # a comparison tells the steps apart
        hint = f" Did you mean '{'-' * descending}{short}'? A run has one, that of the last step which left it."
    return raise_for("V007", name=name, hint=hint, known=known_names)


def _way(sort: str) -> tuple[str, bool]:
    name, _, way = sort.partition(" ")
    if way.strip() in {"asc", "desc"}:
        return name, way.strip() == "desc"
    return sort.removeprefix("-").strip(), sort.startswith("-")


def _listed(names: Sequence[str], nothing: str, most: int = 20) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}" if names else nothing
