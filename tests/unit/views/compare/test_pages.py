"""A comparison as a page, as text and alive: what differs first, all of it escaped, nothing opened."""

from __future__ import annotations

import base64
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compared import Poison, Runs
from PIL import Image

from nbflow.client.comparing.comparison import Comparison
from nbflow.frontends.seeing.compare import RunComparison
from nbflow.views.compare.page import document, static
from nbflow.views.compare.text import text
from nbflow.views.compare.view import CompareView
from nbflow.views.pace import Pace

EVIL = "<img src=x onerror=alert(1)>\"'&\u202e\x1b[31m"


@pytest.fixture
def two(runs: Runs) -> RunComparison:
    """Two runs that differ in a little of everything; the newer one is worse."""
    code = [runs.code(("load", f"df = {n}\n"), ("cell", "import a\n")) for n in (1, 2)]
    made = [
        runs.run(
            {"load": {"rows": 10, "df": np.arange(4.0) + n, "same": [1]}, "best": {"rmse": 1.0 + n, "name": "ridge"}},
            {"eu": {"loss": 1.0, "fit": [n]}, "us": {"loss": 2.0 + n, "fit": [n]}},
            parameters={"alpha": ("float", 0.1 + n, "given"), "beta": ("int", 7, "given")},
            code=code[n],
        )
        for n in (0, 1)
    ]
    return RunComparison(made[1:], baseline=made[0], sought="latest_successful", condition="rmse > baseline.rmse")


def seen(html: str) -> str:
    """Return what a page says, without its marks."""
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_the_page_says_what_differs_and_counts_what_does_not(two: RunComparison) -> None:
    said = seen(static(two))
    for part in (
        "sales run 2 against the baseline 1 (latest successful)",
        "✗ sales/2 is worse: rmse &gt; baseline.rmse rmse is 2, of sales/1 1 (+100%)",
        "Metrics 2 differ, 1 equal",
        "best. rmse 1 2 +1 +100%",
        "train.loss by item: 1 differs, 1 equal item 1 2 Δ % us 2 3 +1 +50.0%",
        "Parameters 1 differs, 1 equal 1 2 alpha 0.1 1.1",
        "Artifacts 2 differ, 2 equal",
        "load. df ndarray 4 (",
        "2 of 2 items differ",
        "step load changed +1 −1",
        "Durations 10 s → 10 s",
        "Environment all equal",
    ):
        assert part in said, part


def test_the_text_says_the_same_and_stays_within_its_width(two: RunComparison) -> None:
    for width in (60, 80, 100):
        lines = text(two, width=width).splitlines()
        assert all(len(line) <= width for line in lines), [line for line in lines if len(line) > width]
    said = " ".join(text(two).split())
    assert "✗ sales/2 is worse: rmse > baseline.rmse rmse is 2, of sales/1 1 (+100%)" in said
    assert "best.rmse 1 2 +1 +100%" in said and "us 2 3 +1 +50.0%" in said
    assert "alpha 0.1 1.1" in said and "-df = 1 +df = 2" in said
    assert "beta" not in said and "ridge" not in said
    assert repr(two) == text(two)


def test_many_runs_have_a_column_each_and_letters_for_versions(runs: Runs) -> None:
    made = Comparison([runs.run({"best": {"rmse": n, "model": [n % 2]}}) for n in range(12)])
    said = seen(static(made))
    assert "best. model list 1 item a b" in said and " a b a b a b a b a b a b changed" in said
    assert "runs with one letter left equal values" in said
    assert all(len(line) <= 70 for line in text(made, width=70).splitlines())


def test_metrics_of_many_runs_have_charts_those_of_two_have_bars_beside_them(runs: Runs) -> None:
    made = [runs.run({"best": {"rmse": 1.0 + n, "same": 2.0}}) for n in range(3)]
    assert "1 metric across the runs" in RunComparison(made)._view.static()
    assert "across the runs" not in RunComparison(made[:2])._view.static()
    assert str(RunComparison(made)._view.regions()["charts"]).count("<img") == 1


def test_equal_texts_too_long_for_a_column_are_a_letter_among_many(runs: Runs) -> None:
    left = [{"text": "all the same " * 9, "short": "a"}, {"short": "b"}, {"text": "all the same " * 9, "short": "a"}]
    said = seen(static(Comparison([runs.run({"best": each}) for each in left]))).replace("&#x27;", "'")
    assert "best. text str a – a" in said and "best. short str 'a' 'b' 'a'" in said


