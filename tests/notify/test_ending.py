"""Whoever is to hear of a run's end does: once, from whatever process, and only of the ends they asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from receivers import Hook

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import FlowName, StepName
from nbflow.model.notice import Notice
from nbflow.model.record import Failure, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.notify import ended
from nbflow.workspace import Workspace

Made = Callable[..., tuple[str, str]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / ".nbflow")


@pytest.fixture
def run(workspace: Workspace) -> Made:
    """Record a run of step `train`, which leaves numbers or fails."""

    def run(
        status: RunStatus = RunStatus.SUCCEEDED, failure: Failure | None = None, kind: Any = "run", **left: Any
    ) -> tuple[str, str]:
        about = left.pop("about", {})
        now = time.time()
        record = workspace.metadata.create_run(
            RunRecord(
                *(FlowName("sales"), "", kind, RunStatus.RUNNING, "ada", now),
                started_at=now,
                steps=(StepSummary(StepName("train"), (), ()),),
                about=about,
            )
        )
        writer = workspace.store.writer()
        for name, value in left.items():
            writer.add(name, value)
        refs: dict[str, ArtifactRef] = writer.close()
        ended_as = TaskStatus.FAILED if failure else TaskStatus.SUCCEEDED
        manifest = None if failure else Manifest(refs)
        task = TaskRecord(
            StepName("train"),
            "1",
            (),
            ended_as,
            manifest=manifest,
            failure=failure,
            started_at=now,
            finished_at=now + 2,
        )
        workspace.metadata.write(record.flow, record.id, tasks=[task])
        workspace.metadata.update_run(record.flow, record.id, status=status, finished_at=now + 3)
        return str(record.flow), str(record.id)

    return run


def test_settings_say_who_hears_of_every_run(
    workspace: Workspace, run: Made, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBFLOW_NOTIFY", f"{hook.url('a')} {hook.url('b')}")
    monkeypatch.setenv("NBFLOW_LINKS", "https://runs.example.org/{flow}?run={run}")
    assert ended(workspace, *run(rmse=2.0)) == ()
    assert ended(workspace, *run(rmse=2.5)) == ()
    assert hook.titles("a") == hook.titles("b") == ["✓ sales/1 succeeded in 3.0 s", "✓ sales/2 succeeded in 3.0 s"]
    assert hook.got[-1][1]["message"] == (
        "run by ada · took 3.0 s\n"
        "Since sales/1, the last that succeeded: rmse 2 → 2.5 (+25.0%)\n"
        "Look at it: https://runs.example.org/sales?run=2"
    )


def test_the_file_of_settings_may_list_them_and_say_of_which_ends(
    workspace: Workspace, run: Made, hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(f'[notify]\nto = ["{hook.url()}", "env.NOWHERE"]\non = ["failed"]\n')
    monkeypatch.setenv("NBFLOW_CONFIG", str(tmp_path / "config.toml"))
    assert ended(workspace, *run()) == ()
    assert hook.got == []
    failed = run(RunStatus.FAILED, Failure("ValueError", "no rows"))
    (problem,) = ended(workspace, *failed)
    assert problem.code == "Q006"
    assert "no message went to env.NOWHERE: the address that env.NOWHERE is to hold cannot be read" in problem.what
    assert hook.titles() == ["✗ sales/2 failed: train: ValueError: no rows"]


def test_an_address_hears_of_a_run_once_whoever_tells_it(workspace: Workspace, run: Made, hook: Hook) -> None:
    made = run()
    notice = Notice(hook.url())
    with ThreadPoolExecutor(6) as pool:
        told = [pool.submit(ended, Workspace.open(workspace.root), *made, notices=[notice]) for _ in range(6)]
        assert [each.result() for each in told] == [()] * 6
    assert len(hook.got) == 1


def test_one_address_by_two_names_is_one(
    workspace: Workspace, run: Made, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALES_HOOK", f" {hook.url()}\n")
    monkeypatch.setenv("NBFLOW_NOTIFY", hook.url())
    assert ended(workspace, *run(), notices=[Notice("env.SALES_HOOK")]) == ()
    assert len(hook.got) == 1


def test_an_address_that_took_no_message_may_be_tried_again(workspace: Workspace, run: Made, hook: Hook) -> None:
    made = run()
    hook.status = 503
    (problem,) = ended(workspace, *made, notices=[Notice(hook.url("key"))])
    assert problem.code == "Q006"
    assert "it answered 503" in problem.what
    hook.status = 200
    assert ended(workspace, *made, notices=[Notice(hook.url("key"))]) == ()
    assert hook.titles("key") == ["✓ sales/1 succeeded in 3.0 s"]


def test_one_that_takes_no_message_keeps_no_other_from_it(workspace: Workspace, run: Made, hook: Hook) -> None:
    (problem,) = ended(workspace, *run(), notices=[Notice("json://127.0.0.1:9/x"), Notice(hook.url())])
    assert "nothing answers there" in problem.what
    assert len(hook.got) == 1


def test_a_run_for_which_the_condition_holds_has_become_worse(workspace: Workspace, run: Made, hook: Hook) -> None:
    condition = "rmse > 1.05 * baseline.rmse"
    notice = Notice(hook.url(), ("regression",), condition)
    assert ended(workspace, *run(rmse=2.0), notices=[notice]) == ()
    assert ended(workspace, *run(rmse=2.01), notices=[notice]) == ()
    assert hook.got == []
    assert ended(workspace, *run(rmse=2.5), notices=[notice]) == ()
    ((_, body),) = hook.got
    assert body["title"] == "▼ sales/3 got worse: rmse is 2.5, of sales/2 2.01 (+24.4%)"
    assert body["type"] == "warning"
    assert f"By the condition: {condition}" in body["message"]


def test_a_condition_that_names_what_is_not_there_is_told_and_the_message_goes_all_the_same(
    workspace: Workspace, run: Made, hook: Hook
) -> None:
    run(rmse=2.0)
    (problem,) = ended(workspace, *run(rmse=2.5), notices=[Notice(hook.url(), regression="rsme > baseline.rsme")])
    assert problem.code == "Q012"
    assert "whether sales/2 has become worse cannot be said: run sales/2 has no 'rsme' to compare" in problem.what
    assert "what can be compared: rmse" in problem.fix
    assert hook.titles() == ["✓ sales/2 succeeded in 3.0 s"]


def test_a_run_that_a_comparison_stopped_is_a_failure_and_a_regression(
    workspace: Workspace, run: Made, hook: Hook
) -> None:
    what = "run sales/2 is worse than sales/1: rmse > baseline.rmse\nrmse is 2.5, of sales/1 2 (+25.0%)\nnbflow compare"
    run(rmse=2.0)
    made = run(RunStatus.FAILED, Failure("RegressionError", what, code="V010"))
    ended(workspace, *made, notices=[Notice(hook.url("r"), ("regression",)), Notice(hook.url("f"), ("failure",))])
    assert hook.titles("r") == hook.titles("f") == ["▼ sales/2 got worse: rmse is 2.5, of sales/1 2 (+25.0%)"]
    assert "By the condition: rmse > baseline.rmse" in hook.got[0][1]["message"]


@pytest.mark.parametrize(
    ("status", "titles"),
    [
        (RunStatus.CANCELLED, []),
        (RunStatus.RUNNING, []),
        (RunStatus.LOST, ["✗ sales/1 was lost"]),
        (RunStatus.FAILED, ["✗ sales/1 failed"]),
    ],
)
def test_what_ended_otherwise(
    workspace: Workspace, run: Made, hook: Hook, status: RunStatus, titles: list[str]
) -> None:
    assert ended(workspace, *run(status), notices=[Notice(hook.url())]) == ()
    assert hook.titles() == titles


def test_drafts_and_runs_that_are_not_there_are_told_to_nobody(workspace: Workspace, run: Made, hook: Hook) -> None:
    assert ended(workspace, *run(kind="spin"), notices=[Notice(hook.url())]) == ()
    assert ended(workspace, "sales", "77", notices=[Notice(hook.url())]) == ()
    assert hook.got == []


def test_the_record_says_which_secrets_hold_the_addresses(
    workspace: Workspace, run: Made, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALES_HOOK", hook.url())
    made = run(about={"notify": [Notice("env.SALES_HOOK", ("success",)).to_json()]})
    # as whoever sees it through elsewhere, who knows the record alone
    assert ended(workspace, *made) == ()
    assert len(hook.got) == 1
    # and as the one that started it
    assert ended(workspace, *made, notices=[Notice("env.SALES_HOOK")]) == ()
    assert len(hook.got) == 1


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("NBFLOW_NOTIFY_ON", "succes", "Q013", "Did you mean 'success'?"),
        ("NBFLOW_LINKS", "https://example.org/{runs}", "Q010", "no {runs}"),
        ("NBFLOW_LINKS", "https://example.org/{run", "Q010", "links makes no address"),
        ("NBFLOW_LINKS", "example.org/{run}", "Q010", "no :// in it"),
        ("NBFLOW_PROFILE", "nobody", "Q013", "there is no profile 'nobody'"),
    ],
)
def test_settings_that_make_no_sense_are_told_and_touch_nothing_else(
    workspace: Workspace,
    run: Made,
    hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    code: str,
    said: str,
) -> None:
    made = run()
    monkeypatch.setenv("NBFLOW_NOTIFY", hook.url("set"))
    monkeypatch.setenv(name, value)
    (problem,) = ended(workspace, *made, notices=[Notice(hook.url())])
    assert problem.code == code
    assert said in str(problem)
    assert len(hook.titles()) == 1
