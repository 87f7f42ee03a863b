"""The dashboard: figures of all runs, a line for each flow, and its charts."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from nbflow.cards.mime import PLOTLY as MIME
from nbflow.model.status import RunStatus
from nbflow.views.dashboard import figures
from nbflow.views.dashboard.summary import Reader
from nbflow.views.dashboard.view import DashboardView

DAY = 86_400.0
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def store(runs: Any) -> Any:
    """Six runs of two flows within a month, and an old one."""
    runs.add(flow="old", ago=60 * DAY)
    for number in range(4):
        status = "succeeded" if number else "failed"
        runs.add(status, ago=(10 - number) * DAY, metrics={"rmse": 1.0 / (number + 1), "rows": 7.0}, reason="no number")
    runs.add(flow="prices", ago=DAY, user="grace", metrics={"rmse": 3.0})
    runs.add("running", flow="prices")
    return runs


def page(store: Any, **given: Any) -> str:
    view = DashboardView(Reader(store.metadata, **given), clock=lambda: store.now + 1)
    shown = "".join(view.regions().values())
    assert shown == re.sub(r"^<div>|</div>$", "", view.static())
    return shown


def words(shown: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_says_how_many_there_are_and_how_they_ended(store: Any) -> None:
    shown = words(page(store, since="30d"))
    # of those that ended: 4 of 5
    assert "6 runs 80 % succeeded 1 failed or lost 1 under way 2 flows 2 people" in shown
    assert "7 runs 83 % succeeded" in words(page(store))
    assert "4 runs 75 % succeeded" in words(page(store, flows=("sales",)))
    # one that somebody ended says nothing of its flow
    store.add("cancelled")
    assert "7 runs 80 % succeeded" in words(page(store, since="30d"))
    assert "1 run 100 % succeeded" in words(page(store, flows=("old",)))
    assert "1 flow " in words(page(store, flows=("old",)))


def test_each_flow_has_a_line_the_one_that_ran_last_first(store: Any) -> None:
    shown = words(page(store, since="30d"))
    assert shown.index("prices ● run 2 running just now") < shown.index("sales ✓ run 4 succeeded 7 days ago")
    assert shown.endswith("4 75 % 4.0 s")
    assert "sales/1 failed, 4.0 s&#10;no number" in page(store)


def test_it_goes_on_while_runs_do(store: Any) -> None:
    view = DashboardView(Reader(store.metadata, since="30d"), clock=lambda: store.now + 1)
    view.regions()
    assert view.poll()
    store.metadata.update_run("prices", "2", status=RunStatus.SUCCEEDED, finished_at=time.time())
    assert "0 under way" in words("".join(view.regions().values()))
    assert not view.poll()
    store.add()
    assert view.poll()


def test_a_store_that_is_slow_to_read_is_read_less_often(store: Any) -> None:
    # each look at the clock is half a second later: so long takes what lies between two
    seconds = iter(range(10_000))
    view = DashboardView(Reader(store.metadata), clock=lambda: store.now + next(seconds) / 2)
    view.regions()
    assert [view.poll() for _ in range(3)] == [False, False, True]


def test_without_runs_it_says_what_it_would_show_and_how_to_begin(runs: Any) -> None:
    assert "nbflow run notebooks/models.ipynb" in page(runs, since="30d")
    runs.add(ago=60 * DAY)
    assert words(page(runs, since="30d")) == "No runs since 30d ago."
    assert DashboardView(Reader(runs.metadata, since="30d")).text() == "no runs since 30d ago"


def test_names_are_text(runs: Any) -> None:
    runs.add("failed", flow=SCRIPT, user=SCRIPT, reason=SCRIPT)
    assert "<script" not in page(runs)


def test_days_are_counted_from_midnight_to_midnight_and_weeks_where_there_are_many(store: Any) -> None:
    now = store.now
    days = Reader(store.metadata, since="30d").by_day(now)
    assert len(days) == 31 and sum(sum(counts.values()) for _, _, counts in days) == 6
    starts = [datetime.fromtimestamp(start).astimezone() for start, _, _ in days]
    assert all(each.hour == each.minute == 0 for each in starts)
    assert [end for _, end, _ in days[:-1]] == [start for start, _, _ in days[1:]]
    assert days[-1][0] <= now < days[-1][1]
    store.add(flow="older", ago=400 * DAY)
    weeks = Reader(store.metadata).by_day(now)
    assert len(weeks) == 58 and sum(sum(counts.values()) for _, _, counts in weeks) == 8


def test_a_bar_stands_for_each_status_of_a_day(store: Any) -> None:
    chart = figures.days(Reader(store.metadata, since="30d").by_day(store.now))
    bars = {bar.name: sum(bar.y) for bar in chart.figure.data}
    assert bars == {"succeeded": 4, "running": 1, "failed": 1}
    assert repr(chart) == "6 runs, by day and status"


def test_metrics_have_a_small_chart_each_the_commonest_of_each_flow_first(store: Any) -> None:
    for _ in range(2):
        store.add(flow="prices", metrics={"rmse": 2.5, "zeta": 1.0})
    store.add(flow="prices", metrics={"rmse": 2.5, "once": 1.0})
    records = Reader(store.metadata).records(store.now)
    values = store.metadata.metrics((run.flow, run.id) for found in records.values() for run in found)
    chart = figures.metrics(records, values, 8)
    assert [note.text for note in chart.figure.layout.annotations] == [
        *("prices · rmse", "sales · rmse", "prices · zeta", "sales · rows")
    ]
    assert list(chart.figure.data[1].y) == [1.0, 0.5, 1 / 3, 0.25]
    assert chart.figure.data[1].x[0] < chart.figure.data[1].x[-1]
    assert len(figures.metrics(records, values, 1).figure.data) == 1


def test_durations_of_runs_that_failed_are_crosses_and_those_cancelled_are_left_out(store: Any) -> None:
    store.add("cancelled", ago=5)
    chart = figures.durations(Reader(store.metadata, since="30d").records(store.now))
    found = {(trace.name, trace.marker.symbol): len(trace.y) for trace in chart.figure.data}
    assert found == {("sales", "circle"): 3, ("sales", "x-thin-open"): 1, ("prices", "circle"): 1}
    assert sum(trace.showlegend for trace in chart.figure.data) == 2
    # dates are neither turned nor cut
    assert (chart.figure.layout.xaxis.tickangle, chart.figure.layout.xaxis.automargin) == (0, True)
    # the durations lie between round ones
    assert list(chart.figure.layout.yaxis.ticktext) == ["3 s", "10 s"]


def test_a_chart_is_drawn_by_the_notebook_and_names_in_it_are_text(runs: Any) -> None:
    for _ in range(2):
        runs.add(flow=SCRIPT, metrics={SCRIPT: 1.0})
    reader = Reader(runs.metadata)
    records = reader.records(runs.now)
    values = runs.metadata.metrics((run.flow, run.id) for found in records.values() for run in found)
    for chart in (
        figures.metrics(records, values, 8),
        figures.durations(records),
        figures.days(reader.by_day(runs.now)),
    ):
        bundle = chart._repr_mimebundle_()
        assert set(bundle) == {MIME, "text/html", "text/plain"}
        assert "<script" not in json.dumps(bundle[MIME], default=str) + bundle["text/html"]
        assert "data:image/svg+xml" in bundle["text/html"]


def test_where_there_is_nothing_to_draw_a_chart_is_words(runs: Any) -> None:
    reader = Reader(runs.metadata)
    for chart in (figures.days(reader.by_day(runs.now)), figures.durations({}), figures.metrics({}, {}, 8)):
        bundle = chart._repr_mimebundle_()
        assert (
            chart.figure is None and set(bundle) == {"text/html", "text/plain"} and repr(chart) in bundle["text/html"]
        )


def test_a_month_begins_at_its_first_midnight(runs: Any) -> None:
    first = datetime.fromtimestamp(Reader(runs.metadata, since="30d").by_day(runs.now)[0][0]).astimezone()
    assert first.date() == (datetime.fromtimestamp(runs.now).astimezone() - timedelta(days=30)).date()
