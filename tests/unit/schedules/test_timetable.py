"""Moments of timetables: against calendars, against each other in two forms, and where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nbflow.errors import ScheduleError
from nbflow.schedules.converted import yearly_fields
from nbflow.schedules.timetable import Timetable, aws_expression, check_fires

#: zones whose clocks change at two, at midnight, by half an hour, in the other half of the year, and never
ZONES = ["Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut", "UTC"]


def local(table: Timetable, after: str, count: int) -> list[str]:
    """Return moments as the clocks of the zone show them."""
    start = datetime.fromisoformat(after)
    found = islice(table.after(start if start.tzinfo else start.replace(tzinfo=UTC)), count)
    return [each.astimezone(ZoneInfo(table.timezone)).strftime("%Y-%m-%d %H:%M %a") for each in found]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 7 * * 1", ["2026-12-07 07:00 Mon", "2026-12-14 07:00 Mon"]),
        ("0 7 * * 0", ["2026-12-06 07:00 Sun", "2026-12-13 07:00 Sun"]),
        ("*/20 9 * * *", ["2026-11-30 09:40 Mon", "2026-12-01 09:00 Tue"]),
        ("0 0 13 * 5", ["2026-12-04 00:00 Fri", "2026-12-11 00:00 Fri"]),
        ("@monthly", ["2026-12-01 00:00 Tue", "2027-01-01 00:00 Fri"]),
        ("cron(0 10 * * ? *)", ["2026-11-30 10:00 Mon", "2026-12-01 10:00 Tue"]),
        ("0 10 L * ? *", ["2026-11-30 10:00 Mon", "2026-12-31 10:00 Thu"]),
        ("0 10 LW * ? *", ["2026-11-30 10:00 Mon", "2026-12-31 10:00 Thu"]),
        ("0 10 1W * ? *", ["2026-12-01 10:00 Tue", "2027-01-01 10:00 Fri"]),
        ("0 10 1W 5 ? 2027", ["2027-05-03 10:00 Mon"]),
        ("0 10 15W * ? 2027", ["2027-01-15 10:00 Fri", "2027-02-15 10:00 Mon"]),
        ("0 10 31W * ? 2027", ["2027-01-29 10:00 Fri", "2027-03-31 10:00 Wed"]),
        ("0 10 ? * 6L *", ["2026-12-25 10:00 Fri", "2027-01-29 10:00 Fri"]),
        ("0 10 ? * FRI#2 *", ["2026-12-11 10:00 Fri", "2027-01-08 10:00 Fri"]),
        ("0 10 ? * 2#5 *", ["2026-11-30 10:00 Mon", "2027-03-29 10:00 Mon"]),
        ("0 10 ? * L *", ["2026-12-05 10:00 Sat", "2026-12-12 10:00 Sat"]),
        ("0 10 ? * 2-6 *", ["2026-11-30 10:00 Mon", "2026-12-01 10:00 Tue"]),
        ("0/30 8 29 2 ? *", ["2028-02-29 08:00 Tue", "2028-02-29 08:30 Tue"]),
    ],
)
def test_a_timetable_has_the_moments_of_the_calendar(cron: str, expected: list[str]) -> None:
    assert local(Timetable.read(cron), "2026-11-30 09:30", 2) == expected


def test_the_rhythms_are_those_of_metaflow() -> None:
    found = [local(Timetable.every(each), "2026-11-30 09:30", 1)[0] for each in ("hourly", "daily", "weekly")]
    assert found == ["2026-11-30 10:00 Mon", "2026-12-01 00:00 Tue", "2026-12-06 00:00 Sun"]


@pytest.mark.parametrize("cron", ["30 2 * * *", "30 2 * * ? *"])
def test_a_time_of_day_fires_once_a_day_whatever_the_clocks_do(cron: str) -> None:
    table = Timetable.read(cron, "Europe/Berlin")
    # in the night to the 28th of March 2027 there is no half past two
    assert local(table, "2027-03-26T12:00:00+00:00", 3) == [
        "2027-03-27 02:30 Sat",
        "2027-03-28 03:00 Sun",
        "2027-03-29 02:30 Mon",
    ]
    # in the night to the 31st of October there are two
    twice = list(islice(table.after(datetime(2027, 10, 29, 12, tzinfo=UTC)), 3))
    assert [each.isoformat() for each in twice] == [
        "2027-10-30T00:30:00+00:00",
        "2027-10-31T00:30:00+00:00",
        "2027-11-01T01:30:00+00:00",
    ]
    # who asks between the two gets the next day's
    assert table.next(datetime(2027, 10, 31, 1, 10, tzinfo=UTC)) == twice[2]


@pytest.mark.parametrize("cron", ["*/30 * * * *", "*/30 * * * ? *"])
def test_every_so_often_goes_by_real_time(cron: str) -> None:
    table = Timetable.read(cron, "Europe/Berlin")
    for start in (datetime(2027, 3, 27, 23, tzinfo=UTC), datetime(2027, 10, 30, 23, tzinfo=UTC)):
        found = [start, *islice(table.after(start), 12)]
        assert {(after - before).total_seconds() for before, after in pairwise(found)} == {1800.0}


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    span = st.tuples(number, number).map(sorted)
    step = st.integers(1, high)
    one = st.one_of(
        number.map(str),
        span.map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.tuples(span, step).map(lambda each: f"{each[0][0]}-{each[0][1]}/{each[1]}"),
        st.tuples(number, step).map(lambda each: f"{each[0]}/{each[1]}"),
    )
    several = st.lists(one, min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), step.map(lambda each: f"*/{each}"), several)


crontabs = st.builds(
    lambda *fields: " ".join(fields), _field(0, 59), _field(0, 23), _field(1, 31), _field(1, 12), _field(0, 7)
)
#: nights in which the clocks of the zones change
NIGHTS = [datetime(2027, *day, tzinfo=UTC) for day in ((3, 14), (3, 28), (4, 4), (10, 3), (10, 31), (11, 7))]
#: around these nights, and at any other time
moments = st.one_of(
    st.tuples(st.sampled_from(NIGHTS), st.integers(-1440, 1412)),
    st.tuples(st.just(datetime(2026, 1, 1, tzinfo=UTC)), st.integers(0, 2_000_000)),
).map(lambda each: each[0] + timedelta(minutes=each[1]))


@given(crontabs, st.sampled_from(ZONES), moments)
def test_five_fields_and_the_six_they_become_have_the_same_moments(cron: str, zone: str, start: datetime) -> None:
    five = Timetable.read(cron, zone)
    fields = yearly_fields(five.cron.split())
    assume(fields is not None)
    six = Timetable.read(" ".join(fields or ()), zone)
    assert len(six.cron.split()) == 6
    assert list(islice(five.after(start), 12)) == list(islice(six.after(start), 12))


@given(crontabs, st.sampled_from(ZONES), moments)
def test_moments_come_in_order_each_after_the_one_before_wherever_one_begins(
    cron: str, zone: str, start: datetime
) -> None:
    table = Timetable.read(cron, zone)
    found = list(islice(table.after(start), 6))
    assert found == sorted(set(found))
    assert all(each > start for each in found)
    for number, each in enumerate(found[:-1]):
        assert table.next(each) == found[number + 1]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 7 * * 1", "cron(0 7 ? * MON *)"),
        ("0 7 * * 1-5", "cron(0 7 ? * MON-FRI *)"),
        ("0 7 * * 7,2", "cron(0 7 ? * SUN,TUE *)"),
        ("*/5 * * * *", "cron(*/5 * * * ? *)"),
        ("10-40/15 7 1 JAN *", "cron(10,25,40 7 1 JAN ? *)"),
        ("0 7 1-31 * 1", "cron(0 7 * * ? *)"),
        ("0 7 ? * 1", "cron(0 7 ? * MON *)"),
        ("0 10 ? * 6#3 2027-2030", "cron(0 10 ? * 6#3 2027-2030)"),
    ],
)
def test_eventbridge_is_told_in_its_own_fields(cron: str, expected: str) -> None:
    assert aws_expression(Timetable.read(cron)) == expected


@pytest.mark.parametrize("cron", ["0 7 13 * 5", "0 7 */2 * 1"])
def test_eventbridge_cannot_be_told_of_two_days(cron: str) -> None:
    with pytest.raises(ScheduleError, match="NBF-L004"):
        aws_expression(Timetable.read(cron))


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("7:00", "of five"),
        ("every monday", "of five"),
        ("0 7 * * 8", "8 is no day of week"),
        ("0 10 ? * ? *", "not both"),
        ("0 10 * * 5-1", "5-1 is no day of week: it goes backwards, and the day of week goes from SUN to SAT"),
        ("0 10 * * 5-1", '"0 10 * * 5-7,0-1"'),
        ("0 10 ? * FRI-SUN *", '"0 10 ? * FRI-SAT,SUN *"'),
        ("0 10 ? * TUE-MON *", '"0 10 ? * * *"'),
        ("0 22-2 * NOV-FEB *", '"0 22-23,0-2 * NOV-DEC,JAN-FEB *"'),
        # the rest of it makes no sense either
        ("0 22-2 x * *", '"0 7 * * 1"'),
        ("1-2-3 7 * * *", "1-2-3 is no minute."),
        ("*/60 * * * *", "*/60 has steps of 60: they begin anew at minute 0, so the largest is 59"),
        ("0 5,0/48 * * ? *", "0/48 has steps of 48"),
    ],
)
def test_what_is_no_cron_expression_is_said(cron: str, said: str) -> None:
    with pytest.raises(ScheduleError, match="NBF-L001") as caught:
        Timetable.read(cron)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("zone", "hint"),
    [("berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Europe/Berln", "Europe/Berlin")],
)
def test_a_zone_that_is_meant_is_named(zone: str, hint: str) -> None:
    with pytest.raises(ScheduleError, match=f"NBF-L002.*{hint}"):
        Timetable.read("0 7 * * 1", zone)


@pytest.mark.parametrize("cron", ["0 0 31 2 *", "0 0 30 2 ? *", "0 0 1 1 ? 2020"])
def test_what_never_comes_is_said(cron: str) -> None:
    with pytest.raises(ScheduleError, match="NBF-L003"):
        check_fires(Timetable.read(cron), datetime(2026, 11, 30, tzinfo=UTC))
