"""Runs as a table for pandas."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from nbflow.metadata.query import RunQuery
from nbflow.views.history.frame import COLUMNS, frame


def of(runs: Any) -> pd.DataFrame:
    found = runs.metadata.find(RunQuery())
    return frame(found, runs.metadata.metrics((run.flow, run.id) for run in found))


def test_a_row_has_the_run_its_parameters_and_its_metrics(runs: Any) -> None:
    runs.add(
        parameters={"alpha": 0.5, "day": {"$date": "2026-01-02"}, "took": 3}, metrics={"rmse": 0.25, "status": 1.0}
    )
    runs.add("failed", tags={"b", "a"}, parameters={"c": {"$enum": ["gone:Colour", "RED"]}}, origin_run="1")
    table = of(runs)
    assert list(table.columns) == [*COLUMNS, "c", "alpha", "day", "parameter:took", "rmse", "metric:status"]
    second, first = table.to_dict("records")
    assert (first["run"], first["took"], first["parameter:took"], first["alpha"]) == ("sales/1", 4.0, 3.0, 0.5)
    assert (first["day"], first["rmse"], first["metric:status"]) == (date(2026, 1, 2), 0.25, 1.0)
    assert (second["status"], second["tags"], second["origin"], second["c"]) == ("failed", ("a", "b"), "sales/1", "RED")
    assert table.started.dt.tz is not None and table.rmse.isna().tolist() == [True, False]


def test_no_runs_make_an_empty_table(runs: Any) -> None:
    assert list(of(runs).columns) == list(COLUMNS) and of(runs).empty
