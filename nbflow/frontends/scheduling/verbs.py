"""What the verbs of `schedule` do, for a terminal and for a notebook."""

from __future__ import annotations

import argparse
import heapq
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import FrameType

from nbflow.cards.printable import one_line
from nbflow.errors import near_or_all, raise_for
from nbflow.frontends.scheduling import table
from nbflow.frontends.scheduling.adding import added
from nbflow.frontends.scheduling.options import Asked
from nbflow.schedules.clock import Clock, SystemClock
from nbflow.schedules.firings import Firing
from nbflow.schedules.lease import Lease
from nbflow.schedules.manual import fire_now
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import Schedule
from nbflow.schedules.supervisor import Supervisor
from nbflow.schedules.timetable import Timetable
from nbflow.workspace import Workspace

#: takes a line for a person to read
Say = Callable[[str], object]
#: moments that are told when a schedule was added
_SHOWN = 3
#: lines of a log that a notebook or a terminal is not too small for
_LINES = 400
_NONE = "no schedules yet: nbflow schedule add NOTEBOOK.ipynb --daily"


def carry_out(arguments: argparse.Namespace, workspace: Workspace, tell: Say, say: Say) -> int:
    """Do what a line asks for: `tell` takes what was asked for, `say` what is said beside it."""
    register = Register(workspace)
    verb: str = arguments.schedule_verb
    if verb == "add":
        _add(register, Asked.of(arguments), tell, say)
    elif verb == "list":
        _list(register, tell, say)
    elif verb == "next":
        _next(register, arguments.name, arguments.n, tell, say)
    elif verb == "serve":
        serve(register, SystemClock(), tell)
    elif verb == "unit":
        _unit(workspace, tell, say)
    elif verb == "remove":
        removed(register, arguments.name, tell)
    else:
        _of_one(verb, register, known(register, arguments.name), arguments, tell, say)
    return 0


def known(register: Register, name: str) -> Schedule:
    """Return the schedule of a name. Raises L008, there is none; L016, it cannot be read."""
    found = register.get(name)
    if found is None:
        raise_for("L008", name=name, hint=near_or_all(name, register.names(), "There are"))
    return found


def _of_one(
    verb: str, register: Register, schedule: Schedule, arguments: argparse.Namespace, tell: Say, say: Say
) -> None:
    now = datetime.now(UTC)
    if verb == "pause":
        register.replace(replace(schedule, paused=True))
        tell(f"{schedule.name} is paused: nothing starts until  nbflow schedule resume {schedule.name}")
    elif verb == "resume":
        going = replace(schedule, paused=False, since=now)
        register.note_seen(going, now)
        register.replace(going)
        tell(f"{schedule.name} goes on: {_first(going, now)}")
    elif verb == "run-now":
        key = fire_now(register, schedule, now)
        tell(f"{schedule.name} starts; what it writes is in {_near(register.log(schedule.id, key))}")
        say(f"see how it went:  nbflow schedule logs {schedule.name}")
    else:
        _logs(register, schedule, arguments.n, tell, say)


def _first(schedule: Schedule, now: datetime) -> str:
    return f"next on {table.upcoming(schedule, now)}" if schedule.timetable else schedule.when


# ---- add, remove


def _add(register: Register, asked: Asked, tell: Say, say: Say) -> None:
    now = datetime.now(UTC)
    schedule = added(register, asked, now)
    tell(one_line(f"{schedule.name}: {Path(schedule.file).name}, {schedule.when}", 200))
    if schedule.timetable is not None:
        moments = list(islice(schedule.timetable.after(now), _SHOWN))
        tell("next:  " + ", ".join(table.moment(each, table.zone_of(schedule), now) for each in moments))
    _say_what_never_ran(register, schedule, say)
    _say_who_looks(register, say)


def _say_what_never_ran(register: Register, schedule: Schedule, say: Say) -> None:
    """Say of flows that are waited for, and that the store has no run of, that they may be mistyped."""
    if not schedule.upstreams:
        return
    known = register.workspace.metadata.flows()
    for each in schedule.upstreams:
        if each.flow not in known:
            say(f"no flow {each.flow} has run here yet: it is waited for.{near_or_all(each.flow, known, 'There are')}")


