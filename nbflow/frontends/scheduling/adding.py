"""From what was asked for to a schedule that is kept: everything is checked first."""

from __future__ import annotations

import importlib.util
import re
import secrets
import socket
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nbflow.errors import TagError, UsageError, raise_for
from nbflow.frontends.scheduling.options import Asked
from nbflow.frontends.scheduling.target import Target, target_of, upstream_named
from nbflow.metadata.identity import identity
from nbflow.metadata.tags import first_tags
from nbflow.plan.durations import parse_duration
from nbflow.schedules.clock import zone_here
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import NAME, Schedule, Upstream
from nbflow.schedules.timetable import Timetable, check_fires, known_zone


def added(register: Register, asked: Asked, now: datetime) -> Schedule:
    """Keep the schedule that was asked for, and return it.

    Raises:
        NbflowError: something of it makes no sense; nothing is kept.
    """
    schedule, addresses = made(asked, now)
    there = register.get(schedule.name) if asked.again else None
    if there is not None and there.file == schedule.file:
        schedule = replace(schedule, id=there.id, created_at=there.created_at, paused=there.paused)
        register.forget_addresses(schedule.id)
    if addresses:
        register.note_addresses(schedule.id, addresses)
    if there is not None and there.id == schedule.id:
        register.note_seen(schedule, now)
        register.replace(schedule)
    elif not register.add(schedule):
        register.forget_addresses(schedule.id)
        _refuse_name(register, schedule.name)
    return schedule


def made(asked: Asked, now: datetime) -> tuple[Schedule, tuple[str, ...]]:
    """Return the schedule, and addresses that only this machine is to know. Raises NbflowError."""
    # what costs nothing to check comes first: a file is executed to be read
    early = _early(asked)
    within = _within(asked.within)
    target = target_of(asked.file, fill=asked.fill, branch=asked.branch, production=asked.production)
    _check_options(asked, target)
    timetable, upstreams = _when(asked, target, early)
    if timetable is not None:
        check_fires(timetable, now)
    target.check(asked.parameters)
    name = _name(asked.name, target.flow)
    kept, addresses = _notices(asked.notify)
    words = [
        word
        for option, values in (("--with", asked.with_specs), ("--notify", kept))
        for value in values
        for word in (option, value)
    ]
    words += ["--branch", asked.branch] if asked.branch else []
    words += ["--production"] if asked.production else []
    try:
        tags = first_tags(target.flow, asked.tags)
    except TagError as wrong:
        raise UsageError(wrong.problems) from None
    settings: dict[str, Any] = {
        "overlap": asked.overlap or ("queue" if upstreams else "skip"),
        "missed": asked.missed,
    }
    return (
        Schedule(
            name=name,
            id=secrets.token_hex(6),
            file=target.file,
            flow=target.flow,
            timetable=timetable,
            upstreams=upstreams,
            parameters=asked.parameters,
            tags=tuple(sorted(tags)),
            options=tuple(words),
            within=within,
            fill=asked.fill and target.is_notebook,
            cwd=str(Path.cwd()),
            host=socket.gethostname(),
            owner=identity(),
            created_at=now,
            since=now,
            **settings,
        ),
        addresses,
    )


def _early(asked: Asked) -> Timetable | None:
    """Return the timetable that was typed. Raises L001, L002, L006."""
    said = [f"--{each}" for each in asked.rhythms]
    said = [*(["--cron"] if asked.cron else []), *said, *(["--after"] if asked.after else [])]
    if len(said) > 1:
        raise_for("L006", said=f"{', '.join(said[:-1])} and {said[-1]}")
    zone = known_zone(asked.timezone) if asked.timezone else zone_here()
    if asked.cron is not None:
        return Timetable.read(asked.cron, zone)
    return Timetable.every(asked.rhythms[0], zone) if asked.rhythms else None


def _when(asked: Asked, target: Target, typed: Timetable | None) -> tuple[Timetable | None, tuple[Upstream, ...]]:
    """Return what it starts by: what was typed, else what its class says. Raises L005, L006, L014, L015."""
    if typed is not None:
        return typed, ()
    if asked.after:
        return None, tuple(upstream_named(target.flow, each, target.tags) for each in asked.after)
    if target.declared is not None and target.upstreams:
        raise_for("L006", said="@schedule and @trigger_on_finish")
    declared = target.declared
    if declared is not None and asked.timezone:
        declared = Timetable(declared.cron, known_zone(asked.timezone))
    if declared is None and not target.upstreams:
        if "trigger" in target.starters:
            raise_for("L014", flow=target.flow, file=Path(target.file).name, decorator="@trigger")
        why = "a notebook does not say it itself" if target.is_notebook else f"{target.flow} has no @schedule"
        raise_for("L005", what=asked.file, why=why)
    return declared, target.upstreams


def _check_options(asked: Asked, target: Target) -> None:
    """Raise where an option does not go with the file: L012, L013."""
    if not target.is_notebook:
        if not asked.fill:
            raise_for("L012", option="--no-fill", what="notebooks", file=asked.file, kind="a file of Python")
        return
    if asked.fill and importlib.util.find_spec("papermill") is None:
        raise_for("L013")
    if asked.fill and asked.with_specs:
        kind = "filled in, where its own %flow run says so"
        raise_for("L012", option="--with", what="a flow that runs by itself", file=asked.file, kind=kind)


def _within(text: str) -> float:
    if text.strip().isdecimal() and int(text):
        raise_for("L010", value=text, example=f"{text.strip()}h, or {text.strip()}m, {text.strip()}d")
    try:
        found = parse_duration(text.strip().lower()).total_seconds()
    except (ValueError, OverflowError):
        found = -1.0
    if found < 0:
        raise_for("L010", value=text, example="6h, or 90m, 2d")
    return found


def _name(asked: str | None, flow: str) -> str:
    name = flow if asked is None else asked
    if not NAME.fullmatch(name):
        example = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._")[:80] or flow
        raise_for("L009", name=name, example=example)
    return name


def _refuse_name(register: Register, name: str) -> None:
    there = register.get(name)
    known = set(register.names())
    free = next(each for number in range(2, len(known) + 3) if (each := f"{name}-{number}") not in known)
    file = Path(there.file).name if there else "of somebody else"
    raise_for("L007", name=name, file=file, when=there.when if there else "just added", free=free)


def _notices(typed: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    """Return what `--notify` of a run says, and addresses, which hold keys and stand in no record. Raises MessageError."""
    if not typed:
        return [], ()
    from nbflow.errors import NOWHERE
    from nbflow.model.notice import Notice, scheme_of
    from nbflow.notify.address import check

    for each in typed:
        check(Notice(each), NOWHERE)
    addresses = tuple(each for each in typed if scheme_of(each))
    kept = [each for each in typed if not scheme_of(each)]
    return kept, addresses
