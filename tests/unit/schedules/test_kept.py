"""What is kept: schedules, firings, and the unit of systemd."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbflow.errors import ScheduleError
from nbflow.metadata.starter import STARTED_BY, started_by, starter_tags
from nbflow.schedules.command import environment_of, words_of
from nbflow.schedules.due import Occurrence
from nbflow.schedules.firings import Claim, Firing
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import Schedule, Upstream
from nbflow.schedules.timetable import Timetable
from nbflow.schedules.unit import unit
from nbflow.workspace import Workspace

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEKLY = Schedule(
    "weekly",
    "a1",
    "/flows/sales.ipynb",
    "sales",
    Timetable("0 7 * * 1", "Europe/Berlin"),
    parameters=("alpha=0.2",),
    tags=("x",),
    options=("--notify", "env.SLACK_URL"),
    fill=True,
    created_at=NOON,
    since=NOON,
)
FOLLOWS = Schedule("report", "b2", "/flows/r.py", "R", upstreams=(Upstream("Load", ("user:ada",)), Upstream("B")))


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(Workspace.open(tmp_path / ".nbflow"))


@pytest.mark.parametrize("schedule", [WEEKLY, FOLLOWS])
def test_a_schedule_is_kept_as_it_is_and_its_name_is_taken(register: Register, schedule: Schedule) -> None:
    assert register.add(schedule)
    assert not register.add(replace(schedule, id="c3"))
    assert register.get(schedule.name) == schedule
    register.replace(replace(schedule, paused=True))
    assert register.all() == ([replace(schedule, paused=True)], [])


def test_one_that_cannot_be_read_is_told_and_the_others_are_there(register: Register) -> None:
    register.add(WEEKLY)
    for name, text in (("newer", b'{"format": 2}'), ("broken", b"{"), ("half", b'{"format": 1}')):
        register.storage.put(f"schedules/defined/{name}.json", [text])
    found, wrong = register.all()
    assert [each.name for each in found] == ["weekly"]
    assert len(wrong) == 3 and all(each.code == "NBF-L016" for each in wrong)
    with pytest.raises(ScheduleError, match="its format is 2"):
        register.get("newer")
    register.storage.put(
        "schedules/defined/far.json", [json.dumps({**WEEKLY.to_json(), "timezone": "Mars/Olympus"}).encode()]
    )
    assert [each.code for each in register.all()[1]].count("NBF-L002") == 1
    register.remove("far")
    register.remove("broken")
    assert register.names() == ["half", "newer", "weekly"]


def test_a_claim_that_cannot_be_read_stays_one(register: Register) -> None:
    register.storage.put("schedules/firings/a1/k1.claim", [b'{"decision": "perhaps"}'])
    assert register.firing("a1", "k1") is None
    assert not register.claim(WEEKLY, "k1", Claim("run", NOON, NOON))


def test_a_firing_is_claimed_begun_and_ended_once(register: Register) -> None:
    claim = Claim("run", NOON, NOON, "", ("run", "sales.ipynb"), (("A", "b"),), "/work")
    assert register.claim(WEEKLY, "k1", claim)
    assert not register.claim(WEEKLY, "k1", replace(claim, decision="skip"))
    assert register.firing("a1", "k1") == Firing("a1", "k1", claim)
    states, found = [], None
    for what, facts in (("begun", {"at": 5.0}), ("run", {"run": "3"}), ("ended", {"at": 9.0, "code": 0, "why": ""})):
        assert register.note("a1", "k1", what, {**facts, "word": "1"})
        assert not register.note("a1", "k1", what, {**facts, "word": "2"})
        found = register.firing("a1", "k1")
        assert found is not None
        states.append(found.state)
    assert found is not None
    assert states == ["running", "running", "succeeded"]
    assert found.run_id == "3" and found.told("sales") == "succeeded after 4.0 s, sales/3"
    register.add(WEEKLY)
    register.remove("weekly")
    assert register.keys("a1") == []


@pytest.mark.parametrize(
    ("decision", "ended", "state"),
    [
        ("run", None, "waiting"),
        ("skip", None, "skipped"),
        ("missed", None, "missed"),
        ("run", {"code": 1, "at": 1.0}, "failed"),
        ("run", {"code": None, "at": 1.0}, "lost"),
        ("run", {"code": None, "missed": True, "at": 1.0}, "missed"),
    ],
)
def test_how_a_firing_stands(decision: str, ended: dict[str, object] | None, state: str) -> None:
    claim = Claim.from_json({**Claim("run", NOON, NOON).to_json(), "decision": decision})
    assert Firing("a", "k", claim, ended=ended).state == state


def test_addresses_of_messages_are_read_by_nobody_else(register: Register) -> None:
    register.note_addresses("a1", ["https://hooks.slack.com/services/T/B/secret", "json://host"])
    assert register.addresses("a1") == ["https://hooks.slack.com/services/T/B/secret", "json://host"]
    file = next((register.workspace.root / "schedules" / "notify").iterdir())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    register.add(WEEKLY)
    register.remove("weekly")
    assert register.addresses("a1") == []


def test_a_firing_is_a_command_of_nbflow_whose_run_knows_what_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert words_of(WEEKLY) == (
        *("run", "/flows/sales.ipynb", "--papermill", "-p", "alpha=0.2", "--tag", "x"),
        *("--notify", "env.SLACK_URL"),
    )
    assert words_of(FOLLOWS) == ("run", "/flows/r.py")
    ((name, value),) = environment_of(WEEKLY, Occurrence("k", NOON, ("Load/3",)))
    assert name == STARTED_BY
    monkeypatch.setenv(name, value)
    assert started_by() == {"schedule": "weekly", "scheduled_at": "2026-11-30T12:00:00+00:00", "runs": ["Load/3"]}
    assert starter_tags() == {"schedule:weekly", "scheduled_at:2026-11-30T12:00:00+00:00"}
    monkeypatch.setenv(name, "no JSON")
    assert starter_tags() == frozenset()


def test_the_unit_names_program_folder_and_store_whatever_is_in_their_names() -> None:
    text = unit(["/opt/my python/bin/python", "-m", "nbflow"], "/home/ada/100%", "s3://sales/$team")
    assert 'ExecStart="/opt/my python/bin/python" -m nbflow\n' in text
    assert "WorkingDirectory=/home/ada/100%%\n" in text
    assert "Environment=NBFLOW_ROOT=s3://sales/$team\n" in text
    assert "ExecStart=/a/$$b\n" in unit(["/a/$b"], "/", "r")