def test_one_run_alone_shows_what_it_has(runs: Runs) -> None:
    made = RunComparison(
        [runs.run({"best": {"rmse": 1.5, "model": [1]}})], sought="previous", condition="rmse > baseline.rmse"
    )
    for said in (seen(static(made)), " ".join(text(made).split())):
        assert "there is no baseline yet" in said and "was not judged" in said
        assert "1.5" in said and "list 1 item" in said
        assert "equal" not in said


def test_long_texts_are_shown_where_they_part(runs: Runs) -> None:
    long = "the same words " * 20
    made = Comparison(
        [
            runs.run({"best": {"note": long + end}}, parameters={"p": ("str", long + end, "given")})
            for end in ("one", "two")
        ]
    )
    for said in (seen(static(made)), text(made)):
        assert said.count("words one") == said.count("words two") == 2


def test_runs_with_one_code_are_told_of_once(runs: Runs) -> None:
    codes = [runs.code(("load", f"df = {n}\n")) for n in (1, 2, 2)]
    made = Comparison([runs.run(code=code) for code in codes])
    assert seen(static(made)).count("step load") == 1
    assert "runs 2, 3, compared with 1" in seen(static(made)) and "(run 2, 3)" in text(made)


def test_runs_that_are_equal_say_so(runs: Runs) -> None:
    left = {"best": {"rmse": 1.5, "other": 2, "model": [1]}}
    made = Comparison([runs.run(left), runs.run(left)])
    assert "Metrics all equal" in seen(static(made))
    assert "METRICS  all equal" in text(made)


def test_a_run_without_anything_is_shown(runs: Runs) -> None:
    made = Comparison([runs.run(parameters={}, steps=()), runs.run(parameters={}, steps=(), status="failed")])
    assert "no step left a number" in seen(static(made))
    assert text(made)


def test_runs_of_two_flows_are_called_by_their_whole_names(runs: Runs) -> None:
    made = Comparison([runs.run({"best": {"a": 1}}), runs.run({"best": {"a": 2}}, flow="other")])
    assert "sales and other" in seen(static(made)) and "other/1" in text(made)


def test_odd_numbers_are_drawn(runs: Runs) -> None:
    numbers = [0.0, -0.0, math.nan, math.inf, -math.inf, 10**300, -(10**300), 1e308, -1e308, 5e-324]
    for pair in ([each, other] for each in numbers for other in numbers):
        made = Comparison([runs.run({"best": {"n": n}}) for n in pair])
        assert static(made) and text(made)
        break
    made = Comparison([runs.run({"best": {"n": n}}, {"eu": {"m": n}}) for n in numbers])
    assert static(made) and text(made)
    for number in numbers:
        pair = Comparison([made.runs[0], runs.run({"best": {"n": number}})])
        assert static(pair) and text(pair)


def hostile(runs: Runs) -> Comparison:
    png = base64.b64encode(b"x").decode()
    made = []
    for n in (1, 2):
        shown = [{"data": {"image/svg+xml": f"<svg onload='alert({n})'/>"}}, {"data": {"image/png": png * n}}]
        made.append(
            runs.run(
                {"best": {EVIL: n, f"{EVIL}2": f"{EVIL}{n}", f"{EVIL}3": [EVIL, n]}},
                {EVIL: {EVIL: n, "o": [n]}},
                parameters={EVIL: ("str", f"{EVIL}{n}", "given")},
                tags=frozenset({EVIL}),
                user=EVIL,
                reason=EVIL,
                source=f"/{EVIL}.ipynb",
                owner=f"{EVIL}:1",
                displays={"best": shown},
                code=runs.code(("best", f"{EVIL}{n}"), (f"{EVIL}", f"{n}")),
                status="failed",
            )
        )
    return Comparison(made)


def test_nothing_from_a_run_becomes_markup_or_moves_a_cursor(runs: Runs) -> None:
    made = hostile(runs)
    view = CompareView(made, lambda _: made)
    for html in (static(made), document(made), *view.regions().values()):
        assert "<img src=x" not in html and "onerror=alert(1)>" not in html
        assert "\u202e" not in html and "\x1b" not in html
        assert "<svg" not in html and "<script" not in html
        # all that is loaded is in the page
        assert set(re.findall(r'src="([a-z]+:)', html)) <= {"data:"}
    shown = text(made)
    assert "\u202e" not in shown and "\x1b" not in shown
    page = document(made)
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


