"""A step that fails where its run is worse than the one before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from bench_flow import Bench, Ran

CHECK = "from nbflow import compare, current\n"
UPSTREAM = "compare(current.run, baseline='latest_successful', fail_if='rmse > 1.05 * baseline.rmse')"
OWN = "compare(current.run, baseline='latest_successful', fail_if='rmse > 1.05 * baseline.rmse', values={'rmse': rmse})"


@pytest.fixture
def run(new_bench: Callable[[], Bench]) -> Callable[..., Ran]:
    """Run cells one flow after the other in one new store."""
    bench = new_bench()
    return partial(bench.run, plain=("%%parameters\nscale: float = 1.0", CHECK))


def test_a_step_fails_where_what_is_above_it_got_worse(run: Callable[..., Ran]) -> None:
    cells = (
        "train\nrmse = 2.0 * scale",
        f"check --after train\nfound = {UPSTREAM}\nbase = found.baseline and found.baseline.id\nok = found.passed",
    )
    first = run(*cells)
    left = first.left("check")
    assert left["base"] is None and left["ok"] is True
    # what it bound can be looked at later
    assert "was not judged" in repr(left["found"])
    worse = run(*cells, scale=1.5)
    assert worse.status == "failed"
    assert "run case/2 is worse than case/1: rmse > 1.05 * baseline.rmse" in worse.failure
    assert "rmse is 3, of case/1 2 (+50.0%)" in worse.failure
    # a run that failed is no baseline
    assert run(*cells, scale=1.01).left("check")["base"] == "1"


def test_a_step_gives_what_it_leaves_itself(run: Callable[..., Ran]) -> None:
    cells = (f"train\nrmse = 2.0 * scale\n{OWN}",)
    assert run(*cells).status == "succeeded"
    assert "rmse is 4, of case/1 2 (+100%)" in run(*cells, scale=2.0).failure
    missing = run(f"train\nerror = scale\n{UPSTREAM}")
    assert "NBF-V015" in missing.failure
    assert "in a step what ran before counts: --after STEP" in missing.failure
