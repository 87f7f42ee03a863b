"""Is a run worse than its baseline: what a condition reads of the two, and what is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from compared import Runs

from nbflow.client.comparing.comparison import Comparison
from nbflow.errors import NbflowError, RegressionError, ViewError


def judged(
    runs: Runs, condition: str, now: dict[str, object], before: dict[str, object] | None, **more: object
) -> Comparison:
    base = None if before is None else runs.run({"best": before})
    made = Comparison([runs.run({"best": now})], baseline=base)
    made.judge(condition, **more)  # type: ignore[arg-type]
    return made


def test_a_run_that_is_worse_raises_with_both_values_and_the_percent(runs: Runs) -> None:
    made = judged(runs, "rmse > 1.05 * baseline.rmse", {"rmse": 1.25}, {"rmse": 1.0})
    assert not made.passed
    with pytest.raises(RegressionError) as failed:
        made.require()
    text = str(failed.value)
    assert "NBF-V010  run sales/2 is worse than sales/1: rmse > 1.05 * baseline.rmse" in text
    assert "rmse is 1.25, of sales/1 1 (+25.0%)" in text
    assert "nbflow compare sales/1 sales/2" in text
    assert failed.value.comparison is made  # type: ignore[attr-defined]


def test_a_run_that_is_not_passes(runs: Runs) -> None:
    made = judged(runs, "rmse > 1.05 * baseline.rmse", {"rmse": 1.04}, {"rmse": 1.0})
    assert made.passed
    made.require()
    assert made.verdicts[0].state == "passed"


def test_without_a_baseline_nothing_is_judged_and_that_is_said(runs: Runs) -> None:
    made = judged(runs, "rmse > 1.05 * baseline.rmse", {"rmse": 9.0}, None)
    assert made.passed and made.baseline is None
    assert made.verdicts[0].state == "open" and made.verdicts[0].why == "there is no baseline yet"


def test_a_bound_of_its_own_counts_without_a_baseline(runs: Runs) -> None:
    assert not judged(runs, "rmse > 3 or rmse > baseline.rmse", {"rmse": 9.0}, None).passed


def test_a_metric_that_the_baseline_has_not_yet_leaves_it_open(runs: Runs) -> None:
    made = judged(runs, "rmse > baseline.rmse", {"rmse": 9.0}, {"mae": 1.0})
    assert made.passed and made.verdicts[0].why == "sales/1 left no rmse"


def test_a_metric_that_only_the_baseline_has_is_told_as_missing(runs: Runs) -> None:
    with pytest.raises(ViewError, match=r"V015.*run sales/2 has no 'rmse'") as failed:
        judged(runs, "rmse > baseline.rmse", {"mae": 9.0}, {"rmse": 1.0})
    assert "sales/1 left it, and this run did not" in str(failed.value)


def test_a_slip_is_told_with_what_there_is(runs: Runs) -> None:
    with pytest.raises(ViewError) as failed:
        judged(runs, "rmsee > 1", {"rmse": 9.0, "text": "x"}, {"rmse": 1.0})
    assert "Did you mean 'rmse'?" in str(failed.value)
    assert "rmse, text, seconds" in str(failed.value)


def test_a_slip_is_told_though_several_steps_left_the_name(runs: Runs) -> None:
    made = Comparison([runs.run({"train": {"rmse": 1.0}, "best": {"rmse": 2.0}})])
    with pytest.raises(ViewError, match=r"Did you mean 'rmse'\?"):
        made.judge("rmsee > 1")


def test_what_is_no_scalar_is_told_by_its_type_and_not_opened(runs: Runs) -> None:
    with pytest.raises(ViewError) as failed:
        judged(runs, "model > 1", {"model": {"a": object}}, None)
    assert "model of step best is a dict" in str(failed.value)


def test_a_number_that_is_none_does_not_pass(runs: Runs) -> None:
    with pytest.raises(ViewError, match="V014"):
        judged(runs, "rmse > baseline.rmse", {"rmse": math.nan}, {"rmse": 1.0})
    assert judged(runs, "rmse > baseline.rmse", {"rmse": 1.0}, {"rmse": math.nan}).verdicts[0].state == "open"
    assert not judged(runs, "isnan(rmse)", {"rmse": math.nan}, None).passed


def test_values_that_are_given_beat_those_that_were_left(runs: Runs) -> None:
    made = judged(runs, "rmse > baseline.rmse", {"rmse": 0.5}, {"rmse": 1.0}, given={"rmse": np.float64(2.0)})
    assert not made.passed
    assert made.verdicts[0].readings[0].run == 2.0


def test_of_a_foreach_the_two_numbers_that_decided_are_told(runs: Runs) -> None:
    base = runs.run({}, {"eu": {"rmse": 1.0}, "us": {"rmse": 2.0}})
    made = Comparison([runs.run({}, {"eu": {"rmse": 3.0}, "us": {"rmse": 0.5}})], baseline=base)
    made.judge("max(train.rmse) > max(baseline.train.rmse) or min(run.train.rmse, 9) > 3")
    assert "max(train.rmse) is 3, of sales/1 2 (+50.0%)" in made.verdicts[0].told
    made.judge("max(0, 9) > 3 or any(train.rmse)")
    assert made.verdicts[0].told == "any(train.rmse) is True"
    with pytest.raises(ViewError, match=r"train\.rmse has 2 values, of sales/1 2 values"):
        made.judge("train.rmse > baseline.train.rmse")


def test_a_bound_of_its_own_blames_no_other_run(runs: Runs) -> None:
    made = judged(runs, "rmse > 2", {"rmse": 3.0}, {"rmse": 1.0})
    with pytest.raises(RegressionError, match="run sales/2 is worse than it may be: rmse > 2"):
        made.require()


def test_a_step_called_baseline_is_reached_through_run(runs: Runs) -> None:
    base = runs.run({"baseline": {"rmse": 1.0}, "best": {"rmse": 3.0}})
    made = Comparison([runs.run({"baseline": {"rmse": 2.0}, "best": {"rmse": 3.0}})], baseline=base)
    made.judge("run.baseline.rmse > baseline.baseline.rmse and baseline.best.rmse == 3")
    assert not made.passed


def test_numbers_of_steps_durations_and_parameters_are_names(runs: Runs) -> None:
    base = runs.run({"load": {"n": 1}, "best": {"n": 2}}, {"eu": {"n": 3.0}, "us": {"n": 5.0}}, took=1.0)
    made = Comparison([runs.run({"load": {"n": 1}, "best": {"n": 2}}, {"eu": {"n": 3.0}}, took=2.0)], baseline=base)
    for holds in (
        "load.n == 1 and n == 2",
        "mean(baseline.train.n) == 4 and mean(train.n) == 3",
        "seconds > 1.5 * baseline.seconds and load.seconds == 2",
        "alpha == 0.1",
    ):
        made.judge(holds)
        assert not made.passed, holds


def test_numpy_scalars_are_metrics(runs: Runs) -> None:
    assert not judged(runs, "rmse > baseline.rmse", {"rmse": np.float32(2.0)}, {"rmse": np.int64(1)}).passed


def test_of_several_runs_each_is_judged_against_the_first(runs: Runs) -> None:
    made = Comparison([runs.run({"best": {"rmse": rmse}}) for rmse in (1.0, 0.9, 2.0, 3.0)])
    made.judge("rmse > baseline.rmse")
    assert [each.state for each in made.verdicts] == ["passed", "worse", "worse"]
    with pytest.raises(RegressionError) as failed:
        made.require()
    assert len(failed.value.problems) == 2


@pytest.mark.parametrize("condition", ["rmse >", "__import__('os')", "rmse.real > 1", "rmse > 'a'", "x" * 3000])
def test_no_condition_raises_anything_but_an_error_of_ours(runs: Runs, condition: str) -> None:
    with pytest.raises(NbflowError):
        judged(runs, condition, {"rmse": 1.0}, {"rmse": 1.0})
