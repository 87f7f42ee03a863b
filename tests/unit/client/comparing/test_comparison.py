"""Runs side by side: what differs, read from records, and opened only when asked."""

from __future__ import annotations

import base64
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from compared import Poison, Runs
from IPython.lib.pretty import pretty

from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.over import metrics_over
from nbflow.client.comparing.plainly import as_json
from nbflow.errors import ViewError
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, StepName
from nbflow.model.record import StepSummary, TaskRecord
from nbflow.model.status import TaskStatus

PNG = base64.b64encode(b"one picture").decode()
OTHER = base64.b64encode(b"another").decode()


@pytest.fixture
def two(runs: Runs) -> Comparison:
    """Two runs that differ in a little of everything."""
    old = runs.run(
        {"load": {"rows": 10, "df": pd.DataFrame({"x": [1, 2]})}, "best": {"rmse": 1.0, "model": "ridge", "ok": True}},
        {"eu": {"rmse": 1.0, "fit": [1]}, "us": {"rmse": 2.0, "fit": [2]}},
        parameters={"alpha": ("float", 0.1, "default"), "beta": ("int", 1, "given")},
        code=runs.code(
            ("load", "df = 1\n"), ("cell", "import a\n"), ("best", "x = 1\n"), definitions="import a", numpy="1"
        ),
        tags=frozenset({"first"}),
    )
    new = runs.run(
        {"load": {"rows": 10, "df": pd.DataFrame({"x": [1, 3]})}, "best": {"rmse": 1.5, "model": "ridge", "new": 1}},
        {"us": {"rmse": 2.0, "fit": [2]}, "eu": {"rmse": 3.0, "fit": [9]}, "asia": {"rmse": 1.0, "fit": [1]}},
        parameters={"alpha": ("float", 0.2, "given"), "beta": ("int", 1, "given")},
        code=runs.code(
            ("load", "df = 2\n"), ("cell", "import a\n"), ("best", "x = 1\n"), definitions="import a", numpy="2"
        ),
        took=2.0,
    )
    return Comparison([old, new])


def test_parameters_are_told_with_those_that_differ_first(two: Comparison) -> None:
    assert [(row.name, row.values, row.differs) for row in two.parameters] == [
        ("alpha", ("0.1", "0.2"), True),
        ("beta", ("1", "1"), False),
    ]


def test_metrics_are_numbers_with_deltas_and_percents(two: Comparison) -> None:
    rows = {row.label: row for row in two.metrics}
    assert rows["best.rmse"].values == (1.0, 1.5)
    assert rows["best.rmse"].delta(1) == 0.5 and rows["best.rmse"].share(1) == 0.5
    assert rows["best.new"].values == (None, 1) and rows["best.new"].delta(1) is None
    assert not rows["load.rows"].differs
    assert list(rows)[-1] == "load.rows"


def test_a_metric_of_a_foreach_is_compared_item_by_item_whatever_their_order(two: Comparison) -> None:
    row = next(row for row in two.metrics if row.label == "train.rmse")
    assert row.values == (1.5, 2.0)
    assert dict(row.items) == {"us": (2.0, 2.0), "eu": (1.0, 3.0), "asia": (None, 1.0)}
    assert row.items[-1][0] == "us"


def test_artifacts_are_told_apart_by_their_digests(two: Comparison) -> None:
    rows = {row.label: row for row in two.artifacts}
    assert {label: row.state for label, row in rows.items()} == {
        "load.df": "changed",
        "train.fit": "changed",
        "best.model": "equal",
        "best.ok": "partly",
    }
    assert (rows["train.fit"].changed, rows["train.fit"].total) == (2, 3)


def test_an_artifact_is_opened_when_asked_by_name_and_item(two: Comparison) -> None:
    assert two.diff("df").headline == "1 of 2 (50%) cells differ"
    assert two.diff("train.fit[eu]").rows == (("[0]", "1", "9"),)
    assert two.diff("train.fit[us]").equal
    assert two.diff("train.fit[asia]").headline == "only the second run left it: a list"
    assert "only the first" in two.diff("ok").headline


@pytest.mark.parametrize(
    ("name", "said"), [("mdoel", "Did you mean"), ("train.fit[eux]", "Did you mean 'eu'?"), ("a.b.c", "the runs left")]
)
def test_what_is_not_there_is_told(two: Comparison, name: str, said: str) -> None:
    with pytest.raises(ViewError, match="V016") as failed:
        two.diff(name)
    assert said in str(failed.value)


