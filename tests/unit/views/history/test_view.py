"""The history as a view: what is shown, asked and done."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from nbflow.cards.html import Html
from nbflow.metadata.query import Sort
from nbflow.views.history.asked import Asked
from nbflow.views.history.deeds import Said, Told
from nbflow.views.history.view import HistoryView

SCRIPT = '"><script>alert(1)</script>'


class Notes(Said):
    """Deeds that are only noted."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def compare(self, runs: Any) -> Told:
        self.done.append(list(runs))
        return Told("compared", shown=Html("<i>both</i>"))


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def view(runs: Any) -> HistoryView:
    """A view of 120 runs of `sales`, of which every third failed, and one of `prices`."""
    for number in range(120):
        runs.add(
            "succeeded" if number % 3 else "failed", ago=1000 - number, parameters={"alpha": number}, reason="no number"
        )
    runs.add(flow="prices", user="grace", tags={"weekly"}, metrics={"rmse": 0.5})
    return HistoryView(runs.metadata, clock=Clock(runs.now))


def page(view: HistoryView) -> str:
    return "".join(view.regions().values())


def rows(view: HistoryView) -> list[str]:
    """Return the runs on the page."""
    return re.findall(r'data-act="choose" data-argument="([^"]*)"', page(view))


def fields(**given: str) -> dict[str, str]:
    empty = dict.fromkeys(("text", "flow", "status", "user", "tag", "when", "where", "tagged"), "")
    return {**empty, "sort": "newest", **given}


# ---- what is seen


def test_a_page_has_fifty_runs_and_says_how_many_there_are_of_each_status(view: HistoryView) -> None:
    assert rows(view)[:2] == ["prices/1", "sales/120"] and len(rows(view)) == 50
    assert "Runs of 2 flows" in page(view) and "121 runs" in page(view)
    assert "81 succeeded" in page(view) and "40 failed" in page(view)
    assert "1–50 of 121" in page(view)


def test_the_picture_for_the_file_has_twenty_and_no_controls(view: HistoryView) -> None:
    picture = view.static()
    assert picture.count("<tr") == 21
    assert "the first 20 of 121 runs" in picture
    assert not re.search(r"<(input|select|button|script)|data-act", picture)
    assert "the first 20 of 121 runs" in view.text()


def test_so_many_runs_as_were_asked_for_are_on_a_page(view: HistoryView, runs: Any) -> None:
    short = HistoryView(runs.metadata, size=3)
    assert len(rows(short)) == 3 and "1–3 of 121" in page(short)
    assert short.static().count("<tr") == 4 and len(short.text().splitlines()) == 5


def test_a_store_without_runs_says_how_to_make_one(runs: Any) -> None:
    empty = HistoryView(runs.metadata)
    for shown in (page(empty), empty.static()):
        assert "No runs yet" in shown and "nbflow run NOTEBOOK.ipynb" in shown
        assert "<input" not in shown and "--drafts" not in shown
    assert empty.text() == HistoryView(runs.metadata, Asked(since="7d")).text() == "no runs yet"
    runs.add("running", kind="draft")
    assert empty.poll()
    assert "%flow history --drafts" in page(empty)


def test_names_in_the_controls_are_text(runs: Any) -> None:
    for flow in (SCRIPT, "other"):
        runs.add("failed", flow=flow, user=SCRIPT, tags={SCRIPT}, parameters={SCRIPT: SCRIPT}, metrics={SCRIPT: 1.0})
    hostile = HistoryView(runs.metadata)
    hostile.act("choose", f"{SCRIPT}/1", fields())
    hostile.act("tag", "", fields(tagged=SCRIPT))
    hostile.act("fields", "text", fields(text=SCRIPT, where=f"{SCRIPT}=1"))
    for shown in (page(hostile), hostile.static()):
        assert "<script" not in shown


# ---- what is asked


def test_fields_narrow_the_list_and_begin_it_anew(view: HistoryView) -> None:
    view.act("page", "50", fields())
    assert "51–100 of 121" in page(view)
    view.act("fields", "status", fields(status="succeeded"))
    assert "1–50 of 81" in page(view)
    view.act("fields", "status", fields(status="failed"))
    assert "1–50" not in page(view) and len(rows(view)) == 40
    # the others are there to be chosen
    assert "81 succeeded" in page(view)
    view.act("fields", "where", fields(where="alpha>=117"))
    assert rows(view) == ["sales/120", "sales/119", "sales/118"]
    view.act("fields", "tag", fields(tag="weekly", user="grace", flow="prices", when="24h"))
    assert rows(view) == ["prices/1"] and "Runs of prices" in page(view)
    view.act("unfilter", "", fields())
    assert rows(view) == ["prices/1"]
    view.act("fields", "flow", fields())
    assert len(rows(view)) == 50