def _say_who_looks(register: Register, say: Say) -> None:
    if not Lease(register.storage, SystemClock()).leader():
        say(
            "nobody looks yet:  nbflow schedule serve  starts what is due;  nbflow schedule unit  prints a unit of "
            "systemd by which it is always there"
        )


def removed(register: Register, name: str, tell: Say) -> None:
    """Forget a schedule, also one that cannot be read. Raises L008."""
    if name not in register.names():
        raise_for("L008", name=name, hint=near_or_all(name, register.names(), "There are"))
    register.remove(name)
    tell(f"{name} is removed; its runs stay, and one that is under way goes on")


# ---- list, next, logs


def _list(register: Register, tell: Say, say: Say) -> None:
    schedules, wrong = register.all()
    for each in wrong:
        say(str(each))
    if not schedules:
        say(_NONE)
        return
    last = [_last(register, each) for each in schedules]
    for line in table.lines(schedules, last, datetime.now(UTC)):
        tell(line)
    _say_who_looks(register, say)


def _last(register: Register, schedule: Schedule) -> Firing | None:
    return next(register.firings(schedule.id, latest=1), None)


def _next(register: Register, name: str | None, count: int, tell: Say, say: Say) -> None:
    now = datetime.now(UTC)
    schedules = [known(register, name)] if name else register.all()[0]
    if not schedules:
        say(_NONE)
    ahead = [_ahead(each, each.timetable, now) for each in schedules if each.timetable is not None and not each.paused]
    found = list(islice(heapq.merge(*ahead, key=lambda pair: pair[0]), count))
    rows = [(table.moment(at, table.zone_of(each), now), table.away(at, now), each.name) for at, each in found]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    for at, away, each_name in rows:
        tell(f"{at:<{widths[0]}}  {away:<{widths[1]}}  {each_name}")
    for each in schedules:
        if each.paused or each.timetable is None:
            say(f"{each.name}: {'paused' if each.paused else each.when}")


def _ahead(schedule: Schedule, timetable: Timetable, now: datetime) -> Iterator[tuple[datetime, Schedule]]:
    return ((moment, schedule) for moment in timetable.after(now))


def _logs(register: Register, schedule: Schedule, count: int, tell: Say, say: Say) -> None:
    now = datetime.now(UTC)
    found = list(register.firings(schedule.id, latest=count))
    if not found:
        say(f"{schedule.name} has not run yet: {_first(schedule, now)}")
    for each in found:
        tell(table.head(schedule, each, now))
        for line in _log(register, each):
            tell(line)


def _log(register: Register, firing: Firing) -> list[str]:
    path = register.workspace.fetched(register.log(firing.id, firing.key))
    if not path.exists():
        return []
    found = path.read_text(encoding="utf-8", errors="replace").splitlines()
    left = len(found) - _LINES
    return found if left <= 0 else [f"… {left} lines before: {_near(path)}", *found[-_LINES:]]


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


# ---- serve, unit


def serve(register: Register, clock: Clock, tell: Say) -> None:
    """Start what is due until SIGTERM or an interrupt; runs that are under way go on."""

    def end(_number: int, _frame: FrameType | None) -> None:
        if isinstance(clock, SystemClock):
            clock.ended.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)

    def say(text: str) -> None:
        tell(f"{clock.now().astimezone():%Y-%m-%d %H:%M:%S}  {text}")

    where = register.workspace.url or register.workspace.root
    count = len(register.names())
    say(f"looks after {where}: {count} schedule{'' if count == 1 else 's'}")
    Supervisor(register, clock, say).serve()
    say("ends; runs that are under way go on")


def _unit(workspace: Workspace, tell: Say, say: Say) -> None:
    from nbflow.schedules.unit import NAME, unit

    root = workspace.url or str(workspace.root)
    tell(unit([sys.executable, "-P", "-m", "nbflow", "schedule", "serve"], str(Path.cwd()), root).rstrip())
    say(
        f"\nto have it start by itself:\n  mkdir -p ~/.config/systemd/user\n"
        f"  nbflow schedule unit > ~/.config/systemd/user/{NAME}\n"
        f"  systemctl --user daemon-reload && systemctl --user enable --now {NAME}\n"
        "  loginctl enable-linger          # also while you are not logged in\n"
        f"what it says:  journalctl --user -u {NAME} -f"
    )
