"""A month of schedules by a moved clock, over a real store: with restarts, a long sleep, a clock that jumps and one that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pytest
from moved_clock import MovedClock, Recorder

from nbflow.schedules import supervisor
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import Schedule
from nbflow.schedules.supervisor import Supervisor
from nbflow.schedules.timetable import Timetable
from nbflow.workspace import Workspace

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)
#: the machine sleeps from Wednesday noon to Saturday morning
ASLEEP, AWAKE = datetime(2027, 3, 10, 12, 1, tzinfo=UTC), datetime(2027, 3, 13, 8, 10, tzinfo=UTC)
#: its clock is set back by two hours
SET_BACK, BACK = datetime(2027, 3, 20, 12, 30, tzinfo=UTC), timedelta(hours=2)


def schedule(name: str, cron: str, zone: str = "Europe/Berlin", **more: Any) -> Schedule:
    settings: dict[str, Any] = {"overlap": "skip", "missed": "latest", "within": 86_400.0, **more}
    return Schedule(
        name,
        f"id-{name}",
        f"/flows/{name}.py",
        name,
        Timetable.read(cron, zone),
        since=FIRST,
        created_at=FIRST,
        **settings,
    )


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(Workspace.open(tmp_path / ".nbflow"))


class Month:
    """One machine, from the first to the last of March."""

    def __init__(self, register: Register, takes: timedelta = timedelta(minutes=3)) -> None:
        self.register = register
        self.clock = MovedClock(FIRST)
        self.recorder = Recorder(self.clock, takes)
        self.said: list[str] = []
        self.supervisor = self.fresh()

    def fresh(self) -> Supervisor:
        """A new process: the one before was killed, and nobody leads for a while."""
        return Supervisor(self.register, self.clock, self.said.append, self.recorder.begin, pace=7200.0)

    def live(self, until: datetime) -> None:
        while self.clock.at < until:
            self.recorder.end(self.register)
            wait = self.supervisor.turn()
            moment = min(until, self.recorder.next_end)
            self.clock.wait(max(0.5, min(wait, (moment - self.clock.at).total_seconds())))

    def restart(self) -> None:
        self.supervisor = self.fresh()
        self.lead()

    def lead(self) -> None:
        """Let as much time pass as a process is waited for that was killed."""
        self.supervisor.turn()
        self.clock.wait(46.0)
        self.supervisor.turn()

    def pass_by(self) -> None:
        for day in (4, 9):
            self.live(datetime(2027, 3, day, 6, 59, 50, tzinfo=UTC))
            self.restart()
        self.live(ASLEEP)
        self.clock.at = AWAKE
        self.restart()
        self.live(SET_BACK)
        self.clock.at -= BACK
        self.live(LAST)

    def fired(self, name: str) -> list[str]:
        return [key for id_, key, _ in self.recorder.started if id_ == f"id-{name}"]


def keys(moments: Iterator[datetime]) -> list[str]:
    return [each.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for each in moments]


def days() -> Iterator[datetime]:
    """Yield the days of March, as of midnight in Berlin."""
    for day in range(1, 32):
        yield datetime(2027, 3, day, tzinfo=BERLIN)


def awake(moment: datetime) -> bool:
    return not ASLEEP < moment < AWAKE


def test_a_month_of_schedules_fires_what_the_calendar_says_and_nothing_twice(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (
        schedule("nightly", "30 2 * * *"),
        schedule("mondays", "0 7 ? * MON *"),
        schedule("hours", "0 */3 * * *", "UTC", missed="all", within=6 * 3600.0),
        schedule("noons", "0 12 * * *", "UTC", missed="skip"),
        schedule("thirds", "10 0/8 * * ? *", "UTC"),
    ):
        assert register.add(each)
    monkeypatch.setattr(supervisor, "KEPT", 20)
    month = Month(register)
    month.pass_by()

    # by night: of the nights that were slept through, the last one; in the night to the 28th there is no half past two
    nights = [each.replace(hour=2, minute=30) for each in days() if each.day != 28]
    nights = [each for each in nights if awake(each) or each.day == 13]
    expected = keys(iter([*nights, datetime(2027, 3, 28, 1, tzinfo=UTC)]))
    assert month.fired("nightly") == sorted(expected)
    assert month.fired("mondays") == keys(each.replace(hour=7) for each in days() if each.weekday() == 0)
    # every third hour: what is not older than six hours is made up for, one after the other
    every = [FIRST + timedelta(hours=number) for number in range(3, 31 * 24, 3)]
    assert month.fired("hours") == keys(
        each for each in every if awake(each) or timedelta() <= AWAKE - each <= timedelta(hours=6)
    )
    noons = [datetime(2027, 3, day, 12, tzinfo=UTC) for day in range(1, 32)]
    assert month.fired("noons") == keys(each for each in noons if awake(each))
    thirds = [datetime(2027, 3, day, hour, 10, tzinfo=UTC) for day in range(1, 32) for hour in (0, 8, 16)]
    assert month.fired("thirds") == keys(each for each in thirds if awake(each) or each == AWAKE)

    every_key = [(id_, key) for id_, key, _ in month.recorder.started]
    assert len(every_key) == len(set(every_key))
    told = "\n".join(month.said)
    assert "noons: 2 moments passed while nobody looked" in told
    assert "nightly: 2 moments passed while nobody looked; the newest is made up for" in told
    assert "hours: the clock was set back; what it shows again has fired" in told


@pytest.mark.parametrize(
    ("overlap", "started"),
    [
        # of each run that takes 25 minutes, every third firing finds none before it
        ("skip", ["00", "30", "00", "30"]),
        ("queue", ["00", "10", "20", "30", "40", "50"]),
        ("allow", ["00", "10", "20", "30", "40", "50"]),
    ],
)
def test_a_firing_that_comes_while_one_runs_is_left_out_waits_or_runs_beside_it(
    register: Register, overlap: str, started: list[str]
) -> None:
    register.add(schedule("often", "*/10 * * * *", overlap=overlap))
    month = Month(register, takes=timedelta(minutes=25))
    month.live(FIRST + timedelta(hours=3))
    moments = [key[11:13] for key in month.fired("often")]
    assert moments[: len(started)] == ["10", "40", "10", "40"] if overlap == "skip" else moments[:5] == started[1:]
    found = list(register.firings("id-often"))
    assert {each.state for each in found} <= {"succeeded", "running", "skipped", "waiting"}
    assert (overlap == "skip") == any(each.why == "the one before was still running" for each in found)
    if overlap == "queue":
        assert sum(each.state == "running" for each in found) == 1


def test_what_was_claimed_by_one_that_was_killed_is_begun_by_the_next(register: Register) -> None:
    register.add(schedule("often", "*/10 * * * *"))
    month = Month(register)
    month.live(FIRST + timedelta(minutes=8))

    def killed(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    month.supervisor = Supervisor(register, month.clock, month.said.append, killed, pace=7200.0)
    month.lead()
    with pytest.raises(KeyboardInterrupt):
        month.live(FIRST + timedelta(minutes=11))
    assert month.fired("often") == []
    month.restart()
    assert month.fired("often") == ["20270301T001000Z"]
    month.live(FIRST + timedelta(minutes=21))
    assert month.fired("often") == ["20270301T001000Z", "20270301T002000Z"]


def test_a_paused_schedule_fires_nothing_and_makes_up_for_nothing_when_it_goes_on(register: Register) -> None:
    made = schedule("often", "*/10 * * * *", missed="all")
    register.add(made)
    month = Month(register)
    month.live(FIRST + timedelta(minutes=15))
    register.replace(replace(made, paused=True))
    month.live(FIRST + timedelta(minutes=45))
    month.supervisor.turn()
    register.replace(replace(made, since=month.clock.at))
    register.note_seen(made, month.clock.at)
    month.live(FIRST + timedelta(minutes=55))
    assert [key[11:13] for key in month.fired("often")] == ["10", "50"]


def test_only_the_latest_firings_are_kept(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "KEPT", 5)
    register.add(schedule("often", "*/10 * * * *"))
    month = Month(register, takes=timedelta(minutes=1))
    month.live(FIRST + timedelta(hours=3))
    assert len(month.fired("often")) == 17
    assert len(register.keys("id-often")) in {5, 6}
