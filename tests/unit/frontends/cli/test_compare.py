"""`nbflow compare`: what it prints, and its exit codes, by which a pipeline of others decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from compared import Runs

from nbflow.client.chosen import default_metadata
from nbflow.frontends.cli.main import main

Compare = Callable[..., tuple[int, str, str]]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "store"))
    # the terminal looks at everybody's
    monkeypatch.setenv("NBFLOW_USER", "bob")
    made = Runs(tmp_path / "store")
    made.run({"best": {"rmse": 1.0}})
    made.run({"best": {"rmse": 9.0}}, status="failed")
    made.run({"best": {"rmse": 1.5}}, parameters={"alpha": ("float", 0.7, "given")})
    yield made
    default_metadata()


@pytest.fixture
def compare(runs: Runs, capsys: pytest.CaptureFixture[str]) -> Compare:
    """Run the command in a store with three runs, and return its exit code and what it wrote."""

    def compare(*words: str) -> tuple[int, str, str]:
        code = main(["compare", *words])
        return code, *capsys.readouterr()

    return compare


def test_two_runs_are_compared(compare: Compare) -> None:
    code, out, err = compare("sales/1", "3")
    assert code == 0 and not err
    said = " ".join(out.split())
    assert "best.rmse 1 1.5 +0.5 +50.0%" in said and "alpha 0.1 0.7" in said
    assert "\x1b" not in out


def test_an_artifact_is_compared_when_it_is_named(compare: Compare) -> None:
    code, out, _ = compare("sales/1", "sales/3", "--diff", "rmse")
    assert code == 0 and "rmse  1 became 1.5, more by 0.5 (+50.0%)" in out
    assert compare("sales/1", "sales/3", "--diff", "rmsee")[0] == 2


def test_a_condition_that_does_not_hold_is_fine(compare: Compare) -> None:
    code, out, _ = compare("sales/3", "--baseline", "latest_successful", "--fail-if", "rmse > 2 * baseline.rmse")
    assert code == 0
    assert "run 3 against the baseline 1 (latest successful)" in out and "✓ sales/3 passed" in out


def test_a_condition_that_holds_is_exit_code_1_with_both_values(compare: Compare) -> None:
    code, out, err = compare(
        "sales/latest", "--baseline", "latest_successful", "--fail-if", "rmse > 1.05 * baseline.rmse"
    )
    assert code == 1
    assert "✗ sales/3 is worse" in out and "best.rmse" in out
    assert "NBF-V010" in err and "rmse is 1.5, of sales/1 1 (+50.0%)" in err


def test_without_a_baseline_the_first_run_passes_and_that_is_said(compare: Compare) -> None:
    code, out, _ = compare("sales/1", "--baseline", "latest_successful", "--fail-if", "rmse > baseline.rmse")
    assert code == 0 and "there is no baseline yet" in out


def test_one_run_is_compared_with_the_one_before_it(compare: Compare) -> None:
    assert "run 3 against the baseline 2 (previous)" in compare("sales")[1]
    assert "run 3 against the baseline 2 (previous)" in compare("notebooks/sales.ipynb")[1]
    assert "run 2 and run 3" in compare()[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["sales/9"], 2, "M002"),
        (["sale/1"], 2, "Did you mean 'sales'?"),
        (["sales/3", "--baseline", "sales/7"], 2, "M002"),
        (["sales/3", "--fail-if", "rmsee > 1"], 2, "Did you mean 'rmse'?"),
        (["sales/3", "--fail-if", "rmse >"], 2, "V014"),
        (["sales/3", "--fail-if", "open('x')"], 2, "V014"),
        (["what is this"], 2, "V012"),
        (["sales/1/load"], 2, "V012"),
        (["sales/1"] * 51, 2, "V013"),
        (["a/b/c/d/e/f"], 2, "M006"),
        (["sales/3", "--html", "/nowhere/at/all.html"], 2, "R004"),
        (["sales/1", "sales/3", "--chart", "rmsee"], 2, "Did you mean 'rmse'?"),
    ],
)
def test_what_cannot_be_done_is_no_regression(compare: Compare, words: list[str], code: int, said: str) -> None:
    found, out, err = compare(*words)
    assert (found, out) == (code, "") and said in err


def test_it_is_json_for_programs(compare: Compare) -> None:
    code, out, err = compare("sales/1", "sales/3", "--json", "--fail-if", "rmse > baseline.rmse")
    found = json.loads(out)
    assert code == 1 and found["passed"] is False
    assert found["metrics"][0]["values"] == {"sales/1": 1.0, "sales/3": 1.5}
    assert found["verdicts"][0]["values"]["rmse"] == {"run": 1.5, "baseline": 1.0, "share": 0.5}
    assert found["parameters"][0]["values"] == {"sales/1": 0.1, "sales/3": 0.7}
    assert "NBF-V010" in err


def test_it_is_a_page_of_its_own(compare: Compare, tmp_path: Path) -> None:
    assert compare("sales/1", "sales/3", "--html", str(tmp_path / "page.html"))[0] == 0
    page = (tmp_path / "page.html").read_text()
    assert page.startswith("<!doctype html>") and "best." in page and "<script" not in page


def test_a_metric_is_drawn_in_the_terminal_and_on_the_page(compare: Compare, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, out, _ = compare("sales/1", "sales/2", "sales/3", "--chart", "rmse", "--html", str(page))
    drawn = out.partition("\nbest.rmse\n")[2].splitlines()
    assert code == 0 and [line.split()[:2] for line in drawn] == [["1", "1"], ["2", "9"], ["3", "1.5"]]
    assert [line.count("█") for line in drawn] == [4, 40, 7]
    assert "best.rmse across the runs" in page.read_text() and "<script" not in page.read_text()


def test_a_store_that_is_not_there_is_told_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["compare", "sales/1"]) == 2
    assert "M001" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
