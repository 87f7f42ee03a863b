from __future__ import annotations

import pytest

from nbflow.flowspec.attributes import Unfit
from nbflow.flowspec.cron import cron


@pytest.mark.parametrize(
    "text",
    [
        "0 10 * * ? *",
        "0/15 * ? * MON-FRI *",
        "0 18 ? * mon,wed,fri 2026-2030",
        "15 12 L * ? *",
        "15 12 LW JAN-MAR ? *",
        "0 8 15W * ? *",
        "0 8 ? * 6#3 *",
        "0 8 ? * FRI#1 *",
        "0 8 ? * 6L *",
        "0 0 ? 12 1 1970",
        "59 23 31 1 ? 2199",
        "*/5 8-17,20 1,15 1/3 ? *",
        "0 * * * *",
        "30 6 * * 0",
        "30 6 * * 7",
        "0 0 1 JAN *",
        "*/10 * * * 1-5",
    ],
)
def test_a_cron_expression_has_six_fields_or_five(text: str) -> None:
    assert cron(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hourly", "of six fields"),
        ("0 10 * *", "of six fields"),
        ("", "of six fields"),
        (None, "of six fields"),
        ("60 10 * * ? *", "60 is no minute"),
        ("0 24 * * ? *", "24 is no hour"),
        ("0 10 32 * ? *", "32 is no day of month"),
        ("0 10 * 13 ? *", "13 is no month"),
        ("0 10 ? * 8 *", "8 is no day of week"),
        ("0 10 ? * 0 *", "0 is no day of week"),
        ("0 10 0 * ? *", "0 is no day of month"),
        ("0 10 0 * *", "0 is no day of month"),
        ("0 10 32 * *", "32 is no day of month"),
        ("0 10 * * ? 2200", "2200 is no year"),
        ("0 10 ? * MOON *", "MOON is no day of week"),
        ("0 10 * * ? 1969", "1969 is no year"),
        ("0/0 10 * * ? *", "0/0 is no minute"),
        ("0/x 10 * * ? *", "0/X is no minute"),
        ("1-2-3 10 * * ? *", "1-2-3 is no minute"),
        ("1, 10 * * ? *", "1, is no minute"),
        ("0 10 * * 8", "8 is no day of week"),
        ("0 10 L * *", "L is no day of month"),
        ("0 10 * * * *", "day of month or day of week is ?"),
        ("0 10 1 * MON *", "day of month or day of week is ?"),
    ],
)
def test_what_is_no_cron_expression(text: str, said: str) -> None:
    with pytest.raises(Unfit) as caught:
        cron(text)
    assert said in caught.value.expected


@pytest.mark.parametrize(("text", "better"), [("0 10 * * * *", "0 10 * * ? *"), ("0 10 1 * MON *", "0 10 ? * MON *")])
def test_the_day_that_is_said_twice_is_mended_in_the_example(text: str, better: str) -> None:
    with pytest.raises(Unfit) as caught:
        cron(text)
    assert caught.value.example == better
    assert cron(better) == better
