"""Steps of real notebooks, tested as a person would, and as the page about it says."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from nbflow import Flow
from nbflow.errors import NbflowError
from nbflow.frontends.cli.main import main
from nbflow.storage.memory import MemoryStorage
from nbflow.store.store import Store
from nbflow.testing import Notebook, Result, load
from nbflow.workspace import Workspace

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text()


@pytest.fixture(scope="module")
def quickstart() -> Notebook:
    return load(ROOT / "notebooks" / "quickstart.ipynb")


@pytest.fixture(scope="module")
def orders() -> Notebook:
    return load(Path(__file__).parent / "orders.ipynb")


class TestQuickstart:
    @pytest.fixture
    def air(self) -> pd.DataFrame:
        """Twenty years that rise by two a year."""
        months = pd.date_range("1980-01", periods=240, freq="MS")
        year = months.year + (months.month - 1) / 12
        return pd.DataFrame({"ppm": 2 * (year - 1980) + 300, "year": year}, index=months)

    def test_the_last_years_are_kept_back(self, quickstart: Notebook, air: pd.DataFrame, capsys: Any) -> None:
        halves = quickstart.step("split").run(air=air, years=2)
        assert (len(halves.past), len(halves.future)) == (216, 24)
        assert halves.past.index.max() < halves.future.index.min()
        assert capsys.readouterr().out == "learn from 216 months, forecast 24\n"

    def test_a_straight_line_is_found(self, quickstart: Notebook, air: pd.DataFrame) -> None:
        halves = quickstart.step("split").run(air=air)
        trained = quickstart.step("train").run(past=halves.past, future=halves.future, degree=1, alpha=0)
        assert trained.rmse == pytest.approx(0, abs=1e-6)
        np.testing.assert_allclose(trained.forecast, halves.future.ppm)
        assert trained.degree == 1

    def test_a_penalty_makes_it_worse(self, quickstart: Notebook, air: pd.DataFrame) -> None:
        halves = quickstart.step("split").run(air=air)
        errors = [quickstart.step("train").run(**halves, degree=1, alpha=alpha).rmse for alpha in (0, 1, 100)]
        assert errors == sorted(errors)

    def test_the_smallest_error_wins(self, quickstart: Notebook) -> None:
        best = quickstart.step("best").run(
            inputs=[{"degree": 1, "rmse": 3.0, "forecast": [1]}, {"degree": 2, "rmse": 1.0, "forecast": [2]}]
        )
        assert (best.degree, best.rmse, best.forecast) == (2, 1.0, [2])
        assert list(best.scores.rmse) == [3.0, 1.0]

    def test_a_bad_forecast_gives_no_answer(self, quickstart: Notebook) -> None:
        answer = quickstart.step("answer")
        assert [answer.condition(rmse=rmse) for rmse in (1.9, 2, math.nan)] == [True, False, False]

    def test_the_answer_is_the_month_in_which_the_line_passes_400(
        self, quickstart: Notebook, air: pd.DataFrame
    ) -> None:
        assert quickstart.step("answer").run(air=air, degree=1, alpha=0).passed == "February 2030"

    def test_the_picture_says_how_far_it_is_off(self, quickstart: Notebook, air: pd.DataFrame) -> None:
        (figure,) = quickstart.step("picture").run(future=air, forecast=air.ppm, degree=1, rmse=1.234).displays
        assert figure.axes[0].get_title() == "5 years ahead, off by 1.23 ppm"

    def test_the_degrees_are_the_parameter_s(self, quickstart: Notebook) -> None:
        assert quickstart.step("train").items() == [1, 2, 3, 4]


class TestOrders:
    @pytest.fixture
    def steady(self) -> pd.DataFrame:
        return pd.DataFrame({"region": ["eu"] * 3 + ["us"], "month": [0, 1, 2, 0], "amount": [1.0, 2.0, 3.0, 4.0]})

    def test_amounts_are_converted_in_a_copy(self, orders: Notebook, steady: pd.DataFrame) -> None:
        before = steady.copy()
        converted = orders.step("convert").run(orders=steady, currency="USD")
        np.testing.assert_allclose(converted.orders.amount, [1.1, 2.2, 3.3, 4.4])
        pd.testing.assert_frame_equal(steady, before)

    def test_a_region_with_few_months_has_no_forecast(self, orders: Notebook, steady: pd.DataFrame) -> None:
        forecast = orders.step("forecast")
        assert forecast.run(orders=steady, region="eu").slope == pytest.approx(1)
        failed = forecast.run(orders=steady, region="us")
        assert str(failed.problem) == "ValueError: us has 1 months"
        assert "slope" not in failed

    def test_other_days_count_when_the_run_says_so(self, orders: Notebook) -> None:
        load = orders.step("load")
        assert len(load.run(since=date(2024, 6, 1)).orders) < len(load.run().orders)

    def test_all_is_well_unless_the_alarm_says_otherwise(self, orders: Notebook) -> None:
        mail, line = orders.step("mail"), orders.definitions.Line
        known = {"total": 10.0, "regional": pd.Series([10.0]), "unknown": []}
        assert mail.run(**known).lines == [line("all is well"), line("10 EUR in 1 regions")]
        assert mail.run(**known, line=line("help", urgent=True)).lines[0].urgent

    @pytest.mark.timeout(240)
    def test_what_the_steps_leave_is_what_they_leave_in_a_run(
        self, orders: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path))
        assert main(["run", str(Path(__file__).parent / "orders.ipynb")]) == 0
        run = Flow("orders", workspace=Workspace.open(tmp_path)).latest_run
        assert run is not None
        in_run = {(step.id, task.index): {each.id: each.digest for each in task} for step in run for task in step}
        store = Store(MemoryStorage())
        in_test = {
            where: {name: store.digest(result[name]) for name in result.names}
            for where, result in chain(orders).items()
        }
        assert in_test.keys() == in_run.keys()
        # of the error of uk's forecast, the traceback has no frames of the test
        in_test["forecast", 1].pop("problem"), in_run["forecast", 1].pop("problem")
        assert in_test == in_run


def chain(orders: Notebook) -> dict[tuple[str, int | None], Result]:
    """Return what each task of the orders leaves, from the results of those above."""
    done: dict[tuple[str, int | None], Result] = {}

    def run(step: str, *givers: str, index: int | None = None, **given: Any) -> Result:
        left = {name: result[name] for giver in givers for result in [done[giver, None]] for name in result}
        mine = {name: value for name, value in left.items() if name in orders.step(step).reads}
        done[step, index] = orders.step(step).run(**mine, **given)
        return done[step, index]

    run("load")
    run("convert", "load")
    regions = orders.step("forecast").items(regions=done["convert", None].regions)
    forecasts = [run("forecast", "convert", index=at, region=region) for at, region in enumerate(regions)]
    outlook = run("outlook", inputs=forecasts)
    assert orders.step("alarm").condition(worst=outlook.worst)
    run("alarm", "outlook")
    branches = {"by_region": run("by_region", "convert"), "by_month": run("by_month", "convert")}
    run("totals", inputs=branches)
    run("mail", "alarm", "totals", "outlook")
    return done


class TestThePage:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """The page as files: a block with a file's name in its first line is a part of it, others are cells."""
        files: dict[str, str] = {}
        cells = []
        for block in re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL):
            if named := re.match(r"# (\w+\.py)\n", block):
                files[named[1]] = files.get(named[1], "") + block.removeprefix(named[0])
            else:
                cells.append(nbformat.v4.new_code_cell(block))
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "train.ipynb")
        return tmp_path

    def report_on(self, folder: Path) -> str:
        """Run the tests of the page and return pytest's report."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "--rootdir", folder]
        done = subprocess.run(
            [*command, folder], check=False, capture_output=True, text=True, cwd=folder.parent, timeout=110
        )
        return done.stdout

    @pytest.mark.timeout(300)
    def test_its_tests_pass(self, folder: Path) -> None:
        report = self.report_on(folder)
        tests = len(re.findall(r"^def test_", PAGE, flags=re.MULTILINE))
        # one of them has three cases
        assert tests > 10 and f"{tests + 2} passed" in report, report

    @pytest.mark.timeout(300)
    def test_a_failing_step_is_reported_on_the_lines_of_its_cell(self, folder: Path) -> None:
        (folder / "test_train.py").write_text(
            "import pandas as pd\n\n\ndef test_none(notebook):\n"
            "    sales = pd.DataFrame({'region': [], 'area': [], 'price': []})\n"
            "    notebook.step('train').run(sales=sales, region='eu')\n"
        )
        report = self.report_on(folder)
        assert "<train.ipynb · cell 4>:4: ValueError" in report
        assert "eu has 0 sales, 2 are needed" in report
        assert "nbflow/" not in report

    def test_its_error_is_the_error_one_gets(self, folder: Path) -> None:
        with pytest.raises(NbflowError) as caught:
            load(folder / "train.ipynb").step("train").run(region="eu")
        (shown,) = re.findall(r"^```text\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
        assert shown == f"{caught.value}\n"