def test_a_search_finds_words_wherever_they_are(view: HistoryView) -> None:
    view.act("fields", "text", fields(text="sales/12 number"))
    assert rows(view) == ["sales/120"] or set(rows(view)) == {"sales/12", "sales/120"}
    view.act("fields", "text", fields(text="WEEKLY"))
    assert rows(view) == ["prices/1"]
    view.act("fields", "text", fields(text="nowhere"))
    assert "No run fits: " in page(view) and "with “nowhere”" in page(view)
    assert "no run fits: with “nowhere”" in view.text()
    view.act("unfilter", "", fields(text="nowhere"))
    assert len(rows(view)) == 50


def test_while_something_is_half_typed_the_list_stays_and_says_what_is_missing(view: HistoryView) -> None:
    for typed, said in (("alp", "is no condition"), ("alpha>", "is no condition"), ("alpa>1", "Did you mean")):
        view.act("fields", "where", fields(where=typed))
        assert said in page(view) and len(rows(view)) == 50
        assert f'value="{typed}"'.replace(">", "&gt;") in page(view)
    view.act("fields", "where", fields(where="alpha>118"))
    assert rows(view) == ["sales/120"] and "Did you mean" not in page(view)


def test_a_click_on_a_status_shows_only_those_and_another_one_all_again(view: HistoryView) -> None:
    view.act("status", "failed", fields())
    assert len(rows(view)) == 40
    view.act("status", "failed", fields(status="failed"))
    assert len(rows(view)) == 50


def test_a_heading_sorts_and_turns_round(view: HistoryView) -> None:
    view.act("sort", "started", fields())
    assert rows(view)[0] == "sales/1" and "started ↑" in page(view)
    view.act("sort", "started", fields())
    assert rows(view)[0] == "prices/1" and "started ↓" in page(view)
    view.act("sort", "metric:rmse", fields())
    assert rows(view)[0] == "prices/1" and "rmse ↓" in page(view)
    view.act("sort", "user", fields())
    assert rows(view)[0] == "sales/120"
    view.act("sort", "user", fields())
    assert rows(view)[0] == "prices/1"


def test_an_order_can_be_chosen_from_a_list(view: HistoryView) -> None:
    view.act("fields", "sort", fields(sort="-parameter:alpha", status="failed"))
    assert rows(view)[0] == "sales/118"
    assert re.search(r'<option value="-parameter:alpha" selected>alpha, high first', page(view))


def test_pages_follow_each_other_to_the_end(view: HistoryView) -> None:
    seen = rows(view)
    for start in ("50", "100"):
        view.act("page", start, fields())
        seen += rows(view)
    assert len(set(seen)) == len(seen) == 121 and "101–121 of 121" in page(view)
    # there is no page there any more
    view.act("page", "5000", fields())
    assert "101–121 of 121" in page(view)


def test_what_was_asked_for_in_a_program_stays_where_fields_change_something_else(runs: Any) -> None:
    for ago in (10, 100_000):
        runs.add(flow="prices", tags={"a", "b"}, ago=ago, user="grace")
        runs.add(flow="sales", tags={"a", "b"}, ago=ago)
    asked = Asked(flows=("prices", "sales"), tags=("a", "b"), until="24h", since="2020-01-01")
    shown = HistoryView(runs.metadata, asked)
    lists = re.findall(r'<select[^>]*data-field="(\w+)"[^>]*>(.*?)</select>', page(shown))
    chosen = ((name, re.search(r'<option value="([^"]*)" selected>', options)) for name, options in lists)
    given = {name: unescape(found[1]) for name, found in chosen if found}
    assert len(rows(shown)) == 2
    shown.act("fields", "user", fields(**{**given, "user": "grace"}))
    assert rows(shown) == ["prices/2"]


