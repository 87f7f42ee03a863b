"""A firing that somebody asks for now, whatever the clock says and whoever leads."""

from __future__ import annotations

import secrets
from datetime import datetime

from nbflow.schedules.command import environment_of, words_of
from nbflow.schedules.due import Occurrence, stamp
from nbflow.schedules.firing import begin
from nbflow.schedules.firings import Claim
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import Schedule


def fire_now(register: Register, schedule: Schedule, now: datetime) -> str:
    """Start a run of a schedule, in a process of its own, and return the key of the firing."""
    now = now.replace(microsecond=0)
    occurrence = Occurrence(f"{stamp(now)}-now-{secrets.token_hex(3)}", now)
    claim = Claim(
        "run",
        now,
        now,
        "asked for by hand",
        words_of(schedule),
        environment_of(schedule, occurrence),
        schedule.cwd,
        by_hand=True,
    )
    register.claim(schedule, occurrence.key, claim)
    begin(register, schedule.id, occurrence.key)
    return occurrence.key