def test_looking_opens_nothing(runs: Runs, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    made = RunComparison(
        [runs.run({"best": {"model": Poison(trap, n), "n": n}}, {"eu": {"fit": Poison(trap, n)}}) for n in (1, 2)]
    )
    view = CompareView(made, lambda _: made)
    assert static(made) and text(made) and view.regions() and repr(made)
    view.act("open", argument_of(view, "best", "model"), {})
    said = seen(view.regions()["artifacts"])
    assert "stored as pickles" in said and "load both (this runs the pickles&#x27; code)" in said
    assert not trap.exists()
    view.act("load", argument_of(view, "best", "model"), {})
    assert trap.exists()
    assert "[&#x27;number&#x27;] 1 2" in seen(view.regions()["artifacts"])
    assert "load both" not in seen(view.regions()["artifacts"])


def test_images_stand_side_by_side_before_they_are_loaded(runs: Runs) -> None:
    made = RunComparison(
        [runs.run({"best": {"image": Image.new("RGB", (40, 30), colour)}}) for colour in ("red", "blue")]
    )
    view = CompareView(made, lambda _: made)
    view.act("open", argument_of(view, "best", "image"), {})
    assert view.regions()["artifacts"].count("data:image/png") == 2
    assert "load both" in view.regions()["artifacts"]
    view.act("load", argument_of(view, "best", "image"), {})
    assert "1,200 of 1,200 (100%) pixels differ" in view.regions()["artifacts"]


def argument_of(view: CompareView, step: str, name: str) -> str:
    """Return what the button says that opens an artifact."""
    import html

    found = re.findall(r'data-act="open" data-argument="([^"]+)"', view.regions()["artifacts"])
    return next(each for each in map(html.unescape, found) if each.startswith(f'["{step}", "{name}"'))


def test_an_artifact_is_opened_and_closed_and_its_items_one_by_one(two: RunComparison) -> None:
    view = CompareView(two, lambda _: two)
    view.act("open", argument_of(view, "load", "df"), {})
    assert "4 of 4 (100%) cells differ, by 1 at most" in seen(view.regions()["artifacts"])
    view.act("close", argument_of(view, "load", "df"), {})
    view.act("open", argument_of(view, "train", "fit"), {})
    said = seen(view.regions()["artifacts"])
    assert "train.fit[eu]" in said and "items that differ: eu , us" in said


def test_only_what_differs_is_shown_when_that_is_asked(two: RunComparison) -> None:
    view = CompareView(two, lambda _: two)
    assert "beta" in view.regions()["parameters"]
    view.act("only", "", {})
    assert "beta" not in view.regions()["parameters"]
    assert "beta" in view.static()


def test_another_run_can_be_what_the_others_are_compared_with(two: RunComparison) -> None:
    view = CompareView(two, two._again)
    view.act("fields", "", {"base": "sales/2"})
    assert [run.pathspec for run in view.comparison.runs] == ["sales/2", "sales/1"]
    assert "sales/1 passed" in seen(view.regions()["head"])


@pytest.mark.parametrize("argument", ["", "[]", "x", '["a","b",["c"],7]', '["best","rmse",[],99]', "[1,2,3,4]", "null"])
def test_what_no_button_says_does_no_harm(two: RunComparison, argument: str) -> None:
    view = CompareView(two, lambda _: two)
    for act in ("open", "load", "close", "fields", "nonsense"):
        view.act(act, argument, {})
    assert view.regions()


def test_a_run_under_way_is_drawn_anew_when_it_goes_on(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    due = [True]
    monkeypatch.setattr(Pace, "due", lambda _: due[0])
    done, going = runs.run({"best": {"rmse": 1.0}}), runs.run(status="running")
    made = RunComparison([done, going])
    view: Any = made._view
    assert not view.poll()
    runs.task("sales", going.id, "best", {"rmse": 3.0})
    due[0] = False
    assert not view.poll(), "it looked though that takes long"
    due[0] = True
    assert view.poll() and not view.poll()
    assert "best. rmse 1 3" in seen(view.regions()["metrics"])


def test_runs_that_have_ended_are_not_looked_at_again(two: RunComparison) -> None:
    view: Any = two._view
    assert view.poll() is False


def test_of_one_run_alone_nothing_is_called_equal(runs: Runs) -> None:
    alone = RunComparison([runs.run({}, {"eu": {"loss": 1.0}, "us": {"loss": 2.0}})], sought="previous")
    for said in (text(alone), static(alone)):
        assert "there is no run before it to compare it with" in said and "equal" not in said