def test_code_is_compared_cell_by_cell_and_versions_are_of_the_environment(two: Comparison) -> None:
    assert [(each.name, each.how) for each in two.code] == [("step load", "changed")]
    assert "-df = 1" in two.code[0].diff and "+df = 2" in two.code[0].diff
    differ = {row.name: row.values for row in two.environment if row.differs}
    assert differ == {"numpy": ("1", "2"), "tags": ("first", None)}


def test_durations_are_those_of_this_run(two: Comparison) -> None:
    assert {row.step: row.seconds for row in two.durations} == {
        "load": (1.0, 2.0),
        "train": (1.0, 2.0),
        "best": (1.0, 2.0),
    }


def test_a_run_and_itself_differ_in_nothing(runs: Runs) -> None:
    left: dict[str, dict[str, Any]] = {
        "best": {"rmse": math.nan, "df": pd.DataFrame({"a": [1.0]}), "big": np.ones(5000)}
    }
    made = Comparison([runs.run(left, {"eu": {"n": 1}}), runs.run(left, {"eu": {"n": 1}})])
    assert not made.differs
    assert all(not row.differs for row in made.environment)


def test_a_cell_that_is_no_step_is_told_once_though_definitions_are_made_of_it(runs: Runs) -> None:
    codes = [runs.code(("cell", f"def f(): return {n}"), definitions=f"def f(): return {n}") for n in (1, 2)]
    files = [runs.code(definitions=f"class F: {n}") for n in (1, 2)]
    assert [each.name for each in Comparison([runs.run(code=code) for code in codes]).code] == ["a cell"]
    assert [each.name for each in Comparison([runs.run(code=code) for code in files]).code] == ["the flow's file"]


def test_parameters_that_steps_hand_on_are_no_artifacts(runs: Runs) -> None:
    made = Comparison([runs.run({"load": {"alpha": n, "rows": n}}) for n in (1, 2)])
    assert [row.label for row in made.metrics] == ["load.rows"] and not made.artifacts


def test_equal_items_of_one_foreach_are_told_apart(runs: Runs) -> None:
    run = runs.run()
    twice = runs.run(status="running")
    for index, number in enumerate((1.0, 2.0)):
        runs.task("sales", twice.id, "train", {"n": number}, (index,), item="eu")
    row = Comparison([run, twice]).metrics[0]
    assert dict(row.items) == {"eu": (None, 1.0), "eu (2)": (None, 2.0)}


