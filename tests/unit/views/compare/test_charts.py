"""Charts of metrics: what is drawn, and what cannot be."""

from __future__ import annotations

import math

import pytest
from compared import Runs

from nbflow.client.comparing.over import metrics_over
from nbflow.errors import ViewError
from nbflow.frontends.seeing.compare import RunComparison, chart_over
from nbflow.views.compare import charts


@pytest.fixture
def made(runs: Runs) -> RunComparison:
    return RunComparison(
        [
            runs.run(
                {"best": {"rmse": 1.0 + n}},
                {"eu": {"loss": 0.5 * n}, "<us>": {"loss": math.nan if n == 1 else 1.0}},
                parameters={"alpha": ("float", n / 10, "given"), "model": ("str", "ab"[n % 2], "given")},
            )
            for n in range(4)
        ]
    )


def test_a_metric_is_drawn_across_runs(made: RunComparison) -> None:
    (line,) = made.chart("rmse").data
    assert list(line.x) == ["1", "2", "3", "4"] and list(line.y) == [1.0, 2.0, 3.0, 4.0]


def test_a_metric_of_a_foreach_is_drawn_by_item_a_line_a_run(made: RunComparison) -> None:
    lines = made.items("train", "loss").data
    assert [line.name for line in lines] == ["run 1", "run 2", "run 3", "run 4"]
    assert list(lines[0].x) == ["eu", "&lt;us&gt;"]
    assert list(lines[1].y) == [0.5, None]


def test_parallel_coordinates_have_an_axis_for_all_that_differs(made: RunComparison) -> None:
    figure = made.parallel()
    assert [line.name for line in figure.data] == ["run 1", "run 2", "run 3", "run 4"]
    said = [each.text for each in figure.layout.annotations]
    assert [each for each in said if each.startswith("<b>")] == [
        f"<b>{name}</b>" for name in ("alpha", "model", "loss", "rmse")
    ]
    assert said[1:3] == ["0", "0.3"] and "a" in said and "b" in said
    # from least to greatest, and nothing where a run has no number
    assert [line.y[0] for line in figure.data] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert figure.data[1].y[2] is None
    assert figure.data[0].line.color != figure.data[3].line.color


def test_a_chart_has_no_ground_of_its_own(made: RunComparison) -> None:
    for figure in (made.chart("rmse"), made.items("train", "loss"), made.parallel()):
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"


def test_a_metric_is_drawn_over_time(made: RunComparison) -> None:
    (line,) = chart_over("sales", "rmse", limit=3).data
    assert list(line.y) == [2.0, 3.0, 4.0]
    assert list(line.x) == sorted(line.x)


def test_what_cannot_be_drawn_is_told(made: RunComparison, runs: Runs) -> None:
    with pytest.raises(ViewError, match="V017") as failed:
        made.chart("rmes")
    assert "Did you mean 'rmse'?" in str(failed.value)
    with pytest.raises(ViewError, match="V017") as failed:
        made.items("best", "rmse")
    assert "it has no items" in str(failed.value)
    with pytest.raises(ViewError, match="V017"):
        RunComparison([made.runs[0], made.runs[0]]).parallel()


def test_a_table_of_many_runs_reads_no_value(made: RunComparison) -> None:
    table = metrics_over(made.runs)
    assert len(table) == 4 and [row.run for row in table] == [run.pathspec for run in made.runs]


def test_between_the_ends_no_run_looks_as_if_it_had_no_value() -> None:
    assert charts._between(0.0) == charts.BLUE and charts._between(1.0) == charts.AMBER
    middle = [int(charts._between(0.5)[at : at + 2], 16) for at in (1, 3, 5)]
    assert max(middle) - min(middle) > 60 and charts._between(None) == charts.GREY
