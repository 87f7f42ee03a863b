"""The table of runs."""

from __future__ import annotations

import re

from nbflow.model.record import RunRecord
from nbflow.views.history import table
from nbflow.views.history.rows import listing
from nbflow.views.history.table import CLASSES
from nbflow.views.inline.widget import PageWidget
from tests.unit.views.records import START, run

NOW = START + 60
SCRIPT = "<script>alert(1)</script>"


def text(runs: list[RunRecord], now: float = NOW) -> str:
    return table.text(listing(runs, now=now))


def html(runs: list[RunRecord], now: float = NOW) -> str:
    return table.html(listing(runs, now=now))


def test_says_once_what_the_runs_do_not_differ_in() -> None:
    runs = [
        run(id=name, parameters={"alpha": ("float", value, "given"), "beta": ("int", 2, "default")})
        for name, value in (("2", 0.2), ("1", 0.1))
    ]
    shown = text(runs).splitlines()
    assert "alpha=0.2" in shown[1] and "alpha=0.1" in shown[2]
    assert not [line for line in shown[:3] if "beta" in line]
    assert shown[3] == "all with beta=2"
    assert "all with beta=2" in html(runs)


def test_a_parameter_that_only_some_runs_had_is_told_of_those() -> None:
    runs = [run(id="2", parameters={"alpha": ("float", 1.0, "given")}), run(id="1", parameters={})]
    shown = text(runs).splitlines()
    assert "alpha=1" in shown[1] and "alpha" not in shown[2] and len(shown) == 3


def test_one_run_alone_tells_all_its_parameters() -> None:
    assert "alpha=0.2" in text([run()]).splitlines()[1]


def test_how_long_a_run_took_or_takes_or_is_known_to_have_gone_on() -> None:
    assert "4.1 s" in text([run()])
    assert "1 min 00 s so far" in text([run("running")])
    lost = text([run("lost", heartbeat_at=START + 12)])
    assert "≥ 12 s" in lost
    assert "3 is lost: the process that ran it is gone. %flow resume 3" in lost


def test_of_several_lost_runs_the_newest_is_named() -> None:
    assert "5 is lost (so are 2 others)" in text([run("lost", id=each) for each in "543"])


def test_of_several_flows_runs_are_named_with_theirs_and_resumed_from_a_terminal() -> None:
    shown = table.text(listing([run("lost", heartbeat_at=START)], now=NOW, with_flow=True))
    assert "quickstart/3 is lost" in shown and "nbflow resume quickstart/3" in shown


def test_says_where_a_run_came_from_its_tags_and_who_ran_it() -> None:
    shown = text([run(origin_run="2", tags=frozenset({"good", "best"}))])
    assert "3 ← 2" in shown and "best, good" in shown and "ada" in shown
    assert "went on from run 2" in html([run(origin_run="2")])


def test_who_ran_them_is_said_where_there_are_several() -> None:
    assert "run by ada" not in html([run()])
    assert "run by grace" in html([run(), run(user="grace")])


def test_a_draft_is_no_run_that_goes_on() -> None:
    shown = text([run("running", id="draft-1", kind="draft"), run()])
    assert "draft " in shown and "running" not in shown and "so far" not in shown


def test_a_run_of_another_day_says_the_day_and_one_of_another_year_the_year() -> None:
    assert "-" not in text([run()]).splitlines()[1].split("succeeded")[1][:12]
    assert re.search(r"2\d Sep \d\d:\d\d", text([run()], now=NOW + 400_000))
    assert "2026-09-2" in text([run()], now=NOW + 200 * 86_400)


def test_why_a_run_failed_is_cut_and_said_in_full_where_one_points() -> None:
    reason = "no number " * 25
    shown = html([run("failed", reason=reason)])
    assert f'title="{reason.strip()}"' in shown and "no number…</div>" in shown


def test_three_metrics_that_most_runs_have_get_a_column_and_the_one_asked_for_comes_first() -> None:
    runs = [run(id=each) for each in "21"]
    left = {"d": 85831.6, "c": 0.123456, "b": 12345678.0}
    metrics = {("quickstart", "2"): left, ("quickstart", "1"): {**left, "a": 0.0, "z": -1e-9}}
    assert listing(runs, metrics, now=NOW).metrics == ("b", "c", "d")
    assert "85832" in table.text(listing(runs, metrics, now=NOW))
    found = listing(runs, metrics, now=NOW, first="z")
    assert found.metrics == ("z", "b", "c")
    head, second, first = table.text(found).splitlines()[:3]
    assert re.search(r"took +z +b +c", head)
    assert "0.1235" in second and "12345678" in second and "-1e-09" in first
    assert len(listing(runs, metrics, now=NOW, with_flow=True).metrics) == 2


def test_many_tags_and_long_names_take_little_room() -> None:
    tags = frozenset({"x" * 300, *(f"t{number}" for number in range(9))})
    shown = html([run(tags=tags, flow="f" * 300)])
    assert "+4" in shown and "x" * 90 not in shown and shown.count("border-radius:8px") == 7


def test_of_several_flows_a_long_name_keeps_its_ends_and_its_run_on_one_line() -> None:
    runs = [run(flow="forecast_of_prices_in_the_north_2026", id="3333"), run(flow="sales")]
    shown = table.html(listing(runs, now=NOW, with_flow=True))
    assert 'title="forecast_of_prices_in_the_north_2026/3333"' in shown
    assert 'nowrap">forecast…orth_2026/</span><wbr>3333</span>' in shown
    assert "forecast_of_prices_in_the_north_2026/3333" in table.text(listing(runs, now=NOW, with_flow=True))


def test_nothing_in_it_acts() -> None:
    hostile = run(
        id=SCRIPT,
        user=SCRIPT,
        reason=f'"{SCRIPT}',
        tags=frozenset({SCRIPT}),
        parameters={SCRIPT: ("str", SCRIPT, "given")},
        origin_run=SCRIPT,
    )
    metrics: dict[tuple[str, str], dict[str, float]] = {(hostile.flow, hostile.id): {SCRIPT: 1.0}}
    shown = table.html(listing([hostile, run(user="x")], metrics, now=NOW))
    assert "<script" not in shown and "style=" in shown
    assert "\x1b" not in text([run(user="\x1b[2J")])


def test_the_style_sheet_of_live_pages_has_the_styles_of_the_rows() -> None:
    sheet = str(PageWidget._css)
    for kind, style in CLASSES.items():
        assert f".nbf-page .nbf-runs-{kind} {{ {style.replace(';', '; ')}; }}" in sheet


def test_the_heading_of_a_metric_and_a_reason_may_be_broken_behind_their_words() -> None:
    failed = run("failed", reason="evaluate_one_month[6]: no data")
    shown = table.html(listing([failed], {(failed.flow, failed.id): {"mean_rmse": 0.5}}, now=NOW))
    assert "mean_<wbr>rmse" in shown and "evaluate_<wbr>one_<wbr>month[6]" in shown