def test_nothing_is_unpickled_unless_that_is_asked_for(runs: Runs, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    cells = pd.DataFrame({"a": [Poison(trap)]})
    made = Comparison(
        [
            runs.run(
                {"best": {"model": Poison(trap, n), "df": cells.assign(n=n), "n": n}},
                {"eu": {"fit": [Poison(trap, n)]}},
            )
            for n in (1, 2)
        ]
    )
    made.judge("n > 3 * baseline.n")
    as_json(made)
    assert made.differs and made.durations and made.environment is not None and made.pictures == ()
    for name in ("model", "df", "train.fit[eu]"):
        closed = made.diff(name)
        assert closed.kind == "pickle" and "left closed" in closed.headline
        assert pretty(closed) == str(closed)
    metrics_over(made.runs)
    assert not trap.exists()
    assert made.diff("model", load=True).rows == (("['number']", "1", "2"),)
    assert trap.exists()


def test_pictures_that_differ_are_found_beside_each_other(runs: Runs) -> None:
    def shown(*pictures: str) -> dict[str, list[dict[str, Any]]]:
        return {"best": [{"data": {"image/png": each, "text/plain": "x"}} for each in pictures]}

    left = {"best": {"n": 1}}
    made = Comparison([runs.run(left, displays=shown(PNG, PNG)), runs.run(left, displays=shown(PNG, OTHER))])
    (found,) = made.pictures
    assert (found.step, found.place) == ("best", 1)
    assert [each and each.data for each in found.pictures] == [b"one picture", b"another"]


def test_displays_that_are_not_what_they_should_be_are_passed_over(runs: Runs) -> None:
    odd: list[Any] = [
        {"data": {"image/png": "not base64!"}},
        {"data": 3},
        "x",
        {},
        {"data": {"image/svg+xml": "<svg/>"}},
    ]
    made = Comparison([runs.run({"best": {"n": 1}}, displays={"best": odd}), runs.run({"best": {"n": 1}})])
    assert [each.pictures[0].kind for each in made.pictures if each.pictures[0]] == ["image/svg+xml"]


def test_many_runs_stand_side_by_side(runs: Runs) -> None:
    made = Comparison([runs.run({"best": {"rmse": n / 10}}) for n in range(20)])
    assert made.metrics[0].values == tuple(n / 10 for n in range(20))


def test_a_baseline_comes_first_and_once(runs: Runs) -> None:
    first, second = runs.run(), runs.run()
    assert Comparison([first, second], baseline=second).runs == (second, first)


def test_what_is_a_number_in_one_run_and_a_text_in_another_is_an_artifact(runs: Runs) -> None:
    made = Comparison([runs.run({"best": {"n": 1}}), runs.run({"best": {"n": "one"}})])
    assert made.metrics == () and made.artifacts[0].label == "best.n"


def test_it_is_json_whatever_the_numbers_are(runs: Runs) -> None:
    made = Comparison(
        [runs.run({"best": {"a": math.nan, "b": math.inf, "c": 10**300}}, {"eu": {"n": math.nan}}) for _ in range(2)]
    )
    made.judge("c > 2 * baseline.c")
    text = json.dumps(as_json(made), allow_nan=False)
    assert json.loads(text)["passed"] is True


def test_the_table_of_metrics_over_runs(two: Comparison) -> None:
    table = metrics_over(two.runs)
    assert table.names == ["load.rows", "best.rmse", "train.rmse", "best.new"] or set(table.names) >= {
        "best.rmse",
        "train.rmse",
    }
    assert [number for _, _, number in table.series("best.rmse")] == [1.0, 1.5]
    assert table.rows[1].items["train.rmse"] == {"us": 2.0, "eu": 3.0, "asia": 1.0}
    with pytest.raises(ViewError, match="V017"):
        table.series("rmsee")


def test_items_of_nested_foreach_and_of_classes_are_called_by_all_around_them(runs: Runs) -> None:
    steps = (
        StepSummary(StepName("train"), (), ("train",), "foreach regions as region"),
        StepSummary(StepName("fold"), (StepName("train"),), ("train", "fold"), "foreach range(2)"),
    )
    made = runs.run(steps=steps, status="running")
    for index, region in enumerate(("eu", "us")):
        runs.task("sales", made.id, "train", {"n": 1}, (index,), item=region)
        for fold in range(2):
            runs.task("sales", made.id, "fold", {"loss": index + fold}, (index, fold), item=fold)
    row = next(row for row in Comparison([made, made]).metrics if row.name == "loss")
    assert dict(row.items) == {"eu · 0": (0,), "eu · 1": (1,), "us · 0": (1,), "us · 1": (2,)}


def test_thousands_of_items_are_paired_whatever_their_places(runs: Runs) -> None:
    made = [runs.run(status="running") for _ in range(2)]
    for number, run in enumerate(made):
        records = []
        for index in range(1500):
            item = ArtifactRef(Digest(f"{index + 1000 * number:064}"), "scalar", "int", 1, scalar=index + 1000 * number)
            left = ArtifactRef(Digest("b" * 64), "scalar", "float", 1, scalar=float(index))
            path = (index,)
            records.append(
                TaskRecord(
                    StepName("train"), str(index), path, TaskStatus.SUCCEEDED, manifest=Manifest({"n": left}), item=item
                )
            )
        runs.workspace.metadata.write("sales", run.id, records)
    (row,) = Comparison(made).metrics
    assert len(row.items) == 2500 and sum(None not in values for _, values in row.items) == 500


def test_cells_that_only_look_are_no_code_that_differs(runs: Runs) -> None:
    looks = ["%flow compare 2 3", "table.head()", "run = %flow run --alpha 2", "# nothing\n"]
    counts = ["import nbflow\nnbflow.history()", "RATE = 3", "%%setup\nprint(1)", "%%parameters\nalpha = 1", "x ="]
    before = runs.code(("load", "x = 1"), ("cell", "print(x)"))
    after = runs.code(("load", "x = 1"), *(("cell", text) for text in [*looks, *counts]))
    told = Comparison([runs.run(code=code) for code in (before, after)]).code
    shown = "\n".join(each.diff for each in told)
    assert len(told) == len(counts), shown
    assert all(f"+{text.splitlines()[0]}" in shown for text in counts) and "%flow" not in shown
