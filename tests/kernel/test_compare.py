"""`%flow compare` and its twins in a real kernel."""

from __future__ import annotations

from typing import Any


def test_runs_are_compared_and_a_worse_one_fails_its_cell(kernel: Any) -> None:
    kernel.ok("%%parameters\nscale: float = 1.0")
    kernel.ok("%%step train\nrmse = 2.0 * scale")
    kernel.ok("%flow run")
    kernel.ok("%flow run --scale 1.5")
    shown = kernel.ok("both = %flow compare\nboth")
    page = shown.displays[-1]["text/html"]
    assert "run 1 and run 2" in page and "rmse" in page and "+50.0%" in page and "<script" not in page
    assert kernel.value("(both.passed, [row.values for row in both.metrics])") == "(True, [(2.0, 3.0)])"
    # the two latest, an id, the twin and the function say the same
    assert kernel.value("repr(both) == repr(__import__('nbflow').flow.compare(1, 2))") == "True"
    assert kernel.value("repr(__import__('nbflow').compare(1, 2)) == repr(both)") == "True"
    kernel.ok("%flow compare 2 --baseline latest_successful --fail-if 'rmse > 2 * baseline.rmse'")
    failed = kernel.run("%flow compare 2 --baseline latest_successful --fail-if 'rmse > 1.05 * baseline.rmse'")
    assert failed.ename == "RegressionError"
    assert "rmse is 3, of case/1 2 (+50.0%)" in failed.traceback and "nbflow/" not in failed.traceback
    assert "case/2 is worse" in failed.displays[-1]["text/html"]
    drawn = kernel.ok("chart = %flow compare 1 2 --chart rmse\ndisplay(chart)").displays[-1]
    assert drawn["application/vnd.plotly.v1+json"]["data"][0]["y"] == [2.0, 3.0]
    assert "data:image/svg" in drawn["text/html"] and drawn["text/plain"] == "train.rmse across 2 runs"
    slip = kernel.run("%flow compare 2 --fail-of 'rmse > 1'")
    assert "Did you mean '--fail-if'?" in slip.text