def test_drafts_are_listed_when_asked_for(view: HistoryView, runs: Any) -> None:
    runs.add("running", kind="draft")
    assert "sales/draft-1" not in rows(view)
    view.act("drafts", "drafts", fields())
    assert rows(view)[0] == "sales/draft-1"
    assert "draft" in page(view) and "so far" not in page(view)


# ---- what goes on


def test_a_new_run_is_news_and_what_goes_on_grows(view: HistoryView, runs: Any) -> None:
    page(view)
    assert not view.poll()
    runs.add("running", parameters={"alpha": 7})
    assert view.poll()
    assert rows(view)[0] == "sales/121"
    clock = view._clock
    assert isinstance(clock, Clock)
    clock.now += 2
    assert view.poll() and "2.0 s so far" in page(view).replace("\u00a0", " ")


def test_a_run_whose_owner_is_gone_is_seen_as_lost_though_nothing_is_written(
    runs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.add("running")
    clock = Clock(runs.now)
    shown = HistoryView(runs.metadata, clock=clock)
    assert "running" in page(shown)
    monkeypatch.setattr("nbflow.metadata.owner._started_at", lambda pid: None)
    clock.now += 6
    assert shown.poll()
    assert "1 lost" in page(shown) and "%flow resume 1" in page(shown)


# ---- what is done


def test_runs_are_chosen_over_pages_and_let_go(view: HistoryView) -> None:
    view.act("choose", "sales/120", fields())
    view.act("page", "100", fields())
    view.act("choose", "sales/1", fields())
    assert "2 runs chosen" in page(view)
    view.act("choose", "sales/1", fields())
    assert "1 run chosen" in page(view)
    assert re.search(r'<button[^>]*disabled[^>]*data-act="compare"', page(view))
    view.act("unchoose", "", fields())
    assert "chosen" not in page(view)


def test_chosen_runs_are_compared_the_older_one_first(view: HistoryView, runs: Any) -> None:
    deeds = Notes()
    shown = HistoryView(runs.metadata, deeds=deeds)
    shown.act("choose", "sales/7", fields())
    shown.act("compare", "", fields())
    assert deeds.done == []
    shown.act("choose", "sales/3", fields())
    shown.act("compare", "", fields())
    assert deeds.done == [["sales/3", "sales/7"]] and "<i>both</i>" in page(shown)
    shown.act("close", "", fields())
    assert "<i>both</i>" not in page(shown)


def test_chosen_runs_are_tagged_and_untagged(view: HistoryView, runs: Any) -> None:
    for run in ("sales/1", "prices/1"):
        view.act("choose", run, fields())
    view.act("tag", "", fields())
    assert "write a tag" in page(view)
    view.act("tag", "", fields(tagged=" good "))
    assert "tagged good: sales/1, prices/1" in page(view)
    assert [runs.metadata.run(*each).tags for each in (("sales", "1"), ("prices", "1"))] == [
        {"good"},
        {"good", "weekly"},
    ]
    view.act("untag", "", fields(tagged="good"))
    assert runs.metadata.run("sales", "1").tags == frozenset()


def test_a_run_under_way_is_asked_to_end(view: HistoryView, runs: Any) -> None:
    run = runs.add("running")
    view.act("choose", f"sales/{run}", fields())
    view.act("choose", "sales/1", fields())
    view.act("cancel", "", fields())
    assert runs.metadata.cancel_asked("sales", run) and f"asked to end: sales/{run}" in page(view)


def test_a_program_is_told_what_to_type(view: HistoryView) -> None:
    view.act("choose", "sales/1", fields())
    for act, line in (("resume", "nbflow resume sales/1"), ("restore", "%flow restore sales/1")):
        view.act(act, "", fields())
        assert line in page(view)
    view.act("look", "sales/2", fields())
    assert "nbflow.view(&quot;sales/2&quot;)" in page(view)
    view.act("choose", "sales/2", fields())
    view.act("compare", "", fields())
    assert "nbflow.compare(&quot;sales/1&quot;, &quot;sales/2&quot;)" in page(view)


def test_an_order_by_a_metric_gives_it_a_column(view: HistoryView, runs: Any) -> None:
    runs.add(metrics={"zeta": 0.25, "a": 1.0, "b": 2.0, "c": 3.0})
    shown = HistoryView(runs.metadata, Asked(flows=("sales",), sort=Sort("metric", "zeta")))
    assert "zeta ↑" in page(shown) and ">0.25<" in page(shown)
