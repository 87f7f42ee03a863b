"""The table of a flow's runs."""

from __future__ import annotations

from nbflow.views.history import html, text
from tests.unit.views.records import START, run

NOW = START + 60
SCRIPT = "<script>alert(1)</script>"


def test_says_once_what_the_runs_do_not_differ_in() -> None:
    runs = [
        run(id=name, parameters={"alpha": ("float", value, "given"), "beta": ("int", 2, "default")})
        for name, value in (("2", 0.2), ("1", 0.1))
    ]
    shown = text(runs, now=NOW).splitlines()
    assert "alpha=0.2" in shown[1] and "alpha=0.1" in shown[2]
    assert not [line for line in shown[:3] if "beta" in line]
    assert shown[3] == "all with beta=2"
    assert "all with beta=2" in html(runs, now=NOW)


def test_a_parameter_that_only_some_runs_had_is_told_of_those() -> None:
    runs = [run(id="2", parameters={"alpha": ("float", 1.0, "given")}), run(id="1", parameters={})]
    shown = text(runs, now=NOW).splitlines()
    assert "alpha=1" in shown[1] and "alpha" not in shown[2] and len(shown) == 3


def test_one_run_alone_tells_all_its_parameters() -> None:
    assert "alpha=0.2" in text([run()], now=NOW).splitlines()[1]


def test_how_long_a_run_took_or_takes_or_is_known_to_have_gone_on() -> None:
    assert "4.1 s" in text([run()], now=NOW)
    assert "1 min 00 s so far" in text([run("running")], now=NOW)
    lost = text([run("lost", heartbeat_at=START + 12)], now=NOW)
    assert "≥ 12 s" in lost
    assert "3 is lost: the process that ran it is gone. %flow resume 3" in lost


def test_of_several_lost_runs_the_newest_is_named() -> None:
    assert "5 is lost (so are 2 others)" in text([run("lost", id=each) for each in "543"], now=NOW)


def test_says_where_a_run_came_from_its_tags_and_who_ran_it() -> None:
    shown = text([run(origin_run="2", tags=frozenset({"good", "best"}))], now=NOW)
    assert "3 ← 2" in shown and "best, good" in shown and "ada" in shown
    assert "went on from run 2" in html([run(origin_run="2")], now=NOW)


def test_a_draft_is_no_run_that_goes_on() -> None:
    shown = text([run("running", id="draft-1", kind="draft"), run()], now=NOW)
    assert "draft " in shown and "running" not in shown and "so far" not in shown


def test_a_run_of_another_day_says_the_day() -> None:
    assert "-" not in text([run()], now=NOW).splitlines()[1].split("succeeded")[1][:12]
    assert "2026-09-2" in text([run()], now=NOW + 400_000)


def test_nothing_in_it_acts() -> None:
    hostile = run(
        id=SCRIPT,
        user=SCRIPT,
        reason=f'"{SCRIPT}',
        tags=frozenset({SCRIPT}),
        parameters={SCRIPT: ("str", SCRIPT, "given")},
        origin_run=SCRIPT,
    )
    shown = html([hostile], now=NOW)
    assert "<script" not in shown and "style=" in shown
    assert "\x1b" not in text([run(user="\x1b[2J")], now=NOW)


def test_no_runs_are_told_in_words() -> None:
    assert text([], now=NOW) == "no runs yet" and "no runs yet" in html([], now=NOW)
